/** Priorities as the checker reads them: of a set's pods, with whether they may preempt (Kubernetes: semantics §3.9). */
import type { PodSpec, PriorityClass } from '../../model/generated/kubernetes.js'
import type { ObjectKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import type { Survey } from './survey.js'

export interface Priority {
  readonly value: number
  readonly mayPreempt: boolean
  /** The class that it names is not there: it waits. */
  readonly isClassMissing: boolean
}

interface ClassValue {
  readonly value: number
  readonly policy: string | undefined
}

const SYSTEM: Readonly<Record<string, ClassValue>> = {
  'system-cluster-critical': { value: 2_000_000_000, policy: undefined },
  'system-node-critical': { value: 2_000_001_000, policy: undefined },
}

export class Priorities {
  readonly #survey: Survey
  readonly #known = new Map<ObjectKey, Priority>()
  #classes: Map<string, ClassValue> | null = null
  #default: ClassValue = { value: 0, policy: undefined }

  constructor(survey: Survey) {
    this.#survey = survey
  }

  /** Of a pod, whether its set is there before the plan, after it or both. */
  of({ replicaSet }: PlannedPod): Priority {
    let priority = this.#known.get(replicaSet)
    if (priority === undefined) {
      const { after, input } = this.#survey
      const set = after.replicaSets.get(replicaSet) ?? input.planned.replicaSets.get(replicaSet)
      priority = this.#read(set?.template.spec)
      this.#known.set(replicaSet, priority)
    }
    return priority
  }

  #read(spec: PodSpec | undefined): Priority {
    if (spec === undefined) return { value: 0, mayPreempt: false, isClassMissing: false }
    const classes = this.#readClasses()
    const name = spec.priorityClassName ?? ''
    const found = name === '' ? this.#default : (classes.get(name) ?? SYSTEM[name])
    if (found === undefined) return { value: spec.priority ?? 0, mayPreempt: false, isClassMissing: true }
    const value = name === '' ? (spec.priority ?? found.value) : found.value
    return { value, mayPreempt: (spec.preemptionPolicy ?? found.policy) !== 'Never', isClassMissing: false }
  }

  /** Of several global defaults the lowest holds. */
  #readClasses(): ReadonlyMap<string, ClassValue> {
    if (this.#classes !== null) return this.#classes
    this.#classes = new Map()
    let isGiven = false
    for (const { kind, name, manifest } of this.#survey.input.desired?.objects.values() ?? []) {
      if (kind !== 'PriorityClass') continue
      const { value = 0, preemptionPolicy, globalDefault } = manifest as PriorityClass
      const read = { value, policy: preemptionPolicy }
      this.#classes.set(name, read)
      if (globalDefault !== true || (isGiven && value >= this.#default.value)) continue
      this.#default = read
      isGiven = true
    }
    return this.#classes
  }
}
