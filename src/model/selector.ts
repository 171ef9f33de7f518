/** Label selectors, as Kubernetes matches them. */
import type { LabelSelector } from './generated/kubernetes.js'

export type Labels = Readonly<Record<string, string>>

/** One requirement; NotIn and DoesNotExist match a missing label. */
export function matchesExpression(
  labels: Labels,
  expression: { readonly key: string; readonly operator: string; readonly values?: readonly string[] },
): boolean {
  const value = labels[expression.key]
  switch (expression.operator) {
    case 'In':
      return value !== undefined && (expression.values ?? []).includes(value)
    case 'NotIn':
      return value === undefined || !(expression.values ?? []).includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && compareIntegers(value, expression.values?.[0]) > 0
    case 'Lt':
      return value !== undefined && compareIntegers(value, expression.values?.[0]) < 0
    default:
      return false
  }
}

/** A label selector; an empty one matches everything, an absent one (undefined) nothing. */
export function matchesSelector(labels: Labels, selector: LabelSelector | undefined): boolean {
  if (selector === undefined) return false
  return (
    matchesLabels(labels, selector.matchLabels ?? {}) &&
    (selector.matchExpressions ?? []).every((e) => matchesExpression(labels, e))
  )
}

/** A plain map of labels, as Services and node selectors have; an empty one matches everything. */
export function matchesLabels(labels: Labels, wanted: Labels): boolean {
  for (const key of Object.keys(wanted)) if (labels[key] !== wanted[key]) return false
  return true
}

/** NaN, which compares false to everything, when either is no integer. */
function compareIntegers(left: string, right: string | undefined): number {
  if (right === undefined || !/^-?\d+$/.test(left) || !/^-?\d+$/.test(right)) return Number.NaN
  return Number(left) - Number(right)
}
