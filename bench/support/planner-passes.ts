/** Whole passes of the planner benchmark: 5,000 nodes and 150,000 pods of 3,000 Deployments, from nothing and after a change. */
import { BenchCluster, makeDeployment, makeObject } from './planner-cluster.js'
import type { BenchResult } from './planner-shapes.js'

const NODES = 5_000
const DEPLOYMENTS = 3_000
const REPLICAS = 50
const CHANGES = 200
/** Changes are this far apart in the list of owners. */
const STRIDE = 13
/** A manager has planned for a while: until then the compiler works beside the passes. */
const WARM_UP = 20

export function passRows(): BenchResult[] {
  const cluster = new BenchCluster(NODES)
  const names = Array.from({ length: DEPLOYMENTS }, (_, i) => `app-${String(i).padStart(4, '0')}`)
  cluster.apply(
    ...names.flatMap((name) => [
      makeDeployment(name, 'demo:1', REPLICAS),
      makeObject('Service', name, { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] }),
    ]),
  )
  const cold = cluster.pass()
  const peakMib = process.memoryUsage().rss / 1024 ** 2
  cluster.now += 500
  cluster.converge()
  if (cluster.live() !== DEPLOYMENTS * REPLICAS) throw new Error(`${cluster.live()} pods live`)
  const times: number[] = []
  for (let i = 0; i < WARM_UP + CHANGES; i++) {
    cluster.apply(makeDeployment(names[i * STRIDE]!, 'demo:2', REPLICAS))
    const [first] = cluster.converge()
    if (i >= WARM_UP) times.push(first ?? 0)
    cluster.now += 500
  }
  times.sort((left, right) => left - right)
  return [
    { name: 'plan-cold', value: Math.round(cold.ms) / 1000, unit: 's', better: 'lower' },
    { name: 'plan-cold-memory', value: Math.round(peakMib), unit: 'MiB', better: 'lower' },
    {
      name: 'plan-incremental',
      value: Math.round(times[Math.ceil(CHANGES * 0.99) - 1]! * 100) / 100,
      unit: 'ms p99',
      better: 'lower',
    },
    {
      name: 'plan-incremental-p50',
      value: Math.round(times[times.length >> 1]! * 100) / 100,
      unit: 'ms',
      better: 'lower',
    },
  ]
}
