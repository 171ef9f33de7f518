/**
 * How many pods of which kind are on which row, kept while pods come and go: pods with equal labels, namespace and terms
 * are one group; what somebody asks for (a selector of a term) is a matcher, which counts the pods of the groups it
 * matches. So a pod costs one count for its group and each of its matchers, and a selector is tried once per group.
 */
import type { Labels } from '../../model/selector.js'
import { type AffinityTerm, matchesTerm, type PodTerm } from './pod-terms.js'
import type { ScheduleRequest } from './request.js'

/** Pods by row; rows without any are left out. */
export type RowCounts = Map<number, number>

export interface Matcher {
  readonly terms: readonly PodTerm[]
  readonly serving: RowCounts
  /** Ordered to stop: they still hold what anti-affinity guards, and no place in a spread. */
  readonly leaving: RowCounts
  /** Terms of pods that are there, which mean the pods matched here. */
  readonly carried: CarriedTerm[]
  readonly groups: Set<PodGroup>
  /** Since the last sweep. */
  isAsked: boolean
}

/** A term that pods on some rows carry. */
export interface CarriedTerm {
  readonly type: 'affinity' | 'anti-affinity' | 'preferred'
  readonly topologyKey: string
  readonly weight: number
  readonly matcher: Matcher
  readonly rows: RowCounts
  /** How many groups carry it. */
  carriers: number
}

export interface PodGroup {
  readonly key: string
  readonly namespace: string
  readonly labels: Labels
  readonly serving: RowCounts
  readonly leaving: RowCounts
  readonly matchers: Matcher[]
  readonly carries: CarriedTerm[]
  /** Taken out by a sweep: a new one must be made. */
  isSwept: boolean
}

/** On every namespace, as in Kubernetes. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name'

/** Less is not worth looking through. */
const SWEEP_LEAST = 256

export class PodCounts {
  readonly #groups = new Map<string, PodGroup>()
  readonly #ofRequest = new WeakMap<ScheduleRequest, PodGroup>()
  readonly #matchers = new Map<string, Matcher>()
  readonly #carried = new Map<string, CarriedTerm>()
  readonly #matchersByPair = new Map<string, Set<Matcher>>()
  readonly #matchersOfAny = new Set<Matcher>()
  readonly #groupsByPair = new Map<string, Set<PodGroup>>()
  #namespaces: ReadonlyMap<string, Labels> = new Map()
  /** What was left by the last sweep. */
  #swept = 0

  /** The group that a class's pods are counted in. */
  group(request: ScheduleRequest): PodGroup {
    let group = this.#ofRequest.get(request)
    if (group === undefined || group.isSwept) {
      group = this.#groups.get(request.groupKey) ?? this.#addGroup(request)
      this.#ofRequest.set(request, group)
    }
    return group
  }

  /** Counts a pod on a row, or takes it away with -1. */
  count(row: number, request: ScheduleRequest, sign: 1 | -1, isLeaving: boolean): void {
    const group = this.group(request)
    add(isLeaving ? group.leaving : group.serving, row, sign)
    for (const matcher of group.matchers) add(isLeaving ? matcher.leaving : matcher.serving, row, sign)
    for (const term of group.carries) add(term.rows, row, sign)
  }

