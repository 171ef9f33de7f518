/** Whole numbers within bounds, ports, and amounts that may be percentages. */
import type { IntOrString } from '../generated/kubernetes.js'
import { checkPortName } from './names.js'
import { invalid, type Report } from './report.js'

const PERCENT = /^[0-9]+%$/
export const MAX_INT32 = 2 ** 31 - 1

// What is no number is in no range: comparisons are written so that NaN fails them.

export function validateNonNegative(value: number | undefined, report: Report): void {
  if (value !== undefined && !(value >= 0)) report.add(invalid(value, 'must be greater than or equal to 0'))
}

/** `low` and `high` are both allowed. */
export function validateRange(value: number | undefined, low: number, high: number, report: Report): void {
  if (value !== undefined && !(value >= low && value <= high))
    report.add(invalid(value, `must be between ${low} and ${high}, inclusive`))
}

export function validatePortNumber(port: number | undefined, report: Report): void {
  validateRange(port, 1, 65_535, report)
}

/** A port by number or by name. */
export function validatePort(port: IntOrString, report: Report): void {
  if (typeof port === 'number') {
    validatePortNumber(port, report)
    return
  }
  const why = checkPortName(port)
  if (why !== null) report.add(invalid(port, why))
}

/** A count that is not negative, or a percentage. */
export function validateCountOrPercent(value: IntOrString | undefined, report: Report): void {
  if (typeof value === 'number') validateNonNegative(value, report)
  else if (value !== undefined && !PERCENT.test(value))
    report.add(invalid(value, "a valid percent string must be a numeric string followed by an ending '%', as in '25%'"))
}

/** The number of a count or percentage; 0 for a text that is neither. */
export function countOrPercentNumber(value: IntOrString | undefined): number {
  if (typeof value === 'number') return value
  return value !== undefined && PERCENT.test(value) ? Number.parseInt(value, 10) : 0
}

/** A percentage over 100. */
export function isOverHundredPercent(value: IntOrString | undefined): boolean {
  return typeof value === 'string' && PERCENT.test(value) && Number.parseInt(value, 10) > 100
}
