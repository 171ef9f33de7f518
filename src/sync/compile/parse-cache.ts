/**
 * What files decode to, by blob id, kept on disk over restarts: reading YAML is most of the cost of a first load. A
 * file with a Secret in it is never kept (DESIGN 18). The cache is only ever an answer that could be worked out again:
 * a damaged one, or one of another version, is dropped.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { type DecodedFile, decodeFile } from '../decode/decode-file.js'

/** Grows with every change of what decoding makes of the same bytes. */
const DECODE_VERSION = 1
/** Entries of no current file that are kept for reverts and branches. */
const SPARE_ENTRIES = 5_000
const WRITE_BATCH = 500

export class ParseCache {
  readonly #file: string | null
  /** JSON of each decoded file: small in memory, and parsed again only at a restart. */
  #lines: Map<string, string>
  #isDirty = false
  #writing: Promise<void> = Promise.resolve()

  /** @param file null keeps nothing */
  constructor(file: string | null) {
    this.#file = file
    this.#lines = file === null ? new Map() : readLines(file)
  }

  /** The decoded file of a blob. */
  decode(oid: string, bytes: () => Buffer): DecodedFile {
    const line = this.#lines.get(oid)
    if (line !== undefined) {
      try {
        return JSON.parse(line) as DecodedFile
      } catch {
        this.#lines.delete(oid)
      }
    }
    const decoded = decodeFile(bytes())
    if (this.#file !== null && !holdsSecret(decoded)) {
      this.#lines.set(oid, JSON.stringify(decoded))
      this.#isDirty = true
    }
    return decoded
  }

  /** Writes what is new, atomically: the files in use and some of the others. Calls run one after the other. */
  save(used: ReadonlySet<string>): Promise<void> {
    this.#writing = this.#writing.then(() => this.#save(used))
    return this.#writing
  }

  async #save(used: ReadonlySet<string>): Promise<void> {
    if (!this.#isDirty || this.#file === null) return
    this.#isDirty = false
    let spare = SPARE_ENTRIES
    this.#lines = new Map([...this.#lines].filter(([oid]) => used.has(oid) || spare-- > 0))
    const temporary = `${this.#file}.new`
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.write(`${header()}\n`)
      const entries = [...this.#lines]
      for (let at = 0; at < entries.length; at += WRITE_BATCH) {
        const batch = entries.slice(at, at + WRITE_BATCH)
        await handle.write(batch.map(([oid, line]) => `${oid} ${line}\n`).join(''))
      }
    } finally {
      await handle.close()
    }
    renameSync(temporary, this.#file)
  }
}

function header(): string {
  return `headway parse cache ${DECODE_VERSION}`
}

function readLines(file: string): Map<string, string> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const lines = new Map<string, string>()
  if (!existsSync(file)) return lines
  const [first, ...rest] = readFileSync(file, 'utf8').split('\n')
  if (first !== header()) {
    rmSync(file, { force: true })
    return lines
  }
  for (const line of rest) {
    const space = line.indexOf(' ')
    if (space > 0) lines.set(line.slice(0, space), line.slice(space + 1))
  }
  return lines
}

/** Any sign of a Secret counts, also a misspelt one or one in a document that is not valid. */
function holdsSecret(decoded: DecodedFile): boolean {
  if (decoded.findings.some((finding) => finding.severity === 'error')) return true
  return decoded.documents.some(({ value }) => {
    const { kind } = value
    return typeof kind !== 'string' || /secret/i.test(kind) || 'stringData' in value
  })
}
