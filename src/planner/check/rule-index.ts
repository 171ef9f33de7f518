/**
 * Which sets have a label, and which keep others away by it: so that a rule between pods is tried on few sets, however
 * many there are. Kept from plan to plan by comparing references, like the population.
 */
import { diffMaps } from '../../base/layered-map.js'
import { parseKey } from '../../model/keys.js'
import { emptyPlannedState, type PlannedState } from '../../model/planned-state.js'
import type { Labels } from '../../model/selector.js'
import { type PodRules, type PodsMeant, rulesOf } from './pod-rules.js'
import type { SetKey } from './population.js'

type Sets = PlannedState['replicaSets']

const NOBODY: ReadonlySet<SetKey> = new Set()

export class RuleIndex {
  #seen: Sets = emptyPlannedState.replicaSets
  readonly #rules = new Map<SetKey, PodRules>()
  readonly #having = new Map<string, Set<SetKey>>()
  /** Sets whose anti-affinity can only mean pods with a label. */
  readonly #avoiding = new Map<string, Set<SetKey>>()
  /** Sets whose anti-affinity may mean anybody. */
  readonly #avoidingAny = new Set<SetKey>()

  follow(sets: Sets): void {
    diffMaps(this.#seen, sets, (key, _, set) => {
      const before = this.#rules.get(key)
      const after = set && rulesOf(set.template, parseKey(key).namespace)
      if (before === after) return
      if (before !== undefined) this.#forget(key, before)
      if (after !== undefined) this.#take(key, after)
    })
    this.#seen = sets
  }

  /** Every set that may hold pods that are meant; others too. */
  candidates(pods: PodsMeant): Iterable<SetKey> {
    const label = labelAsked(pods)
    return label === null ? this.#rules.keys() : (this.#having.get(label) ?? NOBODY)
  }

  /** Every set that may keep pods with these labels away; others too. */
  avoiders(labels: Labels): ReadonlySet<SetKey> {
    const found = new Set(this.#avoidingAny)
    for (const label of asTexts(labels)) for (const key of this.#avoiding.get(label) ?? NOBODY) found.add(key)
    return found
  }

  #take(key: SetKey, rules: PodRules): void {
    this.#rules.set(key, rules)
    for (const label of asTexts(rules.labels)) put(this.#having, label, key)
    for (const { pods } of rules.antiAffinity) {
      const label = labelAsked(pods)
      if (label === null) this.#avoidingAny.add(key)
      else put(this.#avoiding, label, key)
    }
  }

  #forget(key: SetKey, rules: PodRules): void {
    this.#rules.delete(key)
    this.#avoidingAny.delete(key)
    for (const label of asTexts(rules.labels)) drop(this.#having, label, key)
    for (const { pods } of rules.antiAffinity) drop(this.#avoiding, labelAsked(pods) ?? '', key)
  }
}

/** One label that all who are meant have; null when there is none for sure. */
function labelAsked({ selector, same }: PodsMeant): string | null {
  const [pair] = [...Object.entries(selector?.matchLabels ?? {}), ...same]
  if (pair !== undefined) return `${pair[0]}=${pair[1]}`
  for (const { key, operator, values } of selector?.matchExpressions ?? [])
    if (operator === 'In' && values?.length === 1) return `${key}=${values[0]}`
  return null
}

function asTexts(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`)
}

function put(sets: Map<string, Set<SetKey>>, label: string, key: SetKey): void {
  const keys = sets.get(label)
  if (keys === undefined) sets.set(label, new Set([key]))
  else keys.add(key)
}

function drop(sets: Map<string, Set<SetKey>>, label: string, key: SetKey): void {
  const keys = sets.get(label)
  keys?.delete(key)
  if (keys?.size === 0) sets.delete(label)
}
