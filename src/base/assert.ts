/** Assertions: for broken code only. Expected outcomes are values, broken machines are errors (STYLE 18). */

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Throws AssertionError with `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** The end of a switch over a union: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new AssertionError(`no case for ${JSON.stringify(value)}`)
}

/** The value, which must be there. */
export function defined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`${what} is missing`)
  return value
}
