/**
 * What a planning pass costs on a large cluster: 1,000 nodes and 3,000 Deployments of 10 pods, one image changed. Measured
 * are makePlan, checkPlan of what is touched and applyPlan together, without any disk, for the pass that takes the change
 * in and for every pass of the rollout that follows; agents are simulated and report what changed.
 */
import { makePlan } from '../src/planner/make-plan.js'
import { createPlanIndex } from '../src/planner/plan-index.js'
import { measureIdleManager } from './support/idle-manager.js'
import { BenchCluster, makeDeployment, makeObject } from './support/planner-cluster.js'

const NODES = 1_000
const DEPLOYMENTS = 3_000
const REPLICAS = 10
const CHANGES = 50
/** A manager has planned before: the first changes after the start are not measured. */
const WARM_UP = 10
const STEP_MS = 500

interface Result {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly better: 'higher' | 'lower'
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function heapMib(): number {
  const collect: unknown = Reflect.get(globalThis, 'gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed / 1024 ** 2
}

function main(): readonly Result[] {
  const cluster = new BenchCluster(NODES)
  const names = Array.from({ length: DEPLOYMENTS }, (_, i) => `app-${String(i).padStart(4, '0')}`)
  cluster.apply(
    ...names.flatMap((name) => [
      makeDeployment(name, 'demo:1', REPLICAS),
      makeObject('Service', name, { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] }),
    ]),
  )
  const placing = cluster.pass()
  cluster.now += STEP_MS
  cluster.converge()
  if (cluster.live() !== DEPLOYMENTS * REPLICAS) throw new Error(`${cluster.live()} pods live`)

  const idle: number[] = []
  for (let i = 0; i < 50; i++) idle.push(cluster.pass().ms)
  const first: number[] = []
  const following: number[] = []
  for (let i = 0; i < WARM_UP + CHANGES; i++) {
    cluster.apply(makeDeployment(names[i * 50]!, 'demo:2', REPLICAS))
    const times = cluster.converge()
    if (i >= WARM_UP) {
      first.push(times[0] ?? 0)
      following.push(...times.slice(1))
    }
    cluster.now += STEP_MS
  }
  const before = heapMib()
  const input = cluster.input()
  const begun = performance.now()
  const index = createPlanIndex()
  makePlan(input, index)
  const cold = performance.now() - begun
  const indexMib = heapMib() - before
  if (index.passes !== 1) throw new Error('the index was not used')
  return [
    { name: 'plan-one-change-pass-p50', value: round(quantile(first, 0.5)), unit: 'ms', better: 'lower' },
    { name: 'plan-one-change-pass-p99', value: round(quantile(first, 0.99)), unit: 'ms', better: 'lower' },
    { name: 'plan-one-change-following-p50', value: round(quantile(following, 0.5)), unit: 'ms', better: 'lower' },
    { name: 'plan-one-change-following-p99', value: round(quantile(following, 0.99)), unit: 'ms', better: 'lower' },
    { name: 'idle-pass-p50', value: round(quantile(idle, 0.5)), unit: 'ms', better: 'lower' },
    { name: 'pass-from-nothing', value: round(cold), unit: 'ms', better: 'lower' },
    { name: 'placing-30000-pods', value: round(placing.ms), unit: 'ms', better: 'lower' },
    { name: 'index-memory', value: round(indexMib), unit: 'MiB', better: 'lower' },
    { name: 'heap-with-everything', value: round(heapMib()), unit: 'MiB', better: 'lower' },
  ]
}

const rows = main()
globalThis.gc?.()
console.log(JSON.stringify([...rows, ...(await measureIdleManager())]))
// The simulated agents' sockets are gone; nothing is left to wait for.
process.exit(0)
