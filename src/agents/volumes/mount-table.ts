/** What is mounted below a folder: nothing there may be deleted while something of another's is. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Mount points at or below a path, deepest first, from the kernel's table. */
export function mountsBelow(folder: string): readonly string[] {
  const points: string[] = []
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const field = line.split(' ')[4]
    if (field === undefined) continue
    // Spaces, tabs, newlines and backslashes are written as octal escapes.
    const point = field.replace(/\\([0-7]{3})/g, (_match, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    )
    if (point === folder || point.startsWith(`${folder}/`)) points.push(point)
  }
  return points.sort((left, right) => right.length - left.length)
}

export function isMounted(point: string): boolean {
  return mountsBelow(point).includes(point)
}

/** Unmounts all below a folder. Throws when something stays mounted: deleting would then reach another's files. */
export async function unmountBelow(folder: string): Promise<void> {
  for (const point of mountsBelow(folder)) {
    // Lazily: a container that still ends must not hold the clearing up.
    await run('umount', ['-l', point]).catch(() => undefined)
  }
  const left = mountsBelow(folder)
  if (left.length > 0) throw new Error(`${left[0]} stays mounted; unmount it by hand`)
}
