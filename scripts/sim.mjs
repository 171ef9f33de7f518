/**
 * The simulator with faults. `npm run sim -- --seeds N [--seed S] [--nodes N] [--minutes M]` runs scenarios from seeds S to
 * S+N-1; a failure is shrunk and shown with the trace around it. `--seed S` alone (or with `--trace`) runs one readably;
 * `--file F` runs a kept scenario; `--mutations` plants faults in the code and tells which seeds catch them.
 * The last line of one run carries seed, commit, ticks and trace hash. Exit code 1 when something that must hold does not.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, dist, root } from './lib.mjs'

const USAGE =
  'usage: npm run sim -- [--seeds N] [--seed S] [--nodes N] [--minutes M] [--trace] [--keep DIR] [--file F] [--mutations] [--no-build]'
const numbers = { seed: 1, seeds: 1, nodes: 5, minutes: 5 }
const texts = { file: '', keep: '', only: '' }
const flags = { trace: false, mutations: false, 'no-build': false, 'no-shrink': false }
const args = process.argv.slice(2)
for (let i = 0; i < args.length; i++) {
  const name = args[i].replace(/^--/, '')
  if (name in flags) flags[name] = true
  else if (name in numbers && /^\d+$/.test(args[i + 1] ?? '')) numbers[name] = Number(args[++i])
  else if (name in texts && args[i + 1] !== undefined) texts[name] = args[++i]
  else {
    console.error(USAGE)
    process.exit(2)
  }
}

if (!flags['no-build'] && (await build(['src/simulation'])) !== 0) process.exit(1)
const load = (file) => import(pathToFileURL(path.join(dist, 'src', 'simulation', 'scenario', file)).href)
const { runSeeds, runOne, runMutations } = await load('command.js')
const git = spawnSync('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: root, encoding: 'utf8' })
const commit = git.status === 0 ? git.stdout.trim() : 'unknown'
const options = { ...numbers, ...texts, commit, print: (line) => console.log(line), shrinks: !flags['no-shrink'] }

let isGood
if (flags.mutations) isGood = await runMutations({ ...options, dist })
else if (texts.file !== '')
  isGood = await runOne({ ...options, scenario: JSON.parse(readFileSync(texts.file, 'utf8')), isTraced: flags.trace })
else if (numbers.seeds === 1) isGood = await runOne({ ...options, scenario: null, isTraced: true })
else isGood = await runSeeds(options)
process.exit(isGood ? 0 : 1)