  /** Counts of the pods that all terms mean. */
  matcher(terms: readonly PodTerm[]): Matcher {
    const key = terms.length === 1 ? terms[0]!.id : terms.map((term) => term.id).join(' ')
    let matcher = this.#matchers.get(key)
    if (matcher === undefined) {
      matcher = { terms, serving: new Map(), leaving: new Map(), carried: [], groups: new Set(), isAsked: true }
      this.#matchers.set(key, matcher)
      const pair = pairOf(terms)
      if (pair === null) this.#matchersOfAny.add(matcher)
      else addTo(this.#matchersByPair, pair, matcher)
      const candidates = pair === null ? this.#groups.values() : (this.#groupsByPair.get(pair) ?? [])
      for (const group of candidates) this.#linkIfMatched(matcher, group)
    }
    matcher.isAsked = true
    return matcher
  }

  /** True when a matcher means the class's own pods. */
  isMatched(matcher: Matcher, group: PodGroup): boolean {
    return matcher.groups.has(group)
  }

  /** Pods that are there have terms that mean pods of the class: its labels matter to more than its own count. */
  isMeant(request: ScheduleRequest): boolean {
    return this.group(request).matchers.some(({ carried }) => carried.some(({ rows }) => rows.size > 0))
  }

  /** Nothing is on a row any more. */
  clearRow(row: number): void {
    for (const item of [...this.#groups.values(), ...this.#matchers.values()]) {
      item.serving.delete(row)
      item.leaving.delete(row)
    }
    for (const term of this.#carried.values()) term.rows.delete(row)
  }

  /** How much is kept: for tests, and for when to sweep. */
  get size(): number {
    return this.#groups.size + this.#matchers.size + this.#carried.size
  }

  /**
   * Lets go of groups without pods, of terms that no group carries, and of matchers that nobody has asked for since the
   * last time; all come back when they are asked for. Not while a placement is under way. Costs what is kept, and is due
   * when that has doubled.
   */
  sweep(isDue = this.size >= Math.max(SWEEP_LEAST, 2 * this.#swept)): void {
    if (!isDue) return
    for (const group of this.#groups.values())
      if (group.serving.size === 0 && group.leaving.size === 0) this.#dropGroup(group)
    for (const [key, term] of this.#carried) {
      if (term.carriers > 0) continue
      this.#carried.delete(key)
      term.matcher.carried.splice(term.matcher.carried.indexOf(term), 1)
    }
    for (const [key, matcher] of this.#matchers) {
      if (!matcher.isAsked && matcher.carried.length === 0) this.#dropMatcher(key, matcher)
      matcher.isAsked = false
    }
    this.#swept = this.size
  }

  /** Labels of namespaces, for terms that select by them. */
  setNamespaces(namespaces: ReadonlyMap<string, Labels>): void {
    this.#namespaces = namespaces
    for (const matcher of this.#matchers.values()) {
      if (matcher.terms.every((term) => term.namespaceSelector === null)) continue
      for (const group of matcher.groups) group.matchers.splice(group.matchers.indexOf(matcher), 1)
      matcher.groups.clear()
      matcher.serving.clear()
      matcher.leaving.clear()
      for (const group of this.#groups.values()) this.#linkIfMatched(matcher, group)
    }
  }

  #addGroup(request: ScheduleRequest): PodGroup {
    const { namespace, labels } = request
    const group: PodGroup = {
      key: request.groupKey,
      namespace,
      labels,
      serving: new Map(),
      leaving: new Map(),
      matchers: [],
      carries: [],
      isSwept: false,
    }
    this.#groups.set(request.groupKey, group)
    for (const matcher of this.#matchersOfAny) this.#linkIfMatched(matcher, group)
    for (const [key, value] of Object.entries(labels)) {
      const pair = `${key}=${value}`
      addTo(this.#groupsByPair, pair, group)
      for (const matcher of this.#matchersByPair.get(pair) ?? []) this.#linkIfMatched(matcher, group)
    }
    for (const term of request.affinity) this.#carry(group, 'affinity', term)
    for (const term of request.antiAffinity) this.#carry(group, 'anti-affinity', term)
    for (const term of request.preferred) this.#carry(group, 'preferred', term)
    return group
  }

  #dropGroup(group: PodGroup): void {
    group.isSwept = true
    this.#groups.delete(group.key)
    for (const matcher of group.matchers) matcher.groups.delete(group)
    for (const term of group.carries) term.carriers -= 1
    for (const [key, value] of Object.entries(group.labels)) dropFrom(this.#groupsByPair, `${key}=${value}`, group)
  }

  #dropMatcher(key: string, matcher: Matcher): void {
    this.#matchers.delete(key)
    for (const group of matcher.groups) group.matchers.splice(group.matchers.indexOf(matcher), 1)
    const pair = pairOf(matcher.terms)
    if (pair === null) this.#matchersOfAny.delete(matcher)
    else dropFrom(this.#matchersByPair, pair, matcher)
  }

  #carry(group: PodGroup, type: CarriedTerm['type'], { pods, topologyKey, weight }: AffinityTerm): void {
    const key = `${type} ${pods.id} ${weight} ${topologyKey}`
    let term = this.#carried.get(key)
    if (term === undefined) {
      const matcher = this.matcher([pods])
      term = { type, topologyKey, weight, matcher, rows: new Map(), carriers: 0 }
      this.#carried.set(key, term)
      matcher.carried.push(term)
    }
    term.carriers += 1
    group.carries.push(term)
  }

  #linkIfMatched(matcher: Matcher, group: PodGroup): void {
    if (matcher.groups.has(group)) return
    const { namespace } = group
    const labels = { ...this.#namespaces.get(namespace), [NAMESPACE_NAME]: namespace }
    if (!matcher.terms.every((term) => matchesTerm(term, group, labels))) return
    matcher.groups.add(group)
    group.matchers.push(matcher)
    for (const [row, count] of group.serving) add(matcher.serving, row, count)
    for (const [row, count] of group.leaving) add(matcher.leaving, row, count)
  }
}

/** One label pair that every matched pod has; null when the selector names none. */
function pairOf(terms: readonly PodTerm[]): string | null {
  for (const { selector } of terms) {
    for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) return `${key}=${value}`
    for (const { key, operator, values } of selector?.matchExpressions ?? [])
      if (operator === 'In' && values?.length === 1) return `${key}=${values[0]}`
  }
  return null
}

function add(counts: RowCounts, row: number, by: number): void {
  const count = (counts.get(row) ?? 0) + by
  if (count === 0) counts.delete(row)
  else counts.set(row, count)
}

function addTo<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, new Set([value]))
  else values.add(value)
}

function dropFrom<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const values = map.get(key)
  values?.delete(value)
  if (values?.size === 0) map.delete(key)
}
