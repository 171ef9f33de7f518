/**
 * A sorted map that shares what did not change with the map it was made from: a plain map below, and the few entries
 * that differ above it. Making one costs what changed, and so does finding how two of them differ, least of all where one
 * was made from the other; a lookup costs two.
 * Small maps are copied, which is cheaper; a layer that has grown too large becomes a plain map again.
 */
import { compareText } from './ordered.js'

/** Below this many entries a copy is cheaper than a layer. */
const LAYERED_MIN = 1_024
/** A layer of more entries than this is laid down into a plain map. */
const LAYER_MAX = 256

/** Entries that differ from the map below; null where there is none any more. */
type Layer<K, V> = ReadonlyMap<K, V | null>

const NOTHING: Layer<never, never> = new Map<never, never>()

/** The layer of the map that a map was made from, by which that one is known, and the keys that were patched. */
interface Step<K> {
  readonly from: object
  readonly keys: readonly K[]
}

class LayeredMap<K extends string, V> implements ReadonlyMap<K, V> {
  #added: readonly K[] | null = null

  constructor(
    readonly below: ReadonlyMap<K, V>,
    readonly layer: Layer<K, V>,
    readonly size: number,
    readonly step: Step<K>,
  ) {}

  get(key: K): V | undefined {
    const value = this.layer.get(key)
    return value === undefined ? this.below.get(key) : (value ?? undefined)
  }

  has(key: K): boolean {
    const value = this.layer.get(key)
    return value === undefined ? this.below.has(key) : value !== null
  }

  forEach(call: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) call(value, key, this)
  }

  *entries(): Generator<[K, V], undefined, unknown> {
    const { below, layer } = this
    this.#added ??= [...layer.keys()].filter((key) => layer.get(key) !== null && !below.has(key)).sort(compareText)
    const added = this.#added
    let at = 0
    for (const entry of below) {
      const [key] = entry
      for (let next = added[at]; next !== undefined && next < key; next = added[++at])
        yield [next, layer.get(next) as V]
      const value = layer.get(key)
      if (value === undefined) yield entry
      else if (value !== null) yield [key, value]
    }
    for (let next = added[at]; next !== undefined; next = added[++at]) yield [next, layer.get(next) as V]
    return undefined
  }

  *keys(): Generator<K, undefined, unknown> {
    for (const [key] of this.entries()) yield key
    return undefined
  }

  *values(): Generator<V, undefined, unknown> {
    for (const [, value] of this.entries()) yield value
    return undefined
  }

  [Symbol.iterator](): Generator<[K, V], undefined, unknown> {
    return this.entries()
  }
}

/** True for maps of both kinds. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map || value instanceof LayeredMap
}

/** A sorted map with entries put and (null) removed; the map itself when nothing changes. Stays sorted by key. */
export function patchMap<K extends string, V>(
  map: ReadonlyMap<K, V>,
  changes: ReadonlyMap<K, V | null>,
): ReadonlyMap<K, V> {
  if (changes.size === 0) return map
  if (map.size < LAYERED_MIN || changes.size > LAYER_MAX) return copyWith(map, changes)
  const { below, layer } = layersOf(map)
  const next = new Map(layer)
  let { size } = map
  for (const [key, value] of changes) {
    if (map.has(key)) size -= value === null ? 1 : 0
    else if (value !== null) size += 1
    next.set(key, value)
  }
  const step = { from: layer === NOTHING ? below : layer, keys: [...changes.keys()] }
  return next.size > LAYER_MAX ? layDown(below, next, step) : new LayeredMap(below, next, size, step)
}

/** Calls `visit` for every key whose values are not the same: in no defined order; undefined where there is none. */
export function diffMaps<K extends string, V>(
  before: ReadonlyMap<K, V>,
  after: ReadonlyMap<K, V>,
  visit: (key: K, before: V | undefined, after: V | undefined) => void,
): void {
  if (before === after) return
  const step = stepOf(after)
  if (step !== undefined && step.from === (before instanceof LayeredMap ? before.layer : before)) {
    for (const key of step.keys) {
      const left = before.get(key)
      const right = after.get(key)
      if (left !== right) visit(key, left, right)
    }
    return
  }
  const layers = layersBetween(before, after)
  if (layers !== null) {
    for (const [at, layer] of layers.entries())
      for (const key of layer.keys()) {
        if (layers.some((other, i) => i < at && other.has(key))) continue
        const left = before.get(key)
        const right = after.get(key)
        if (left !== right) visit(key, left, right)
      }
    return
  }
  for (const [key, right] of after) {
    const left = before.get(key)
    if (left !== right) visit(key, left, right)
  }
  for (const [key, left] of before) if (!after.has(key)) visit(key, left, undefined)
}

/** What became which plain map: the last step only, so that no chain of old maps is held. */
const laidDown = new WeakMap<
  object,
  { readonly below: object; readonly layer: Layer<string, unknown>; readonly step: Step<string> }
>()

function stepOf<K extends string, V>(map: ReadonlyMap<K, V>): Step<K> | undefined {
  return map instanceof LayeredMap ? (map as LayeredMap<K, V>).step : (laidDown.get(map)?.step as Step<K> | undefined)
}

/** Layers that hold every key whose values may differ; null when the two have nothing in common that is known. */
function layersBetween<K extends string, V>(
  before: ReadonlyMap<K, V>,
  after: ReadonlyMap<K, V>,
): readonly Layer<K, unknown>[] | null {
  const left = layersOf(before)
  const right = layersOf(after)
  if (left.below === right.below) return [right.layer, left.layer]
  const step = laidDown.get(right.below)
  if (step === undefined || step.below !== left.below) return null
  return [right.layer, step.layer as Layer<K, unknown>, left.layer]
}

function layersOf<K extends string, V>(
  map: ReadonlyMap<K, V>,
): { readonly below: ReadonlyMap<K, V>; readonly layer: Layer<K, V> } {
  return map instanceof LayeredMap ? (map as LayeredMap<K, V>) : { below: map, layer: NOTHING }
}

function layDown<K extends string, V>(below: ReadonlyMap<K, V>, layer: Layer<K, V>, step: Step<K>): ReadonlyMap<K, V> {
  const map = copyWith(below, layer)
  laidDown.delete(below)
  laidDown.set(map, { below, layer, step })
  return map
}

function copyWith<K extends string, V>(map: ReadonlyMap<K, V>, changes: Layer<K, V>): ReadonlyMap<K, V> {
  const added = [...changes.keys()].filter((key) => changes.get(key) !== null && !map.has(key)).sort(compareText)
  if (added.length === 0) {
    const next = new Map(map)
    for (const [key, value] of changes) {
      if (value === null) next.delete(key)
      else next.set(key, value)
    }
    return next
  }
  // Both are sorted: one pass over them keeps the order, at a fraction of what sorting again costs.
  const next = new Map<K, V>()
  let at = 0
  for (const [key, value] of map) {
    for (let put = added[at]; put !== undefined && put < key; put = added[++at]) next.set(put, changes.get(put) as V)
    const change = changes.get(key)
    if (change === undefined) next.set(key, value)
    else if (change !== null) next.set(key, change)
  }
  for (let put = added[at]; put !== undefined; put = added[++at]) next.set(put, changes.get(put) as V)
  return next
}
