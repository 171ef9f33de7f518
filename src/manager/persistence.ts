/**
 * Planned state in the store: one record for each node, replica set, workload, service, route and assignment, so that a
 * plan writes what it changed. `/meta` names the plan they add up to; every commit compares it with the plan's parent.
 */
import type { Instant } from '../base/instant.js'
import type { Assignment, NodeRoute, ServiceTable } from '../model/assignment.js'
import type { Generation } from '../model/generation.js'
import type { Plan } from '../model/plan.js'
import {
  emptyPlannedState,
  type InventoryEntry,
  type PlannedNode,
  type PlannedPod,
  type PlannedReplicaSet,
  type PlannedService,
  type PlannedState,
  type PlannedWorkload,
} from '../model/planned-state.js'
import type { HistoryEntry } from '../model/status-view.js'
import type { Store, StoreChange, StoreCompare } from '../store/store.js'

const ROOT = '/planned/'
const META = '/meta'
const HISTORY = '/history'
/** Records read at a time. */
const PAGE = 1_000

interface Meta {
  /** Of the records' form: a store of another form is as good as an empty one. */
  readonly form: 1
  readonly id: string
  readonly generation: Generation
  readonly revision: string
  /** When the plan was made; absent in the stores of versions that did not write it. */
  readonly madeAt?: Instant
  readonly network: { readonly version: number; readonly podCidr: string; readonly serviceCidr: string }
}

export interface LoadedState {
  /** Null when the store is empty. */
  readonly planned: PlannedState | null
  readonly assignments: readonly Assignment[]
  readonly history: readonly HistoryEntry[]
  /** When the newest plan was made: nothing that the state calls past is later. 0 when that is not known. */
  readonly madeAt: Instant
}

/** Reads the whole state. Costs one range over some records a pod; done once at the start. */
export async function loadState(store: Store): Promise<LoadedState> {
  const metaRecord = await store.get(META)
  const historyRecord = await store.get(HISTORY)
  const history = historyRecord === null ? [] : (JSON.parse(historyRecord.value) as HistoryEntry[])
  const meta = metaRecord === null ? null : (JSON.parse(metaRecord.value) as Meta)
  if (meta === null || meta.form !== 1) return { planned: null, assignments: [], history, madeAt: 0 }
  const parts = await readParts(store)
  const part = <V>(name: string): Map<string, V> => (parts.get(name) ?? new Map()) as Map<string, V>
  const planned: PlannedState = {
    ...emptyPlannedState,
    id: meta.id,
    generation: meta.generation,
    revision: meta.revision,
    nodes: part<PlannedNode>('nodes'),
    pending: part<PlannedPod[]>('pending').get('all') ?? [],
    replicaSets: part<PlannedReplicaSet>('replica-sets'),
    workloads: part<PlannedWorkload>('workloads'),
    services: part<PlannedService>('services'),
    inventory: part<InventoryEntry>('inventory'),
    network: { ...meta.network, services: part<ServiceTable>('tables'), routes: part<NodeRoute>('routes') },
  }
  const assignments = [...part<Assignment>('assignments').values()]
  return { planned, assignments, history, madeAt: meta.madeAt ?? 0 }
}

/** By part and key, each part in key order. */
async function readParts(store: Store): Promise<Map<string, Map<string, unknown>>> {
  const parts = new Map<string, Map<string, unknown>>()
  let after: string | undefined
  for (;;) {
    const page = await store.range({ prefix: ROOT, limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const record of page.records) {
      const rest = record.key.slice(ROOT.length)
      const slash = rest.indexOf('/')
      const name = rest.slice(0, slash)
      let part = parts.get(name)
      if (part === undefined) {
        part = new Map()
        parts.set(name, part)
      }
      part.set(rest.slice(slash + 1), JSON.parse(record.value))
      after = record.key
    }
    if (!page.hasMore) break
  }
  // Keys come in byte order, which for other than ASCII is not the core's order by code unit.
  for (const [name, part] of parts) parts.set(name, new Map([...part].sort(([a], [b]) => (a < b ? -1 : 1))))
  return parts
}

/** Commits a plan and what became of its assignments in one transaction; false when the store holds another parent. */
export async function commitPlan(
  store: Store,
  plan: Plan,
  network: PlannedState['network'],
  history: readonly HistoryEntry[],
): Promise<boolean> {
  const current = await store.get(META)
  const parent = current === null ? '' : (JSON.parse(current.value) as Meta).id
  if (parent !== plan.parent) return false
  const compare: StoreCompare[] = [{ key: META, field: 'modRevision', equals: current?.modRevision ?? 0 }]
  const meta: Meta = {
    form: 1,
    id: plan.id,
    generation: plan.generation,
    revision: plan.revision,
    madeAt: plan.madeAt,
    network: {
      version: plan.delta.network?.version ?? network.version,
      podCidr: plan.delta.network?.podCidr ?? network.podCidr,
      serviceCidr: plan.delta.network?.serviceCidr ?? network.serviceCidr,
    },
  }
  const changes: StoreChange[] = [put(META, meta), putHistory(history), ...deltaChanges(plan)]
  return (await store.transact({ compare, changes })).committed
}

/** History alone: a commit was taken or converged without a plan. */
export async function saveHistory(store: Store, history: readonly HistoryEntry[]): Promise<void> {
  await store.transact({ compare: [], changes: [putHistory(history)] })
}

function deltaChanges(plan: Plan): StoreChange[] {
  const { delta } = plan
  const changes: StoreChange[] = []
  const patch = (name: string, records: ReadonlyMap<string, unknown>): void => {
    for (const [key, value] of records) {
      const full = `${ROOT}${name}/${key}`
      changes.push(value === null ? { type: 'delete', key: full } : put(full, value))
    }
  }
  patch('nodes', delta.nodes)
  patch('replica-sets', delta.replicaSets)
  patch('workloads', delta.workloads)
  patch('services', delta.services)
  patch('inventory', delta.inventory)
  if (delta.pending !== null) changes.push(put(`${ROOT}pending/all`, delta.pending))
  if (delta.network !== null) {
    patch('tables', delta.network.services)
    patch('routes', delta.network.routes)
  }
  patch('assignments', new Map(plan.assignments.map((assignment) => [assignment.node, assignment])))
  const removed = [...delta.nodes].filter(([, node]) => node === null)
  patch('assignments', new Map(removed.map(([name]) => [name, null])))
  return changes
}

/** Entries and lists of them never change, so their texts are made once: of up to two thousand only the newest differs. */
const entryTexts = new WeakMap<HistoryEntry, string>()
const historyTexts = new WeakMap<readonly HistoryEntry[], string>()

function putHistory(history: readonly HistoryEntry[]): StoreChange {
  let value = historyTexts.get(history)
  if (value === undefined) {
    value = `[${history.map(entryText).join(',')}]`
    historyTexts.set(history, value)
  }
  return { type: 'put', key: HISTORY, value }
}

function entryText(entry: HistoryEntry): string {
  let text = entryTexts.get(entry)
  if (text === undefined) {
    text = JSON.stringify(entry)
    entryTexts.set(entry, text)
  }
  return text
}

function put(key: string, value: unknown): StoreChange {
  return { type: 'put', key, value: JSON.stringify(value) }
}
