/** What the checker looks things up in while it goes through what a plan places: nodes' labels and taints, sets' rules. */
import type { AssignedPod } from '../../model/assignment.js'
import type { Node, PodSpec, Taint } from '../../model/generated/kubernetes.js'
import { makeKey, parseKey } from '../../model/keys.js'
import { type Labels, labelOf, matchesLabels } from '../../model/selector.js'
import { firstUntolerated, TAINT_UNSCHEDULABLE } from '../../model/taint.js'
import { meetsTerm, refusingTaint } from './meets-term.js'
import { isMeant, type PodRules, type PodsMeant, readRules, rulesOf, type SpreadRule } from './pod-rules.js'
import { Population, type SetKey } from './population.js'
import { RuleIndex } from './rule-index.js'
import { isHeard, type Survey } from './survey.js'

/** Of the states that were looked at last; a look at everything begins anew. */
const kept = { population: new Population(), index: new RuleIndex() }

export class Ground {
  #population: Population | null = null
  #index: RuleIndex | null = null
  readonly #late: SetKey[] = []
  readonly #labels = new Map<string, Labels>()
  readonly #rules = new Map<SetKey, PodRules | null>()
  readonly #namespaces = new Map<string, Labels>()

  constructor(readonly survey: Survey) {}

  /** Of the state after the plan; brought up to it when first asked for. */
  get population(): Population {
    if (this.#population === null) {
      const { after, input, isWhole } = this.survey
      this.#population = isWhole ? new Population() : kept.population
      this.#population.follow(after.nodes, input.observed.nodes)
    }
    return this.#population
  }

  /** Every set, or stray, that may be one of those meant; others too. */
  *candidates(pods: PodsMeant): Iterable<SetKey> {
    yield* this.#indexed().candidates(pods)
    yield* this.#strayKeys()
  }

  /** Every set, or stray, that may keep such pods away; others too. */
  *avoiders({ labels }: PodRules): Iterable<SetKey> {
    yield* this.#indexed().avoiders(labels)
    yield* this.#strayKeys()
  }

  /** Nodes that have reported: the others are in no domain. */
  nodes(): Iterable<string> {
    return this.survey.input.observed.nodes.keys()
  }

  isKnown(name: string): boolean {
    return this.survey.input.observed.nodes.has(name)
  }

