/**
 * Files that change all at once, exactly as Kubernetes does it: the contents lie in a folder named after the time, the
 * link `..data` names that folder, and what a container sees are links through `..data`. A new version is written
 * beside the old one and `..data` is renamed over, so that a reader sees all of the old or all of the new.
 */
import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import path from 'node:path'
import { VolumeError } from '../pod-volumes.js'

export interface VolumeFile {
  readonly content: Uint8Array
  readonly mode: number
}

/** By path below the volume, without a leading slash. */
export type VolumeFiles = ReadonlyMap<string, VolumeFile>

const DATA_LINK = '..data'
const DATA_LINK_NEXT = '..data_tmp'
const FOLDER_MODE = 0o755

/**
 * Makes the folder `target` hold exactly these files, owned by `group` when there is one (Kubernetes' fsGroup). Nothing is
 * written when it does already. Returns true when something changed. What a crash left half done is cleared.
 */
export async function writeAtomically(target: string, files: VolumeFiles, group: number | null): Promise<boolean> {
  for (const file of files.keys()) checkPath(file)
  await fs.mkdir(target, { recursive: true })
  await setFolder(target, group)
  const current = await readLink(path.join(target, DATA_LINK))
  if (current !== null && (await holds(path.join(target, current), files, group))) {
    await linkNames(target, files)
    return false
  }
  const next = await fs.mkdtemp(path.join(target, `..${new Date().toISOString().replace(/[:.]/g, '_')}.`))
  await setFolder(next, group)
  for (const [file, wanted] of files) await writeFile(next, file, wanted, group)
  const nextLink = path.join(target, DATA_LINK_NEXT)
  await fs.rm(nextLink, { force: true })
  await fs.symlink(path.basename(next), nextLink)
  await fs.rename(nextLink, path.join(target, DATA_LINK))
  await linkNames(target, files)
  await clearOld(target, path.basename(next), files)
  return true
}

/** Kubernetes: paths are relative, do not climb and do not begin with `..`. */
function checkPath(file: string): void {
  const parts = file.split('/')
  if (file === '' || file.startsWith('/') || file.startsWith('..') || parts.includes('..') || parts.includes(''))
    throw new VolumeError(`a volume cannot hold a file at "${file}": use a relative path without ".."`)
}

async function writeFile(folder: string, file: string, wanted: VolumeFile, group: number | null): Promise<void> {
  const parts = file.split('/')
  for (let depth = 1; depth < parts.length; depth++) {
    const parent = path.join(folder, ...parts.slice(0, depth))
    await fs.mkdir(parent, { recursive: true })
    await setFolder(parent, group)
  }
  const full = path.join(folder, ...parts)
  await fs.writeFile(full, wanted.content, { flag: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL })
  if (group !== null) await fs.chown(full, -1, group)
  // After the owner: a change of owner clears bits of the mode.
  await fs.chmod(full, fileMode(wanted, group))
}

/** With fsGroup the group may read what the owner may (Kubernetes: read-only volumes get 0440 added). */
function fileMode(file: VolumeFile, group: number | null): number {
  return group === null ? file.mode : file.mode | 0o440
}

async function setFolder(folder: string, group: number | null): Promise<void> {
  if (group !== null) await fs.chown(folder, -1, group)
  await fs.chmod(folder, group === null ? FOLDER_MODE : FOLDER_MODE | 0o2000)
}

/** Links for the first part of each path, and none for names that are gone. */
async function linkNames(target: string, files: VolumeFiles): Promise<void> {
  for (const name of firstParts(files)) {
    const link = path.join(target, name)
    if ((await readLink(link)) !== null) continue
    await fs.rm(link, { recursive: true, force: true })
    await fs.symlink(path.join(DATA_LINK, name), link)
  }
}

async function clearOld(target: string, current: string, files: VolumeFiles): Promise<void> {
  const wanted = firstParts(files)
  for (const name of await fs.readdir(target)) {
    const isKept = name === DATA_LINK || name === current || wanted.has(name)
    if (!isKept) await fs.rm(path.join(target, name), { recursive: true, force: true })
  }
}

function firstParts(files: VolumeFiles): Set<string> {
  return new Set([...files.keys()].map((file) => file.split('/')[0] ?? file))
}

async function holds(folder: string, files: VolumeFiles, group: number | null): Promise<boolean> {
  let present: readonly string[]
  try {
    const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true })
    present = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
  } catch {
    return false
  }
  if (present.length !== files.size) return false
  for (const file of present) {
    const wanted = files.get(file)
    if (wanted === undefined) return false
    const full = path.join(folder, file)
    const { mode, gid } = await fs.stat(full)
    if ((mode & 0o7777) !== fileMode(wanted, group) || (group !== null && gid !== group)) return false
    if (!(await fs.readFile(full)).equals(wanted.content)) return false
  }
  return true
}

async function readLink(link: string): Promise<string | null> {
  try {
    return await fs.readlink(link)
  } catch {
    return null
  }
}
