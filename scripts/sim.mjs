/**
 * `npm run sim -- --seed S --nodes N --minutes M [--quiet] [--runs R]`: an ordinary day of a simulated cluster, printed
 * as it happens. The last line carries seed, commit, ticks and trace hash: the same seed at the same commit prints the
 * same. With `--runs R` seeds S to S+R-1, one line each. Exit code 1 when a day went wrong.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, dist, root } from './lib.mjs'

const numbers = { seed: 1, nodes: 4, minutes: 10, runs: 1 }
let isQuiet = false
const args = process.argv.slice(2)
for (let i = 0; i < args.length; i++) {
  const name = args[i].replace(/^--/, '')
  if (name === 'quiet') isQuiet = true
  else if (name in numbers && /^\d+$/.test(args[i + 1] ?? '')) numbers[name] = Number(args[++i])
  else {
    console.error('usage: npm run sim -- [--seed S] [--nodes N] [--minutes M] [--runs R] [--quiet]')
    process.exit(2)
  }
}

if ((await build(['src/simulation'])) !== 0) process.exit(1)
const { runOrdinaryDay } = await import(pathToFileURL(path.join(dist, 'src/simulation/ordinary-day.js')).href)
const git = spawnSync('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: root, encoding: 'utf8' })
const commit = git.status === 0 ? git.stdout.trim() : 'unknown'
const onLine = isQuiet || numbers.runs > 1 ? undefined : (line) => console.log(line)

let failed = 0
for (let seed = numbers.seed; seed < numbers.seed + numbers.runs; seed++) {
  try {
    const world = await runOrdinaryDay({ seed, nodes: numbers.nodes, minutes: numbers.minutes, onLine })
    console.log(`seed ${seed}, commit ${commit}, ${world.ticks} ticks, trace ${world.traceHash()}`)
  } catch (error) {
    failed++
    console.error(error.message)
    console.log(
      `seed ${seed}, commit ${commit}, FAILED: npm run sim -- --seed ${seed} --nodes ${numbers.nodes} --minutes ${numbers.minutes}`,
    )
  }
}
process.exit(failed > 0 ? 1 : 0)
