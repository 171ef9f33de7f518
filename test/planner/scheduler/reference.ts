/**
 * A scheduler that looks at every node and every pod for every pod it places, written from the reference alone (Kubernetes:
 * semantics §3) and slow on purpose: what the planner's scheduler must equal.
 */
import { hash32 } from '../../../src/base/hash.js'
import type {
  LabelSelector,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  Taint,
  TopologySpreadConstraint,
} from '../../../src/model/generated/kubernetes.js'
import type { Labels } from '../../../src/model/selector.js'

export interface ReferenceNode {
  readonly name: string
  readonly labels: Labels
  readonly taints: readonly Taint[]
  readonly isUnschedulable: boolean
  readonly cpu: number
  readonly memory: number
  readonly podsMax: number
}

export interface ReferencePod {
  readonly owner: string
  readonly namespace: string
  readonly labels: Labels
  readonly cpu: number
  readonly memory: number
  readonly spec: PodSpec
}

export interface Placed {
  readonly pod: ReferencePod
  readonly node: ReferenceNode
  readonly isLeaving: boolean
}

export interface ReferenceCluster {
  readonly nodes: readonly ReferenceNode[]
  readonly placed: readonly Placed[]
  readonly namespaces: ReadonlyMap<string, Labels>
}

const HOSTNAME = 'kubernetes.io/hostname'
const MIB = 1024 ** 2

/** The node for a pod, or null; `seed` breaks ties as the scheduler documents. */
export function chooseNode(cluster: ReferenceCluster, pod: ReferencePod, seed: number): ReferenceNode | null {
  const feasible = cluster.nodes.filter((node) => isFeasible(cluster, pod, node))
  if (feasible.length === 0) return null
  const taint = taintScores(pod, feasible)
  const affinity = nodeAffinityScores(pod, feasible)
  const spread = spreadScores(cluster, pod, feasible)
  const others = podAffinityScores(cluster, pod, feasible)
  const totals = feasible.map(
    (node, i) =>
      3 * taint[i]! +
      2 * affinity[i]! +
      2 * spread[i]! +
      2 * others[i]! +
      fit(cluster, pod, node) +
      balanced(cluster, pod, node),
  )
  const most = Math.max(...totals)
  const tie = (name: string): number => Math.imul(hash32(name) ^ seed, 0x9e3779b1)
  const tied = feasible.filter((_, i) => totals[i] === most)
  tied.sort((left, right) => tie(left.name) - tie(right.name) || (left.name < right.name ? -1 : 1))
  return tied[0]!
}

function isFeasible(cluster: ReferenceCluster, pod: ReferencePod, node: ReferenceNode): boolean {
  const { spec } = pod
  const here = cluster.placed.filter((item) => item.node === node)
  if (node.isUnschedulable) return false
  if (!toleratesTaints(pod, node)) return false
  if (!meetsNodeAffinity(pod, node)) return false
  const ports = (of: PodSpec): number[] =>
    of.containers.flatMap((container) => (container.ports ?? []).flatMap((port) => port.hostPort ?? []))
  if (here.some((item) => ports(item.pod.spec).some((port) => ports(spec).includes(port)))) return false
  if (here.length + 1 > node.podsMax) return false
  if (pod.cpu > 0 && sum(here, (item) => item.pod.cpu) + pod.cpu > node.cpu) return false
  if (pod.memory > 0 && sum(here, (item) => item.pod.memory) + pod.memory > node.memory) return false
  return meetsHardSpread(cluster, pod, node) && meetsPodAffinity(cluster, pod, node)
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}

function isTolerated({ spec }: ReferencePod, taint: Taint): boolean {
  return (spec.tolerations ?? []).some(
    (item) =>
      (!item.effect || item.effect === taint.effect) &&
      (!item.key || item.key === taint.key) &&
      (item.operator === 'Exists' || (item.key !== undefined && (item.value ?? '') === (taint.value ?? ''))),
  )
}

function toleratesTaints(pod: ReferencePod, { taints }: ReferenceNode): boolean {
  return taints.every((taint) => taint.effect === 'PreferNoSchedule' || isTolerated(pod, taint))
}

function matches(labels: Labels, selector: LabelSelector | undefined): boolean {
  if (selector === undefined) return false
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key]
    if (operator === 'In') return value !== undefined && values.includes(value)
    if (operator === 'NotIn') return value === undefined || !values.includes(value)
    return operator === 'Exists' ? value !== undefined : value === undefined
  })
}

function meetsTerm(node: ReferenceNode, term: NodeSelectorTerm): boolean {
  const expressions = term.matchExpressions ?? []
  return (
    expressions.length > 0 && expressions.every((item) => matches(node.labels, { matchExpressions: [item as never] }))
  )
}

function meetsNodeAffinity({ spec }: ReferencePod, node: ReferenceNode): boolean {
  if (!matches(node.labels, { matchLabels: spec.nodeSelector ?? {} })) return false
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return terms === undefined || terms.some((term) => meetsTerm(node, term))
}

