/** Brings node_modules and dist up to date before the CLI runs; costs one stat of each source file when they are. */
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
  const { writeFileSync } = await import('node:fs')
  writeFileSync(path.join(root, 'dist', 'built'), '')
}
