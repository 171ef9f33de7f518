/** What a pod waits on between being wanted and being ready, from what its host reports. */
import { formatDuration, type Instant, SECOND_MS } from '../../base/instant.js'
import { makeKey } from '../../model/keys.js'
import type { ObservedContainer } from '../../model/observed-state.js'
import type { Waiting, WaitingOn } from '../../model/waiting.js'
import type { PodFacts } from '../controller.js'

export const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
])

/** Null for a pod that is ready, or has ended; `planned` is what the planner says of it, if anything, and comes first. */
export function podWaiting(pod: PodFacts, planned: Waiting | undefined, now: Instant): Waiting | null {
  const key = makeKey('Pod', pod.planned.namespace, pod.planned.name)
  const say = (on: WaitingOn, detail: string): Waiting => ({ on, key, detail })
  const { stop, node } = pod.planned
  if (stop !== null) {
    if (planned !== undefined) return planned
    return say('termination', `stopping for ${formatDuration(now - stop.since)} (${stop.reason})`)
  }
  if (node === null) return planned ?? say('scheduling', 'no node is chosen yet')
  if (!pod.isNodeHeard) return say('node-silence', `node ${node} is silent: whether it runs is not known`)
  if (planned !== undefined) return planned
  if (pod.observed === null) return say('node-report', `node ${node} has not reported it yet`)
  if (pod.observed.ready || pod.observed.phase === 'Succeeded' || pod.observed.phase === 'Failed') return null
  const container = troubledContainer(pod.observed.containers)
  if (container === null) return say('readiness', 'not ready yet')
  return say(waitingOn(container), describeContainer(container, now))
}

/** The first container that is not as it should be: with a reason before without. */
function troubledContainer(containers: readonly ObservedContainer[]): ObservedContainer | null {
  const open = containers.filter((c) => !c.ready && !(c.phase === 'terminated' && c.exitCode === 0))
  return open.find((c) => c.phase !== 'running' && c.reason !== '' && c.reason !== 'PodInitializing') ?? open[0] ?? null
}

function waitingOn(container: ObservedContainer): WaitingOn {
  if (container.phase === 'running') return 'readiness'
  if (IMAGE_REASONS.has(container.reason)) return 'image-pull'
  if (container.reason === 'CrashLoopBackOff' || container.phase === 'terminated') return 'crash-loop'
  return 'container-start'
}

function describeContainer(container: ObservedContainer, now: Instant): string {
  const { name, phase, reason, message } = container
  if (phase === 'running') return `container ${name} runs and is not ready${message === '' ? '' : `: ${message}`}`
  if (reason === 'CrashLoopBackOff') return `container ${name}: ${describeRestarts(container, now)}`
  if (phase === 'terminated') return `container ${name} ended with exit code ${container.exitCode ?? 0}`
  const why = reason === '' ? 'is being created' : reason
  return message === '' ? `container ${name}: ${why}` : `container ${name}: ${why}: ${message}`
}

/** `restarted 4 times; last exit code 1 2m ago; next start in 40s`. */
export function describeRestarts(container: ObservedContainer, now: Instant): string {
  const { restarts, exitCode, finishedAt } = container
  const parts = [restarts === 1 ? 'restarted once' : `restarted ${restarts} times`]
  if (exitCode !== null) {
    const ago = finishedAt === null ? '' : ` ${formatDuration(now - finishedAt)} ago`
    parts.push(`last exit code ${exitCode}${ago}${container.reason === 'OOMKilled' ? ' (out of memory)' : ''}`)
  }
  const next = nextStartAt(container)
  if (next !== null)
    parts.push(next > now ? `next start in ${formatDuration(next - now + SECOND_MS - 1)}` : 'next start is due')
  return parts.join('; ')
}

/** Agents say the delay in kubelet's words; it counts from the last exit. */
function nextStartAt({ reason, message, finishedAt }: ObservedContainer): Instant | null {
  if (reason !== 'CrashLoopBackOff' || finishedAt === null) return null
  const match = /^back-off (\d+(?:\.\d+)?)s /.exec(message)
  return match === null ? null : finishedAt + Number(match[1]) * SECOND_MS
}
