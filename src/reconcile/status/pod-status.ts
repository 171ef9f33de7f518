/** The words of kubectl's STATUS column: one per pod, the most telling of what its containers say. */
import type { ObservedContainer, ObservedPod } from '../../model/observed-state.js'
import type { PodFacts } from '../controller.js'
import type { ImageTrouble } from './image-trouble.js'

/** `Running`, `Pending`, `ContainerCreating`, `Init:1/2`, `CrashLoopBackOff`, `Completed`, `Terminating` … as kubectl prints it. `image`: what keeps a pod of its set from an image. */
export function podStatus({ planned, observed }: PodFacts, image: ImageTrouble | null = null): string {
  const { stop } = planned
  const isEnded = observed?.phase === 'Succeeded' || observed?.phase === 'Failed'
  if (stop !== null && stop.phase !== 'replacing') {
    if (stop.reason === 'node-lost') return 'Unknown'
    if (!isEnded) return 'Terminating'
  }
  if (observed !== null) return observedStatus(observed)
  if (planned.node === null) return 'Pending'
  return image?.status ?? 'ContainerCreating'
}

function observedStatus(pod: ObservedPod): string {
  const init = initStatus(pod.containers.filter((container) => container.type !== 'app'))
  if (init !== null) return init
  const containers = pod.containers.filter((container) => container.type === 'app')
  const isAnyReady = containers.some((container) => container.phase === 'running' && container.ready)
  // The first container that has something to say speaks for the pod.
  const reason = containers.map(containerReason).find((text) => text !== '') ?? (pod.reason || pod.phase)
  if (reason === 'Completed' && isAnyReady) return pod.ready ? 'Running' : 'NotReady'
  return reason
}

/** What holds initialisation up; null when it is over. */
function initStatus(containers: readonly ObservedContainer[]): string | null {
  for (const [i, container] of containers.entries()) {
    if (container.phase === 'terminated' && container.exitCode === 0) continue
    if (container.type === 'sidecar' && container.phase === 'running') continue
    if (container.phase === 'terminated') return `Init:${container.reason || exitText(container)}`
    if (container.phase === 'waiting' && container.reason !== '' && !isPlainWait(container.reason)) {
      return `Init:${container.reason}`
    }
    return `Init:${i}/${containers.length}`
  }
  return null
}

/** Waiting for its turn, or being made: nothing is wrong. */
function isPlainWait(reason: string): boolean {
  return reason === 'PodInitializing' || reason === 'ContainerCreating'
}

function containerReason(container: ObservedContainer): string {
  if (container.phase === 'waiting') return container.reason
  if (container.phase === 'terminated') return container.reason || exitText(container)
  return ''
}

/** Exit codes above 128 are 128 and a signal. */
function exitText({ exitCode }: ObservedContainer): string {
  const code = exitCode ?? 0
  return code > 128 ? `Signal:${code - 128}` : `ExitCode:${code}`
}

/** Restarts of all containers, as kubectl's RESTARTS column. */
export function podRestarts(observed: ObservedPod | null): number {
  return (observed?.containers ?? []).reduce((sum, container) => sum + container.restarts, 0)
}
