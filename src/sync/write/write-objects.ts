/** Writes objects and references into a repository without a work tree, the way git does: loose, by rename, behind lock files. */
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { deflateSync } from 'node:zlib'
import { nameOf } from '../git/object-store.js'
import type { ObjectType } from '../git/pack.js'
import type { Repository } from '../git/repository.js'
import { SyncError } from '../sync-error.js'

const LOCK_TRIES = 20
const LOCK_PAUSE_MS = 50

/** Writes an object unless it is there; gives its name. */
export function writeObject(repository: Repository, type: ObjectType, data: Buffer): string {
  const oid = nameOf({ type, data }, repository.format)
  const file = path.join(repository.commonDirectory, 'objects', oid.slice(0, 2), oid.slice(2))
  if (existsSync(file) || repository.objects.read(oid) !== null) return oid
  const bytes = deflateSync(Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data]))
  makeFolder(path.dirname(file), repository)
  writeAtomically(file, bytes, 0o444, repository)
  return oid
}

/** Moves a branch from one commit to another (null: it must not exist). Throws SyncError `moved` when it is elsewhere. */
export async function moveBranch(
  repository: Repository,
  branch: string,
  from: string | null,
  to: string,
): Promise<void> {
  const reference = `refs/heads/${branch}`
  const file = path.join(repository.commonDirectory, reference)
  makeFolder(path.dirname(file), repository)
  const lock = `${file}.lock`
  const handle = await openLock(lock)
  try {
    writeSync(handle, `${to}\n`)
    fsyncSync(handle)
    const now = repository.readRef(reference)
    if (now !== from) {
      throw new SyncError(
        'moved',
        `branch ${branch} has moved to ${now ?? 'nothing'} meanwhile: look at it, and try again`,
      )
    }
    ownLike(lock, repository)
    renameSync(lock, file)
  } finally {
    closeSync(handle)
    rmSync(lock, { force: true })
  }
}

async function openLock(lock: string): Promise<number> {
  for (let i = 0; ; i++) {
    try {
      return openSync(lock, 'wx', 0o644)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (i >= LOCK_TRIES) {
        throw new SyncError(
          'conflict',
          `${lock} is held: wait for the other git to end, or remove the file when there is none`,
        )
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS))
    }
  }
}

function makeFolder(folder: string, repository: Repository): void {
  if (existsSync(folder)) return
  makeFolder(path.dirname(folder), repository)
  mkdirSync(folder)
  ownLike(folder, repository)
}

function writeAtomically(file: string, bytes: Buffer, mode: number, repository: Repository): void {
  const temporary = path.join(path.dirname(file), `tmp_obj_${process.pid}_${path.basename(file).slice(0, 8)}`)
  rmSync(temporary, { force: true })
  const handle = openSync(temporary, 'wx', mode)
  try {
    writeSync(handle, bytes)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  ownLike(temporary, repository)
  renameSync(temporary, file)
}

/** What root writes into a user's repository belongs to that user, whose git would refuse it otherwise. */
function ownLike(file: string, repository: Repository): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(repository.commonDirectory)
  if (uid !== 0) chownSync(file, uid, gid)
}
