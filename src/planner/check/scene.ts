/**
 * The cluster at one moment while a plan places its pods one after the other, and what the rules between pods say then
 * (Kubernetes: semantics §3.7 and §3.8). Counts are taken from the population when a rule is first asked about, and kept
 * while pods come and go.
 */

import type { Ground } from './ground.js'
import type { AffinityRule, PodRules, SpreadRule } from './pod-rules.js'
import type { Count, SetKey } from './population.js'
import { Tally } from './tally.js'

/** A rule that keeps a pod off a node, in words. */
export interface Refusal {
  readonly invariant: 'pod-affinity' | 'anti-affinity' | 'topology-spread'
  readonly detail: string
}

/** Pods of some sets, counted by domain. */
interface Watch {
  readonly topologyKey: string
  readonly tally: Tally
  readonly isWatched: (key: SetKey) => boolean
  /** Pods ordered to stop hold what affinity looks at, and no place in a spread. */
  readonly countsLeaving: boolean
  /** Nodes whose pods count. */
  readonly isCounted: (node: string) => boolean
}

interface SpreadWatch extends Watch {
  readonly rule: SpreadRule
  readonly isSelfMeant: boolean
  /** Fewer domains than minDomains: the least count is 0. */
  readonly isShort: boolean
}

/** What holds for the pods of one set. */
interface SetWatches {
  readonly affinity: readonly Watch[]
  /** The first of its kind may go anywhere. */
  readonly isAffineToItself: boolean
  readonly antiAffinity: readonly Watch[]
  /** Pods whose own anti-affinity means this set. */
  readonly avoiders: readonly Watch[]
  readonly spread: readonly SpreadWatch[]
}

export class Scene {
  readonly #ground: Ground
  /** What differs from the population, by set and node. */
  readonly #changed = new Map<SetKey, Map<string, Count>>()
  readonly #sets = new Map<SetKey, SetWatches>()
  readonly #watches: Watch[] = []
  readonly #watching = new Map<SetKey, Watch[]>()

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Pods of a set come to a node or go from it, or turn from serving to leaving. */
  change(key: SetKey, node: string, serving: number, leaving: number): void {
    let nodes = this.#changed.get(key)
    if (nodes === undefined) {
      nodes = new Map()
      this.#changed.set(key, nodes)
    }
    const before = nodes.get(node) ?? { serving: 0, leaving: 0 }
    nodes.set(node, { serving: before.serving + serving, leaving: before.leaving + leaving })
    if (this.#ground.rules(key) === null) return
    for (const watch of this.#watchesOf(key)) this.#count(watch, node, { serving, leaving })
  }

  /** Why a pod of the set may not come to the node now, as far as other pods are concerned; null when it may. */
  refusal(key: SetKey, node: string): Refusal | null {
    const watches = this.#watchesFor(key)
    if (watches === null) return null
    return (
      this.#affinityRefusal(watches, node) ??
      this.#avoidance(watches.antiAffinity, node, 'it avoids a pod that is') ??
      this.#avoidance(watches.avoiders, node, 'it is avoided by a pod that is') ??
      this.#spreadRefusal(watches, node)
    )
  }

  #affinityRefusal({ affinity, isAffineToItself }: SetWatches, node: string): Refusal | null {
    const isFirst = isAffineToItself && affinity.every(({ tally }) => tally.total === 0)
    for (const { topologyKey, tally } of affinity) {
      const domain = this.#ground.domainOf(node, topologyKey)
      if (domain !== undefined && (isFirst || tally.at(domain) > 0)) continue
      const where = domain === undefined ? `there is no ${topologyKey}` : `nobody it must be with is in ${domain}`
      return { invariant: 'pod-affinity', detail: where }
    }
    return null
  }

  #avoidance(watches: readonly Watch[], node: string, what: string): Refusal | null {
    for (const { topologyKey, tally } of watches) {
      const domain = this.#ground.domainOf(node, topologyKey)
      if (domain === undefined || tally.at(domain) === 0) continue
      return { invariant: 'anti-affinity', detail: `${what} in ${topologyKey}=${domain} too` }
    }
    return null
  }

