/** How many pods an owner wants, as budgets count them: its manifest's replicas, or the sizes of its sets. */
import { parseKey } from '../../model/keys.js'
import type { WorkloadRow } from '../plan-index.js'

/** Null for a Pod manifest: nothing scales it (Kubernetes: semantics §5.7). */
export function wantedPods({ key, desired, replicaSets }: WorkloadRow): number | null {
  if (parseKey(key).kind === 'Pod') return null
  const replicas = (desired?.manifest as { readonly spec?: { readonly replicas?: unknown } } | undefined)?.spec
    ?.replicas
  if (typeof replicas === 'number') return replicas
  return [...replicaSets.values()].reduce((sum, set) => sum + (set.record?.replicas ?? 0), 0)
}
