/** Whether any host could take a pod that waits for one: by processors and pods alone, which is all that scenarios ask for. */
import type { Node } from '../../model/generated/kubernetes.js'
import { makeKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { podRequests } from '../../model/pod-resources.js'
import { type Ground, isHeard } from './ground.js'

/** A node with room for the pod, those that are kept for other pods apart; null when there is none. */
export function roomFor(ground: Ground, pod: PlannedPod): string | null {
  const wanted = requestOf(ground, pod)
  if (wanted === null) return null
  const { planned, observed } = ground.moment
  for (const [name, node] of planned.nodes) {
    const seen = observed.nodes.get(name)
    const manifest = ground.core.desired?.objects.get(makeKey('Node', '', name))?.manifest as Node | undefined
    if (seen === undefined || !isHeard(ground.moment, name) || manifest?.spec?.unschedulable === true) continue
    if (seen.taints.length > 0 || (manifest?.spec?.taints ?? []).length > 0) continue
    const here = new Map(node.pods.map((item) => [item.uid, requestOf(ground, item) ?? 0]))
    for (const [uid, { assigned }] of seen.pods)
      if (!here.has(uid)) here.set(uid, podRequests(assigned.spec)['cpu'] ?? 0)
    for (const other of planned.pending)
      if (other !== pod && other.nominatedNode === name) here.set(other.uid, requestOf(ground, other) ?? 0)
    const { cpuMilli, pods } = seen.facts.allocatable
    const used = [...here.values()].reduce((sum, cpu) => sum + cpu, 0)
    if (here.size < pods && used + wanted <= cpuMilli) return name
  }
  return null
}

/** In thousandths of a processor; null when its template is not known. */
function requestOf(ground: Ground, pod: PlannedPod): number | null {
  const spec = ground.specOf(pod)
  return spec === undefined ? null : (podRequests(spec)['cpu'] ?? 0)
}
