/**
 * Preemption (Kubernetes: semantics §3.9): whoever preempts may, its victims have a lower priority, it fits without them and
 * not with any of them, those that matter most are spared, and no budget is broken where another node breaks fewer.
 */
import { compareText } from '../../base/ordered.js'
import type { DesiredObject } from '../../model/desired-state.js'
import type { PlannedPod } from '../../model/planned-state.js'
import type { BudgetRoom } from './budget-room.js'
import { isReachable } from './check-volumes.js'
import { Room } from './room.js'
import type { Stage } from './stage.js'
import { fatal, isLeaving, observedPod } from './survey.js'
import type { Eviction } from './turns.js'

interface Choice {
  readonly victims: readonly PlannedPod[]
  /** How many of them a budget does not spare. */
  readonly broken: number
}

/** What an eviction does is not done yet. */
export function checkEviction(stage: Stage, budgets: BudgetRoom, { pod, node, victims }: Eviction): void {
  const { survey } = stage.ground
  const { value, mayPreempt } = stage.priorities.of(pod)
  const report = (detail: string): void =>
    fatal(survey, 'preemption', `pod ${pod.name} (priority ${value}) preempts on node ${node}: ${detail}`)
  if (!mayPreempt) report('its preemptionPolicy is Never')
  const higher = victims.filter((victim) => stage.priorities.of(victim).value >= value)
  for (const victim of higher) report(`${victim.name} has priority ${stage.priorities.of(victim).value}`)
  if (victims.length === 0) report('nobody')
  if (higher.length > 0) return
  const choice = isOpenTo(stage, pod, node) ? chooseOn(stage, budgets, pod, node) : null
  if (choice === null) {
    report('it does not fit there, whoever goes')
    return
  }
  const needed = new Set(choice.victims)
  const isHit = new Set(victims.map(({ uid }) => uid))
  for (const victim of needed) if (!isHit.has(victim.uid)) report(`it does not fit beside ${victim.name}, which stays`)
  const uids = new Set(choice.victims.map(({ uid }) => uid))
  for (const victim of victims) if (!uids.has(victim.uid)) report(`it fits beside ${victim.name}, which goes`)
  if (choice.broken === 0) return
  const better = lessBroken(stage, budgets, pod, node, choice.broken)
  if (better !== null)
    fatal(
      survey,
      'preemption-budget',
      `pod ${pod.name} preempts on node ${node} against ${choice.broken} budgets, and node ${better} costs fewer`,
    )
}

/** A node that would break fewer budgets; all are looked at, but only for a preemption that breaks one. */
function lessBroken(stage: Stage, budgets: BudgetRoom, pod: PlannedPod, chosen: string, broken: number): string | null {
  for (const name of stage.ground.nodes()) {
    if (name === chosen || !isPotential(stage, pod, name)) continue
    const choice = chooseOn(stage, budgets, pod, name)
    if (choice !== null && choice.broken < broken) return name
  }
  return null
}

/** Nothing refuses the pod there that no preemption cures. */
function isPotential(stage: Stage, pod: PlannedPod, node: string): boolean {
  return isOpenTo(stage, pod, node) && stage.refusal(pod, node)?.invariant !== 'pod-affinity'
}

function isOpenTo({ ground }: Stage, pod: PlannedPod, node: string): boolean {
  const spec = ground.rules(pod.replicaSet)?.spec
  return spec !== undefined && ground.isOpen(node, spec) && isReachable(ground.survey, pod, spec, node)
}

/** All of lower priority go, then come back one by one where the pod still fits; null when it fits not even without them. */
function chooseOn(stage: Stage, budgets: BudgetRoom, pod: PlannedPod, node: string): Choice | null {
  const { value } = stage.priorities.of(pod)
  const { ground } = stage
  const spec = ground.rules(pod.replicaSet)?.spec
  if (spec === undefined) return null
  const lower = stage
    .podsOn(node)
    .filter((other) => stage.priorities.of(other).value < value && ground.rules(other.replicaSet) !== null)
  const room = new Room(stage, pod, spec, node)
  for (const other of lower) room.remove(other)
  const victims: PlannedPod[] = []
  let broken = 0
  const fits = room.fits()
  if (fits) {
    const { beyond, within } = splitByBudget(inOrderOfImportance(stage, lower), budgets)
    const isSpared = (other: PlannedPod): boolean => {
      room.putBack(other)
      if (room.fits()) return true
      room.remove(other)
      victims.push(other)
      return false
    }
    for (const other of beyond) if (!isSpared(other)) broken += 1
    for (const other of within) isSpared(other)
  }
  room.close()
  return fits ? { victims, broken } : null
}

/** Those that a budget does not spare come back first. Who is on its way out comes back in neither. */
function splitByBudget(
  pods: readonly PlannedPod[],
  budgets: BudgetRoom,
): { readonly beyond: readonly PlannedPod[]; readonly within: readonly PlannedPod[] } {
  const left = new Map<DesiredObject, number>()
  const beyond: PlannedPod[] = []
  const within: PlannedPod[] = []
  for (const pod of pods.filter((item) => !isLeaving(item))) {
    let isBeyond = false
    for (const budget of budgets.over(pod)) {
      const after = (left.get(budget) ?? budgets.allowedBy(budget)) - 1
      left.set(budget, after)
      if (after < 0) isBeyond = true
    }
    if (isBeyond) beyond.push(pod)
    else within.push(pod)
  }
  return { beyond, within }
}

/** Higher priority, then older work. */
function inOrderOfImportance(stage: Stage, pods: readonly PlannedPod[]): PlannedPod[] {
  const { survey } = stage.ground
  const startOf = (pod: PlannedPod): number => observedPod(survey, pod)?.startedAt ?? pod.boundAt ?? survey.input.now
  const priorityOf = (pod: PlannedPod): number => stage.priorities.of(pod).value
  return [...pods].sort(
    (left, right) =>
      priorityOf(right) - priorityOf(left) || startOf(left) - startOf(right) || compareText(left.uid, right.uid),
  )
}
