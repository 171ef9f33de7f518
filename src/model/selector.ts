/** Label selectors, as Kubernetes matches them. */
import type { LabelSelector } from './generated/kubernetes.js'

export type Labels = Readonly<Record<string, string>>

/** A label's value; undefined when it is missing, also for names that every JavaScript object answers to (`constructor`). */
export function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}

/** One requirement; NotIn and DoesNotExist match a missing label. */
export function matchesExpression(
  labels: Labels,
  expression: { readonly key: string; readonly operator: string; readonly values?: readonly string[] },
): boolean {
  const value = labelOf(labels, expression.key)
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
  for (const key of Object.keys(wanted)) if (labelOf(labels, key) !== wanted[key]) return false
  return true
}

/** NaN, which compares false to everything, when either is no integer of 64 bits (Kubernetes: strconv.ParseInt). */
function compareIntegers(left: string, right: string | undefined): number {
  const leftValue = parseInteger(left)
  const rightValue = parseInteger(right)
  if (leftValue === null || rightValue === null) return Number.NaN
  return leftValue < rightValue ? -1 : leftValue > rightValue ? 1 : 0
}

const INTEGER_MAX = 2n ** 63n - 1n

/** Doubles would take neighbours above 2^53 for equal. */
function parseInteger(text: string | undefined): bigint | null {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return null
  const value = BigInt(text)
  return value <= INTEGER_MAX && value >= -INTEGER_MAX - 1n ? value : null
}
