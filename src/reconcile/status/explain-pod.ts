/** Why a pod is pending, restarting or where it is, in a sentence. */
import { formatDuration } from '../../base/instant.js'
import { type KeyParts, makeKey } from '../../model/keys.js'
import type { WhyView } from '../../model/status-view.js'
import type { PodFacts } from '../controller.js'
import { originFacts } from './origin-facts.js'
import { podRestarts, podStatus } from './pod-status.js'
import { describeRestarts, podWaiting } from './pod-trouble.js'
import { podAddress, templateImages } from './pod-views.js'
import { firstWaiting, type StatusIndex } from './status-index.js'
import type { StatusInput } from './status-input.js'

/** The pod of that name, one that stays before one that is stopping; null when there is none. */
export function findPod(index: StatusIndex, { namespace, name }: KeyParts): PodFacts | null {
  const named = index.pods.filter(({ planned }) => planned.name === name && planned.namespace === namespace)
  return named.find(({ planned }) => planned.stop === null) ?? named[0] ?? null
}

/** The answer for a planned pod. */
export function explainPod(input: StatusInput, index: StatusIndex, pod: PodFacts): WhyView {
  const { planned, observed } = pod
  const key = makeKey('Pod', planned.namespace, planned.name)
  const waiting = podWaiting(pod, firstWaiting(index, key), input.now)
  const set = input.planned.replicaSets.get(planned.replicaSet)
  const status = podStatus(pod, index.imageTrouble(planned.replicaSet))
  const place = planned.node === null ? 'none yet' : planned.node
  return {
    key,
    sentence: `${planned.name} is ${status}${where(pod)}: ${why(pod, waiting?.detail ?? null, input.now)}`,
    facts: [
      { name: 'node', value: place },
      { name: 'address', value: podAddress(input, pod) ?? 'none' },
      { name: 'status', value: status },
      { name: 'restarts', value: `${podRestarts(observed)}` },
      { name: 'workload', value: planned.workload },
      { name: 'revision', value: set === undefined ? '' : `${set.revision} (${set.templateHash})` },
      { name: 'template from commit', value: planned.commit ?? set?.commit ?? '' },
      { name: 'images', value: templateImages(set).join(', ') },
      { name: 'created', value: `${formatDuration(input.now - planned.createdAt)} ago` },
      ...originFacts(input.desired?.objects.get(planned.workload) ?? null),
    ],
    waiting: waiting === null ? [] : [waiting],
  }
}

function where({ planned }: PodFacts): string {
  return planned.node === null ? '' : ` on ${planned.node}`
}

function why(pod: PodFacts, waiting: string | null, now: number): string {
  const { observed } = pod
  const restarted = observed?.containers.find(
    (container) => container.restarts > 0 && container.reason !== 'CrashLoopBackOff',
  )
  const restarts = restarted === undefined ? '' : `container ${restarted.name} ${describeRestarts(restarted, now)}`
  if (waiting !== null) return restarts === '' ? waiting : `${waiting}; ${restarts}`
  if (observed === null) return 'it has not been reported yet'
  const said = observed.message || observed.reason
  if (observed.phase === 'Failed') return `it failed${said === '' ? '' : `: ${said}`}`
  if (observed.phase === 'Succeeded') return 'it has done its work'
  const since = observed.readySince === null ? '' : ` for ${formatDuration(now - observed.readySince)}`
  return restarts === '' ? `ready${since}` : `ready${since}; ${restarts}`
}
