/**
 * Who would have to go from one node so that a pod finds room (Kubernetes: semantics §3.9, steps 3 and 4): everything of
 * lower priority is taken away, then put back one by one, most important first, where the pod still fits.
 */
import type { Instant } from '../../base/instant.js'
import { compareText } from '../../base/ordered.js'
import type { ObjectKey } from '../../model/keys.js'

/** A pod of lower priority on the node, with what room it takes as `T`. */
export interface Preemptible<T> {
  readonly uid: string
  readonly priority: number
  readonly startedAt: Instant
  /** On its way out already: never put back, and no victim. */
  readonly isLeaving: boolean
  /** Budgets that select it. */
  readonly budgets: readonly ObjectKey[]
  readonly pod: T
}

export interface VictimChoice<T> {
  /** In the order in which they could not be put back. */
  readonly victims: readonly Preemptible<T>[]
  /** How many of them a budget would not let go. */
  readonly violations: number
}

/** A node's room with all preemptible pods taken away; `putBack` keeps a pod if the preemptor still fits beside it. */
export interface Trial<T> {
  fits(): boolean
  putBack(pod: T): boolean
}

/** The victims on one node; null when the pod does not fit even without all of them, or nobody is in its way. */
export function chooseVictims<T>(
  pods: readonly Preemptible<T>[],
  allowedBy: (budget: ObjectKey) => number,
  trial: Trial<T>,
): VictimChoice<T> | null {
  if (pods.length === 0 || !trial.fits()) return null
  const { violating, others } = splitByBudget([...pods].sort(compareImportance), allowedBy)
  const victims: Preemptible<T>[] = []
  let violations = 0
  for (const item of violating) {
    if (trial.putBack(item.pod)) continue
    victims.push(item)
    violations += 1
  }
  for (const item of others) if (!item.isLeaving && !trial.putBack(item.pod)) victims.push(item)
  return victims.length === 0 && !pods.some((item) => item.isLeaving) ? null : { victims, violations }
}

/** Most important first: higher priority, then the one that has run for longer. */
export function compareImportance<T>(left: Preemptible<T>, right: Preemptible<T>): number {
  return right.priority - left.priority || left.startedAt - right.startedAt || compareText(left.uid, right.uid)
}

/** In order of importance each pod uses up its budgets; one that finds any of them used up would violate it. */
function splitByBudget<T>(
  pods: readonly Preemptible<T>[],
  allowedBy: (budget: ObjectKey) => number,
): { readonly violating: readonly Preemptible<T>[]; readonly others: readonly Preemptible<T>[] } {
  const left = new Map<ObjectKey, number>()
  const violating: Preemptible<T>[] = []
  const others: Preemptible<T>[] = []
  for (const item of pods) {
    let isViolating = false
    for (const budget of item.isLeaving ? [] : item.budgets) {
      const after = (left.get(budget) ?? allowedBy(budget)) - 1
      left.set(budget, after)
      if (after < 0) isViolating = true
    }
    if (isViolating) violating.push(item)
    else others.push(item)
  }
  return { violating, others }
}

/** What nodes are compared by; smaller is better, in this order. */
export type Cost = readonly [
  violations: number,
  highestPriority: number,
  sumOfPriorities: number,
  victims: number,
  negatedStart: number,
]

/** So that priorities below zero still count as something taken away. */
const PRIORITY_OFFSET = 2 ** 31

/** Fewest violations, lowest highest priority, lowest sum, fewest victims, then the youngest work. */
export function costOf<T>({ victims, violations }: VictimChoice<T>): Cost {
  let highest = Number.NEGATIVE_INFINITY
  let sum = 0
  for (const { priority } of victims) {
    highest = Math.max(highest, priority)
    sum += priority + PRIORITY_OFFSET
  }
  let earliest = Number.POSITIVE_INFINITY
  for (const { priority, startedAt } of victims) if (priority === highest) earliest = Math.min(earliest, startedAt)
  return [violations, highest, sum, victims.length, -earliest]
}

export function compareCosts(left: Cost, right: Cost): number {
  for (let i = 0; i < left.length; i++) {
    // Infinities of a node without new victims are equal to each other.
    if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1
  }
  return 0
}
