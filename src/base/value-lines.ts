/**
 * A large value as lines of JSON, each quick to make and to read, so that writing it holds nothing up. A line is
 * `{"shared":…}` (see value-codec.ts) or `{"at":[path],"value":…}`: the value at a path of record fields, map keys and,
 * as an empty name, the end of a list.
 */
import { assert } from './assert.js'
import { isMap } from './layered-map.js'
import type { ValueDecoder, ValueEncoder } from './value-codec.js'

/** Records, maps and lists are taken apart down to this depth. */
const DEPTH_MAX = 2
/** Shorter lists stand in one line. */
const LIST_MIN = 8

/** The lines of a value below a path, each ended by a newline. */
export function* valueLines(encoder: ValueEncoder, value: unknown, path: readonly string[] = []): Generator<string> {
  const children = path.length > DEPTH_MAX ? null : childrenOf(value)
  if (children === null) {
    yield line(encoder, path, value)
    return
  }
  yield line(encoder, path, children.empty)
  for (const [name, child] of children.entries) {
    if (child !== undefined) yield* valueLines(encoder, child, [...path, name])
  }
}

/** Puts what a line says into its place in `root.value`; false when the line is neither a value nor a shared part. */
export function takeValueLine(decoder: ValueDecoder, root: { value: unknown }, record: unknown): boolean {
  if (typeof record !== 'object' || record === null) return false
  if ('shared' in record) {
    decoder.addShared(record.shared)
    return true
  }
  if (!('at' in record) || !('value' in record) || !Array.isArray(record.at)) return false
  put(root, record.at as readonly string[], decoder.revive(record.value))
  return true
}

interface Children {
  readonly empty: unknown
  readonly entries: Iterable<readonly [string, unknown]>
}

/** Null for what is better written whole. */
function childrenOf(value: unknown): Children | null {
  if (typeof value !== 'object' || value === null || value instanceof Set) return null
  if (isMap(value)) return { empty: new Map(), entries: value as ReadonlyMap<string, unknown> }
  if (Array.isArray(value)) {
    return value.length < LIST_MIN ? null : { empty: [], entries: value.map((item) => ['', item] as const) }
  }
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return entries.some(([, child]) => childrenOf(child) !== null) ? { empty: {}, entries } : null
}

function line(encoder: ValueEncoder, path: readonly string[], value: unknown): string {
  const text = encoder.encode(value)
  const shared = encoder.takeShared().map((part) => `{"shared":${part}}\n`)
  return `${shared.join('')}{"at":${JSON.stringify(path)},"value":${text}}\n`
}

function put(root: { value: unknown }, path: readonly string[], value: unknown): void {
  const last = path.at(-1)
  if (last === undefined) {
    root.value = value
    return
  }
  let parent: unknown = root.value
  for (const name of path.slice(0, -1)) parent = childOf(parent, name)
  if (parent instanceof Map) parent.set(last, value)
  else if (Array.isArray(parent)) parent.push(value)
  else {
    assert(typeof parent === 'object' && parent !== null, `${path.join('.')} has no place`)
    Object.defineProperty(parent, last, { value, writable: true, enumerable: true, configurable: true })
  }
}

function childOf(parent: unknown, name: string): unknown {
  if (parent instanceof Map) return parent.get(name)
  // Items come in order: what is said of one is said of the last.
  if (Array.isArray(parent)) return parent.at(-1)
  assert(typeof parent === 'object' && parent !== null, `${name} has no place`)
  return (parent as Record<string, unknown>)[name]
}
