/** A problem inside one file's contents, before it is known under which path the file stands. */
import type { ProblemCode, ProblemSeverity } from '../../model/problem.js'

export interface FileFinding {
  readonly severity: ProblemSeverity
  readonly code: ProblemCode
  /** From 1; 0 when unknown. */
  readonly line: number
  readonly column: number
  readonly path: string
  readonly message: string
}

/** An error about text that cannot be decoded. */
export function unreadable(line: number, column: number, message: string): FileFinding {
  return { severity: 'error', code: 'unreadable-file', line, column, path: '', message }
}
