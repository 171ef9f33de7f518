/** Brings node_modules and dist up to date before the CLI runs; costs one stat of each source file when they are. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import './prepare.mjs'
import { build, changedAt, filesBelow, root } from './lib.mjs'

const newest = Math.max(
  changedAt(path.join(root, 'package-lock.json')),
  ...[...filesBelow(path.join(root, 'src')), ...filesBelow(path.join(root, 'schemas'))].map(changedAt),
)
if (changedAt(path.join(root, 'dist', 'built')) < newest) {
  console.error('headway: building (once)')
  if ((await build(['src/cli'])) !== 0) process.exit(1)
  writeFileSync(path.join(root, 'dist', 'built'), '')
  // Under sudo: what was made belongs to the one who calls, who may build again without it.
  const { SUDO_UID: uid, SUDO_GID: gid } = process.env
  if (process.getuid?.() === 0 && /^[1-9]\d*$/.test(uid ?? '') && /^\d+$/.test(gid ?? ''))
    spawnSync('chown', ['-R', `${uid}:${gid}`, 'node_modules', 'dist'], { cwd: root })
}