  /** What its host says, and above that its manifest. */
  labels(name: string): Labels {
    let labels = this.#labels.get(name)
    if (labels === undefined) {
      const { facts } = this.survey.input.observed.nodes.get(name) ?? {}
      labels = { ...facts?.labels, ...this.#manifest(name)?.metadata?.labels }
      this.#labels.set(name, labels)
    }
    return labels
  }

  /** Undefined where the node lacks the key, or has not reported. */
  domainOf(name: string, topologyKey: string): string | undefined {
    const observed = this.survey.input.observed.nodes.get(name)
    if (observed === undefined) return undefined
    const given = this.#manifest(name)?.metadata?.labels
    return (given && labelOf(given, topologyKey)) ?? labelOf(observed.facts.labels, topologyKey)
  }

  /** Null for a set that is not there: such pods count for nothing. */
  rules(key: SetKey): PodRules | null {
    let rules = this.#rules.get(key)
    if (rules === undefined) {
      rules = this.#readRules(key)
      this.#rules.set(key, rules)
    }
    return rules
  }

  /** A pod that runs on a node without anybody's knowledge until this plan binds it there. */
  addStray(key: SetKey, { spec, namespace, labels }: AssignedPod): void {
    if (!this.#rules.has(key)) this.#late.push(key)
    this.#rules.set(key, readRules(spec, namespace, labels))
  }

  means(pods: PodsMeant, rules: PodRules): boolean {
    return isMeant(pods, rules, (namespace) => this.#namespaceLabels(namespace))
  }

  /** nodeSelector and required node affinity. */
  isChosen(name: string, spec: PodSpec): boolean {
    const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
    if (terms === undefined && spec.nodeSelector === undefined) return true
    const labels = this.labels(name)
    if (!matchesLabels(labels, spec.nodeSelector ?? {})) return false
    return terms === undefined || terms.some((term) => meetsTerm(term, labels, name))
  }

  /** Taints of the node that the pod does not tolerate for good, without a cordon. */
  isTainted(name: string, spec: PodSpec): boolean {
    return refusingTaint(this.#taints(name), spec) !== null
  }

  /** Whether a spread constraint looks at a node that has the keys: the inclusion policies (Kubernetes: semantics §3.8). */
  isIncluded(name: string, spec: PodSpec, { honorsAffinity, honorsTaints }: SpreadRule): boolean {
    return (!honorsAffinity || this.isChosen(name, spec)) && (!honorsTaints || !this.isTainted(name, spec))
  }

  /** True when the node itself takes such pods: heard, not cordoned or tainted against them, and chosen by them. */
  isOpen(name: string, spec: PodSpec): boolean {
    const { survey } = this
    if (!this.isKnown(name) || !isHeard(survey, name) || !survey.after.nodes.has(name)) return false
    if (spec.nodeName !== undefined && spec.nodeName !== '' && spec.nodeName !== name) return false
    const isCordoned = this.#manifest(name)?.spec?.unschedulable === true
    const cordon: Taint[] = isCordoned ? [{ key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' }] : []
    if (firstUntolerated(cordon, spec.tolerations ?? [], ['NoSchedule']) !== null) return false
    return !this.isTainted(name, spec) && this.isChosen(name, spec)
  }

  /** Hard constraints that the profile gives to pods without any; they count the pods of the set itself. */
  defaultSpread({ schedulerName = '' }: PodSpec): readonly SpreadRule[] {
    const name = schedulerName === '' ? 'default-scheduler' : schedulerName
    const profile = this.survey.configuration.schedulerProfiles?.find((item) => item.schedulerName === name)
    return (profile?.defaultConstraints ?? [])
      .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
      .map(({ topologyKey, maxSkew }) => ({
        pods: null,
        topologyKey,
        maxSkew,
        minDomains: 1,
        honorsAffinity: true,
        honorsTaints: false,
      }))
  }

  /** Drained by commit: what is there is being replaced. */
  isDrained(name: string): boolean {
    const manifest = this.#manifest(name)
    return manifest?.spec?.unschedulable === true && manifest.metadata?.annotations?.['headway.dev/drain'] === 'true'
  }

  #indexed(): RuleIndex {
    if (this.#index === null) {
      this.#index = this.survey.isWhole ? new RuleIndex() : kept.index
      this.#index.follow(this.survey.after.replicaSets)
    }
    return this.#index
  }

  *#strayKeys(): Iterable<SetKey> {
    yield* this.population.strays().keys()
    yield* this.#late
  }

  #taints(name: string): readonly Taint[] {
    const observed = this.survey.input.observed.nodes.get(name)?.taints ?? []
    return [...(this.#manifest(name)?.spec?.taints ?? []), ...observed]
  }

  #manifest(name: string): Node | undefined {
    return this.survey.input.desired?.objects.get(makeKey('Node', '', name))?.manifest as Node | undefined
  }

  #readRules(key: SetKey): PodRules | null {
    const { replicaSets } = this.survey.after
    const set = replicaSets.get(key)
    if (set !== undefined) return rulesOf(set.template, parseKey(key).namespace)
    const stray = this.population.strays().get(key)
    if (stray === undefined) return null
    const own = replicaSets.get(stray.owner ?? stray.workload)
    // The same template as its set has, but with probe ports by number.
    if (own?.templateHash === stray.templateHash) return rulesOf(own.template, stray.namespace)
    return readRules(stray.spec, stray.namespace, stray.labels)
  }

  #namespaceLabels(namespace: string): Labels {
    let labels = this.#namespaces.get(namespace)
    if (labels === undefined) {
      const object = this.survey.input.desired?.objects.get(makeKey('Namespace', '', namespace))
      labels = { ...object?.manifest.metadata.labels, 'kubernetes.io/metadata.name': namespace }
      this.#namespaces.set(namespace, labels)
    }
    return labels
  }
}
