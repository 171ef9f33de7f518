/**
 * Node selector terms as tests of rows (Kubernetes: semantics §3.6): expressions inside a term must all hold, an empty term
 * matches nothing. Each expression is decided once per distinct label value.
 */
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../model/generated/kubernetes.js'
import { matchesExpression } from '../../model/selector.js'
import type { NodeTable } from './node-table.js'
import type { ScheduleRequest } from './request.js'

export type RowTest = (row: number) => boolean

/** nodeSelector and required node affinity together; null when the class has neither. Terms are alternatives. */
export function requiredTest({ nodeSelector, requiredTerms }: ScheduleRequest, nodes: NodeTable): RowTest | null {
  const selector = Object.entries(nodeSelector).map(([key, value]) =>
    labelTest(nodes, { key, operator: 'In', values: [value] }),
  )
  const terms = requiredTerms?.map((term) => termTest(nodes, term)) ?? null
  if (selector.length === 0 && terms === null) return null
  return (row) => selector.every((test) => test(row)) && (terms === null || terms.some((test) => test(row)))
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
