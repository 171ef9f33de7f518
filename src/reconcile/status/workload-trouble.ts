/** What most of a workload's pods wait on: the reason that its one line names, beside how many replicas are ready. */

import type { Instant } from '../../base/instant.js'
import { groupBy } from '../../base/ordered.js'
import { makeKey } from '../../model/keys.js'
import type { PodFacts } from '../controller.js'
import { podStatus } from './pod-status.js'
import { IMAGE_REASONS, podWaiting } from './pod-trouble.js'
import { firstWaiting, type StatusIndex } from './status-index.js'

export interface WorkloadTrouble {
  /** `2 pods: image web:v9 cannot be pulled: …`. */
  readonly text: string
  /** Waiting alone is not likely to help a pod: its image or its program is broken. */
  readonly isBroken: boolean
}

interface PodTrouble {
  readonly name: string
  readonly status: string
  readonly detail: string
  readonly isBroken: boolean
}

/** Null when every pod is ready, ends, or merely starts. */
export function describeTrouble(index: StatusIndex, pods: readonly PodFacts[], now: Instant): WorkloadTrouble | null {
  const troubles = pods.map((pod) => podTrouble(index, pod, now)).filter((trouble) => trouble !== null)
  // The same trouble is told in different words from pod to pod: the back-offs of crashing ones differ.
  const groups = [...groupBy(troubles, ({ status }) => status).values()]
  const [commonest] = groups.sort((left, right) => right.length - left.length || brokenFirst(left, right))
  const first = commonest?.[0]
  if (commonest === undefined || first === undefined) return null
  const isOne = commonest.every(({ detail }) => detail === first.detail)
  const count = commonest.length === 1 ? `pod ${first.name}` : `${commonest.length} pods`
  return { text: `${count}: ${isOne ? first.detail : first.status}`, isBroken: troubles.some((it) => it.isBroken) }
}

function brokenFirst(left: readonly PodTrouble[], right: readonly PodTrouble[]): number {
  return Number(right[0]?.isBroken) - Number(left[0]?.isBroken)
}

/** Null for a pod that is ready or leaves, and for one that is on its way as it should be. */
function podTrouble(index: StatusIndex, pod: PodFacts, now: Instant): PodTrouble | null {
  if (pod.planned.stop !== null) return null
  const { name } = pod.planned
  const image = pod.observed === null ? index.imageTrouble(pod.planned.replicaSet) : null
  const status = podStatus(pod, image)
  if (image !== null && pod.planned.node !== null) return { name, status, detail: image.text, isBroken: true }
  const key = makeKey('Pod', pod.planned.namespace, name)
  const waiting = podWaiting(pod, firstWaiting(index, key), now)
  if (waiting === null || waiting.on === 'node-report') return null
  const isBroken = isPodBroken(pod)
  if (!isBroken && (status === 'ContainerCreating' || /^(Init:\d|PodInitializing)/.test(status))) return null
  const word = pod.isNodeHeard ? (status === 'Running' ? 'not ready' : status) : 'node is silent'
  return { name, status: word, detail: waiting.detail, isBroken }
}

function isPodBroken({ observed }: PodFacts): boolean {
  if (observed === null || observed.ready) return false
  return observed.containers.some(
    ({ phase, reason }) => phase === 'waiting' && (IMAGE_REASONS.has(reason) || PROGRAM_REASONS.has(reason)),
  )
}

const PROGRAM_REASONS: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
])