  #spreadRefusal({ spread }: SetWatches, node: string): Refusal | null {
    const invariant = 'topology-spread'
    for (const { rule, tally, isSelfMeant, isShort } of spread) {
      const domain = this.#ground.domainOf(node, rule.topologyKey)
      if (domain === undefined) return { invariant, detail: `there is no ${rule.topologyKey}` }
      const count = tally.at(domain) + (isSelfMeant ? 1 : 0)
      const least = isShort ? 0 : tally.least
      if (count - least <= rule.maxSkew) continue
      const detail = `${rule.topologyKey}=${domain} would have ${count} and the emptiest counts ${least}; at most ${rule.maxSkew} more`
      return { invariant, detail }
    }
    return null
  }

  #watchesFor(key: SetKey): SetWatches | null {
    const known = this.#sets.get(key)
    if (known !== undefined) return known
    const rules = this.#ground.rules(key)
    if (rules === null) return null
    const made: SetWatches = {
      affinity: this.#watchAffinity(rules),
      isAffineToItself: this.#meansAll(rules.affinity, rules),
      antiAffinity: rules.antiAffinity.map((rule) => this.#watch(rule.topologyKey, this.#meantBy([rule]))),
      avoiders: this.#watchAvoiders(rules),
      spread: this.#watchSpread(key, rules),
    }
    this.#sets.set(key, made)
    return made
  }

  /** All terms mean the same pods, those that meet all of them; what tells them apart is the key. */
  #watchAffinity({ affinity }: PodRules): Watch[] {
    const keys = new Set(affinity.map((rule) => rule.topologyKey))
    return [...keys].map((topologyKey) => this.#watch(topologyKey, this.#meantBy(affinity)))
  }

  #watchAvoiders(rules: PodRules): Watch[] {
    const avoiders = new Map<string, Set<SetKey>>()
    const { standing } = this.#ground.survey
    for (const key of [...standing.keepingAway(), ...this.#ground.population.strays().keys()])
      for (const rule of this.#ground.rules(key)?.antiAffinity ?? []) {
        if (!this.#ground.means(rule.pods, rules)) continue
        const sets = avoiders.get(rule.topologyKey)
        if (sets === undefined) avoiders.set(rule.topologyKey, new Set([key]))
        else sets.add(key)
      }
    return [...avoiders].map(([topologyKey, sets]) => this.#watch(topologyKey, (key) => sets.has(key)))
  }

  #watchSpread(key: SetKey, rules: PodRules): SpreadWatch[] {
    const ground = this.#ground
    const hard = rules.spread ?? ground.defaultSpread(rules.spec)
    const keys = hard.map((rule) => rule.topologyKey)
    return hard.map((rule) => {
      const { pods, topologyKey, minDomains } = rule
      const included = new Map<string, boolean>()
      const isCounted = (node: string): boolean => {
        let answer = included.get(node)
        if (answer === undefined) {
          answer =
            keys.every((item) => ground.domainOf(node, item) !== undefined) && ground.isIncluded(node, rules.spec, rule)
          included.set(node, answer)
        }
        return answer
      }
      const domains = new Set<string>()
      for (const node of ground.nodes()) if (isCounted(node)) domains.add(ground.domainOf(node, topologyKey)!)
      const isWatched = pods === null ? (other: SetKey) => other === key : this.#meantBy([{ pods, topologyKey }])
      const watch: SpreadWatch = {
        topologyKey,
        tally: new Tally(domains),
        isWatched,
        countsLeaving: false,
        isCounted,
        rule,
        isSelfMeant: pods === null || ground.means(pods, rules),
        isShort: domains.size < minDomains,
      }
      this.#begin(watch)
      return watch
    })
  }

  /** Sets whose pods all these rules speak of. */
  #meantBy(all: readonly AffinityRule[]): (key: SetKey) => boolean {
    return (key) => {
      const rules = this.#ground.rules(key)
      return rules !== null && this.#meansAll(all, rules)
    }
  }

  #meansAll(all: readonly AffinityRule[], rules: PodRules): boolean {
    return all.every((rule) => this.#ground.means(rule.pods, rules))
  }

  #watch(topologyKey: string, isWatched: (key: SetKey) => boolean): Watch {
    const watch = { topologyKey, tally: new Tally(), isWatched, countsLeaving: true, isCounted: () => true }
    this.#begin(watch)
    return watch
  }

  /** Takes in what is there already. */
  #begin(watch: Watch): void {
    const { population } = this.#ground
    this.#watches.push(watch)
    for (const [key, watches] of this.#watching) if (watch.isWatched(key)) watches.push(watch)
    for (const key of new Set([...population.keys(), ...this.#changed.keys()])) {
      if (this.#ground.rules(key) === null || !watch.isWatched(key)) continue
      for (const [node, count] of population.nodesOf(key)) this.#count(watch, node, count)
      for (const [node, count] of this.#changed.get(key) ?? []) this.#count(watch, node, count)
    }
  }

  #watchesOf(key: SetKey): readonly Watch[] {
    let watches = this.#watching.get(key)
    if (watches === undefined) {
      watches = this.#watches.filter((watch) => watch.isWatched(key))
      this.#watching.set(key, watches)
    }
    return watches
  }

  #count({ topologyKey, tally, countsLeaving, isCounted }: Watch, node: string, { serving, leaving }: Count): void {
    const by = countsLeaving ? serving + leaving : serving
    if (by === 0 || !isCounted(node)) return
    const domain = this.#ground.domainOf(node, topologyKey)
    if (domain !== undefined) tally.add(domain, by)
  }
}
