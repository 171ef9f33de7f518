/**
 * Rules between pods that hold for what a plan binds: no required anti-affinity is broken, neither a new pod's nor one
 * that means a new pod, and no hard topology spread is beyond its maxSkew (Kubernetes: semantics §3.7 and §3.8). It looks at
 * the state after the plan and counts only pods that stay, so what it finds is wrong in any order of placement.
 */
import { compareText } from '../../base/ordered.js'
import type { LabelSelector, Node, PodAffinityTerm, PodSpec } from '../../model/generated/kubernetes.js'
import { makeKey, type ObjectKey, parseKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { type Labels, matchesSelector } from '../../model/selector.js'
import { fatal, observedPod, type Survey } from './survey.js'

interface SetFacts {
  readonly namespace: string
  readonly labels: Labels
  readonly spec: PodSpec | undefined
}

export function checkDomains(survey: Survey): void {
  const bound = [...survey.changes.values()].flatMap(({ before, after }) =>
    after !== null && after.node !== null && before?.node !== after.node && observedPod(survey, after) === null
      ? [after]
      : [],
  )
  if (survey.isAdoptingOnly || bound.length === 0) return
  const sets = new Sets(survey)
  const withTerms = [...survey.standing.keepingAway()].sort(compareText)
  const hasSpread = bound.some((pod) => hardSpread(sets.get(pod.replicaSet)?.spec).length > 0)
  if (withTerms.length === 0 && !hasSpread) return
  const staying = [...survey.after.nodes.values()].flatMap((node) => node.pods.filter((pod) => pod.stop === null))
  for (const owner of withTerms)
    for (const term of antiAffinity(sets.get(owner)?.spec))
      checkTerm(survey, { sets, staying, bound: new Set(bound) }, owner, term)
  if (hasSpread) for (const pod of bound) checkSpread(survey, sets, staying, pod)
}

/** Facts of the sets that are asked about, each read once. */
class Sets {
  readonly #known = new Map<ObjectKey, SetFacts | undefined>()

  constructor(private readonly survey: Survey) {}

  get(key: ObjectKey): SetFacts | undefined {
    if (this.#known.has(key)) return this.#known.get(key)
    const template = this.survey.after.replicaSets.get(key)?.template
    const { namespace } = parseKey(key)
    const facts =
      template === undefined ? undefined : { namespace, labels: template.metadata?.labels ?? {}, spec: template.spec }
    this.#known.set(key, facts)
    return facts
  }
}

function antiAffinity(spec: PodSpec | undefined): readonly PodAffinityTerm[] {
  return spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
}

interface Pods {
  readonly sets: Sets
  readonly staying: readonly PlannedPod[]
  readonly bound: ReadonlySet<PlannedPod>
}

/** In one domain no pod of the owner beside another that the term means, if either is new. */
function checkTerm(survey: Survey, { sets, staying, bound }: Pods, owner: ObjectKey, term: PodAffinityTerm): void {
  const home = sets.get(owner)?.namespace ?? ''
  const means = matcher(survey, home, term)
  const owners = new Map<string, PlannedPod[]>()
  const meant = new Map<string, PlannedPod[]>()
  for (const pod of staying) {
    const domain = domainOf(survey, pod.node ?? '', term.topologyKey)
    if (domain === undefined) continue
    if (pod.replicaSet === owner) append(owners, domain, pod)
    const facts = sets.get(pod.replicaSet)
    if (facts !== undefined && means(facts)) append(meant, domain, pod)
  }
  for (const [domain, pods] of owners) {
    const others = meant.get(domain) ?? []
    const pair = firstPair(pods, others, bound)
    if (pair !== null)
      fatal(
        survey,
        'anti-affinity',
        `pods ${pair[0].name} and ${pair[1].name} are both in ${term.topologyKey}=${domain} against a required anti-affinity`,
      )
  }
}

function firstPair(
  owners: readonly PlannedPod[],
  meant: readonly PlannedPod[],
  bound: ReadonlySet<PlannedPod>,
): readonly [PlannedPod, PlannedPod] | null {
  for (const one of owners)
    for (const other of meant) if (one !== other && (bound.has(one) || bound.has(other))) return [one, other]
  return null
}

/** Which sets' pods a term means. A label key it matches by is not looked at: then it means fewer, and nothing is claimed. */
function matcher(survey: Survey, home: string, term: PodAffinityTerm): (facts: SetFacts) => boolean {
  const { namespaces = [], namespaceSelector, labelSelector } = term
  if ((term.matchLabelKeys ?? []).length > 0 || (term.mismatchLabelKeys ?? []).length > 0) return () => false
  const isHome = namespaces.length === 0 && namespaceSelector === undefined
  return ({ namespace, labels }) => {
    const isThere =
      (isHome && namespace === home) ||
      namespaces.includes(namespace) ||
      (namespaceSelector !== undefined && matchesNamespace(survey, namespace, namespaceSelector))
    return isThere && matchesSelector(labels, labelSelector)
  }
}

function matchesNamespace({ input }: Survey, namespace: string, selector: LabelSelector): boolean {
  const object = input.desired?.objects.get(makeKey('Namespace', '', namespace))
  const labels = { 'kubernetes.io/metadata.name': namespace, ...object?.manifest.metadata.labels }
  return matchesSelector(labels, selector)
}

function hardSpread(spec: PodSpec | undefined) {
  const all = spec?.topologySpreadConstraints ?? []
  const hard = all.filter((constraint) => constraint.whenUnsatisfiable === 'DoNotSchedule')
  // With more than one, or rules on which nodes count, the domains are not the same for all of them.
  const isPlain =
    hard.length === 1 &&
    (hard[0]?.matchLabelKeys ?? []).length === 0 &&
    hard[0]?.minDomains === undefined &&
    spec?.nodeSelector === undefined &&
    spec?.affinity?.nodeAffinity === undefined
  return isPlain ? hard : []
}

/** Over the domains that surely count; owners that share no constraint may have raised a domain since, so they are left out. */
function checkSpread(survey: Survey, sets: Sets, staying: readonly PlannedPod[], pod: PlannedPod): void {
  const facts = sets.get(pod.replicaSet)
  if (facts === undefined) return
  for (const { topologyKey, labelSelector, maxSkew } of hardSpread(facts.spec)) {
    const counts = new Map<string, number>()
    for (const name of survey.after.nodes.keys()) {
      const domain = isOpen(survey, name) ? domainOf(survey, name, topologyKey) : undefined
      if (domain !== undefined) counts.set(domain, 0)
    }
    const own = domainOf(survey, pod.node ?? '', topologyKey)
    let isShared = false
    for (const other of staying) {
      const domain = domainOf(survey, other.node ?? '', topologyKey)
      const set = sets.get(other.replicaSet)
      if (domain === undefined || set === undefined || set.namespace !== facts.namespace) continue
      if (!matchesSelector(set.labels, labelSelector)) continue
      if (other.replicaSet !== pod.replicaSet) isShared = true
      counts.set(domain, (counts.get(domain) ?? 0) + 1)
    }
    if (isShared || own === undefined || survey.plan.actions.some((action) => action.type === 'preempt')) continue
    const lowest = Math.min(...counts.values())
    const skew = (counts.get(own) ?? 0) - lowest
    if (skew > maxSkew)
      fatal(
        survey,
        'topology-spread',
        `pod ${pod.name} is bound to ${topologyKey}=${own}, which has ${skew} more than the emptiest; at most ${maxSkew}`,
      )
  }
}

/** Takes pods now: what is silent, cordoned or tainted may count or not. */
function isOpen({ input }: Survey, name: string): boolean {
  const node = input.observed.nodes.get(name)
  const manifest = input.desired?.objects.get(makeKey('Node', '', name))?.manifest as Node | undefined
  if (node === undefined || node.silentSince !== null || node.taints.length > 0) return false
  return manifest?.spec?.unschedulable !== true && (manifest?.spec?.taints ?? []).length === 0
}

function domainOf({ input }: Survey, name: string, topologyKey: string): string | undefined {
  const manifest = input.desired?.objects.get(makeKey('Node', '', name))?.manifest as Node | undefined
  return manifest?.metadata?.labels?.[topologyKey] ?? input.observed.nodes.get(name)?.facts.labels[topologyKey]
}

function append(groups: Map<string, PlannedPod[]>, key: string, pod: PlannedPod): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [pod])
  else group.push(pod)
}
