/**
 * Reads one pack through its index (gitformat-pack, idx version 2). Entries are read one by one by position, so a pack
 * is never in memory as a whole; bases of deltas are kept in a bounded cache, because neighbours share them.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { applyDelta } from './delta.js'

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface GitObject {
  readonly type: ObjectType
  readonly data: Buffer
}

const TYPES: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag']
const OFFSET_DELTA = 6
const REFERENCE_DELTA = 7
/** Bases of a folder of manifests fit in this many times over; a larger cache gained nothing. */
const BASE_CACHE_BYTES = 16 << 20
/** Chains in packs made by git are 50 long at most (4095 by option). */
const DELTA_DEPTH_MAX = 4_096

export class Pack {
  readonly #index: Buffer
  readonly #count: number
  readonly #oidBytes: number
  readonly #file: number
  readonly #fileSize: number
  #sorted: Float64Array | null = null
  readonly #bases = new Map<number, GitObject>()
  #baseBytes = 0

  /** Opens `x.idx` and the `x.pack` beside it. Throws when either is missing or of another format. */
  constructor(indexPath: string, oidBytes: number) {
    this.#index = readFileSync(indexPath)
    this.#oidBytes = oidBytes
    if (this.#index.length < 1032 || this.#index.readUInt32BE(0) !== 0xff744f63 || this.#index.readUInt32BE(4) !== 2) {
      throw new Error(`${indexPath} is not a pack index of version 2`)
    }
    this.#count = this.#index.readUInt32BE(8 + 255 * 4)
    this.#file = openSync(indexPath.replace(/\.idx$/, '.pack'), 'r')
    this.#fileSize = fstatSync(this.#file).size
  }

  /** The position of an object in the pack; -1 when it is not in it. */
  find(oid: Buffer): number {
    const at = this.#lowerBound(oid)
    return at < this.#count && this.#name(at).equals(oid) ? this.#offset(at) : -1
  }

  /** Full names that begin with the given hexadecimal digits, at most `limit`. */
  namesWith(start: string, limit: number): string[] {
    const names: string[] = []
    const low = Buffer.from(start.padEnd(this.#oidBytes * 2, '0'), 'hex')
    for (let at = this.#lowerBound(low); at < this.#count && names.length < limit; at++) {
      const name = this.#name(at).toString('hex')
      if (!name.startsWith(start)) break
      names.push(name)
    }
    return names
  }

  /** The object at a position. A delta's base is always in the same pack: thin packs are only ever sent, not kept. */
  read(offset: number, depth = 0): GitObject {
    const known = this.#bases.get(offset)
    if (known !== undefined) {
      this.#bases.delete(offset)
      this.#bases.set(offset, known)
      return known
    }
    if (depth > DELTA_DEPTH_MAX) throw new Error('the chain of deltas does not end')
    const entry = this.#entry(offset)
    let at = 0
    let byte = entry[at++]!
    const kind = (byte >> 4) & 7
    let size = byte & 15
    for (let scale = 16; (byte & 0x80) !== 0; scale *= 128) {
      byte = entry[at++]!
      size += (byte & 0x7f) * scale
    }
    if (kind === OFFSET_DELTA || kind === REFERENCE_DELTA) {
      const [base, from] = kind === OFFSET_DELTA ? this.#offsetBase(entry, at, offset) : this.#namedBase(entry, at)
      const source = this.read(base, depth + 1)
      this.#keep(base, source)
      return { type: source.type, data: applyDelta(source.data, inflate(entry.subarray(from), size)) }
    }
    const type = TYPES[kind]
    if (type === undefined) throw new Error(`unknown entry type ${kind} in pack`)
    return { type, data: inflate(entry.subarray(at), size) }
  }

  close(): void {
    this.#bases.clear()
    closeSync(this.#file)
  }

  #offsetBase(entry: Buffer, start: number, offset: number): [base: number, from: number] {
    let at = start
    let byte = entry[at++]!
    let back = byte & 0x7f
    while ((byte & 0x80) !== 0) {
      byte = entry[at++]!
      back = (back + 1) * 128 + (byte & 0x7f)
    }
    if (back <= 0 || back > offset) throw new Error('a delta points outside its pack')
    return [offset - back, at]
  }

  #namedBase(entry: Buffer, at: number): [base: number, from: number] {
    const name = entry.subarray(at, at + this.#oidBytes)
    const base = this.find(name)
    if (base < 0) throw new Error(`the delta's base ${name.toString('hex')} is missing`)
    return [base, at + this.#oidBytes]
  }

  #keep(offset: number, object: GitObject): void {
    if (this.#bases.has(offset)) return
    this.#bases.set(offset, object)
    this.#baseBytes += object.data.length
    for (const [oldest, old] of this.#bases) {
      if (this.#baseBytes <= BASE_CACHE_BYTES || oldest === offset) break
      this.#bases.delete(oldest)
      this.#baseBytes -= old.data.length
    }
  }

  /** The bytes from an entry to the next one. */
  #entry(offset: number): Buffer {
    const sorted = this.#sortedOffsets()
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sorted[middle]! <= offset) low = middle + 1
      else high = middle
    }
    const end = sorted[low] ?? this.#fileSize - this.#oidBytes
    const bytes = Buffer.allocUnsafe(Math.max(0, end - offset))
    const count = readSync(this.#file, bytes, 0, bytes.length, offset)
    if (count !== bytes.length || count < 3) throw new Error('the pack ends early')
    return bytes
  }

  #sortedOffsets(): Float64Array {
    if (this.#sorted === null) {
      const offsets = new Float64Array(this.#count)
      for (let i = 0; i < this.#count; i++) offsets[i] = this.#offset(i)
      this.#sorted = offsets.sort()
    }
    return this.#sorted
  }

  #lowerBound(oid: Buffer): number {
    const first = oid[0]!
    let low = first === 0 ? 0 : this.#index.readUInt32BE(8 + (first - 1) * 4)
    let high = this.#index.readUInt32BE(8 + first * 4)
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = 1032 + middle * this.#oidBytes
      if (this.#index.compare(oid, 0, this.#oidBytes, at, at + this.#oidBytes) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #name(at: number): Buffer {
    const start = 1032 + at * this.#oidBytes
    return this.#index.subarray(start, start + this.#oidBytes)
  }

  #offset(at: number): number {
    const table = 1032 + this.#count * (this.#oidBytes + 4)
    const offset = this.#index.readUInt32BE(table + at * 4)
    if (offset < 0x80000000) return offset
    const large = table + this.#count * 4 + (offset - 0x80000000) * 8
    return this.#index.readUInt32BE(large) * 2 ** 32 + this.#index.readUInt32BE(large + 4)
  }
}

function inflate(bytes: Buffer, size: number): Buffer {
  const data = inflateSync(bytes, { chunkSize: Math.max(64, size + 1) })
  if (data.length !== size) throw new Error('an object in the pack has another length than announced')
  return data
}
