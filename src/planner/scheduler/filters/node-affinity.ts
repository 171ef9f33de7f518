/**
 * nodeSelector and required node affinity (Kubernetes: semantics §3.6): terms are alternatives, expressions inside a
 * term must all hold, an empty term matches nothing. Each expression is decided once per distinct label value.
 */
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../../model/generated/kubernetes.js'
import { matchesExpression } from '../../../model/selector.js'
import type { NodeTable } from '../node-table.js'
import type { FilterPlugin } from '../plug-in.js'

export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  filter(request, nodes, feasible, reasons) {
    const selector = Object.entries(request.nodeSelector).map(([key, value]) =>
      labelTest(nodes, { key, operator: 'In', values: [value] }),
    )
    const terms = request.requiredTerms?.map((term) => termTest(nodes, term)) ?? null
    if (selector.length === 0 && terms === null) return
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0) continue
      if (selector.every((test) => test(row)) && (terms === null || terms.some((test) => test(row)))) continue
      feasible[row] = 0
      reasons.add("node(s) didn't match Pod's node affinity/selector")
    }
  },
}

type RowTest = (row: number) => boolean

function termTest(nodes: NodeTable, term: NodeSelectorTerm): RowTest {
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
