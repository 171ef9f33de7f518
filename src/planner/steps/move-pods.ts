/**
 * Pods that must go elsewhere: from a node that is drained, and from a node with a NoExecute taint they do not tolerate.
 * A drained pod serves on while its replacement comes; it goes when its disruption budget allows it, or, where no budget
 * selects it, when its owner can spare it. Nodes are drained in order of their names, so that where a budget is short one
 * node after the other becomes empty; on a node the pods of the lowest priority go first.
 */
import { compareText } from '../../base/ordered.js'
import { makeKey, parseKey } from '../../model/keys.js'
import { BudgetLedger } from '../disruption/budget-ledger.js'
import { estimateDrain } from '../disruption/drain-estimate.js'
import { isSingle, isStuck, missedBy } from '../disruption/owner-allowance.js'
import { priorityOfPod } from '../disruption/priority.js'
import { setPod, setReplicaSet } from '../index-rows.js'
import { inOrder, type Pass, podObjectKey, report, requeue } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import { orderReplacement, orderStop } from '../stop-pod.js'
import { evictTainted } from './evict-tainted.js'

const NO_END = 'its end cannot be told while a replacement finds no node'

export function movePods(pass: Pass): void {
  const { index } = pass
  const facts = { draining: 0, tainted: 0, held: 0, endsAt: 0 }
  const nodes = inOrder(index.repelling, (row) => row.name)
  for (const row of nodes) facts.tainted += evictTainted(pass, row)
  const ledger = new BudgetLedger(pass)
  const draining = nodes.filter((row) => row.isDraining && row.pods.size > 0)
  for (const row of draining) facts.held += beginDrain(pass, row, ledger)
  for (const pod of inDrainOrder(pass, index.stopping)) {
    if (pod.planned.stop?.phase !== 'replacing') continue
    if (!isStillMoving(pod, ledger)) keep(pass, pod)
    else if (maySpare(pass, pod, ledger)) release(pass, pod, ledger)
    else facts.held += 1
  }
  for (const row of draining) {
    if (row.pods.size === 0) continue
    facts.draining += 1
    facts.endsAt = Math.max(facts.endsAt, reportDrain(pass, row))
  }
  report(pass, 'move-pods', facts)
}

/** The drain was taken back: the pod stays, and counts as one of its set's, which may have been emptied meanwhile. */
function keep({ index }: Pass, { uid, planned, replicaSet }: PodRow): void {
  setPod(index, uid, { ...planned, stop: null })
  const { record } = replicaSet
  const active = [...replicaSet.pods.values()].filter((pod) => pod.planned.stop === null).length
  if (record !== null && active > record.replicas)
    setReplicaSet(index, replicaSet.key, record.workload, { ...record, replicas: active })
}

/** Every pod of the node serves on until it is replaced; a Pod manifest's has no replacement, so its budget is asked first. */
function beginDrain(pass: Pass, row: NodeRow, ledger: BudgetLedger): number {
  let held = 0
  for (const pod of inDrainOrder(pass, row.pods.values())) {
    if (pod.planned.stop !== null) continue
    const isBare = parseKey(pod.workload.key).kind === 'Pod'
    const verdict = isBare ? ledger.ask(pod) : null
    if (verdict?.type === 'refused') {
      waitForBudget(pass, pod, verdict.detail)
      held += 1
      continue
    }
    if (isBare) ledger.take(pod)
    orderReplacement(pass, pod, 'drain')
  }
  return held
}

/** A cordon that was lifted ends a drain; a move for balance ends when its replacement finds no node, or no budget would let it go. */
function isStillMoving(pod: PodRow, ledger: BudgetLedger): boolean {
  const { planned, node, workload } = pod
  if (planned.stop?.reason === 'rebalance')
    return node?.isDraining === true || (!isStuck(workload) && ledger.maySpareReplaced(pod))
  return planned.stop?.reason !== 'drain' || node?.isDraining === true
}

/** Asks the pod's budget; without one the owner's own limits hold. A single replica is replaced first either way. */
function maySpare(pass: Pass, pod: PodRow, ledger: BudgetLedger): boolean {
  const isBare = parseKey(pod.workload.key).kind === 'Pod'
  const verdict = isBare ? null : ledger.ask(pod)
  if (verdict?.type === 'refused') {
    waitForBudget(pass, pod, verdict.detail)
    return false
  }
  const isBudgeted = verdict !== null && verdict.type !== 'none'
  if (isBudgeted && (!isSingle(pod.workload) || isStuck(pod.workload))) return true
  const missed = missedBy(pass, pod)
  if (missed === '') return true
  pass.waiting.push({ on: 'ready-replicas', key: podObjectKey(pod), detail: `${whyMoved(pod)}; ${missed}` })
  return false
}

function release(pass: Pass, pod: PodRow, ledger: BudgetLedger): void {
  ledger.take(pod)
  orderStop(pass, pod, pod.planned.stop?.reason ?? 'drain')
}

function waitForBudget(pass: Pass, pod: PodRow, detail: string): void {
  pass.waiting.push({ on: 'disruption-budget', key: podObjectKey(pod), detail: `${whyMoved(pod)}; ${detail}` })
}

function whyMoved({ planned, node }: PodRow): string {
  const name = node?.name ?? ''
  return planned.stop?.reason === 'rebalance' ? `it moves away from node ${name}` : `node ${name} is drained`
}

/** By node, then lowest priority first, then uid. */
function inDrainOrder(pass: Pass, pods: Iterable<PodRow>): PodRow[] {
  return [...pods].sort(
    (left, right) =>
      compareText(left.node?.name ?? '', right.node?.name ?? '') ||
      priorityOfPod(pass, left).value - priorityOfPod(pass, right).value ||
      compareText(left.uid, right.uid),
  )
}

/** How far a drain is and when it should end, on the node's own key; gives that time. */
function reportDrain(pass: Pass, row: NodeRow): number {
  const { endsAt, totalMs } = estimateDrain(row)
  const pods = [...row.pods.values()]
  const staying = pods.filter(({ planned }) => planned.stop === null || planned.stop.phase === 'replacing')
  const unready = staying.filter(({ observed }) => observed?.ready !== true).length
  const counts = [`${staying.length - unready} in service`]
  if (unready > 0) counts.push(`${unready} not ready`)
  counts.push(`${pods.length - staying.length} on their way out`)
  const left = pods.length === 1 ? '1 pod is left' : `${pods.length} pods are left`
  const waits = staying.some(({ planned, workload }) => planned.stop !== null && isStuck(workload))
  pass.waiting.push({
    on: 'drain',
    key: makeKey('Node', '', row.name),
    detail: `${left} on node ${row.name}: ${counts.join(', ')}; ${waits ? NO_END : describeEnd(pass, endsAt, totalMs)}`,
  })
  return waits ? 0 : endsAt
}

/** What was expected is said to be so no longer once its time is over: a budget may hold a pod for ever. */
function describeEnd(pass: Pass, endsAt: number, totalMs: number): string {
  const seconds = `expected to take ${Math.ceil(totalMs / 1_000)} s in all`
  if (pass.input.now >= endsAt) return `it was ${seconds}, and takes longer`
  requeue(pass, endsAt)
  return seconds
}
