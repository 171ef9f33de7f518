/** hostPath volumes: what each type demands of the path, and what it makes (Kubernetes' types). */

import type { Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { VolumeError } from '../pod-volumes.js'

interface HostPathRule {
  readonly what: string
  readonly fits: (stats: Stats) => boolean
  readonly make?: (path: string) => Promise<unknown>
}

const makeFolder = (path: string): Promise<unknown> => fs.mkdir(path, { recursive: true, mode: 0o755 })
const makeFile = async (path: string): Promise<void> => {
  const handle = await fs.open(path, 'a', 0o644)
  await handle.close()
}

/** The empty type checks nothing; a missing path becomes a folder, as container runtimes under Kubernetes do. */
const RULES: Readonly<Record<string, HostPathRule>> = {
  '': { what: 'anything', fits: () => true, make: makeFolder },
  Directory: { what: 'a directory', fits: (stats) => stats.isDirectory() },
  DirectoryOrCreate: { what: 'a directory', fits: (stats) => stats.isDirectory(), make: makeFolder },
  File: { what: 'a file', fits: (stats) => stats.isFile() },
  FileOrCreate: { what: 'a file', fits: (stats) => stats.isFile(), make: makeFile },
  Socket: { what: 'a socket', fits: (stats) => stats.isSocket() },
  CharDevice: { what: 'a character device', fits: (stats) => stats.isCharacterDevice() },
  BlockDevice: { what: 'a block device', fits: (stats) => stats.isBlockDevice() },
}

/** Checks the path against its type, making it where the type says so. Throws VolumeError when it does not fit. */
export async function prepareHostPath(volume: string, path: string, type: string): Promise<void> {
  const rule = RULES[type]
  if (rule === undefined) throw new VolumeError(`volume ${volume}: hostPath type "${type}" is not known`)
  const describe = `volume ${volume}: hostPath ${path} (type ${type === '' ? 'unset' : type})`
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw new VolumeError(`${describe}: must be an absolute path without ".."`)
  let stats = await statOrNull(path, describe)
  if (stats === null && rule.make) {
    try {
      await rule.make(path)
    } catch (error) {
      throw new VolumeError(`${describe}: cannot be made: ${(error as Error).message}`, { cause: error })
    }
    stats = await statOrNull(path, describe)
  }
  if (stats === null) throw new VolumeError(`${describe}: does not exist on this host; make ${rule.what} there`)
  if (!rule.fits(stats)) throw new VolumeError(`${describe}: is not ${rule.what}`)
}

async function statOrNull(path: string, describe: string): Promise<Stats | null> {
  try {
    return await fs.stat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new VolumeError(`${describe}: ${(error as Error).message}`, { cause: error })
  }
}
