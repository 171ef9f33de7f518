/**
 * Tar archives (POSIX ustar) of regular files, enough for backups: any tar program reads what is written here. Files go
 * through memory one at a time.
 */
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { CliError, EXIT_USAGE } from './cli-error.js'

const BLOCK = 512

export interface TarEntry {
  /** Path inside the archive, with `/`. */
  readonly name: string
  readonly data: Buffer
  readonly mode: number
}

export interface TarWriter {
  add(entry: TarEntry): void
  /** Writes the end mark and closes the file. */
  close(): void
}

/** Makes an archive at `file`, readable by its owner only; error EEXIST when there is a file already. */
export function createTar(file: string, modifiedAt: number): TarWriter {
  const fd = openSync(file, 'wx', 0o600)
  return {
    add({ name, data, mode }) {
      writeSync(fd, makeHeader(name, data.length, mode, modifiedAt))
      let written = 0
      while (written < data.length) written += writeSync(fd, data, written)
      const rest = data.length % BLOCK
      if (rest > 0) writeSync(fd, Buffer.alloc(BLOCK - rest))
    },
    close() {
      writeSync(fd, Buffer.alloc(2 * BLOCK))
      closeSync(fd)
    },
  }
}

/** Reads a file into memory for an entry. */
export function readEntry(file: string, name: string, mode: number): TarEntry {
  return { name, data: readFileSync(file), mode }
}

/** The regular files of an archive, one after the other. Error 2 on a file that is not one, or is cut short. */
export function* readTar(file: string): Generator<TarEntry> {
  const fd = openSync(file, 'r')
  try {
    for (;;) {
      const header = readExactly(fd, BLOCK, file)
      if (header.every((byte) => byte === 0)) return
      checkHeader(header, file)
      const size = readOctal(header, 124, 12)
      const data = readExactly(fd, size, file)
      readExactly(fd, (BLOCK - (size % BLOCK)) % BLOCK, file)
      const prefix = readText(header, 345, 155)
      const name = readText(header, 0, 100)
      const type = String.fromCharCode(header[156]!)
      if (type === '0' || type === '\0')
        yield { name: prefix === '' ? name : `${prefix}/${name}`, data, mode: readOctal(header, 100, 8) & 0o777 }
    }
  } finally {
    closeSync(fd)
  }
}

function makeHeader(name: string, size: number, mode: number, modifiedAt: number): Buffer {
  const header = Buffer.alloc(BLOCK)
  const { prefix, rest } = splitName(name)
  header.write(rest, 0, 100, 'utf8')
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100, 'latin1')
  header.write('0000000\0'.repeat(2), 108, 'latin1')
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  header.write(
    `${Math.floor(modifiedAt / 1_000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
    'latin1',
  )
  header.write(' '.repeat(8), 148, 'latin1')
  header.write('0', 156, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.write(prefix, 345, 155, 'utf8')
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

/** A name over 100 bytes is cut at a slash into a prefix of at most 155 and the rest. */
function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  if (Buffer.byteLength(name) <= 100) return { prefix: '', rest: name }
  for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1)) {
    const prefix = name.slice(0, at)
    const rest = name.slice(at + 1)
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100) return { prefix, rest }
  }
  throw new CliError(EXIT_USAGE, `the path ${name} is too long for an archive: rename it`)
}

function checksum(header: Buffer): number {
  let sum = 0
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : header[at]!
  return sum
}

function checkHeader(header: Buffer, file: string): void {
  if (readOctal(header, 148, 8) !== checksum(header))
    throw new CliError(EXIT_USAGE, `${file} is not a tar archive, or is damaged: take another backup`)
}

function readText(header: Buffer, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end).toString('utf8')
}

function readOctal(header: Buffer, offset: number, length: number): number {
  return Number.parseInt(readText(header, offset, length).trim() || '0', 8)
}

function readExactly(fd: number, length: number, file: string): Buffer {
  const data = Buffer.alloc(length)
  let read = 0
  while (read < length) {
    const count = readSync(fd, data, read, length - read, null)
    if (count === 0) throw new CliError(EXIT_USAGE, `${file} ends too early: it is no whole backup, take another one`)
    read += count
  }
  return data
}
