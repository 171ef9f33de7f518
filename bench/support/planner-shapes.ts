/**
 * The shapes of kube-scheduler's own benchmark (scheduler_perf) for our scheduler: nodes of 4 cpu, 32 GiB and 110 pods in
 * three zones, pods of 100m and 500 MiB; placed as the planner does, batch by batch, in one process on one core.
 */
import type { PodSpec } from '../../src/model/generated/kubernetes.js'
import { NodeTable } from '../../src/planner/scheduler/node-table.js'
import { Placement } from '../../src/planner/scheduler/placement.js'
import { defaultProfile } from '../../src/planner/scheduler/profile.js'
import { makeRequest, type ScheduleRequest } from '../../src/planner/scheduler/request.js'

export interface BenchResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly better: 'higher' | 'lower'
}

export const ZONE = 'topology.kubernetes.io/zone'
export const HOSTNAME = 'kubernetes.io/hostname'
const GIB = 1024 ** 3

export interface NodeShape {
  readonly cpuMilli?: number
  readonly podsMax?: number
  readonly zones?: number
}

export function makeTable(count: number, { cpuMilli = 4_000, podsMax = 110, zones = 3 }: NodeShape = {}): NodeTable {
  const table = new NodeTable()
  for (let i = 0; i < count; i++) {
    const name = `node-${String(i).padStart(5, '0')}`
    table.setNode({
      name,
      isOpen: true,
      isUnschedulable: false,
      labels: { [HOSTNAME]: name, [ZONE]: `zone-${i % zones}` },
      taints: [],
      cpuMilli,
      memoryBytes: 32 * GIB,
      ephemeralStorageBytes: 100 * GIB,
      podsMax,
      extended: {},
      images: new Map(),
    })
  }
  return table
}

export interface PodShape {
  readonly cpu?: string
  readonly memory?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly spec?: Partial<PodSpec>
}

export function makePod({ cpu = '100m', memory = '500Mi', labels = {}, spec = {} }: PodShape): ScheduleRequest {
  const container = { name: 'main', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu, memory } } }
  return makeRequest({ containers: [container], ...spec }, { namespace: 'default', labels })
}

const NOBODY: ReadonlyMap<number, number> = new Map()

/** Places pods of one new owner; fails when one finds no node. */
export function placeOwner(table: NodeTable, request: ScheduleRequest, count: number): void {
  const placement = new Placement(request, table, NOBODY, defaultProfile, count > 1)
  for (let i = 0; i < count; i++) {
    const row = placement.best()
    if (row === null) throw new Error(`pod ${i} of ${count} finds no node`)
    table.assume(row, request)
    placement.placed(row)
  }
}

/** Pods per second of what `run` places; `make` sets up and is not measured. The best of some runs, after one to warm up. */
export function rate<T>(name: string, pods: number, make: () => T, run: (made: T) => void, runs = 3): BenchResult {
  run(make())
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < runs; i++) {
    const made = make()
    const begun = performance.now()
    run(made)
    best = Math.min(best, performance.now() - begun)
  }
  return { name, value: Math.round((1000 * pods) / best), unit: 'pods/s', better: 'higher' }
}
