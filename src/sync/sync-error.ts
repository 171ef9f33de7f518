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
