/**
 * Objects whose selector changes: how many pods it selects when all is done, and how many without the change. A selector
 * with a slip in it selects none, which nothing else tells of.
 */
import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { PodDisruptionBudget, Service } from '../../model/generated/kubernetes.js'
import { formatKey } from '../../model/keys.js'
import type { PlannedState } from '../../model/planned-state.js'
import { type Labels, matchesLabels, matchesSelector } from '../../model/selector.js'
import type { ObjectPreview, Risk } from './preview-types.js'

export interface SelectorInput {
  readonly base: DesiredState
  readonly head: DesiredState
  readonly baseRun: { readonly planned: PlannedState }
  readonly headRun: { readonly planned: PlannedState }
  readonly objects: readonly ObjectPreview[]
}

/** One for each object whose selector changes; that of a workload is immutable, and holds its app. */
export function selectorRisks({ objects, base, head, baseRun, headRun }: SelectorInput): Risk[] {
  return objects
    .filter(({ action, fields }) => action === 'update' && fields.some(({ path }) => path.startsWith('spec.selector')))
    .map(({ key }): Risk => {
      const before = countSelected(base.objects.get(key), baseRun.planned)
      const after = countSelected(head.objects.get(key), headRun.planned)
      const text = `the selector of ${formatKey(key)} changes: ${followsText(head.objects.get(key)?.kind, before, after)}`
      return { code: 'selector-change', severity: 'warn', key, text }
    })
}

function followsText(kind: string | undefined, before: number, after: number): string {
  const none = `no pod matches it${before === 0 ? '' : ` (${before} did)`}`
  const count = after === 1 ? '1 pod matches it' : `${after} pods match it`
  const some = `${count} (${before} before)`
  if (kind === 'Service')
    return after === 0 ? `${none}, so nobody gets its requests` : `other pods get its requests, ${some}`
  if (kind === 'PodDisruptionBudget')
    return after === 0 ? `${none}, so it guards nothing` : `it guards other pods, ${some}`
  return 'it is about other pods'
}

/** Pods that are to stay, in its namespace; 0 of an object that is not there or selects none by labels. */
function countSelected(object: DesiredObject | undefined, planned: PlannedState): number {
  if (object === undefined) return 0
  let count = 0
  for (const node of planned.nodes.values()) {
    for (const pod of node.pods) {
      if (pod.stop !== null || pod.namespace !== object.namespace) continue
      const labels = planned.replicaSets.get(pod.replicaSet)?.template.metadata?.labels ?? {}
      if (selects(object, labels)) count++
    }
  }
  return count
}

function selects({ kind, manifest }: DesiredObject, labels: Labels): boolean {
  if (kind === 'PodDisruptionBudget') return matchesSelector(labels, (manifest as PodDisruptionBudget).spec?.selector)
  const selector = kind === 'Service' ? (manifest as Service).spec?.selector : undefined
  return selector !== undefined && Object.keys(selector).length > 0 && matchesLabels(labels, selector)
}
