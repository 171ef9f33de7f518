/**
 * The priority of pods, read when the planner needs it and stored nowhere: a changed PriorityClass changes no template
 * and restarts nothing (Kubernetes: semantics §3.9; there the value is copied into the pod when it is admitted).
 */
import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { PodSpec, PriorityClass } from '../../model/generated/kubernetes.js'
import { ObjectsOfKind } from '../objects-of-kind.js'
import type { Pass } from '../pass.js'
import type { PodRow } from '../plan-index.js'

/** That of a pod of the index. */
export function priorityOfPod({ input }: Pass, { replicaSet }: PodRow): PodPriority {
  const spec = replicaSet.record?.template.spec
  return spec === undefined ? NO_PRIORITY : podPriority(input.desired, spec)
}

export interface PodPriority {
  readonly value: number
  /** False under preemptionPolicy Never: it goes first in the queue, and evicts nobody. */
  readonly mayPreempt: boolean
  /** The class it names and nobody has made; empty when all is well. */
  readonly missingClass: string
}

interface ClassFacts {
  readonly value: number
  readonly policy: string
}

interface Classes {
  readonly byName: ReadonlyMap<string, ClassFacts>
  readonly byDefault: ClassFacts
  readonly known: WeakMap<PodSpec, PodPriority>
}

const NEVER = 'Never'
const PREEMPT = 'PreemptLowerPriority'

/** Present without a manifest, as in Kubernetes. */
const SYSTEM_CLASSES: readonly (readonly [string, ClassFacts])[] = [
  ['system-cluster-critical', { value: 2_000_000_000, policy: PREEMPT }],
  ['system-node-critical', { value: 2_000_001_000, policy: PREEMPT }],
]

const NO_PRIORITY: PodPriority = { value: 0, mayPreempt: false, missingClass: '' }

const NO_CLASSES: Classes = {
  byName: new Map(SYSTEM_CLASSES),
  byDefault: { value: 0, policy: PREEMPT },
  known: new WeakMap(),
}

const classObjects = new ObjectsOfKind('PriorityClass')
const classesOf = new WeakMap<readonly DesiredObject[], Classes>()

/** The priority of pods with this spec under the PriorityClasses that are desired; remembered with both. */
export function podPriority(desired: DesiredState | null, spec: PodSpec): PodPriority {
  const classes = desired === null ? NO_CLASSES : readClasses(desired)
  let priority = classes.known.get(spec)
  if (priority === undefined) {
    priority = readPriority(classes, spec)
    classes.known.set(spec, priority)
  }
  return priority
}

function readPriority({ byName, byDefault }: Classes, spec: PodSpec): PodPriority {
  const name = spec.priorityClassName ?? ''
  const found = name === '' ? { ...byDefault, value: spec.priority ?? byDefault.value } : byName.get(name)
  const policy = spec.preemptionPolicy ?? found?.policy ?? PREEMPT
  return {
    value: found?.value ?? spec.priority ?? 0,
    mayPreempt: policy !== NEVER && found !== undefined,
    missingClass: found === undefined ? name : '',
  }
}

function readClasses(desired: DesiredState): Classes {
  const objects = classObjects.of(desired)
  let classes = classesOf.get(objects)
  if (classes !== undefined) return classes
  const byName = new Map(SYSTEM_CLASSES)
  let byDefault: ClassFacts | null = null
  for (const object of objects) {
    const { value, preemptionPolicy, globalDefault } = object.manifest as PriorityClass
    const facts = { value: value ?? 0, policy: preemptionPolicy ?? PREEMPT }
    byName.set(object.name, facts)
    // Of several global defaults the lowest holds, as in Kubernetes.
    if (globalDefault === true && (byDefault === null || facts.value < byDefault.value)) byDefault = facts
  }
  classes = { byName, byDefault: byDefault ?? NO_CLASSES.byDefault, known: new WeakMap() }
  classesOf.set(objects, classes)
  return classes
}
