/**
 * Label keys whose values are the pod's own, beside a selector (Kubernetes: validateMatchLabelKeysAndMismatchLabelKeys,
 * ValidateMatchLabelKeysInTopologySpread): valid names, only with a selector, and no key twice.
 */
import type { LabelSelector } from '../generated/kubernetes.js'
import { checkQualifiedName } from './names.js'
import { eachItem, forbidden, invalid, type Report } from './report.js'

/** A pod affinity term or a topology spread constraint. */
export interface KeyedSelector {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

/** Both lists of one term; `report` is at the term. */
export function validateLabelKeys(term: KeyedSelector, report: Report): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  const selected = new Set(Object.keys(labelSelector?.matchLabels ?? {}))
  for (const { key } of labelSelector?.matchExpressions ?? []) selected.add(key)
  const mismatched = new Set(mismatchLabelKeys)
  for (const [name, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    const at = report.at(name)
    if (keys.length > 0 && labelSelector === undefined)
      at.add(forbidden('must not be specified when labelSelector is not set: add one, {} selects all pods'))
    eachItem(at, keys, (key, place) => {
      const why = checkQualifiedName(key)
      if (why !== null) place.add(invalid(key, why))
      if (name !== 'matchLabelKeys') return
      if (selected.has(key)) place.add(invalid(key, 'exists in both matchLabelKeys and labelSelector'))
      if (mismatched.has(key)) place.add(invalid(key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
    })
  }
}
