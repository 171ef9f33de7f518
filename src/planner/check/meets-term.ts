/** Node selector terms and taints, as the checker reads them (Kubernetes: semantics §3.5 and §3.6). */
import type { NodeSelectorTerm, PodSpec, Taint } from '../../model/generated/kubernetes.js'
import { type Labels, matchesExpression } from '../../model/selector.js'
import { firstUntolerated } from '../../model/taint.js'

/** Every expression of a term holds; an empty term holds nowhere. The only field is metadata.name. */
export function meetsTerm(term: NodeSelectorTerm, labels: Labels, name: string): boolean {
  const { matchExpressions = [], matchFields = [] } = term
  if (matchExpressions.length + matchFields.length === 0) return false
  return (
    matchExpressions.every((expression) => matchesExpression(labels, expression)) &&
    matchFields.every((field) => field.key === 'metadata.name' && matchesExpression({ 'metadata.name': name }, field))
  )
}

/** A NoExecute taint that is tolerated for some seconds refuses too: the pod would be driven away again. */
export function refusingTaint(taints: readonly Taint[], { tolerations = [] }: PodSpec): Taint | null {
  const lasting = tolerations.filter((toleration) => toleration.tolerationSeconds === undefined)
  return firstUntolerated(taints, tolerations, ['NoSchedule']) ?? firstUntolerated(taints, lasting, ['NoExecute'])
}
