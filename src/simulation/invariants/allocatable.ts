/** No host runs more than it can hold; a pod counts until its last container is gone. */
import { LABEL_POD_UID } from '../../agents/core/container-names.js'
import type { PodUid } from '../../model/assignment.js'
import { podRequests } from '../../model/pod-resources.js'
import { type Invariant, violate } from './invariant.js'

export const allocatable: Invariant = {
  name: 'allocatable',
  watch() {
    const requests = new Map<PodUid, number>()
    return {
      assigned(_world, _node, assignment) {
        for (const pod of assignment.pods)
          if (!requests.has(pod.uid)) requests.set(pod.uid, podRequests(pod.spec)['cpu'] ?? 0)
      },
      started(world, node) {
        const pods = new Set(node.engine.running().map((container) => container.labels[LABEL_POD_UID] ?? ''))
        let sum = 0
        for (const uid of pods) sum += requests.get(uid) ?? 0
        const { cpuMilli, pods: podsMax } = node.amounts
        if (sum > cpuMilli) violate(world, 'allocatable', `${node.name} runs pods for ${sum}m of ${cpuMilli}m cpu`)
        if (pods.size > podsMax) violate(world, 'allocatable', `${node.name} runs ${pods.size} of ${podsMax} pods`)
      },
    }
  },
}
