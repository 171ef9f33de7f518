/** The simulator with faults: a 20-node, 10-minute scenario from each of some seeds; how much simulated time, and how many seeds, a core runs. */
import { makeScenario } from '../src/simulation/scenario/make-scenario.js'
import { runScenario } from '../src/simulation/scenario/run-scenario.js'

const NODES = 20
const MINUTES = 10
/** The compiler works beside the first hundred seeds, on processor time of its own: a hunt over thousands does not see that. */
const WARM_SEEDS = Array.from({ length: 100 }, (_, i) => 1 + i)
const SEEDS = Array.from({ length: 100 }, (_, i) => 101 + i)

/** As `npm run sim` runs them: all invariants, and every fourth seed strict. */
async function run(seed: number): Promise<number> {
  const world = await runScenario(makeScenario({ seed, nodes: NODES, minutes: MINUTES }))
  return world.elapsedMs
}

for (const seed of WARM_SEEDS) await run(seed)
const begin = process.cpuUsage()
let simulatedMs = 0
for (const seed of SEEDS) simulatedMs += await run(seed)
const { user, system } = process.cpuUsage(begin)
const seconds = (user + system) / 1e6

console.log(
  JSON.stringify([
    {
      name: 'sim.simulated_seconds_per_second',
      value: Math.round(simulatedMs / 1_000 / seconds),
      unit: 's/s',
      better: 'higher',
    },
    {
      name: 'sim.seeds_per_minute_per_core',
      value: Math.round((SEEDS.length / seconds) * 60),
      unit: '1/min',
      better: 'higher',
    },
  ]),
)
