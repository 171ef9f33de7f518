/**
 * The cluster at one moment while a plan places its pods one after the other, and what the rules between pods say then
 * (Kubernetes: semantics §3.7 and §3.8). Counts are taken from the population when a rule is first asked about, and kept
 * while pods come and go.
 */

import type { Ground } from './ground.js'
import type { PodRules, PodsMeant, SpreadRule } from './pod-rules.js'
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
  readonly sets: Iterable<SetKey>
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
    for (const watch of this.#watching.get(key) ?? []) this.#count(watch, node, { serving, leaving })
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
      isAffineToItself: rules.affinity.every(({ pods }) => this.#ground.means(pods, rules)),
      antiAffinity: rules.antiAffinity.map((rule) => this.#watch(rule.topologyKey, this.#meantBy([rule.pods]))),
      avoiders: this.#watchAvoiders(rules),
      spread: this.#watchSpread(key, rules),
    }
    this.#sets.set(key, made)
    return made
  }

  /** All terms mean the same pods, those that meet all of them; what tells them apart is the key. */
  #watchAffinity({ affinity }: PodRules): Watch[] {
    const keys = new Set(affinity.map((rule) => rule.topologyKey))
    const sets = keys.size === 0 ? [] : this.#meantBy(affinity.map(({ pods }) => pods))
    return [...keys].map((topologyKey) => this.#watch(topologyKey, sets))
  }

  #watchAvoiders(rules: PodRules): Watch[] {
    const avoiders = new Map<string, Set<SetKey>>()
    for (const key of this.#ground.avoiders(rules))
      for (const rule of this.#ground.rules(key)?.antiAffinity ?? []) {
        if (!this.#ground.means(rule.pods, rules)) continue
        const sets = avoiders.get(rule.topologyKey)
        if (sets === undefined) avoiders.set(rule.topologyKey, new Set([key]))
        else sets.add(key)
      }
    return [...avoiders].map(([topologyKey, sets]) => this.#watch(topologyKey, sets))
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
      const watch: SpreadWatch = {
        topologyKey,
        tally: new Tally(domains),
        sets: pods === null ? [key] : this.#meantBy([pods]),
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
  #meantBy(all: readonly PodsMeant[]): readonly SetKey[] {
    const [first] = all
    if (first === undefined) return []
    return [...new Set(this.#ground.candidates(first))].filter((key) => {
      const rules = this.#ground.rules(key)
      return rules !== null && all.every((pods) => this.#ground.means(pods, rules))
    })
  }

  #watch(topologyKey: string, sets: Iterable<SetKey>): Watch {
    const watch = { topologyKey, tally: new Tally(), sets, countsLeaving: true, isCounted: () => true }
    this.#begin(watch)
    return watch
  }

  /** Takes in what is there already, and from now on what changes. */
  #begin(watch: Watch): void {
    const { population } = this.#ground
    for (const key of watch.sets) {
      const watches = this.#watching.get(key)
      if (watches === undefined) this.#watching.set(key, [watch])
      else watches.push(watch)
      if (this.#ground.rules(key) === null) continue
      for (const [node, count] of population.nodesOf(key)) this.#count(watch, node, count)
      for (const [node, count] of this.#changed.get(key) ?? []) this.#count(watch, node, count)
    }
  }

  #count({ topologyKey, tally, countsLeaving, isCounted }: Watch, node: string, { serving, leaving }: Count): void {
    const by = countsLeaving ? serving + leaving : serving
    if (by === 0 || !isCounted(node)) return
    const domain = this.#ground.domainOf(node, topologyKey)
    if (domain !== undefined) tally.add(domain, by)
  }
}
