/**
 * What a template says of other pods: affinity and anti-affinity terms, and topology spread constraints, with defaults
 * written out and label keys resolved to the pod's own values (Kubernetes: semantics §3.7 and §3.8).
 */
import { stableHash } from '../../base/hash.js'
import type {
  LabelSelector,
  PodAffinityTerm,
  PodSpec,
  TopologySpreadConstraint,
} from '../../model/generated/kubernetes.js'
import { type Labels, labelOf, matchesSelector } from '../../model/selector.js'

/** Which pods are meant. */
export interface PodTerm {
  /** Equal terms have equal ids. */
  readonly id: string
  readonly namespaces: readonly string[]
  /** Namespaces by their labels, besides those by name; null for none. */
  readonly namespaceSelector: LabelSelector | null
  /** Undefined matches no pod. */
  readonly selector: LabelSelector | undefined
}

export interface AffinityTerm {
  readonly pods: PodTerm
  readonly topologyKey: string
  /** 0 for required terms, negative for preferred anti-affinity. */
  readonly weight: number
}

export interface SpreadConstraint {
  /** Null: the pods of the owner's own replica set. */
  readonly pods: PodTerm | null
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly isHard: boolean
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
}

export interface PodTerms {
  /** Null: none given, the profile's defaults hold. */
  readonly spread: readonly SpreadConstraint[] | null
  readonly affinity: readonly AffinityTerm[]
  readonly antiAffinity: readonly AffinityTerm[]
  readonly preferred: readonly AffinityTerm[]
}

/** Labels of a pod and the namespace it is in. */
export interface PodIdentity {
  readonly namespace: string
  readonly labels: Labels
}

/** Set by Kubernetes on the pods of one revision. */
export const TEMPLATE_HASH_LABEL = 'pod-template-hash'

/** Reads a pod spec; a constraint or term without a topology key asks for nothing. */
export function readPodTerms(spec: PodSpec, pod: PodIdentity): PodTerms {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const required = (terms: readonly PodAffinityTerm[] | undefined): AffinityTerm[] =>
    (terms ?? []).filter((term) => term.topologyKey).map((term) => affinityTerm(term, pod, 0))
  const preferred = [
    ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((item) => ({ ...item, sign: 1 })),
    ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((item) => ({ ...item, sign: -1 })),
  ]
  const constraints = (spec.topologySpreadConstraints ?? []).filter((item) => item.topologyKey)
  return {
    spread: constraints.length === 0 ? null : constraints.map((item) => spreadConstraint(item, pod)),
    affinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    antiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: preferred
      .filter(({ podAffinityTerm: term, weight }) => term?.topologyKey && Number.isFinite(weight) && weight !== 0)
      .map(({ podAffinityTerm, weight, sign }) => affinityTerm(podAffinityTerm, pod, sign * weight)),
  }
}

/** True when the template's own revision must be told apart from others by label. */
export function readsTemplateHash(spec: PodSpec): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const users = [
    ...(spec.topologySpreadConstraints ?? []),
    ...[podAffinity, podAntiAffinity].flatMap((item) => [
      ...(item?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(item?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((entry) => entry.podAffinityTerm ?? {}),
    ]),
  ] as readonly { readonly matchLabelKeys?: readonly string[]; readonly mismatchLabelKeys?: readonly string[] }[]
  return users.some(({ matchLabelKeys = [], mismatchLabelKeys = [] }) =>
    [...matchLabelKeys, ...mismatchLabelKeys].includes(TEMPLATE_HASH_LABEL),
  )
}

/** True when a pod is one of those meant; `namespaceLabels` are those of its namespace. */
export function matchesTerm(term: PodTerm, pod: PodIdentity, namespaceLabels: Labels): boolean {
  const isThere =
    term.namespaces.includes(pod.namespace) ||
    (term.namespaceSelector !== null && matchesSelector(namespaceLabels, term.namespaceSelector))
  return isThere && matchesSelector(pod.labels, term.selector)
}

function affinityTerm(term: PodAffinityTerm, pod: PodIdentity, weight: number): AffinityTerm {
  const named = term.namespaces ?? []
  const namespaceSelector = term.namespaceSelector ?? null
  const namespaces = named.length === 0 && namespaceSelector === null ? [pod.namespace] : [...named].sort()
  const selector = withKeys(term.labelSelector, pod, term.matchLabelKeys, term.mismatchLabelKeys)
  return { pods: podTerm(namespaces, namespaceSelector, selector), topologyKey: term.topologyKey, weight }
}

function spreadConstraint(item: TopologySpreadConstraint, pod: PodIdentity): SpreadConstraint {
  const selector = withKeys(item.labelSelector, pod, item.matchLabelKeys, [])
  return {
    pods: podTerm([pod.namespace], null, selector),
    topologyKey: item.topologyKey,
    maxSkew: Number.isFinite(item.maxSkew) ? Math.max(1, item.maxSkew) : 1,
    minDomains: item.minDomains !== undefined && Number.isFinite(item.minDomains) ? item.minDomains : 1,
    isHard: item.whenUnsatisfiable !== 'ScheduleAnyway',
    honorsAffinity: item.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: item.nodeTaintsPolicy === 'Honor',
  }
}

function podTerm(
  namespaces: readonly string[],
  namespaceSelector: LabelSelector | null,
  selector: LabelSelector | undefined,
): PodTerm {
  const fields = { namespaces, namespaceSelector, selector }
  return { id: stableHash(fields), ...fields }
}

/** Keys that the pod itself lacks ask for nothing, as in Kubernetes. */
function withKeys(
  selector: LabelSelector | undefined,
  { labels }: PodIdentity,
  same: readonly string[] = [],
  other: readonly string[] = [],
): LabelSelector | undefined {
  const expressions = [
    ...same.map((key) => ({ key, operator: 'In', value: labelOf(labels, key) })),
    ...other.map((key) => ({ key, operator: 'NotIn', value: labelOf(labels, key) })),
  ].flatMap(({ key, operator, value }) => (value === undefined ? [] : [{ key, operator, values: [value] }]))
  if (selector === undefined || expressions.length === 0) return selector
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...expressions] }
}
