/**
 * Node selector terms as tests of rows (Kubernetes: semantics §3.6): expressions inside a term must all hold, an empty term
 * matches nothing. Each expression is decided once per distinct label value.
 */
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../model/generated/kubernetes.js'
import { labelOf, matchesExpression } from '../../model/selector.js'
import type { NodeTable } from './node-table.js'
import type { ScheduleRequest } from './request.js'

export type RowTest = (row: number) => boolean

/** nodeSelector and required node affinity together; null when the class has neither. Terms are alternatives. */
export function requiredTest({ nodeSelector, requiredTerms }: ScheduleRequest, nodes: NodeTable): RowTest | null {
  const selector = Object.entries(nodeSelector).map(([key, value]) =>
    labelTest(nodes, { key, operator: 'In', values: [value] }),
  )
  const terms = requiredTerms === null ? null : fewer(nodes, requiredTerms).map((term) => termTest(nodes, term))
  if (selector.length === 0 && terms === null) return null
  return (row) => selector.every((test) => test(row)) && (terms === null || terms.some((test) => test(row)))
}

/** More alternatives than these are looked through before rows are. */
const MANY_TERMS = 16
/** Operators that no node without the label meets. */
const PRESENT: readonly string[] = ['In', 'Exists', 'Gt', 'Lt']

/** Terms that mean the same: without those that name a label nobody has, and those that only list values of one label as one. */
function fewer(nodes: NodeTable, terms: readonly NodeSelectorTerm[]): readonly NodeSelectorTerm[] {
  if (terms.length <= MANY_TERMS) return terms
  const kept: NodeSelectorTerm[] = []
  const valuesOf = new Map<string, Set<string>>()
  for (const term of terms) {
    const { matchExpressions = [], matchFields = [] } = term
    if (matchExpressions.some(({ key, operator }) => PRESENT.includes(operator) && !nodes.hasLabel(key))) continue
    const [only, ...others] = matchExpressions
    if (only?.operator !== 'In' || others.length + matchFields.length > 0) {
      kept.push(term)
      continue
    }
    const values = valuesOf.get(only.key) ?? new Set()
    for (const value of only.values ?? []) values.add(value)
    valuesOf.set(only.key, values)
  }
  const merged = [...valuesOf].map(([key, values]) => ({
    matchExpressions: [{ key, operator: 'In', values: [...values] }],
  }))
  return [...kept, ...merged]
}

/**
 * What of nodeSelector and required node affinity a row does not meet: `lacks the label disk=ssd`, `does not match zone In (a, b)`;
 * of alternatives the one that lacks least.
 */
export function unmetRequirements(
  { nodeSelector, requiredTerms }: ScheduleRequest,
  nodes: NodeTable,
  row: number,
): readonly string[] {
  const labels = nodes.labels(row)
  const lacking = Object.entries(nodeSelector)
    .filter(([key, value]) => labelOf(labels, key) !== value)
    .map(([key, value]) => `lacks the label ${key}=${value}`)
  const fields = { 'metadata.name': nodes.names[row]! }
  let nearest: readonly string[] | null = null
  for (const { matchExpressions = [], matchFields = [] } of requiredTerms ?? []) {
    const unmet = [
      ...matchExpressions.filter((expression) => !matchesExpression(labels, expression)),
      ...matchFields.filter((field) => !matchesExpression(fields, field)),
    ].map((expression) => `does not match ${renderExpression(expression)}`)
    // A term without expressions matches nothing, whatever a node has.
    if (matchExpressions.length + matchFields.length > 0 && (nearest === null || unmet.length < nearest.length))
      nearest = unmet
  }
  return [...lacking, ...(nearest ?? [])]
}

/** So many values are named. */
const VALUES_MAX = 5

function renderExpression({ key, operator, values = [] }: NodeSelectorRequirement): string {
  if (values.length === 0) return `${key} ${operator}`
  const more = values.length > VALUES_MAX ? `, … ${values.length - VALUES_MAX} more` : ''
  return `${key} ${operator} (${values.slice(0, VALUES_MAX).join(', ')}${more})`
}

export function termTest(nodes: NodeTable, term: NodeSelectorTerm): RowTest {
  const tests = [
    ...(term.matchExpressions ?? []).map((expression) => labelTest(nodes, expression)),
    ...(term.matchFields ?? []).map((field) => fieldTest(nodes, field)),
  ]
  return tests.length === 0 ? () => false : (row) => tests.every((test) => test(row))
}

function labelTest(nodes: NodeTable, expression: NodeSelectorRequirement): RowTest {
  const column = nodes.labelColumn(expression.key)
  const verdicts = new Map<number, boolean>()
  return (row) => {
    const id = column[row]!
    let verdict = verdicts.get(id)
    if (verdict === undefined) {
      const value = nodes.valueText(id)
      verdict = matchesExpression(value === undefined ? {} : { [expression.key]: value }, expression)
      verdicts.set(id, verdict)
    }
    return verdict
  }
}

/** The only field Kubernetes knows is metadata.name. */
function fieldTest(nodes: NodeTable, field: NodeSelectorRequirement): RowTest {
  if (field.key !== 'metadata.name') return () => false
  return (row) => matchesExpression({ 'metadata.name': nodes.names[row]! }, field)
}
