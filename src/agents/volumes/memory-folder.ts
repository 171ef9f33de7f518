/** A folder in memory for values of Secrets, so that they never touch a disk. */
import { execFile } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { promisify } from 'node:util'
import { VolumeError } from '../pod-volumes.js'

const run = promisify(execFile)

/** The kernel's number of tmpfs and ramfs. */
const MEMORY_FILESYSTEMS = new Set([0x01021994, 0x858458f6])
/** Secrets are at most 1 MiB each; this holds more than any node's. */
const SIZE = '256m'

/** Makes the folder, mounting a tmpfs there when its place is on a disk. Throws VolumeError when that cannot be done. */
export async function ensureMemoryFolder(folder: string): Promise<void> {
  await fs.mkdir(folder, { recursive: true, mode: 0o700 })
  if (await isInMemory(folder)) return
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700,nosuid,nodev,noexec`, 'headway', folder])
  } catch (error) {
    const why = (error as Error).message.trim()
    throw new VolumeError(
      `secrets need a folder in memory, and ${folder} is on a disk: ${why} (run the agent as root)`,
      { cause: error },
    )
  }
}

async function isInMemory(folder: string): Promise<boolean> {
  return MEMORY_FILESYSTEMS.has((await fs.statfs(folder)).type)
}
