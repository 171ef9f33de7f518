/**
 * Required affinity and anti-affinity between pods (Kubernetes: semantics §3.7). Affinity: the domain of every term must
 * hold a pod that all terms mean; the first of its kind may go anywhere when it means itself; failure is unresolvable.
 * Anti-affinity: no domain may hold a pod that an own term means, nor one whose own term means this pod.
 */
import { DomainCounts } from '../domain-counts.js'
import { type Evaluation, FITS, type MovingFilterPlugin, type Status, UNRESOLVABLE, UNSCHEDULABLE } from '../plug-in.js'

const AFFINITY = ["node(s) didn't match pod affinity rules"]
const ANTI_AFFINITY = ["node(s) didn't match pod anti-affinity rules"]
const EXISTING = ["node(s) didn't satisfy existing pods anti-affinity rules"]

interface Domains {
  readonly topologyKey: string
  readonly counts: DomainCounts
}

/** What all terms of one topology key ask for. */
interface Term extends Domains {
  readonly isSelfMatched: boolean
}

export const interPodAffinity: MovingFilterPlugin = {
  name: 'InterPodAffinity',
  prepare(evaluation) {
    const { nodes } = evaluation
    const affinity = affinityTerms(evaluation)
    const antiAffinity = antiAffinityTerms(evaluation)
    const existing = existingTerms(evaluation)
    if (affinity.length + antiAffinity.length + existing.length === 0) return null
    const isFirst = (): boolean => affinity.every(({ counts, isSelfMatched }) => isSelfMatched && counts.total === 0)
    const meets = (row: number): boolean => {
      if (affinity.length === 0) return true
      if (!affinity.every(({ counts }) => counts.has(row))) return false
      return affinity.every(({ counts }) => counts.at(row) > 0) || isFirst()
    }
    const avoids = (row: number): boolean => antiAffinity.every(({ counts }) => counts.at(row) === 0)
    const isAvoided = (row: number): boolean => existing.some(({ counts }) => counts.at(row) > 0)
    const check = (row: number): Status => {
      if (!meets(row)) return UNRESOLVABLE
      return avoids(row) && !isAvoided(row) ? FITS : UNSCHEDULABLE
    }
    const moving = [...affinity, ...antiAffinity].filter((term) => term.isSelfMatched)
    return {
      check,
      explain(row) {
        if (!meets(row)) return AFFINITY
        return avoids(row) ? EXISTING : ANTI_AFFINITY
      },
      misses(row) {
        const where = ({ topologyKey }: Domains): string => nodes.domainName(topologyKey, row)
        return [
          ...(meets(row) ? [] : affinity.flatMap((term) => affinityMiss(term, row, where(term)))),
          ...antiAffinity
            .filter(({ counts }) => counts.at(row) > 0)
            .map((term) => `has pods in ${where(term)} that its anti-affinity keeps it away from`),
          ...existing
            .filter(({ counts }) => counts.at(row) > 0)
            .map((term) => `has pods in ${where(term)} whose anti-affinity keeps it away`),
        ]
      },
      columns: moving.map(({ counts }) => counts.column),
      isBarred: (row) => check(row) !== FITS && (!avoids(row) || isAvoided(row) || !isReachable(affinity, row)),
      placed(row) {
        for (const { counts } of moving) counts.add(row, 1)
      },
    }
  },
}

function affinityMiss({ topologyKey, counts }: Term, row: number, where: string): readonly string[] {
  if (!counts.has(row)) return [`lacks the label ${topologyKey}`]
  return counts.at(row) > 0 ? [] : [`has no pod in ${where} that its affinity asks for`]
}

/** Placing pods of the class may bring one into the row's domains; not where a key lacks or the pod is not meant itself. */
function isReachable(affinity: readonly Term[], row: number): boolean {
  return affinity.every(({ counts, isSelfMatched }) => counts.has(row) && isSelfMatched)
}

/** All terms mean the same pods, those that meet all of them: what tells them apart is the key. */
function affinityTerms({ request, nodes }: Evaluation): Term[] {
  if (request.affinity.length === 0) return []
  const all = nodes.pods.matcher(request.affinity.map((term) => term.pods))
  const isSelfMatched = nodes.pods.isMatched(all, nodes.pods.group(request))
  return [...new Set(request.affinity.map((term) => term.topologyKey))].map((topologyKey) => {
    const counts = new DomainCounts(nodes, topologyKey)
    counts.addAll(all.serving)
    counts.addAll(all.leaving)
    return { topologyKey, counts, isSelfMatched }
  })
}

/** Any pod that any term means bars its domain: one count per key is enough, however many terms there are. */
function antiAffinityTerms({ request, nodes }: Evaluation): Term[] {
  if (request.antiAffinity.length === 0) return []
  const group = nodes.pods.group(request)
  const byKey = new Map<string, Domains & { isSelfMatched: boolean }>()
  for (const { pods, topologyKey } of request.antiAffinity) {
    const matcher = nodes.pods.matcher([pods])
    let term = byKey.get(topologyKey)
    if (term === undefined) {
      term = { topologyKey, counts: new DomainCounts(nodes, topologyKey), isSelfMatched: false }
      byKey.set(topologyKey, term)
    }
    term.counts.addAll(matcher.serving)
    term.counts.addAll(matcher.leaving)
    term.isSelfMatched ||= nodes.pods.isMatched(matcher, group)
  }
  return [...byKey.values()]
}

/** Where pods are whose anti-affinity means this pod. */
function existingTerms({ request, nodes }: Evaluation): Domains[] {
  const byKey = new Map<string, Domains>()
  for (const matcher of nodes.pods.group(request).matchers) {
    for (const { type, topologyKey, rows } of matcher.carried) {
      if (type !== 'anti-affinity' || rows.size === 0) continue
      let term = byKey.get(topologyKey)
      if (term === undefined) {
        term = { topologyKey, counts: new DomainCounts(nodes, topologyKey) }
        byKey.set(topologyKey, term)
      }
      term.counts.addAll(rows)
    }
  }
  return [...byKey.values()]
}
