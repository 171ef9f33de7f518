/** The STATUS column. Rows as kubectl prints them (Kubernetes 1.36: its TestPrintPod and printers). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AssignedPod, StopReason } from '../../src/model/assignment.js'
import type { ObservedContainer, ObservedPod } from '../../src/model/observed-state.js'
import type { PlannedPod } from '../../src/model/planned-state.js'
import type { PodFacts } from '../../src/reconcile/controller.js'
import { podRestarts, podStatus } from '../../src/reconcile/status/pod-status.js'
import { describeRestarts, podWaiting } from '../../src/reconcile/status/pod-trouble.js'
import { START } from './fake-world.js'

type ContainerRow = Partial<ObservedContainer>
const running: ContainerRow = { phase: 'running', ready: true }
const unready: ContainerRow = { phase: 'running' }
const waiting = (reason: string, message = ''): ContainerRow => ({ phase: 'waiting', reason, message })
const ended = (exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): ContainerRow => ({
  phase: 'terminated',
  exitCode,
  reason,
})
const init = (row: ContainerRow): ContainerRow => ({ ...row, type: 'init' })
const sidecar = (row: ContainerRow): ContainerRow => ({ ...row, type: 'sidecar' })

function container(row: ContainerRow, i: number): ObservedContainer {
  return {
    name: `c${i}`,
    type: 'app',
    phase: 'waiting',
    reason: '',
    message: '',
    ready: false,
    restarts: 0,
    containerId: null,
    imageId: null,
    exitCode: null,
    startedAt: null,
    finishedAt: null,
    ...row,
  }
}

function observedPod(
  phase: ObservedPod['phase'],
  containers: readonly ContainerRow[],
  more: Partial<ObservedPod> = {},
) {
  const made = containers.map(container)
  const isReady = phase === 'Running' && made.every((c) => c.type === 'init' || c.ready)
  return {
    uid: 'u1',
    phase,
    ready: isReady,
    readySince: isReady ? START - 60_000 : null,
    startedAt: START - 90_000,
    containers: made,
    reason: '',
    message: '',
    stopped: false,
    assigned: {} as AssignedPod,
    ...more,
  } satisfies ObservedPod
}

function facts(observed: ObservedPod | null, stop: StopReason | null = null, node: string | null = 'n1'): PodFacts {
  const planned: PlannedPod = {
    uid: 'u1',
    namespace: 'default',
    name: 'web-x-1',
    replicaSet: 'ReplicaSet.apps/default/web-x',
    workload: 'Deployment.apps/default/web',
    templateHash: 'v1-a',
    ordinal: 0,
    incarnation: 0,
    node,
    address: null,
    createdAt: START - 90_000,
    boundAt: START - 90_000,
    stop:
      stop === null
        ? null
        : { reason: stop, since: START - 5_000, graceMs: 30_000, phase: 'stopping', networkVersion: 0 },
  }
  return { planned, observed, isNodeHeard: true }
}

const words = suite('pod status')
const rows: readonly (readonly [string, PodFacts])[] = [
  ['Pending', facts(null, null, null)],
  ['ContainerCreating', facts(null)],
  ['ContainerCreating', facts(observedPod('Pending', [waiting('ContainerCreating')]))],
  ['Running', facts(observedPod('Running', [running, running]))],
  ['Running', facts(observedPod('Running', [unready]))],
  ['CrashLoopBackOff', facts(observedPod('Running', [running, waiting('CrashLoopBackOff')]))],
  ['ImagePullBackOff', facts(observedPod('Pending', [waiting('ImagePullBackOff'), waiting('ContainerCreating')]))],
  ['CreateContainerConfigError', facts(observedPod('Pending', [waiting('CreateContainerConfigError')]))],
  ['Completed', facts(observedPod('Succeeded', [ended(0)]))],
  ['Error', facts(observedPod('Failed', [ended(1)]))],
  ['OOMKilled', facts(observedPod('Running', [ended(137, 'OOMKilled')]))],
  ['ExitCode:3', facts(observedPod('Failed', [ended(3, '')]))],
  ['Signal:9', facts(observedPod('Failed', [ended(137, '')]))],
  ['Evicted', facts(observedPod('Failed', [], { reason: 'Evicted' }))],
  ['NotReady', facts(observedPod('Running', [ended(0), running]))],
  ['Running', facts(observedPod('Running', [ended(0), running], { ready: true }))],
  [
    'Init:0/2',
    facts(observedPod('Pending', [init(unready), init(waiting('PodInitializing')), waiting('PodInitializing')])),
  ],
  ['Init:1/2', facts(observedPod('Pending', [init(ended(0)), init(unready), waiting('PodInitializing')]))],
  ['Init:Error', facts(observedPod('Pending', [init(ended(1)), waiting('PodInitializing')]))],
  ['Init:ExitCode:2', facts(observedPod('Pending', [init(ended(2, '')), waiting('PodInitializing')]))],
  [
    'Init:CrashLoopBackOff',
    facts(observedPod('Pending', [init(waiting('CrashLoopBackOff')), waiting('PodInitializing')])),
  ],
  ['PodInitializing', facts(observedPod('Pending', [init(ended(0)), waiting('PodInitializing')]))],
  ['Running', facts(observedPod('Running', [sidecar(running), running]))],
  ['Init:0/1', facts(observedPod('Pending', [sidecar(waiting('ContainerCreating')), waiting('PodInitializing')]))],
  ['Terminating', facts(observedPod('Running', [running]), 'rollout')],
  ['Terminating', facts(null, 'prune')],
  ['Completed', facts(observedPod('Succeeded', [ended(0)]), 'prune')],
  ['Unknown', facts(observedPod('Running', [running]), 'node-lost')],
]
for (const [word, pod] of rows) {
  const { observed, planned } = pod
  const of = (observed?.containers ?? []).map((c) => `${c.type} ${c.phase} ${c.reason}`).join(', ')
  words(`${word}: ${observed?.phase ?? 'not reported'} [${of}] ${planned.stop?.reason ?? ''}`, () => {
    assert.is(podStatus(pod), word)
  })
}
words('restarts of all containers', () => {
  assert.is(
    podRestarts(
      observedPod('Running', [
        { ...running, restarts: 2 },
        { ...running, restarts: 1 },
      ]),
    ),
    3,
  )
  assert.is(podRestarts(null), 0)
})
words.run()

const trouble = suite('what a pod waits on')
const crash: ContainerRow = {
  ...waiting('CrashLoopBackOff', 'back-off 40s restarting failed container=c0 pod=web-x-1_default'),
  restarts: 4,
  exitCode: 1,
  finishedAt: START - 30_000,
}
const troubleRows: readonly (readonly [string, PodFacts, string | null, string])[] = [
  ['ready', facts(observedPod('Running', [running])), null, ''],
  ['ended', facts(observedPod('Succeeded', [ended(0)])), null, ''],
  ['no node', facts(null, null, null), 'scheduling', 'no node is chosen yet'],
  ['not reported', facts(null), 'node-report', 'node n1 has not reported it yet'],
  [
    'silent',
    { ...facts(observedPod('Running', [running])), isNodeHeard: false },
    'node-silence',
    'node n1 is silent: whether it runs is not known',
  ],
  ['stopping', facts(observedPod('Running', [running]), 'drain'), 'termination', 'stopping for 5s (drain)'],
  ['not ready', facts(observedPod('Running', [running, unready])), 'readiness', 'container c1 runs and is not ready'],
  [
    'image',
    facts(observedPod('Pending', [waiting('ErrImagePull', 'no such image')])),
    'image-pull',
    'container c0: ErrImagePull: no such image',
  ],
  [
    'crash loop',
    facts(observedPod('Running', [crash])),
    'crash-loop',
    'container c0: restarted 4 times; last exit code 1 30s ago; next start in 10s',
  ],
  [
    'being made',
    facts(observedPod('Pending', [waiting('ContainerCreating')])),
    'container-start',
    'container c0: ContainerCreating',
  ],
  [
    'the init container first',
    facts(observedPod('Pending', [init(unready), waiting('PodInitializing')])),
    'readiness',
    'container c0 runs and is not ready',
  ],
]
for (const [name, pod, on, detail] of troubleRows) {
  trouble(name, () => {
    const answer = podWaiting(pod, undefined, START)
    assert.equal(answer === null ? null : answer.on, on)
    assert.is(answer?.detail ?? '', detail)
  })
}
trouble('what the planner says comes first while the pod is not ready', () => {
  const planned = { on: 'image-resolve' as const, key: 'Pod./default/web-x-1', detail: 'image a is being looked up' }
  assert.is(podWaiting(facts(null, null, null), planned, START), planned)
})
trouble('a start that is due', () => {
  const due = container({ ...crash, finishedAt: START - 41_000, restarts: 1 }, 0)
  assert.is(describeRestarts(due, START), 'restarted once; last exit code 1 41s ago; next start is due')
})
trouble.run()
