/**
 * A look at an LMDB file before it is opened, since LMDB maps it and ends the process (SIGSEGV, SIGBUS) on a file that
 * is no database or was cut short by a full disk or a broken copy. Layout: LMDB's data format 2, little endian; two meta
 * pages, the newer of which (by transaction) holds.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const MAGIC = 0xbeefc0de
const FORMAT = 2
const AT = { magic: 24, format: 28, pageSize: 48, lastPage: 144, transaction: 152, end: 160 } as const

/** Throws an error that says what is wrong; a file that is missing or empty is fine, LMDB makes a new one. */
export function checkDatabaseFile(file: string): void {
  const descriptor = openIfThere(file)
  if (descriptor === null) return
  try {
    const { size } = fstatSync(descriptor)
    if (size === 0) return
    const first = readMeta(descriptor, 0)
    const second = readMeta(descriptor, first.pageSize)
    const newest = second.transaction > first.transaction ? second : first
    if ((newest.lastPage + 1) * first.pageSize > size) throw new Error('it was cut short')
  } finally {
    closeSync(descriptor)
  }
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function readMeta(descriptor: number, position: number) {
  const bytes = Buffer.alloc(AT.end)
  const read = readSync(descriptor, bytes, 0, AT.end, position)
  if (read < AT.end || bytes.readUInt32LE(AT.magic) !== MAGIC || bytes.readUInt32LE(AT.format) !== FORMAT) {
    throw new Error('it is no database of this version')
  }
  return {
    pageSize: bytes.readUInt32LE(AT.pageSize),
    lastPage: Number(bytes.readBigUInt64LE(AT.lastPage)),
    transaction: Number(bytes.readBigUInt64LE(AT.transaction)),
  }
}
