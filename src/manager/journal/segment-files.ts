/** The journal's files: named by when they begin, the closed ones compressed, the oldest removed when there is too much. */
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Instant } from '../../base/instant.js'

export interface SegmentFile {
  readonly path: string
  readonly startedAt: Instant
  readonly isCompressed: boolean
}

export interface Retention {
  readonly now: Instant
  readonly totalBytes: number
  readonly totalMs: number
  /** True for the file that is being written at the moment of asking. */
  isOpen(path: string): boolean
}

const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z-\d{3}\.jsonl(\.gz)?$/

/** `20261121T100000.000Z-000.jsonl`; `number` tells segments of one instant apart. */
export function segmentName(startedAt: Instant, number: number): string {
  const instant = new Date(startedAt).toISOString().replaceAll(/[-:]/g, '')
  return `${instant}-${String(number).padStart(3, '0')}.jsonl`
}

/** The segments in a folder, oldest first; a folder that is not there has none. Throws when it cannot be read. */
export async function listSegments(directory: string): Promise<readonly SegmentFile[]> {
  let names: string[]
  try {
    names = await readdir(directory)
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  // A compressed segment is whole: what it was made from may still lie beside it after a crash.
  const known = names.filter((name) => NAME.test(name) && !names.includes(`${name}.gz`))
  return known.sort().map((name) => {
    const [, year, month, day, hour, minute, second, milli] = NAME.exec(name) ?? []
    const startedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`)
    return { path: path.join(directory, name), startedAt, isCompressed: name.endsWith('.gz') }
  })
}

/** Compresses what is not yet, then removes the oldest until the rest is within bounds; an open one is left alone. */
export async function tidySegments(directory: string, retention: Retention): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith('.part')) await rm(path.join(directory, name), { force: true })
    if (name.endsWith('.jsonl.gz')) await rm(path.join(directory, name.slice(0, -3)), { force: true })
  }
  for (const segment of await listSegments(directory)) {
    if (!segment.isCompressed && !retention.isOpen(segment.path)) await compress(segment.path)
  }
  let total = 0
  const newestFirst = [...(await listSegments(directory))].reverse()
  for (const segment of newestFirst) {
    // It is not compressed yet, and its size says little.
    if (retention.isOpen(segment.path)) continue
    const { size, mtimeMs } = await stat(segment.path)
    total += size
    const isTooMuch = total > retention.totalBytes || retention.now - mtimeMs > retention.totalMs
    if (isTooMuch) await rm(segment.path, { force: true })
  }
}

async function compress(file: string): Promise<void> {
  const part = `${file}.gz.part`
  const { mtime, atime } = await stat(file)
  await pipeline(createReadStream(file), createGzip({ level: 6 }), createWriteStream(part, { mode: 0o600 }))
  await utimes(part, atime, mtime)
  await rename(part, `${file}.gz`)
  await rm(file, { force: true })
}
