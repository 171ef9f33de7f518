/**
 * All objects of a repository: packs first, then loose files, then alternates. Our own, because the general library
 * reads blobs a hundred times slower (it lists folders and inflates in JavaScript for each object). Everything read is
 * checked against its name, so that a damaged repository cannot turn into a wrong manifest.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { inflateSync } from 'node:zlib'
import { SyncError } from '../sync-error.js'
import { type GitObject, type ObjectType, Pack } from './pack.js'

export type ObjectFormat = 'sha1' | 'sha256'

export class ObjectStore {
  readonly #folder: string
  readonly #format: ObjectFormat
  readonly #packs = new Map<string, Pack>()
  readonly #alternates: readonly ObjectStore[]
  #last: Pack | null = null

  /** @param folder the repository's `objects` folder */
  constructor(folder: string, format: ObjectFormat, depth = 0) {
    this.#folder = folder
    this.#format = format
    this.#alternates = depth > 5 ? [] : readAlternates(folder).map((other) => new ObjectStore(other, format, depth + 1))
    this.#scanPacks()
  }

  /** An object by name; null when the repository does not have it. Throws SyncError `corrupt-object`. */
  read(oid: string): GitObject | null {
    try {
      const object = this.#find(oid)
      if (object !== null && nameOf(object, this.#format) !== oid) throw new Error('contents and name differ')
      return object
    } catch (error) {
      if (error instanceof SyncError) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new SyncError(
        'corrupt-object',
        `object ${oid} in ${this.#folder} is corrupt (${why}): run git fsck there, and fetch or push the commit again`,
        { cause: error },
      )
    }
  }

  /** Full names of objects that begin with some digits, at most two. */
  namesWith(start: string): string[] {
    const names = new Set<string>()
    for (const pack of this.#packs.values()) for (const name of pack.namesWith(start, 2)) names.add(name)
    const fan = path.join(this.#folder, start.slice(0, 2))
    if (existsSync(fan)) {
      for (const rest of readdirSync(fan)) {
        if (rest.length > 10 && (start.slice(0, 2) + rest).startsWith(start)) names.add(start.slice(0, 2) + rest)
      }
    }
    for (const other of this.#alternates) for (const name of other.namesWith(start)) names.add(name)
    return [...names].sort().slice(0, 2)
  }

  /** How many packs there are: a clone that is never repacked is made anew when there are too many. */
  packCount(): number {
    this.#scanPacks()
    return this.#packs.size
  }

  close(): void {
    for (const pack of this.#packs.values()) pack.close()
    this.#packs.clear()
    this.#last = null
    for (const other of this.#alternates) other.close()
  }

  #find(oid: string): GitObject | null {
    const name = Buffer.from(oid, 'hex')
    return this.#findPacked(name) ?? this.#findLoose(oid) ?? this.#findAfterScan(oid, name)
  }

  /** A pack may have come since the last look, a loose object may have gone into one. */
  #findAfterScan(oid: string, name: Buffer): GitObject | null {
    const packed = this.#scanPacks() ? this.#findPacked(name) : null
    if (packed !== null) return packed
    for (const other of this.#alternates) {
      const object = other.#find(oid)
      if (object !== null) return object
    }
    return null
  }

  #findPacked(name: Buffer): GitObject | null {
    const first = this.#last?.find(name) ?? -1
    if (first >= 0) return this.#last!.read(first)
    for (const pack of this.#packs.values()) {
      const offset = pack.find(name)
      if (offset < 0) continue
      this.#last = pack
      return pack.read(offset)
    }
    return null
  }

  #findLoose(oid: string): GitObject | null {
    let bytes: Buffer
    try {
      bytes = readFileSync(path.join(this.#folder, oid.slice(0, 2), oid.slice(2)))
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
    const data = inflateSync(bytes)
    const end = data.indexOf(0)
    const [type, size] = data.toString('latin1', 0, end).split(' ')
    if (end < 0 || Number(size) !== data.length - end - 1) throw new Error('its header does not fit')
    return { type: type as ObjectType, data: data.subarray(end + 1) }
  }

  /** Opens new packs and closes vanished ones; true when there is a new one. */
  #scanPacks(): boolean {
    const folder = path.join(this.#folder, 'pack')
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.idx')) : []
    let isNew = false
    for (const name of names) {
      if (this.#packs.has(name)) continue
      // The index is written after its pack; one without it is being removed.
      if (!existsSync(path.join(folder, name.replace(/\.idx$/, '.pack')))) continue
      this.#packs.set(name, new Pack(path.join(folder, name), this.#format === 'sha1' ? 20 : 32))
      isNew = true
    }
    for (const [name, pack] of this.#packs) {
      if (names.includes(name)) continue
      pack.close()
      this.#packs.delete(name)
      if (this.#last === pack) this.#last = null
    }
    return isNew
  }
}

/** The name of an object: the hash over its header and contents. */
export function nameOf(object: GitObject, format: ObjectFormat): string {
  return createHash(format).update(`${object.type} ${object.data.length}\0`).update(object.data).digest('hex')
}

function readAlternates(folder: string): string[] {
  const file = path.join(folder, 'info', 'alternates')
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => path.resolve(folder, line))
}

export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code === 'ENOENT' || code === 'ENOTDIR'
}
