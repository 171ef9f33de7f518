/**
 * Rebalancing, off by default: while nothing else is under way, a pod is replaced where the scheduler would place it now, if
 * its owner's pods are spread less evenly than their constraints allow and that mends it, or if that brings the loads of two
 * nodes nearer to each other and breaks no spread. The spread gets more even, or stays and the higher of the two loads
 * falls, with every move, so it comes to an end; one pod at a time, at the configured rate, the replacement first and within budgets.
 */
import { MINUTE_MS } from '../../base/instant.js'
import { compareText } from '../../base/ordered.js'
import { formatKey, parseKey } from '../../model/keys.js'
import { BudgetLedger, isHealthy } from '../disruption/budget-ledger.js'
import { OpenDomains, OwnSpread } from '../disruption/own-spread.js'
import { wantedPods } from '../disruption/wanted-pods.js'
import { inOrder, type Pass, patchNode, report, requeue } from '../pass.js'
import type { NodeRow, PlanIndex, PodRow, ReplicaSetRow } from '../plan-index.js'
import { profileOf } from '../scheduler/configured-profile.js'
import { Placement } from '../scheduler/placement.js'
import { defaultProfile } from '../scheduler/profile.js'
import type { ScheduleRequest } from '../scheduler/request.js'
import { orderReplacement } from '../stop-pod.js'
import { withVolumes } from '../volume-claims.js'

/** Of the nodes with the highest load so many are looked at in one pass, and of each so many owners. */
const NODES_MAX = 4
const OWNERS_MAX = 16

interface LoadedNode {
  readonly node: NodeRow
  readonly row: number
  /** Mean share, in percent, of cpu, memory and pods that is asked for. */
  readonly load: number
}

export function rebalancePods(pass: Pass): void {
  const { index, configuration, input } = pass
  const { rebalancing } = configuration
  if (rebalancing?.enabled !== true || index.pending.size > 0 || index.stopping.size > 0) return
  const at = nextMoveAt(pass, rebalancing.movesPerMinute)
  if (at > input.now) {
    requeue(pass, at)
    return
  }
  const nodes = openNodes(pass)
  const isMoved = evenSpread(pass, nodes) || evenLoad(pass, nodes, rebalancing.thresholdPercent)
  report(pass, 'rebalance-pods', { moved: isMoved ? 1 : 0 })
}

/** Moves a pod of an owner whose pods are too unevenly spread. */
function evenSpread(pass: Pass, nodes: readonly LoadedNode[]): boolean {
  const ledger = new BudgetLedger(pass)
  const rows = nodes.map(({ row }) => row)
  for (const set of inTurn(pass, unevenSets(pass, rows))) {
    const spread = new OwnSpread(pass, set, rows)
    for (const pod of crowdedPods(pass, set, spread)) {
      if (!isWhole(pod) || !ledger.maySpareReplaced(pod)) break
      const from = pass.index.table.rowOf(pod.node!.name)!
      const to = nodeFor(pass, pod, from, nodes)
      if (to === undefined || spread.change(from, to.row) >= 0) continue
      move(pass, pod, to, `${formatKey(set.workload.key)} gets more even: ${spread.describe(from, to.row)}`)
      return true
    }
  }
  return false
}

/** Each minute the next few of many, so that those which cannot be mended keep nobody from their turn. */
function inTurn(pass: Pass, sets: readonly ReplicaSetRow[]): readonly ReplicaSetRow[] {
  if (sets.length <= OWNERS_MAX) return sets
  const minute = Math.floor(pass.input.now / MINUTE_MS)
  requeue(pass, (minute + 1) * MINUTE_MS)
  const first = (minute * OWNERS_MAX) % sets.length
  return [...sets.slice(first), ...sets.slice(0, first)].slice(0, OWNERS_MAX)
}

const unevenAt = new WeakMap<
  PlanIndex,
  { readonly version: number; readonly by: object; readonly sets: readonly ReplicaSetRow[] }
>()

/** In order of their keys; found again only when the table or the configuration is another. */
function unevenSets(pass: Pass, openRows: readonly number[]): readonly ReplicaSetRow[] {
  const { index, configuration } = pass
  const { version } = index.table
  const known = unevenAt.get(index)
  if (known?.version === version && known.by === configuration) return known.sets
  const open = new OpenDomains(pass, openRows)
  const broken = [...index.replicaSets.values()].filter(
    (set) => set.facts !== null && set.pods.size > 1 && new OwnSpread(pass, set, openRows, open).isBroken,
  )
  const sets = inOrder(broken, (set) => set.key)
  unevenAt.set(index, { version, by: configuration, sets })
  return sets
}

/** One pod of each node in the fullest domains, in order of uid. */
function crowdedPods({ index }: Pass, set: ReplicaSetRow, spread: OwnSpread): readonly PodRow[] {
  const byNode = new Map<NodeRow, PodRow>()
  for (const pod of inOrder([...set.pods.values()], ({ uid }) => uid)) {
    const row = pod.node === null ? undefined : index.table.rowOf(pod.node.name)
    if (row !== undefined && pod.node !== null && !byNode.has(pod.node) && spread.isCrowded(row))
      byNode.set(pod.node, pod)
  }
  return [...byNode.values()].slice(0, NODES_MAX)
}

/** Moves a pod of one of the most loaded nodes. */
function evenLoad(pass: Pass, nodes: readonly LoadedNode[], thresholdPercent: number): boolean {
  const lowest = nodes.at(-1)?.load ?? 0
  for (const from of nodes.slice(0, NODES_MAX)) {
    if (from.load - lowest < thresholdPercent) break
    if (moveFrom(pass, from, nodes, thresholdPercent)) return true
  }
  return false
}

