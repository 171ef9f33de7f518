/** The scheduler's rows of the planner benchmark; the names and shapes stand in docs/performance.md. */
import type { PodSpec } from '../../src/model/generated/kubernetes.js'
import type { NodeTable } from '../../src/planner/scheduler/node-table.js'
import type { ScheduleRequest } from '../../src/planner/scheduler/request.js'
import { type BenchResult, HOSTNAME, makePod, makeTable, placeOwner, rate, ZONE } from './planner-shapes.js'

const NODES = 5_000

/** Pods of owners that are all alike but for their labels. */
function owners(count: number, spec: (app: string) => Partial<PodSpec> = () => ({})): ScheduleRequest[] {
  return Array.from({ length: count }, (_, i) => makePod({ labels: { app: `app-${i}` }, spec: spec(`app-${i}`) }))
}

function filled(pods: number): NodeTable {
  const table = makeTable(NODES)
  for (const request of owners(10)) placeOwner(table, request, pods / 10)
  return table
}

function matching(app: string): { readonly labelSelector: { readonly matchLabels: Readonly<Record<string, string>> } } {
  return { labelSelector: { matchLabels: { app } } }
}

function spread(whenUnsatisfiable: string): (app: string) => Partial<PodSpec> {
  return (app) => ({
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable, ...matching(app) }],
  })
}

const preferred = (app: string): Partial<PodSpec> => ({
  affinity: {
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 50, podAffinityTerm: { topologyKey: ZONE, ...matching(app) } },
      ],
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { topologyKey: HOSTNAME, ...matching(app) } },
      ],
    },
  },
})

const apart = (app: string): Partial<PodSpec> => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOSTNAME, ...matching(app) }],
    },
  },
})

const together = (app: string): Partial<PodSpec> => ({
  affinity: {
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, ...matching(app) }] },
  },
})

const inTwoZones: Partial<PodSpec> = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-0', 'zone-1'] }] }],
      },
    },
  },
}

/** `each` pods of every owner, one owner after the other. */
function placeAll(table: NodeTable, requests: readonly ScheduleRequest[], each: number): void {
  for (const request of requests) placeOwner(table, request, each)
}

export function placementRows(): BenchResult[] {
  return [
    rate(
      'placement-plain',
      50_000,
      () => ({ table: filled(5_000), pods: owners(50) }),
      ({ table, pods }) => placeAll(table, pods, 1_000),
    ),
    ...(['DoNotSchedule', 'ScheduleAnyway'] as const).map((when) =>
      rate(
        `placement-zone-spread-${when === 'DoNotSchedule' ? 'hard' : 'soft'}`,
        10_000,
        () => ({ table: filled(5_000), pods: owners(10, spread(when)) }),
        ({ table, pods }) => placeAll(table, pods, 1_000),
      ),
    ),
    rate('placement-anti-affinity', 1_000, antiAffinity, ({ table, pod }) => placeOwner(table, pod, 1_000), 5),
    rate(
      'placement-affinity',
      10_000,
      () => ({ table: filled(5_000), pods: owners(10, together) }),
      ({ table, pods }) => placeAll(table, pods, 1_000),
    ),
    rate(
      'placement-preferred',
      10_000,
      () => ({ table: filled(5_000), pods: owners(10, preferred) }),
      ({ table, pods }) => placeAll(table, pods, 1_000),
    ),
    rate(
      'placement-node-affinity',
      10_000,
      () => ({ table: filled(5_000), pods: owners(10, () => inTwoZones) }),
      ({ table, pods }) => placeAll(table, pods, 1_000),
    ),
    rate('placement-daemonset', 30_000, daemonSets, ({ table, pods }) => placeAll(table, pods, 15_000)),
    rate('placement-mixed-owners', 10_000, mixedOwners, ({ table, pods }) => placeAll(table, pods, 1)),
  ]
}

/** 2,000 pods of the same kind are there, each on a node of its own. */
function antiAffinity(): { readonly table: NodeTable; readonly pod: ScheduleRequest } {
  const table = makeTable(NODES)
  const [pod] = owners(1, apart)
  placeOwner(table, pod!, 2_000)
  return { table, pod: pod! }
}

/** One pod on every node: by their own anti-affinity, tolerating everything. */
function daemonSets(): { readonly table: NodeTable; readonly pods: readonly ScheduleRequest[] } {
  const spec = (app: string): Partial<PodSpec> => ({ ...apart(app), tolerations: [{ operator: 'Exists' }] })
  return { table: makeTable(15_000), pods: owners(2, spec) }
}

/** No two templates ask for the same. */
function mixedOwners(): { readonly table: NodeTable; readonly pods: readonly ScheduleRequest[] } {
  const pods = Array.from({ length: 10_000 }, (_, i) =>
    makePod({ cpu: `${50 + (i % 101)}m`, memory: `${300 + ((i / 101) | 0)}Mi`, labels: { app: `app-${i}` } }),
  )
  return { table: makeTable(NODES), pods }
}

/** Nomad's C2M: 2,000,000 containers of 2,000 jobs on 6,100 hosts. */
export function c2mRow(): BenchResult {
  const begun = performance.now()
  const table = makeTable(6_100, { cpuMilli: 64_000, podsMax: 400, zones: 10 })
  for (let i = 0; i < 2_000; i++)
    placeOwner(table, makePod({ cpu: '100m', memory: '64Mi', labels: { app: `app-${i}` } }), 1_000)
  return { name: 'c2m', value: Math.round((performance.now() - begun) / 10) / 100, unit: 's', better: 'lower' }
}
