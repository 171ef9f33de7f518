/**
 * How evenly the pods of a replica set are spread over the domains of their spread constraints, or of their profile's
 * defaults, hard and soft alike: what rebalancing may mend, and must not make worse. Only the set's own pods count, so that
 * a move of one owner's pod changes nothing for another owner.
 */
import { ownPods } from '../own-pods.js'
import type { Pass } from '../pass.js'
import type { PlanIndex, ReplicaSetRow } from '../plan-index.js'
import { profileOf } from '../scheduler/configured-profile.js'
import { requiredTest } from '../scheduler/node-terms.js'
import { defaultProfile } from '../scheduler/profile.js'

interface OwnCounts {
  readonly topologyKey: string
  readonly maxSkew: number
  /** The domain of each row, -1 for none. */
  readonly domains: Int32Array
  /** Of the set's pods; domains without any are left out. */
  readonly counts: ReadonlyMap<number, number>
  /** Where a pod could go. */
  readonly open: ReadonlySet<number>
}

export class OwnSpread {
  readonly #table: PlanIndex['table']
  readonly #constraints: readonly OwnCounts[]

  /** `openRows`: those of nodes that take pods. */
  constructor(
    pass: Pass,
    set: ReplicaSetRow,
    openRows: readonly number[],
    openDomains = new OpenDomains(pass, openRows),
  ) {
    const { table } = pass.index
    this.#table = table
    const { request } = set.facts!
    const profile = profileOf(pass.configuration, request.schedulerName) ?? defaultProfile
    const own = ownPods(pass.index, set)
    const test = requiredTest(request, table)
    this.#constraints = (request.spread ?? profile.defaultConstraints).map(
      ({ topologyKey, maxSkew, honorsAffinity }) => {
        const { domains } = table.topology(topologyKey)
        const counts = new Map<number, number>()
        for (const [row, count] of own) {
          const domain = domains[row]!
          if (domain !== -1) counts.set(domain, (counts.get(domain) ?? 0) + count)
        }
        const open =
          test === null || !honorsAffinity ? openDomains.of(topologyKey) : domainsOf(openRows.filter(test), domains)
        return { topologyKey, maxSkew, domains, counts, open }
      },
    )
  }

  /** Some domain has more pods than another could have, by more than maxSkew. */
  get isBroken(): boolean {
    return this.#constraints.some((item) => skewOf(item, item.counts) > item.maxSkew)
  }

  /** A pod that goes from one row to another: below zero when it mends the spread, above when it makes it worse. */
  change(from: number, to: number): number {
    let change = 0
    for (const item of this.#constraints) {
      const left = item.domains[from]!
      const taken = item.domains[to]!
      if (left === taken) continue
      const after = new Map(item.counts)
      if (left !== -1) after.set(left, (after.get(left) ?? 0) - 1)
      if (taken !== -1) after.set(taken, (after.get(taken) ?? 0) + 1)
      change += unevenness(item, after) - unevenness(item, item.counts)
    }
    return change
  }

  /** True for a row in the fullest domain of a constraint that is broken. */
  isCrowded(row: number): boolean {
    return this.#constraints.some(
      (item) =>
        skewOf(item, item.counts) > item.maxSkew &&
        item.counts.get(item.domains[row]!) === Math.max(...item.counts.values()),
    )
  }

  /** `3 pods in zone=a and 0 in zone=b, where 1 more is allowed`, of a broken constraint that tells the two rows apart. */
  describe(from: number, to: number): string {
    const found = this.#constraints.find(
      (item) => item.domains[from] !== item.domains[to] && skewOf(item, item.counts) > item.maxSkew,
    )
    if (found === undefined) return ''
    const { topologyKey, maxSkew, domains, counts } = found
    const at = (row: number): string =>
      `${counts.get(domains[row]!) ?? 0} in ${this.#table.domainName(topologyKey, row)}`
    return `it has ${at(from)} and ${at(to)}, where ${maxSkew} more ${maxSkew === 1 ? 'is' : 'are'} allowed`
  }
}

/** Domains with a node that takes pods, by topology key: the same for most sets. */
export class OpenDomains {
  readonly #table: PlanIndex['table']
  readonly #rows: readonly number[]
  readonly #known = new Map<string, ReadonlySet<number>>()

  constructor({ index }: Pass, rows: readonly number[]) {
    this.#table = index.table
    this.#rows = rows
  }

  of(topologyKey: string): ReadonlySet<number> {
    let open = this.#known.get(topologyKey)
    if (open === undefined) {
      open = domainsOf(this.#rows, this.#table.topology(topologyKey).domains)
      this.#known.set(topologyKey, open)
    }
    return open
  }
}

function domainsOf(rows: readonly number[], domains: Int32Array): ReadonlySet<number> {
  const found = new Set<number>()
  for (const row of rows) if (domains[row] !== -1) found.add(domains[row]!)
  return found
}

function skewOf({ open, maxSkew }: OwnCounts, counts: ReadonlyMap<number, number>): number {
  let most = 0
  for (const count of counts.values()) if (count > most) most = count
  // Thousands of nodes need not be looked at for a few pods: some open domain has none of them.
  if (most <= maxSkew || open.size > counts.size) return open.size === 0 ? 0 : most
  let least = Number.POSITIVE_INFINITY
  for (const domain of open) least = Math.min(least, counts.get(domain) ?? 0)
  return open.size === 0 ? 0 : most - least
}

/** Falls with every move that evens a broken constraint, and is zero for one that holds: so moves come to an end. */
function unevenness(item: OwnCounts, counts: ReadonlyMap<number, number>): number {
  if (skewOf(item, counts) <= item.maxSkew) return 0
  let sum = 0
  for (const count of counts.values()) sum += count * count
  return sum
}
