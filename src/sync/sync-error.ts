/** What goes wrong with repositories and machines, as an error that says what to do. Bad manifests are problems, not errors. */

export type SyncErrorCode =
  | 'options'
  | 'missing-repository'
  | 'missing-branch'
  | 'empty-repository'
  | 'unknown-revision'
  | 'corrupt-object'
  | 'credentials'
  | 'network'
  | 'needs-git'
  | 'conflict'
  | 'moved'
  | 'nothing-to-do'

/** `message` goes outside-in and ends with what to do. */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  constructor(
    readonly code: SyncErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What a reading of history gives, or `otherwise` where the repository is damaged there: old damage must not stop new commits. */
export async function unlessDamaged<T>(read: () => T | Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof SyncError && error.code === 'corrupt-object') return otherwise
    throw error
  }
}
