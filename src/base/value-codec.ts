/**
 * Plain data with maps and sets as canonical JSON, and back: for snapshots and journals. Equal values give equal text.
 * A map is `{"$map":[[key,value],…]}` and a set `{"$set":[…]}`, in their own order; other keys are sorted, and one that
 * begins with `$` gets another `$`. Large parts that come again and again are written once and named by number.
 */
import { assert } from './assert.js'
import { hashText } from './hash.js'
import { isMap } from './layered-map.js'

/** Shorter texts cost less than a reference to them saves. */
const SHARED_LETTERS_MIN = 120

export class ValueEncoder {
  readonly #sharedKeys: ReadonlySet<string>
  /** By hash of the text. */
  readonly #numbers = new Map<string, number>()
  readonly #known = new WeakMap<object, string>()
  #added: string[] = []

  /** Values under these property names are written once: the next time only `{"$ref":number}`. */
  constructor(sharedKeys: Iterable<string> = []) {
    this.#sharedKeys = new Set(sharedKeys)
  }

  /** The JSON text of a value; new shared parts it refers to are to be had from `takeShared` and belong before it. */
  encode(value: unknown): string {
    if (value === null || typeof value !== 'object') return value === undefined ? 'null' : JSON.stringify(value)
    if (Array.isArray(value)) return `[${value.map((item) => this.encode(item)).join(',')}]`
    if (isMap(value)) {
      const entries = [...value].map(([key, item]) => `[${JSON.stringify(key)},${this.encode(item)}]`)
      return `{"$map":[${entries.join(',')}]}`
    }
    if (value instanceof Set) return `{"$set":[${[...value].map((item) => this.encode(item)).join(',')}]}`
    return this.#encodeRecord(value as Record<string, unknown>)
  }

  /** Texts of the shared parts since the last call: their numbers count up from 0. */
  takeShared(): readonly string[] {
    const added = this.#added
    this.#added = []
    return added
  }

  #encodeRecord(record: Record<string, unknown>): string {
    const parts: string[] = []
    for (const key of Object.keys(record).sort()) {
      const item = record[key]
      if (item === undefined) continue
      const name = JSON.stringify(key.startsWith('$') ? `$${key}` : key)
      parts.push(`${name}:${this.#sharedKeys.has(key) ? this.#encodeShared(item) : this.encode(item)}`)
    }
    return `{${parts.join(',')}}`
  }

  #encodeShared(value: unknown): string {
    if (value === null || typeof value !== 'object') return this.encode(value)
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const text = this.encode(value)
    if (text.length < SHARED_LETTERS_MIN) return text
    const hash = hashText(text)
    let number = this.#numbers.get(hash)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(hash, number)
      this.#added.push(text)
    }
    const reference = `{"$ref":${number}}`
    this.#known.set(value, reference)
    return reference
  }
}

export class ValueDecoder {
  readonly #shared: unknown[] = []

  /** Takes the next shared part, as JSON.parse made it, in the order in which they were written. */
  addShared(value: unknown): void {
    this.#shared.push(this.revive(value))
  }

  /** The value of a text. Throws SyntaxError on text that is not JSON, AssertionError on a reference to nothing. */
  decode(text: string): unknown {
    return this.revive(JSON.parse(text))
  }

  /** The value of what JSON.parse made of such a text, whose objects are used up. */
  revive(value: unknown): unknown {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.revive(value[i])
      return value
    }
    return this.#reviveRecord(value as Record<string, unknown>)
  }

  #reviveRecord(record: Record<string, unknown>): unknown {
    const { $map, $set, $ref } = record
    if (Array.isArray($map)) return new Map($map.map(([key, item]) => [key, this.revive(item)]))
    if (Array.isArray($set)) return new Set($set.map((item) => this.revive(item)))
    if (typeof $ref === 'number') {
      assert($ref >= 0 && $ref < this.#shared.length, `no shared part has the number ${$ref}`)
      return this.#shared[$ref]
    }
    const keys = Object.keys(record)
    if (keys.some((key) => key.startsWith('$'))) {
      const plain = keys.map((key) => [key.startsWith('$') ? key.slice(1) : key, this.revive(record[key])] as const)
      return Object.fromEntries(plain)
    }
    for (const key of keys) record[key] = this.revive(record[key])
    return record
  }
}
