/**
 * Soft topology spread (Kubernetes: semantics §3.8): for each constraint s += count * ln(size + 2) + (maxSkew - 1), rounded;
 * normalised 100 * (most + least - s) / most. Example: three zones with 1, 3 and 5 pods: 2, 5, 8 and so 100, 62, 25. Size
 * is the number of domains among feasible nodes; for the hostname, the number of those nodes. Nodes that lack a key score
 * 0; under default constraints they only miss that constraint, and are one more domain together.
 */
import { naturalLog } from '../../../base/logarithm.js'
import { DomainCounts } from '../domain-counts.js'
import type { NodeTable } from '../node-table.js'
import type { MovingScorePlugin } from '../plug-in.js'
import { type ActiveConstraint, activeConstraints, EligibleRows } from '../spread.js'

const HOSTNAME = 'kubernetes.io/hostname'

/** Counts of one soft constraint: per domain, or per row for the hostname. */
interface SoftCounts {
  readonly column: Int32Array
  /** By domain; by row for the hostname. */
  readonly by: Int32Array
  add(row: number): void
}

class SoftConstraint {
  readonly #isHostname: boolean
  readonly #domains: Int32Array
  readonly #seen: Int32Array
  readonly #skew: number
  readonly isSelfMatched: boolean
  readonly counts: SoftCounts
  #stamp = 0
  #size = -1
  #weight = 0

  constructor(nodes: NodeTable, constraint: ActiveConstraint, eligible: EligibleRows) {
    const topology = nodes.topology(constraint.topologyKey)
    this.#isHostname = constraint.topologyKey === HOSTNAME
    this.#domains = topology.domains
    this.#seen = new Int32Array(topology.size)
    this.#skew = constraint.maxSkew - 1
    this.isSelfMatched = constraint.isSelfMatched
    this.counts = this.#isHostname
      ? countsByRow(nodes, constraint.serving)
      : countsByDomain(nodes, constraint, eligible)
  }

  has(row: number): boolean {
    return this.#domains[row] !== -1
  }

  /** Size over the groups that are scored; rows without the key, which only default constraints let in, are one domain. */
  survey(rows: Int32Array, scored: number, rowsScored: number): void {
    let size = rowsScored
    if (!this.#isHostname) {
      this.#stamp += 1
      size = 0
      let isMissing = 0
      for (let i = 0; i < scored; i++) {
        const domain = this.#domains[rows[i]!]!
        if (domain === -1) isMissing = 1
        else if (this.#seen[domain] !== this.#stamp) {
          this.#seen[domain] = this.#stamp
          size += 1
        }
      }
      size += isMissing
    }
    if (size === this.#size) return
    this.#size = size
    this.#weight = naturalLog(size + 2)
  }

  raw(row: number): number {
    const domain = this.#domains[row]!
    if (domain === -1) return 0
    return this.counts.by[this.#isHostname ? row : domain]! * this.#weight + this.#skew
  }
}

function countsByRow(nodes: NodeTable, serving: ReadonlyMap<number, number>): SoftCounts {
  const column = new Int32Array(nodes.count)
  for (const [row, count] of serving) column[row] = count
  return {
    column,
    by: column,
    add(row) {
      column[row]! += 1
    },
  }
}

function countsByDomain(nodes: NodeTable, constraint: ActiveConstraint, eligible: EligibleRows): SoftCounts {
  const counts = new DomainCounts(nodes, constraint.topologyKey)
  if (constraint.serving.size > 0) {
    const isEligible = eligible.of(constraint)
    counts.addAll(constraint.serving, (row) => isEligible[row] === 1)
  }
  return { column: counts.column, by: counts.counts, add: (row) => counts.add(row, 1) }
}

export const spreadPreference: MovingScorePlugin = {
  name: 'PodTopologySpread',
  /** Told for default constraints only: no pods are counted, and every node is in a domain. */
  isLevel: ({ request, own, nodes, profile }) =>
    request.spread === null &&
    own.size === 0 &&
    profile.defaultConstraints.every(({ isHard, topologyKey }) => isHard || nodes.topology(topologyKey).isLevel),
  prepare(evaluation) {
    const active = activeConstraints(evaluation, false)
    if (active.length === 0) return null
    const needsAll = active.some((constraint) => !constraint.isDefault)
    // No node has all keys: all of them score 0.
    if (needsAll && active.some(({ topologyKey }) => !evaluation.nodes.hasLabel(topologyKey))) return null
    const eligible = new EligibleRows(evaluation, needsAll ? active.map(({ topologyKey }) => topologyKey) : [])
    const constraints = active.map((constraint) => new SoftConstraint(evaluation.nodes, constraint, eligible))
    return {
      // The domains themselves too: nodes that lack a key are told apart from those without pods.
      columns: constraints.flatMap(({ counts }, i) => [
        counts.column,
        ...(active[i]!.topologyKey === HOSTNAME ? [evaluation.nodes.topology(HOSTNAME).has] : []),
      ]),
      placed(row) {
        for (const { isSelfMatched, counts } of constraints) if (isSelfMatched) counts.add(row)
      },
      score: (rows, sizes, count, scores) => scoreAll(constraints, needsAll, { rows, sizes, count, scores }),
    }
  },
}

interface Groups {
  readonly rows: Int32Array
  readonly sizes: Int32Array
  readonly count: number
  readonly scores: Float64Array
}

let scoredRows = new Int32Array(64)
let scoredAt = new Int32Array(64)

function scoreAll(constraints: readonly SoftConstraint[], needsAll: boolean, groups: Groups): void {
  const { rows, sizes, count, scores } = groups
  if (scoredRows.length < count) {
    scoredRows = new Int32Array(2 * count)
    scoredAt = new Int32Array(2 * count)
  }
  let scored = 0
  let rowsScored = 0
  for (let i = 0; i < count; i++) {
    scores[i] = 0
    if (needsAll && !hasAll(constraints, rows[i]!)) continue
    scoredRows[scored] = rows[i]!
    scoredAt[scored++] = i
    rowsScored += sizes[i]!
  }
  for (let c = 0; c < constraints.length; c++) constraints[c]!.survey(scoredRows, scored, rowsScored)
  let least = Number.POSITIVE_INFINITY
  let most = 0
  for (let i = 0; i < scored; i++) {
    let sum = 0
    for (let c = 0; c < constraints.length; c++) sum += constraints[c]!.raw(scoredRows[i]!)
    const raw = Math.round(sum)
    scores[scoredAt[i]!] = raw
    if (raw < least) least = raw
    if (raw > most) most = raw
  }
  for (let i = 0; i < scored; i++) {
    const at = scoredAt[i]!
    scores[at] = most === 0 ? 100 : Math.trunc((100 * (most + least - scores[at]!)) / most)
  }
}

function hasAll(constraints: readonly SoftConstraint[], row: number): boolean {
  for (const constraint of constraints) if (!constraint.has(row)) return false
  return true
}
