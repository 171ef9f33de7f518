/** Collecting findings while walking through an object, and the sentences Kubernetes begins them with. */
import type { Finding, Path } from './finding.js'

export interface Report {
  /** Adds a finding at `path` below this place. */
  add(message: string, ...path: Path): void
  /** A report for a place below this one; findings go to the same list. */
  at(...path: Path): Report
}

/** A report on `path` that adds to `findings`. */
export function makeReport(findings: Finding[], path: Path = []): Report {
  return {
    add: (message, ...below) => {
      findings.push({ path: [...path, ...below], message })
    },
    at: (...below) => makeReport(findings, [...path, ...below]),
  }
}

/** Walks a list with a report for each item. */
export function eachItem<T>(
  report: Report,
  items: readonly T[] | undefined,
  visit: (item: T, at: Report) => void,
): void {
  items?.forEach((item, i) => {
    visit(item, report.at(i))
  })
}

export function invalid(value: unknown, why: string): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return `Invalid value: ${text.length > 100 ? `${text.slice(0, 97)}…"` : text}: ${why}`
}

export function required(why = ''): string {
  return why === '' ? 'Required value' : `Required value: ${why}`
}

export function duplicate(value: unknown): string {
  return `Duplicate value: ${JSON.stringify(value)}`
}

export function forbidden(why: string): string {
  return `Forbidden: ${why}`
}

export function unsupported(value: unknown, supported: readonly string[]): string {
  return `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((s) => `"${s}"`).join(', ')}`
}
