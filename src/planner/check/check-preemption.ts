/**
 * Nobody is preempted for nothing: a pod that a plan begins to stop for preemption has a lower priority than a pod that is
 * nominated to its node (Kubernetes: semantics §3.9).
 */
import type { PodSpec, PriorityClass } from '../../model/generated/kubernetes.js'
import { makeKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { fatal, type Survey } from './survey.js'

const SYSTEM: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

export function checkPreemption(survey: Survey): void {
  let highest: ReadonlyMap<string, number> | null = null
  for (const { before, after } of survey.changes.values()) {
    const isBegun = before !== null && before.stop?.reason !== 'preemption' && after?.stop?.reason === 'preemption'
    if (!isBegun) continue
    const priority = priorityOf(survey, before)
    highest ??= highestNominated(survey)
    if ((highest.get(before.node ?? '') ?? Number.NEGATIVE_INFINITY) <= priority)
      fatal(
        survey,
        'preemption',
        `pod ${before.name} (priority ${priority}) is preempted, and no pod of higher priority is nominated to node ${before.node}`,
      )
  }
}

/** The highest priority among the pods that are nominated to each node. */
function highestNominated(survey: Survey): Map<string, number> {
  const highest = new Map<string, number>()
  for (const pod of survey.after.pending) {
    const { nominatedNode } = pod
    if (nominatedNode === undefined) continue
    const priority = priorityOf(survey, pod)
    highest.set(nominatedNode, Math.max(priority, highest.get(nominatedNode) ?? priority))
  }
  return highest
}

function priorityOf(survey: Survey, pod: PlannedPod): number {
  const { input, after } = survey
  const spec = (after.replicaSets.get(pod.replicaSet) ?? input.planned.replicaSets.get(pod.replicaSet))?.template.spec
  const name = spec?.priorityClassName ?? ''
  if (name === '') return spec?.priority ?? defaultPriority(survey)
  return SYSTEM[name] ?? classValue(survey, name) ?? priorityGiven(spec)
}

function priorityGiven(spec: PodSpec | undefined): number {
  return spec?.priority ?? 0
}

function classValue({ input }: Survey, name: string): number | undefined {
  const object = input.desired?.objects.get(makeKey('PriorityClass', '', name))
  return object === undefined ? undefined : ((object.manifest as PriorityClass).value ?? 0)
}

function defaultPriority({ input }: Survey): number {
  const values: number[] = []
  for (const { kind, manifest } of input.desired?.objects.values() ?? []) {
    if (kind !== 'PriorityClass') continue
    const { globalDefault, value } = manifest as PriorityClass
    if (globalDefault === true) values.push(value ?? 0)
  }
  return values.length === 0 ? 0 : Math.min(...values)
}
