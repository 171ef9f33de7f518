/** Installs the npm packages when they are missing or older than the lock file. Needs nothing but Node. */
import { spawnSync } from 'node:child_process'
import { existsSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { changedAt, root } from './lib.mjs'

const installed = path.join(root, 'node_modules', '.package-lock.json')
if (changedAt(installed) < changedAt(path.join(root, 'package-lock.json'))) {
  console.error('headway: installing npm packages (once)')
  // Not `npm ci`: it refuses a lock file without the optional packages of platforms that a mirror does not carry.
  const args = ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error']
  const result = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (result.status !== 0) {
    console.error(`headway: npm ${args.join(' ')} failed: check that the npm registry can be reached, then try again`)
    process.exit(1)
  }
  // npm leaves the file alone when nothing was missing.
  const now = new Date()
  if (existsSync(installed)) utimesSync(installed, now, now)
}
