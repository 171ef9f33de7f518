/**
 * Goes through what a plan places and preempts in the order in which it did, and asks at each turn what held then. Rules
 * between pods are judged against the cluster of that moment (Kubernetes: semantics §3.7, §3.8), with the room that is
 * kept for nominated pods and without it: both must pass (§3.9, step 5).
 */
import type { PlannedPod } from '../../model/planned-state.js'
import { BudgetRoom } from './budget-room.js'
import { checkEviction } from './check-preemption.js'
import { Ground } from './ground.js'
import { Room } from './room.js'
import { Stage } from './stage.js'
import { fatal, type Survey } from './survey.js'
import { readTurns, type Turn } from './turns.js'

export function checkSchedule(survey: Survey): void {
  if (survey.isAdoptingOnly || survey.changes.size === 0) return
  const turns = readTurns(survey)
  const ground = new Ground(survey)
  if (!isRuled(ground, turns)) return
  const stage = new Stage(ground, turns)
  const budgets = new BudgetRoom(stage)
  for (const turn of turns) {
    stage.begin(turn)
    if (turn.type === 'bind') checkBinding(stage, turn.pod, turn.node)
    else {
      checkEviction(stage, budgets, turn)
      for (const victim of turn.victims) budgets.take(victim)
    }
    stage.end(turn)
  }
}

/** Some rule may be broken: otherwise there is nothing to count. */
function isRuled(ground: Ground, turns: readonly Turn[]): boolean {
  if (turns.length === 0) return false
  if (ground.survey.standing.keepingAway().size > 0) return true
  const sets = new Set(turns.map(({ pod }) => pod.replicaSet))
  if (turns.some(({ type }) => type === 'preempt')) return true
  const { input, after } = ground.survey
  if ([...input.planned.pending, ...after.pending].some((pod) => pod.nominatedNode !== undefined)) return true
  for (const key of sets) {
    const rules = ground.rules(key)
    if (rules === null) continue
    const spread = rules.spread ?? ground.defaultSpread(rules.spec)
    if (rules.affinity.length + rules.antiAffinity.length + spread.length > 0) return true
  }
  return false
}

function checkBinding(stage: Stage, pod: PlannedPod, node: string): void {
  const { survey } = stage.ground
  const refusal = stage.refusal(pod, node)
  if (refusal !== null) fatal(survey, refusal.invariant, `pod ${pod.name} is bound to node ${node}: ${refusal.detail}`)
  // Without nominated pods the sums at the end of the plan say as much.
  const spec = stage.keptRoom === null ? undefined : stage.ground.rules(pod.replicaSet)?.spec
  if (spec === undefined || new Room(stage, pod, spec, node).hasRoom()) return
  fatal(survey, 'kept-room', `pod ${pod.name} is bound to node ${node}, where its room is kept for a nominated pod`)
}