function nextMoveAt({ index }: Pass, movesPerMinute: number): number {
  let last = Number.NEGATIVE_INFINITY
  for (const { record } of index.nodes.values()) last = Math.max(last, record?.rebalancedAt ?? last)
  return last + MINUTE_MS / movesPerMinute
}

/** Nodes that take pods, the most loaded first. */
function openNodes({ index }: Pass): LoadedNode[] {
  const nodes: LoadedNode[] = []
  for (const node of index.nodes.values()) {
    const row = index.table.rowOf(node.name)
    const isOpen = node.isHeard && node.record !== null && !node.isCordoned && node.taints.length === 0
    if (row !== undefined && isOpen) nodes.push({ node, row, load: loadOf(index, row, null, 0) })
  }
  return nodes.sort((left, right) => right.load - left.load || compareText(left.node.name, right.node.name))
}

/** Of a row with a pod more (sign 1) or fewer (-1) than it has. */
function loadOf({ table }: Pass['index'], row: number, pod: ScheduleRequest | null, sign: -1 | 0 | 1): number {
  const share = (asked: number, more: number, all: number): number =>
    all > 0 ? (100 * (asked + sign * more)) / all : 0
  const cpu = share(table.cpuRequested[row]!, pod?.cpuMilli ?? 0, table.cpuAllocatable[row]!)
  const memory = share(table.memoryRequested[row]!, pod?.memoryBytes ?? 0, table.memoryAllocatable[row]!)
  return (cpu + memory + share(table.podsCount[row]!, 1, table.podsMax[row]!)) / 3
}

/** Moves one pod of the node if that helps; owners with the most pods there are asked first. */
function moveFrom(pass: Pass, from: LoadedNode, nodes: readonly LoadedNode[], threshold: number): boolean {
  const { index } = pass
  const ledger = new BudgetLedger(pass)
  const rows = nodes.map(({ row }) => row)
  for (const pod of candidates(from.node)) {
    if (!ledger.maySpareReplaced(pod)) continue
    const to = nodeFor(pass, pod, from.row, nodes)
    if (to === undefined || to === from || from.load - to.load < threshold) continue
    const { request } = pod.replicaSet.facts!
    const higher = Math.max(loadOf(index, from.row, request, -1), loadOf(index, to.row, request, 1))
    if (higher >= from.load || new OwnSpread(pass, pod.replicaSet, rows).change(from.row, to.row) > 0) continue
    move(pass, pod, to, `${describe(from)} to ${describe(to)} brings their loads nearer to each other`)
    return true
  }
  return false
}

/** Where the scheduler would place a replacement of the pod now. */
function nodeFor(pass: Pass, pod: PodRow, from: number, nodes: readonly LoadedNode[]): LoadedNode | undefined {
  const { index } = pass
  const { spec, request: asked } = pod.replicaSet.facts!
  const request = withVolumes(pass.input.desired, spec, asked)
  const profile = profileOf(pass.configuration, request.schedulerName) ?? defaultProfile
  const own = new Map<number, number>()
  for (const other of pod.replicaSet.pods.values()) {
    const row = other === pod || other.node === null ? undefined : index.table.rowOf(other.node.name)
    if (row !== undefined) own.set(row, (own.get(row) ?? 0) + 1)
  }
  const best = bestWhileLeaving(pass, from, asked, () => new Placement(request, index.table, own, profile).best())
  return nodes.find(({ row }) => row === best)
}

/** Asks with a pod of the row counted as it will be when its replacement is placed: there still, and on its way out. */
function bestWhileLeaving(
  { index: { table } }: Pass,
  row: number,
  request: ScheduleRequest,
  ask: () => number | null,
): number | null {
  const { version } = table
  table.forget(row, request)
  table.assume(row, request, true)
  const best = ask()
  table.forget(row, request, true)
  table.assume(row, request)
  // As it was: what was worked out of it before still holds.
  table.version = version
  return best
}

/** One pod of each owner that is whole: nobody is moved whose replacement would not be an addition. */
function candidates(node: NodeRow): PodRow[] {
  const byOwner = new Map<string, PodRow[]>()
  for (const pod of node.pods.values()) {
    const list = byOwner.get(pod.workload.key)
    if (list === undefined) byOwner.set(pod.workload.key, [pod])
    else list.push(pod)
  }
  return [...byOwner.values()]
    .filter(([first]) => first !== undefined && isWhole(first))
    .sort((left, right) => right.length - left.length || compareText(left[0]!.workload.key, right[0]!.workload.key))
    .slice(0, OWNERS_MAX)
    .map((pods) => pods.reduce((least, pod) => (pod.uid < least.uid ? pod : least)))
}

function isWhole({ workload, replicaSet }: PodRow): boolean {
  const { kind } = parseKey(workload.key)
  if ((kind !== 'Deployment' && kind !== 'ReplicaSet') || workload.desired === null) return false
  const pods = [...workload.pods.values()]
  const isCurrent = replicaSet.record?.templateHash === workload.record?.templateHash
  return isCurrent && pods.length === wantedPods(workload) && pods.every(isHealthy)
}

function describe({ node, load }: LoadedNode): string {
  return `${node.name} (${node.pods.size} pods, ${Math.round(load)} % asked for)`
}

function move(pass: Pass, pod: PodRow, to: LoadedNode, reason: string): void {
  const from = pod.node!
  const { name } = pod.planned
  pass.actions.push({ type: 'rebalance', pod: pod.uid, name, from: from.name, to: to.node.name, reason })
  orderReplacement(pass, pod, 'rebalance')
  patchNode(pass, from, { rebalancedAt: pass.input.now })
}
