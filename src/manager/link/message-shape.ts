/**
 * Shapes of what comes over the wire, as values: small checks that combine. A check gives null, or the path of the first
 * thing that is wrong and what it should be. Members that a shape does not name are let through: newer agents have more.
 */

export type Shape = (value: unknown, path: string) => string | null

const scalar = (what: string, isGood: (value: unknown) => boolean): Shape => {
  return (value, path) => (isGood(value) ? null : `${path} must be ${what}`)
}

export const text = scalar('a text', (value) => typeof value === 'string')
export const flag = scalar('true or false', (value) => typeof value === 'boolean')
export const amount = scalar('a number', (value) => typeof value === 'number' && Number.isFinite(value))
export const count = scalar('a whole number from 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0)
export const anyObject = scalar('an object', isObject)

export function choice(...options: readonly string[]): Shape {
  return scalar(`one of ${options.join(', ')}`, (value) => options.includes(value as string))
}

export function nullable(shape: Shape): Shape {
  return (value, path) => (value === null ? null : shape(value, path))
}

export function list(shape: Shape, lengthMax = 100_000): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} must be a list`
    if (value.length > lengthMax) return `${path} has more than ${lengthMax} items`
    return firstProblem(value.length, (i) => shape(value[i], `${path}[${i}]`))
  }
}

/** An object used as a map. */
export function record(shape: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) return `${path} must be an object`
    const entries = Object.entries(value)
    return firstProblem(entries.length, (i) => shape(entries[i]![1], `${path}.${entries[i]![0]}`))
  }
}

/** An object with these members, and perhaps those. */
export function object(
  members: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  const required = Object.entries(members)
  const others = Object.entries(optional)
  return (value, path) => {
    if (!isObject(value)) return `${path} must be an object`
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
    return (
      firstProblem(required.length, (i) => required[i]![1](value[required[i]![0]], at(required[i]![0]))) ??
      firstProblem(others.length, (i) => {
        const [name, shape] = others[i]!
        return value[name] === undefined ? null : shape(value[name], at(name))
      })
    )
  }
}

function firstProblem(length: number, problemAt: (i: number) => string | null): string | null {
  for (let i = 0; i < length; i++) {
    const problem = problemAt(i)
    if (problem !== null) return problem
  }
  return null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
