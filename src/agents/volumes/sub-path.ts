/**
 * subPath, safe against links: a container may put links into its volumes, also while we look. So the path is resolved,
 * must lie inside, is then walked folder by folder through open files without following anything, and what is found at
 * the end is bound through the open file, never by its name (the way Kubernetes does it).
 */
import { execFile } from 'node:child_process'
import { closeSync, constants, fstatSync, mkdirSync, openSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { VolumeError } from '../pod-volumes.js'
import { isMounted } from './mount-table.js'

const run = promisify(execFile)

/** Not among Node's constants; the same number on x86-64 and arm64. */
const O_PATH = 0x200000

/** `$(NAME)` expanded from the container's environment, `$$` for a dollar. Throws VolumeError when a variable is missing. */
export function expandSubPath(expression: string, environment: ReadonlyMap<string, string>): string {
  return expression.replace(/\$\$|\$\(([A-Za-z_.-][\w.-]*)\)/g, (match, name: string | undefined) => {
    if (name === undefined) return match === '$$' ? '$' : match
    const value = environment.get(name)
    if (value === undefined) throw new VolumeError(`subPathExpr ${expression}: the container has no variable ${name}`)
    return value
  })
}

/** Throws VolumeError unless it is relative and does not climb. */
export function checkSubPath(subPath: string): void {
  if (path.isAbsolute(subPath) || subPath.split('/').includes('..'))
    throw new VolumeError(`subPath "${subPath}" must be relative and without ".."`)
}

/** A path in a volume that only the agent writes: links are resolved, the result lies inside. Throws VolumeError. */
export function resolveOwnSubPath(root: string, subPath: string): string {
  let real: string
  try {
    real = realpathSync(path.join(root, subPath))
  } catch (error) {
    throw new VolumeError(`subPath "${subPath}" does not exist in the volume`, { cause: error })
  }
  if (!isInside(realpathSync(root), real)) throw new VolumeError(`subPath "${subPath}" leads out of the volume`)
  return real
}

/**
 * Binds `root`/`subPath`, made as folders where it is missing, to the path `target`. Idempotent. Throws VolumeError when
 * it leads out of the volume or cannot be bound.
 */
export async function bindSubPath(root: string, subPath: string, target: string): Promise<void> {
  const file = openInside(root, subPath)
  try {
    const { isDirectory, dev, ino } = describe(file)
    if (isMounted(target)) {
      const bound = statSync(target)
      if (bound.dev === dev && bound.ino === ino) return
      await run('umount', ['-l', target])
    }
    mkdirSync(isDirectory ? target : path.dirname(target), { recursive: true })
    if (!isDirectory) writeFileSync(target, '', { flag: 'a' })
    await run('mount', ['--no-canonicalize', '--bind', `/proc/${process.pid}/fd/${file}`, target])
  } catch (error) {
    if (error instanceof VolumeError) throw error
    throw new VolumeError(
      `bind subPath "${subPath}": ${(error as Error).message.trim()} (the agent must run as root)`,
      { cause: error },
    )
  } finally {
    closeSync(file)
  }
}

function describe(file: number): { readonly isDirectory: boolean; readonly dev: number; readonly ino: number } {
  const stats = fstatSync(file)
  return { isDirectory: stats.isDirectory(), dev: stats.dev, ino: stats.ino }
}

/** Opens what `subPath` names without following a link that appears meanwhile; missing folders are made like the volume's own. */
function openInside(root: string, subPath: string): number {
  const realRoot = realpathSync(root)
  const real = resolveExisting(realRoot, subPath)
  if (!isInside(realRoot, real)) throw new VolumeError(`subPath "${subPath}" leads out of the volume`)
  const mode = statSync(realRoot).mode & 0o7777
  let file = openSync(realRoot, O_PATH | constants.O_DIRECTORY)
  for (const name of path.relative(realRoot, real).split('/')) {
    if (name === '') continue
    const next = openStep(file, name, mode, subPath)
    closeSync(file)
    file = next
  }
  return file
}

function openStep(parent: number, name: string, mode: number, subPath: string): number {
  const step = `/proc/self/fd/${parent}/${name}`
  const flags = O_PATH | constants.O_NOFOLLOW
  let file: number
  try {
    file = openSync(step, flags)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      closeSync(parent)
      throw new VolumeError(`subPath "${subPath}": ${(error as Error).message}`, { cause: error })
    }
    mkdirSync(step, { mode })
    file = openSync(step, flags)
  }
  if (!fstatSync(file).isSymbolicLink()) return file
  closeSync(file)
  closeSync(parent)
  throw new VolumeError(`subPath "${subPath}" changed into a link while it was opened`)
}

/** The real path of as much as exists, and the rest as it is written. */
function resolveExisting(root: string, subPath: string): string {
  const parts = subPath.split('/').filter((part) => part !== '' && part !== '.')
  for (let count = parts.length; count > 0; count--) {
    try {
      const real = realpathSync(path.join(root, ...parts.slice(0, count)))
      return path.join(real, ...parts.slice(count))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new VolumeError(`subPath "${subPath}": ${(error as Error).message}`, { cause: error })
    }
  }
  return path.join(root, ...parts)
}

function isInside(root: string, real: string): boolean {
  return real === root || real.startsWith(`${root}/`)
}
