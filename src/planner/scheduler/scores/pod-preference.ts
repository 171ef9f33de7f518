/**
 * Preferred affinity and anti-affinity between pods (Kubernetes: semantics §3.7). Raw: the weights of own preferred terms
 * for each pod they mean in the row's domain, those of the preferred terms of pods there that mean this one, and 1 for
 * each required affinity term of such pods. Normalised over the range: 100 * (raw - least) / (most - least), 0 if all are
 * equal. A pod that is placed counts for the next one twice where its term means its own kind: for both of them.
 */
import { DomainCounts } from '../domain-counts.js'
import type { Column, Evaluation, MovingScorePlugin } from '../plug-in.js'

/** What a pod with a required affinity term adds for each pod it means. */
const REQUIRED_WEIGHT = 1

interface Added {
  readonly weight: number
  readonly counts: DomainCounts
}

export const podPreference: MovingScorePlugin = {
  name: 'InterPodAffinity',
  prepare(evaluation) {
    const raw = presentScores(evaluation)
    const added = addedByOwnKind(evaluation)
    if (raw === null && added.length === 0) return null
    const base = raw ?? new Float64Array(evaluation.nodes.count)
    const rawOf = (row: number): number => {
      let sum = base[row]!
      for (const { weight, counts } of added) sum += weight * counts.at(row)
      return sum
    }
    return {
      columns: [...(raw === null ? [] : [numbered(raw)]), ...added.map(({ counts }) => counts.column)],
      placed(row) {
        for (const { counts } of added) counts.add(row, 1)
      },
      score(rows, _sizes, count, scores) {
        let least = Number.POSITIVE_INFINITY
        let most = Number.NEGATIVE_INFINITY
        for (let i = 0; i < count; i++) {
          const value = rawOf(rows[i]!)
          scores[i] = value
          if (value < least) least = value
          if (value > most) most = value
        }
        const range = most - least
        for (let i = 0; i < count; i++) scores[i] = range > 0 ? Math.trunc(100 * ((scores[i]! - least) / range)) : 0
      },
    }
  },
}

/** From pods that are there now; null when no term means anyone. */
function presentScores({ request, nodes }: Evaluation): Float64Array | null {
  const byKey = new Map<string, Float64Array>()
  const take = (topologyKey: string, rows: ReadonlyMap<number, number>, weight: number): void => {
    if (rows.size === 0) return
    const { domains, size } = nodes.topology(topologyKey)
    let sums = byKey.get(topologyKey)
    if (sums === undefined) {
      sums = new Float64Array(size)
      byKey.set(topologyKey, sums)
    }
    for (const [row, count] of rows) if (domains[row] !== -1) sums[domains[row]!]! += weight * count
  }
  for (const { pods, topologyKey, weight } of request.preferred) {
    const matcher = nodes.pods.matcher([pods])
    take(topologyKey, matcher.serving, weight)
    take(topologyKey, matcher.leaving, weight)
  }
  for (const matcher of nodes.pods.group(request).matchers) {
    for (const { type, topologyKey, weight, rows } of matcher.carried) {
      if (type === 'preferred') take(topologyKey, rows, weight)
      else if (type === 'affinity') take(topologyKey, rows, REQUIRED_WEIGHT)
    }
  }
  if (byKey.size === 0) return null
  const raw = new Float64Array(nodes.count)
  for (const [key, sums] of byKey) {
    const { domains } = nodes.topology(key)
    for (let row = 0; row < raw.length; row++) if (domains[row] !== -1) raw[row]! += sums[domains[row]!]!
  }
  return raw
}

/** What each pod of the class that is placed adds for the next. */
function addedByOwnKind({ request, nodes }: Evaluation): Added[] {
  const group = nodes.pods.group(request)
  const terms = [
    ...request.preferred.map((term) => ({ ...term, weight: 2 * term.weight })),
    ...request.affinity.map((term) => ({ ...term, weight: REQUIRED_WEIGHT })),
  ]
  const byKey = new Map<string, number>()
  for (const { pods, topologyKey, weight } of terms) {
    if (!nodes.pods.isMatched(nodes.pods.matcher([pods]), group)) continue
    byKey.set(topologyKey, (byKey.get(topologyKey) ?? 0) + weight)
  }
  return [...byKey].map(([key, weight]) => ({ weight, counts: new DomainCounts(nodes, key) }))
}

/** Equal scores as equal small numbers. */
function numbered(raw: Float64Array): Column {
  const ids = new Map<number, number>()
  const column = new Int32Array(raw.length)
  for (let row = 0; row < raw.length; row++) {
    const value = raw[row]!
    let id = ids.get(value)
    if (id === undefined) {
      id = ids.size
      ids.set(value, id)
    }
    column[row] = id
  }
  return column
}