interface Constraint {
  readonly key: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly affinity: boolean
  readonly taints: boolean
  readonly counts: (item: Placed) => boolean
  readonly countsSelf: boolean
}

function constraintsOf(pod: ReferencePod, when: string): { readonly list: Constraint[]; readonly isDefault: boolean } {
  const own = pod.spec.topologySpreadConstraints ?? []
  if (own.length > 0)
    return {
      isDefault: false,
      list: own.filter((item) => item.whenUnsatisfiable === when).map((item) => read(pod, item)),
    }
  const byDefault = (key: string, maxSkew: number): Constraint => ({
    key,
    maxSkew,
    minDomains: 1,
    affinity: true,
    taints: false,
    counts: (item) => item.pod.owner === pod.owner,
    countsSelf: true,
  })
  const list = when === 'ScheduleAnyway' ? [byDefault(HOSTNAME, 3), byDefault('topology.kubernetes.io/zone', 5)] : []
  return { isDefault: true, list }
}

function read(pod: ReferencePod, item: TopologySpreadConstraint): Constraint {
  const isMeant = (other: ReferencePod): boolean =>
    other.namespace === pod.namespace &&
    matches(other.labels, item.labelSelector) &&
    (item.matchLabelKeys ?? []).every((key) => pod.labels[key] === undefined || other.labels[key] === pod.labels[key])
  return {
    key: item.topologyKey,
    maxSkew: item.maxSkew,
    minDomains: item.minDomains ?? 1,
    affinity: item.nodeAffinityPolicy !== 'Ignore',
    taints: item.nodeTaintsPolicy === 'Honor',
    counts: (other) => isMeant(other.pod),
    countsSelf: isMeant(pod),
  }
}

function isIncluded(pod: ReferencePod, node: ReferenceNode, constraint: Constraint): boolean {
  if (constraint.affinity && !meetsNodeAffinity(pod, node)) return false
  return !constraint.taints || toleratesTaints(pod, node)
}

function meetsHardSpread(cluster: ReferenceCluster, pod: ReferencePod, node: ReferenceNode): boolean {
  const { list } = constraintsOf(pod, 'DoNotSchedule')
  return list.every((constraint) => {
    const eligible = cluster.nodes.filter(
      (item) => list.every(({ key }) => item.labels[key] !== undefined) && isIncluded(pod, item, constraint),
    )
    const domains = new Map<string, number>(eligible.map((item) => [item.labels[constraint.key]!, 0]))
    for (const item of cluster.placed) {
      if (item.isLeaving || !eligible.includes(item.node) || !constraint.counts(item)) continue
      const domain = item.node.labels[constraint.key]!
      domains.set(domain, domains.get(domain)! + 1)
    }
    const domain = node.labels[constraint.key]
    if (domain === undefined) return false
    const least = domains.size < constraint.minDomains || domains.size === 0 ? 0 : Math.min(...domains.values())
    return (domains.get(domain) ?? 0) + (constraint.countsSelf ? 1 : 0) - least <= constraint.maxSkew
  })
}

function isMeantBy(cluster: ReferenceCluster, term: PodAffinityTerm, by: ReferencePod, pod: ReferencePod): boolean {
  const { namespaces = [], namespaceSelector } = term
  const labels = { ...cluster.namespaces.get(pod.namespace), 'kubernetes.io/metadata.name': pod.namespace }
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined && pod.namespace === by.namespace
  const isThere = isOwn || namespaces.includes(pod.namespace) || matches(labels, namespaceSelector)
  return isThere && matches(pod.labels, term.labelSelector)
}

function isSameDomain(key: string, left: ReferenceNode, right: ReferenceNode): boolean {
  return left.labels[key] !== undefined && left.labels[key] === right.labels[key]
}

