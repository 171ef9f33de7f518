/** Errors and exit codes of the CLI: an error says outside-in what went wrong and ends with what to do. */

/** Exit codes (DESIGN 4): done, the answer is no, wrong usage, cannot reach the manager or the repository. */
export const EXIT_DONE = 0
export const EXIT_NO = 1
export const EXIT_USAGE = 2
export const EXIT_UNREACHABLE = 3

export type ExitCode = 0 | 1 | 2 | 3

/** An error meant for the person at the terminal: printed as `headway: message`, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError'
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The system error code (`ENOENT`, `ECONNREFUSED` …) of anything thrown; empty when it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : ''
}
