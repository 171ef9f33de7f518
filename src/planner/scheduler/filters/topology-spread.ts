/**
 * Hard topology spread (Kubernetes: semantics §3.8): the count of a domain with this pod may exceed the least count of any
 * eligible domain by maxSkew. Eligible are nodes that have the keys of all hard constraints and pass the inclusion
 * policies; fewer eligible domains than minDomains make the least count 0. A missing key is unresolvable.
 */
import { DomainCounts } from '../domain-counts.js'
import type { NodeTable } from '../node-table.js'
import {
  FITS,
  type MovingFilter,
  type MovingFilterPlugin,
  type Status,
  UNRESOLVABLE,
  UNSCHEDULABLE,
} from '../plug-in.js'
import { type ActiveConstraint, activeConstraints, EligibleRows } from '../spread.js'

const SKEW = ["node(s) didn't match pod topology spread constraints"]
const MISSING_KEY = ["node(s) didn't match pod topology spread constraints (missing required label)"]

/** One constraint: counts of eligible domains, and the least of them. */
class HardConstraint {
  readonly counts: DomainCounts
  readonly isSelfMatched: boolean
  readonly #exists: Uint8Array
  readonly #topologyKey: string
  readonly #maxSkew: number
  readonly #minDomains: number
  readonly #isShort: boolean
  #least = 0
  #atLeast = 0

  constructor(constraint: ActiveConstraint, counts: DomainCounts, isEligible: Uint8Array) {
    this.counts = counts
    this.isSelfMatched = constraint.isSelfMatched
    this.#topologyKey = constraint.topologyKey
    this.#maxSkew = constraint.maxSkew
    this.#minDomains = constraint.minDomains
    const { domains, size } = counts.topology
    this.#exists = new Uint8Array(size)
    let eligible = 0
    for (let row = 0; row < isEligible.length; row++) {
      const domain = domains[row]!
      if (isEligible[row] === 0 || domain === -1 || this.#exists[domain] === 1) continue
      this.#exists[domain] = 1
      eligible += 1
    }
    this.#isShort = eligible < constraint.minDomains
    counts.addAll(constraint.serving, (row) => isEligible[row] === 1)
    this.#findLeast()
  }

  exceeds(row: number): boolean {
    const least = this.#isShort ? 0 : this.#least
    return this.counts.at(row) + (this.isSelfMatched ? 1 : 0) - least > this.#maxSkew
  }

  /** What would have to change on a row; empty where it refuses nothing. */
  misses(nodes: NodeTable, row: number): readonly string[] {
    if (!this.counts.has(row)) return [`lacks the label ${this.#topologyKey}`]
    if (!this.exceeds(row)) return []
    const count = this.counts.at(row) + (this.isSelfMatched ? 1 : 0)
    const most = this.#maxSkew + (this.#isShort ? 0 : this.#least)
    const short = this.#isShort ? ` as long as there are fewer than ${this.#minDomains} such domains` : ''
    const where = nodes.domainName(this.#topologyKey, row)
    return [`would have ${count} pods of the spread in ${where}, and may have ${most}${short}`]
  }

  add(row: number): void {
    const domain = this.counts.topology.domains[row]!
    if (domain === -1) return
    const before = this.counts.counts[domain]!
    this.counts.add(row, 1)
    if (before !== this.#least || this.#exists[domain] === 0) return
    this.#atLeast -= 1
    if (this.#atLeast === 0) this.#findLeast()
  }

  #findLeast(): void {
    const { counts } = this.counts
    let least = Number.POSITIVE_INFINITY
    let atLeast = 0
    for (let domain = 0; domain < counts.length; domain++) {
      if (this.#exists[domain] === 0 || counts[domain]! > least) continue
      atLeast = counts[domain]! < least ? 1 : atLeast + 1
      least = counts[domain]!
    }
    this.#least = atLeast === 0 ? 0 : least
    this.#atLeast = atLeast
  }
}

/** No node has all keys, so none is eligible, and none can take the pod. */
function refusingAll(missing: readonly string[]): MovingFilter {
  return {
    check: () => UNRESOLVABLE,
    explain: () => MISSING_KEY,
    misses: () => missing.map((key) => `lacks the label ${key}`),
    columns: [],
    isBarred: () => true,
    placed() {},
  }
}

export const topologySpread: MovingFilterPlugin = {
  name: 'PodTopologySpread',
  prepare(evaluation) {
    const { nodes } = evaluation
    const active = activeConstraints(evaluation, true)
    if (active.length === 0) return null
    const keys = active.map(({ topologyKey }) => topologyKey)
    const missing = keys.filter((key) => !nodes.hasLabel(key))
    if (missing.length > 0) return refusingAll(missing)
    const eligible = new EligibleRows(evaluation, keys)
    const constraints = active.map(
      (constraint) =>
        new HardConstraint(constraint, new DomainCounts(nodes, constraint.topologyKey), eligible.of(constraint)),
    )
    const lacksKey = (row: number): boolean => constraints.some(({ counts }) => !counts.has(row))
    const check = (row: number): Status => {
      for (const constraint of constraints) {
        if (!constraint.counts.has(row)) return UNRESOLVABLE
        if (constraint.exceeds(row)) return UNSCHEDULABLE
      }
      return FITS
    }
    return {
      check,
      explain: (row) => (check(row) === UNRESOLVABLE ? MISSING_KEY : SKEW),
      misses: (row) => constraints.flatMap((constraint) => constraint.misses(nodes, row)),
      columns: constraints.map(({ counts }) => counts.column),
      isBarred: lacksKey,
      placed(row) {
        for (const constraint of constraints) if (constraint.isSelfMatched) constraint.add(row)
      },
    }
  },
}