function required(pod: ReferencePod, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodAffinityTerm[] {
  return pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []
}

function meetsPodAffinity(cluster: ReferenceCluster, pod: ReferencePod, node: ReferenceNode): boolean {
  const terms = required(pod, 'podAffinity')
  if (terms.some((term) => node.labels[term.topologyKey] === undefined)) return false
  const meant = cluster.placed.filter((item) => terms.every((term) => isMeantBy(cluster, term, pod, item.pod)))
  const isMet = terms.every((term) => meant.some((item) => isSameDomain(term.topologyKey, item.node, node)))
  if (!isMet) {
    const isAnywhere = terms.some((term) => meant.some((item) => item.node.labels[term.topologyKey] !== undefined))
    if (isAnywhere || !terms.every((term) => isMeantBy(cluster, term, pod, pod))) return false
  }
  for (const item of cluster.placed) {
    for (const term of required(pod, 'podAntiAffinity'))
      if (isSameDomain(term.topologyKey, item.node, node) && isMeantBy(cluster, term, pod, item.pod)) return false
    for (const term of required(item.pod, 'podAntiAffinity'))
      if (isSameDomain(term.topologyKey, item.node, node) && isMeantBy(cluster, term, item.pod, pod)) return false
  }
  return true
}

function taintScores(pod: ReferencePod, nodes: readonly ReferenceNode[]): number[] {
  const tolerations = (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule')
  const only = { ...pod, spec: { ...pod.spec, tolerations } }
  const counts = nodes.map(
    ({ taints }) => taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(only, taint)).length,
  )
  const most = Math.max(...counts)
  return counts.map((count) => (most === 0 ? 100 : 100 - Math.trunc((100 * count) / most)))
}

function nodeAffinityScores({ spec }: ReferencePod, nodes: readonly ReferenceNode[]): number[] {
  const terms = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const raws = nodes.map((node) => sum(terms, (term) => (meetsTerm(node, term.preference) ? term.weight : 0)))
  const most = Math.max(...raws)
  return raws.map((raw) => (most === 0 ? 0 : Math.trunc((100 * raw) / most)))
}

function spreadScores(cluster: ReferenceCluster, pod: ReferencePod, nodes: readonly ReferenceNode[]): number[] {
  const { list, isDefault } = constraintsOf(pod, 'ScheduleAnyway')
  if (list.length === 0) return nodes.map(() => 0)
  const hasAll = (node: ReferenceNode): boolean => list.every(({ key }) => node.labels[key] !== undefined)
  const scored = nodes.filter((node) => isDefault || hasAll(node))
  const raws = new Map<ReferenceNode, number>()
  for (const node of scored) {
    let raw = 0
    for (const constraint of list) {
      const domain = node.labels[constraint.key]
      if (domain === undefined) continue
      const isHostname = constraint.key === HOSTNAME
      const domains = new Set(scored.map((item) => item.labels[constraint.key] ?? ''))
      const counted = cluster.placed.filter((item) => {
        if (item.isLeaving || !constraint.counts(item)) return false
        if (isHostname) return item.node === node
        return (
          item.node.labels[constraint.key] === domain &&
          (isDefault || hasAll(item.node)) &&
          isIncluded(pod, item.node, constraint)
        )
      })
      raw += counted.length * Math.log((isHostname ? scored.length : domains.size) + 2) + (constraint.maxSkew - 1)
    }
    raws.set(node, Math.round(raw))
  }
  const most = Math.max(0, ...raws.values())
  const least = Math.min(...raws.values())
  return nodes.map((node) => {
    const raw = raws.get(node)
    if (raw === undefined) return 0
    return most === 0 ? 100 : Math.trunc((100 * (most + least - raw)) / most)
  })
}

function podAffinityScores(cluster: ReferenceCluster, pod: ReferencePod, nodes: readonly ReferenceNode[]): number[] {
  const preferred = (of: ReferencePod): { readonly weight: number; readonly term: PodAffinityTerm }[] => [
    ...(of.spec.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((item) => ({
      weight: item.weight,
      term: item.podAffinityTerm,
    })),
    ...(of.spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((item) => ({
      weight: -item.weight,
      term: item.podAffinityTerm,
    })),
  ]
  const raws = nodes.map((node) => {
    let raw = 0
    for (const item of cluster.placed) {
      for (const { weight, term } of preferred(pod))
        if (isSameDomain(term.topologyKey, item.node, node) && isMeantBy(cluster, term, pod, item.pod)) raw += weight
      for (const { weight, term } of preferred(item.pod))
        if (isSameDomain(term.topologyKey, item.node, node) && isMeantBy(cluster, term, item.pod, pod)) raw += weight
      for (const term of required(item.pod, 'podAffinity'))
        if (isSameDomain(term.topologyKey, item.node, node) && isMeantBy(cluster, term, item.pod, pod)) raw += 1
    }
    return raw
  })
  const least = Math.min(...raws)
  const range = Math.max(...raws) - least
  return raws.map((raw) => (range === 0 ? 0 : Math.trunc(100 * ((raw - least) / range))))
}

function fit(cluster: ReferenceCluster, pod: ReferencePod, node: ReferenceNode): number {
  const all = [...cluster.placed.filter((item) => item.node === node).map((item) => item.pod), pod]
  const share = (has: number, asked: number): number => (asked > has ? 0 : Math.trunc(((has - asked) * 100) / has))
  const cpu = share(
    node.cpu,
    sum(all, (item) => item.cpu || 100),
  )
  const memory = share(
    node.memory,
    sum(all, (item) => item.memory || 200 * MIB),
  )
  return Math.trunc((cpu + memory) / 2)
}

function balanced(cluster: ReferenceCluster, pod: ReferencePod, node: ReferenceNode): number {
  if (pod.cpu === 0 && pod.memory === 0) return 0
  const here = cluster.placed.filter((item) => item.node === node).map((item) => item.pod)
  const balance = (pods: readonly ReferencePod[]): number => {
    const cpu = Math.min(sum(pods, (item) => item.cpu) / node.cpu, 1)
    const memory = Math.min(sum(pods, (item) => item.memory) / node.memory, 1)
    return Math.trunc((1 - Math.abs(cpu - memory) / 2) * 100)
  }
  return 50 + Math.trunc((50 + balance([...here, pod]) - balance(here)) / 2)
}
