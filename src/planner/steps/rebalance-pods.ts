/**
 * Rebalancing, off by default: while nothing else is under way, a pod of a heavily loaded node is replaced where the
 * scheduler would place it now, if that brings the loads nearer to each other. The higher of the two loads falls with every
 * move, so it comes to an end; one pod at a time, at the configured rate, the replacement first and within budgets.
 */
import { MINUTE_MS } from '../../base/instant.js'
import { compareText } from '../../base/ordered.js'
import { parseKey } from '../../model/keys.js'
import { BudgetLedger, isHealthy } from '../disruption/budget-ledger.js'
import { wantedPods } from '../disruption/wanted-pods.js'
import { type Pass, patchNode, report, requeue } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
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
  const lowest = nodes.at(-1)?.load ?? 0
  let moved = 0
  for (const from of nodes.slice(0, NODES_MAX)) {
    if (moved > 0 || from.load - lowest < rebalancing.thresholdPercent) break
    if (moveFrom(pass, from, nodes, rebalancing.thresholdPercent)) moved += 1
  }
  report(pass, 'rebalance-pods', { moved })
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
  for (const pod of candidates(from.node)) {
    if (!ledger.maySpareReplaced(pod)) continue
    const { spec, request: asked } = pod.replicaSet.facts!
    const request = withVolumes(pass.input.desired, spec, asked)
    const profile = profileOf(pass.configuration, request.schedulerName) ?? defaultProfile
    const own = new Map<number, number>()
    for (const other of pod.replicaSet.pods.values()) {
      const row = other === pod || other.node === null ? undefined : index.table.rowOf(other.node.name)
      if (row !== undefined) own.set(row, (own.get(row) ?? 0) + 1)
    }
    const best = bestWhileLeaving(pass, from.row, asked, () => new Placement(request, index.table, own, profile).best())
    const to = nodes.find(({ row }) => row === best)
    if (to === undefined || to === from || from.load - to.load < threshold) continue
    const higher = Math.max(loadOf(index, from.row, request, -1), loadOf(index, to.row, request, 1))
    if (higher >= from.load) continue
    move(pass, pod, from, to)
    return true
  }
  return false
}

/** Asks with a pod of the row counted as it will be when its replacement is placed: there still, and on its way out. */
function bestWhileLeaving(
  { index: { table } }: Pass,
  row: number,
  request: ScheduleRequest,
  ask: () => number | null,
): number | null {
  table.forget(row, request)
  table.assume(row, request, true)
  const best = ask()
  table.forget(row, request, true)
  table.assume(row, request)
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

function move(pass: Pass, pod: PodRow, from: LoadedNode, to: LoadedNode): void {
  const describe = ({ node, load }: LoadedNode): string =>
    `${node.name} (${node.pods.size} pods, ${Math.round(load)} % asked for)`
  const reason = `${describe(from)} to ${describe(to)} brings their loads nearer to each other`
  const { name } = pod.planned
  pass.actions.push({ type: 'rebalance', pod: pod.uid, name, from: from.node.name, to: to.node.name, reason })
  orderReplacement(pass, pod, 'rebalance')
  patchNode(pass, from.node, { rebalancedAt: pass.input.now })
}
