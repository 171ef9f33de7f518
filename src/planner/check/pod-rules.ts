/**
 * What a pod template says of other pods and is to them, as the checker reads it: labels, required affinity and
 * anti-affinity, and hard topology spread (Kubernetes: semantics §3.7 and §3.8). Read once for a template.
 */
import { stableHash } from '../../base/hash.js'
import type {
  LabelSelector,
  PodAffinityTerm,
  PodSpec,
  PodTemplateSpec,
  TopologySpreadConstraint,
} from '../../model/generated/kubernetes.js'
import { type Labels, labelOf, matchesSelector } from '../../model/selector.js'

/** What others see of a pod. */
export interface PodIdentity {
  readonly namespace: string
  readonly labels: Labels
}

/** Which pods a rule speaks of. */
export interface PodsMeant {
  readonly namespaces: readonly string[]
  readonly namespaceSelector: LabelSelector | undefined
  /** Undefined means nobody. */
  readonly selector: LabelSelector | undefined
  /** Labels that they share with the pod that has the rule (matchLabelKeys). */
  readonly same: readonly (readonly [key: string, value: string])[]
  /** Labels in which they differ from it (mismatchLabelKeys). */
  readonly other: readonly (readonly [key: string, value: string])[]
}

export interface AffinityRule {
  readonly pods: PodsMeant
  readonly topologyKey: string
}

export interface SpreadRule {
  /** Null: the pods of the rule's own set. */
  readonly pods: PodsMeant | null
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
}

export interface PodRules extends PodIdentity {
  readonly spec: PodSpec
  readonly affinity: readonly AffinityRule[]
  readonly antiAffinity: readonly AffinityRule[]
  /** The hard ones; null when the template has no constraint at all, hard or soft: the profile's defaults hold. */
  readonly spread: readonly SpreadRule[] | null
}

const HASH_LABEL = 'pod-template-hash'

const known = new WeakMap<PodTemplateSpec, Map<string, PodRules>>()

/** Of pods with this template in a namespace. */
export function rulesOf(template: PodTemplateSpec, namespace: string): PodRules {
  let byNamespace = known.get(template)
  if (byNamespace === undefined) {
    byNamespace = new Map()
    known.set(template, byNamespace)
  }
  let rules = byNamespace.get(namespace)
  if (rules === undefined) {
    rules = readRules(template.spec ?? { containers: [] }, namespace, template.metadata?.labels ?? {})
    byNamespace.set(namespace, rules)
  }
  return rules
}

/** Of a pod that has these. */
export function readRules(spec: PodSpec, namespace: string, own: Labels): PodRules {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  // The label by which Kubernetes tells revisions apart; only whoever asks for it has it here.
  const isHashed = readsHash(spec) && labelOf(own, HASH_LABEL) === undefined
  const labels = isHashed ? { ...own, [HASH_LABEL]: stableHash({ labels: own, spec }) } : own
  const affinityRules = (terms: readonly PodAffinityTerm[] = []): AffinityRule[] =>
    terms
      .filter(({ topologyKey }) => topologyKey !== '' && topologyKey !== undefined)
      .map((term) => ({ pods: meantBy(term, namespace, labels), topologyKey: term.topologyKey }))
  const constraints = (spec.topologySpreadConstraints ?? []).filter(({ topologyKey }) => Boolean(topologyKey))
  return {
    namespace,
    labels,
    spec,
    affinity: affinityRules(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    antiAffinity: affinityRules(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    spread:
      constraints.length === 0
        ? null
        : constraints
            .filter(({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway')
            .map((constraint) => spreadRule(constraint, namespace, labels)),
  }
}

function spreadRule(constraint: TopologySpreadConstraint, namespace: string, labels: Labels): SpreadRule {
  const { topologyKey, maxSkew, minDomains, nodeAffinityPolicy, nodeTaintsPolicy, ...rest } = constraint
  return {
    pods: meantBy({ labelSelector: rest.labelSelector, matchLabelKeys: rest.matchLabelKeys }, namespace, labels),
    topologyKey,
    maxSkew: Number.isFinite(maxSkew) ? Math.max(1, maxSkew) : 1,
    minDomains: Number.isFinite(minDomains) ? Number(minDomains) : 1,
    honorsAffinity: nodeAffinityPolicy !== 'Ignore',
    honorsTaints: nodeTaintsPolicy === 'Honor',
  }
}

interface Meaning {
  readonly labelSelector?: LabelSelector | undefined
  readonly namespaces?: readonly string[] | undefined
  readonly namespaceSelector?: LabelSelector | undefined
  readonly matchLabelKeys?: readonly string[] | undefined
  readonly mismatchLabelKeys?: readonly string[] | undefined
}

/** Without a word of namespaces its own is meant; a label that the pod itself lacks tells nobody apart. */
function meantBy(meaning: Meaning, home: string, labels: Labels): PodsMeant {
  const { labelSelector, namespaces = [], namespaceSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = meaning
  const own = (keys: readonly string[]): [string, string][] =>
    keys.flatMap((key): [string, string][] => {
      const value = labelOf(labels, key)
      return value === undefined ? [] : [[key, value]]
    })
  return {
    namespaces: namespaces.length === 0 && namespaceSelector === undefined ? [home] : namespaces,
    namespaceSelector,
    selector: labelSelector,
    same: own(matchLabelKeys),
    other: own(mismatchLabelKeys),
  }
}

/** True when a rule speaks of a pod; `namespaceLabels` are those of the namespace it is in. */
export function isMeant(pods: PodsMeant, pod: PodIdentity, namespaceLabels: (namespace: string) => Labels): boolean {
  const { namespaces, namespaceSelector, selector, same, other } = pods
  const isThere =
    namespaces.includes(pod.namespace) ||
    (namespaceSelector !== undefined && matchesSelector(namespaceLabels(pod.namespace), namespaceSelector))
  return (
    isThere &&
    matchesSelector(pod.labels, selector) &&
    same.every(([key, value]) => labelOf(pod.labels, key) === value) &&
    other.every(([key, value]) => labelOf(pod.labels, key) !== value)
  )
}

/** Some rule of the template, a preferred or soft one too, tells pods apart by the hash of their template. */
function readsHash(spec: PodSpec): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const reads = ({ matchLabelKeys = [], mismatchLabelKeys = [] }: Meaning): boolean =>
    matchLabelKeys.includes(HASH_LABEL) || mismatchLabelKeys.includes(HASH_LABEL)
  const sides = [podAffinity, podAntiAffinity]
  return (
    (spec.topologySpreadConstraints ?? []).some(reads) ||
    sides.some((side) => (side?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(reads)) ||
    sides.some((side) =>
      (side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).some((item) => reads(item.podAffinityTerm ?? {})),
    )
  )
}
