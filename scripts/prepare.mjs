/** Installs the npm packages when they are missing or older than the lock file. Needs nothing but Node. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { changedAt, root } from './lib.mjs'

const installed = path.join(root, 'node_modules', '.package-lock.json')
if (changedAt(installed) < changedAt(path.join(root, 'package-lock.json'))) {
  console.error('headway: installing npm packages (once)')
  const result = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (result.status !== 0) {
    console.error('headway: npm ci failed: check that the npm registry can be reached, then try again')
    process.exit(1)
  }
}
