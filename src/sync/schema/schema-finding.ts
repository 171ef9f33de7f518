/** What a schema says of one place in an object. */
import type { ProblemCode, ProblemSeverity } from '../../model/problem.js'
import type { Path } from '../../model/validate/finding.js'

export interface SchemaFinding {
  readonly severity: ProblemSeverity
  readonly code: ProblemCode
  /** The field itself; for a missing or unknown one, the place where it would stand or stands. */
  readonly path: Path
  /** What is wrong and what to do; never a value from a Secret. */
  readonly message: string
  /** Values that could have been meant in place of the wrong one, when they are few. */
  readonly meant?: readonly unknown[]
}
