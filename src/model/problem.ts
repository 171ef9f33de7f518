/** What is wrong with an input: a value, not an exception, reported all at once (DESIGN 6). */

export type ProblemSeverity = 'error' | 'warning'

/**
 * Machine-readable reasons. `unreadable-file`: the text cannot be decoded at all; `invalid-object`: read but refused;
 * `duplicate-key`: one object defined twice; `source`: the repository itself; `unsupported`: a field or kind refused.
 */
export type ProblemCode =
  | 'unreadable-file'
  | 'invalid-object'
  | 'unknown-field'
  | 'unsupported'
  | 'duplicate-key'
  | 'missing-namespace'
  | 'not-carried-out'
  | 'ignored-field'
  | 'source'

export interface Problem {
  readonly severity: ProblemSeverity
  readonly code: ProblemCode
  /** Path in the repository; empty when the problem is the repository's. */
  readonly file: string
  /** From 1; 0 when unknown. */
  readonly line: number
  readonly column: number
  /** Path inside the object, `spec.template.spec.containers[0].image`; empty for the whole. */
  readonly path: string
  /** What is wrong and what to do, without file and line. */
  readonly message: string
}

/** `apps/web.yaml:12:7: spec.replicas: must be an integer`. */
export function formatProblem(problem: Problem): string {
  const where = problem.file === '' ? '' : `${problem.file}:${problem.line}:${problem.column}: `
  const path = problem.path === '' ? '' : `${problem.path}: `
  const mark = problem.severity === 'warning' ? 'warning: ' : ''
  return `${where}${mark}${path}${problem.message}`
}
