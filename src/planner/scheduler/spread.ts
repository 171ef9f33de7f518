/**
 * The spread constraints that hold for a class: its own or the profile's defaults, each with the pods it counts
 * (Kubernetes: semantics §3.8). Default constraints count the pods of the owner's own replica set: Kubernetes takes the
 * selectors of all Services and owners together, which mean the same pods.
 */

import { refusingTaint } from './filters/taint-toleration.js'
import { requiredTest } from './node-terms.js'
import type { Evaluation } from './plug-in.js'
import type { SpreadConstraint } from './pod-terms.js'

export interface ActiveConstraint extends SpreadConstraint {
  /** Pods counted, by row; those that are ordered to stop are not among them. */
  readonly serving: ReadonlyMap<number, number>
  /** The pod counts itself. */
  readonly isSelfMatched: boolean
  readonly isDefault: boolean
}

/** Those that are hard, or those that are not. */
export function activeConstraints({ request, nodes, own, profile }: Evaluation, isHard: boolean): ActiveConstraint[] {
  const { spread } = request
  const wanted = (spread ?? profile.defaultConstraints).filter((item) => item.isHard === isHard)
  if (wanted.length === 0) return []
  if (spread === null) return wanted.map((item) => ({ ...item, serving: own, isSelfMatched: true, isDefault: true }))
  const group = nodes.pods.group(request)
  return wanted.map((item) => {
    const matcher = item.pods === null ? null : nodes.pods.matcher([item.pods])
    const serving = matcher?.serving ?? own
    const isSelfMatched = matcher === null || nodes.pods.isMatched(matcher, group)
    return { ...item, serving, isSelfMatched, isDefault: false }
  })
}

/** Which rows the constraints of a class count: those that have all keys and pass the inclusion policies. */
export class EligibleRows {
  readonly #evaluation: Evaluation
  readonly #keys: readonly string[]
  /** Thousands of constraints have four pairs of policies at most. */
  readonly #known = new Map<number, Uint8Array>()

  constructor(evaluation: Evaluation, keys: readonly string[]) {
    this.#evaluation = evaluation
    this.#keys = [...new Set(keys)]
  }

  /** 1 for rows that a constraint counts; not to be changed. */
  of({ honorsAffinity, honorsTaints }: SpreadConstraint): Uint8Array {
    const policies = (honorsAffinity ? 1 : 0) + (honorsTaints ? 2 : 0)
    let rows = this.#known.get(policies)
    if (rows === undefined) {
      rows = this.#find(honorsAffinity, honorsTaints)
      this.#known.set(policies, rows)
    }
    return rows
  }

  #find(honorsAffinity: boolean, honorsTaints: boolean): Uint8Array {
    const { request, nodes } = this.#evaluation
    const isEligible = nodes.isUsed.slice(0, nodes.count)
    for (const key of this.#keys) {
      const { domains } = nodes.topology(key)
      for (let row = 0; row < isEligible.length; row++) if (domains[row] === -1) isEligible[row] = 0
    }
    const test = honorsAffinity ? requiredTest(request, nodes) : null
    if (test !== null) {
      for (let row = 0; row < isEligible.length; row++) if (isEligible[row] === 1 && !test(row)) isEligible[row] = 0
    }
    if (honorsTaints) {
      const isRefused = nodes.taintSets.map((taints) => refusingTaint(taints, request.tolerations) !== null)
      for (let row = 0; row < isEligible.length; row++)
        if (isRefused[nodes.taintSet[row]!] === true) isEligible[row] = 0
    }
    return isEligible
  }
}
