/** Manifests of a checkout that were changed and not committed: what is made of commits says nothing of them. */
import { spawnSync } from 'node:child_process'

const MANIFEST = /\.(?:ya?ml|json)$/
const LIMIT_MS = 5_000

/** Their paths, as git tells them; none where there is no git program, or it cannot tell. */
export function findUncommitted(checkout: string): readonly string[] {
  const args = ['-C', checkout, 'status', '--porcelain', '-z', '--no-renames', '--untracked-files=all']
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', timeout: LIMIT_MS })
  if (status !== 0) return []
  // `XY path`, each ended by a zero byte.
  const paths = stdout.split('\0').map((entry) => entry.slice(3))
  return paths.filter((path) => MANIFEST.test(path))
}
