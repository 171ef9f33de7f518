/** A pod that exists when a preview begins, as the ledger and the engine of its host would show it to an agent. */
import { containerLabels, containerName } from '../../agents/core/container-names.js'
import type { ContainerLedger, LedgerSnapshot } from '../../agents/core/ledger-snapshot.js'
import { podForm, SANDBOX, SANDBOX_IMAGE } from '../../agents/core/pod-form.js'
import type { RuntimeContainer } from '../../agents/runtime.js'
import { hashText } from '../../base/hash.js'
import type { AssignedPod, Assignment } from '../../model/assignment.js'
import type { NodeFacts, ObservedContainer, ObservedPod } from '../../model/observed-state.js'

/** The ledger of an agent that knows just this pod. A stop it was ordered to is left to the assignment that follows. */
export function ledgerOf(pod: ObservedPod, head: Omit<Assignment, 'pods'>, facts: NodeFacts): LedgerSnapshot {
  const containers = pod.containers.map(containerLedger)
  if (podForm(pod.assigned.spec) === 'sandbox') containers.unshift(sandboxLedger(pod))
  const isEnded = pod.phase === 'Succeeded' || pod.phase === 'Failed'
  return {
    assignment: head,
    pods: [
      {
        assigned: withoutStop(pod.assigned),
        isAssigned: true,
        startedAt: pod.startedAt,
        readySince: pod.readySince,
        stopSince: null,
        stopDeadline: null,
        phase: isEnded ? (pod.phase as 'Succeeded' | 'Failed') : null,
        reason: pod.reason,
        message: pod.message,
        containers,
      },
    ],
    network: null,
    configs: configDigests(pod.assigned),
    bootId: facts.bootId,
  }
}

/** Digests of all configuration a pod takes. */
export function configDigests(pod: AssignedPod): string[] {
  return pod.configs.flatMap(({ digest }) => (digest === null ? [] : [digest]))
}

/** The containers that run or have run. */
export function containersOf(clusterId: string, pod: ObservedPod): readonly RuntimeContainer[] {
  const shown = pod.containers
    .filter(({ phase, containerId }) => phase !== 'waiting' || containerId !== null)
    .map((container) => runtimeContainer(clusterId, pod.assigned, container))
  const hasSandbox = podForm(pod.assigned.spec) === 'sandbox' && shown.some(({ state }) => state === 'running')
  return hasSandbox ? [sandbox(clusterId, pod), ...shown] : shown
}

function withoutStop(pod: AssignedPod): AssignedPod {
  return pod.stop === null ? pod : { ...pod, stop: null }
}

function containerLedger(container: ObservedContainer): ContainerLedger {
  return {
    name: container.name,
    attempt: container.phase === 'waiting' && container.containerId === null ? -1 : container.restarts,
    containerId: container.containerId,
    backOff: null,
    done: container.type === 'init' && container.phase === 'terminated' && container.exitCode === 0,
    started: container.phase === 'running',
    ready: container.ready,
    imageId: container.imageId,
    stopSignal: '',
  }
}

function sandboxLedger(pod: ObservedPod): ContainerLedger {
  const id = sandboxId(pod)
  return {
    name: SANDBOX,
    attempt: 0,
    containerId: id,
    backOff: null,
    done: false,
    started: true,
    ready: true,
    imageId: SANDBOX_IMAGE,
    stopSignal: '',
  }
}

function sandboxId(pod: ObservedPod): string {
  return hashText(`${pod.uid} ${SANDBOX}`)
}

function sandbox(clusterId: string, pod: ObservedPod): RuntimeContainer {
  return {
    ...bare(clusterId, pod.assigned, SANDBOX, 0, sandboxId(pod)),
    imageId: SANDBOX_IMAGE,
    state: 'running',
    startedAt: pod.startedAt,
  }
}

function runtimeContainer(clusterId: string, pod: AssignedPod, container: ObservedContainer): RuntimeContainer {
  const { name, restarts, containerId, phase } = container
  return {
    ...bare(clusterId, pod, name, restarts, containerId ?? hashText(`${pod.uid} ${name} ${restarts}`)),
    imageId: container.imageId ?? '',
    state: phase === 'running' ? 'running' : 'exited',
    startedAt: container.startedAt,
    finishedAt: container.finishedAt,
    exitCode: container.exitCode,
  }
}

function bare(clusterId: string, pod: AssignedPod, name: string, attempt: number, id: string): RuntimeContainer {
  return {
    id,
    name: containerName(pod, name, attempt),
    labels: containerLabels(clusterId, pod, name, attempt),
    imageId: '',
    state: 'created',
    startedAt: null,
    finishedAt: null,
    exitCode: null,
    oomKilled: false,
    error: '',
    pid: null,
  }
}
