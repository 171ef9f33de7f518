/** What is due for one pod, by table: the record is set up, the operations are named. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { containerLabels } from '../../../src/agents/core/container-names.js'
import { showContainer } from '../../../src/agents/core/container-runs.js'
import { nextOperations } from '../../../src/agents/core/next-operation.js'
import { settlePod } from '../../../src/agents/core/pod-machine.js'
import { allContainers, newPodRecord, type PodRecord } from '../../../src/agents/core/pod-record.js'
import type { RuntimeContainer } from '../../../src/agents/runtime.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { CLUSTER, makePod } from './fake-node.js'

const tests = suite('next operation')
const NOW = 1_000_000

type State = 'created' | 'running' | 'ok' | 'failed'

/** Shows the engine's containers: `app: running`, `app#1: failed` for attempt 1; failed at NOW. */
function setUp(
  spec: Partial<PodSpec>,
  shown: Readonly<Record<string, State>>,
  more: (pod: PodRecord) => void,
): PodRecord {
  const pod = newPodRecord(makePod('web', spec))
  for (const container of allContainers(pod)) {
    container.isImageEnsured = true
    container.imageId = 'sha256:1'
  }
  for (const [key, state] of Object.entries(shown)) {
    const [name = '', attempt = '0'] = key.split('#')
    const container = allContainers(pod).find((c) => c.name === name)
    if (container !== undefined) showContainer(container, engineContainer(pod, name, Number(attempt), state))
  }
  more(pod)
  settlePod(pod, NOW)
  return pod
}

function engineContainer(pod: PodRecord, name: string, attempt: number, state: State): RuntimeContainer {
  const hasEnded = state === 'ok' || state === 'failed'
  return {
    id: `${name}#${attempt}`,
    name,
    labels: containerLabels(CLUSTER, pod.assigned, name, attempt),
    imageId: 'sha256:1',
    state: hasEnded ? 'exited' : state,
    startedAt: state === 'created' ? null : NOW - 500,
    finishedAt: hasEnded ? NOW : null,
    exitCode: state === 'failed' ? 1 : hasEnded ? 0 : null,
    oomKilled: false,
    error: '',
    pid: null,
  }
}

const two: Partial<PodSpec> = { containers: [{ name: 'a' }, { name: 'b' }] }
const withInit: Partial<PodSpec> = { initContainers: [{ name: 'i' }, { name: 'j' }], containers: [{ name: 'app' }] }
const withSidecar: Partial<PodSpec> = {
  initContainers: [{ name: 's', restartPolicy: 'Always' }],
  containers: [{ name: 'app' }],
}
const backOff = { delayMs: 10_000, updatedAt: NOW - 1000 }
const app = (pod: PodRecord) => pod.containers.find((c) => c.name === 'app')!

const rows: readonly {
  name: string
  spec?: Partial<PodSpec>
  shown?: Readonly<Record<string, State>>
  more?: (pod: PodRecord) => void
  held?: readonly string[]
  due: readonly string[]
  wakeAt?: number
}[] = [
  { name: 'nothing there: create', due: ['create app'] },
  {
    name: 'the image first',
    more: (pod) => {
      app(pod).isImageEnsured = false
    },
    due: ['ensure-image app'],
  },
  { name: 'created: start', shown: { app: 'created' }, due: ['start app#0'] },
  { name: 'running: nothing', shown: { app: 'running' }, due: [] },
  { name: 'first crash: at once', shown: { app: 'failed' }, due: ['create app'] },
  {
    name: 'second crash: waits',
    shown: { 'app#1': 'failed' },
    more: (pod) => {
      app(pod).backOff = backOff
    },
    due: [],
    wakeAt: NOW + 10_000,
  },
  { name: 'ended well under Always: again', shown: { app: 'ok' }, due: ['create app'] },
  {
    name: 'ended well under OnFailure: not again',
    spec: { restartPolicy: 'OnFailure' },
    shown: { app: 'ok' },
    due: [],
  },
  { name: 'failed under Never: not again', spec: { restartPolicy: 'Never' }, shown: { app: 'failed' }, due: [] },
  {
    name: 'busy: nothing',
    more: (pod) => {
      app(pod).operation = { id: 1, operation: { type: 'start', containerId: 'x' } }
    },
    due: [],
  },
  {
    name: 'trouble: waits',
    more: (pod) => {
      app(pod).trouble = { reason: 'ErrImagePull', message: '', since: NOW, retryAt: NOW + 1 }
    },
    due: [],
    wakeAt: NOW + 1,
  },
  {
    name: 'trouble over: tries',
    more: (pod) => {
      app(pod).trouble = { reason: 'ErrImagePull', message: '', since: NOW, retryAt: NOW }
    },
    due: ['create app'],
  },
  {
    name: 'three runs: the oldest goes',
    shown: { app: 'failed', 'app#1': 'failed', 'app#2': 'running' },
    due: ['remove app#0'],
  },
  { name: 'two runs: both stay', shown: { app: 'failed', 'app#1': 'running' }, due: [] },
  { name: 'a twin that could run goes first', shown: { app: 'created', 'app#1': 'created' }, due: ['remove app#0'] },
  {
    name: 'a newer one that was never started goes, what runs stays',
    shown: { app: 'running', 'app#1': 'created' },
    due: ['remove app#1'],
  },
  {
    name: 'the same, shown the other way round',
    shown: { 'app#1': 'created', app: 'running' },
    due: ['remove app#1'],
  },
  {
    name: 'a newer one that runs: the older goes',
    shown: { app: 'running', 'app#1': 'running' },
    due: ['remove app#0'],
  },
  { name: 'a newer one beside a dead one starts', shown: { app: 'failed', 'app#1': 'created' }, due: ['start app#1'] },
  {
    name: 'what was never started goes before the next run is made',
    shown: { app: 'running', 'app#1': 'created' },
    more: (pod) => {
      showContainer(app(pod), engineContainer(pod, 'app', 0, 'failed'))
    },
    due: ['remove app#1'],
  },
  {
    name: 'a sandbox left behind goes beside the one that runs',
    spec: two,
    shown: { _sandbox: 'running', '_sandbox#1': 'created', a: 'running', b: 'running' },
    due: ['remove _sandbox#1'],
  },
  {
    name: 'a hook that is due',
    spec: { containers: [{ name: 'app', lifecycle: { postStart: { exec: {} } } }] },
    shown: { app: 'running' },
    more: (pod) => {
      app(pod).hookDue = true
    },
    due: ['post-start app#0'],
  },
  {
    name: 'a probe’s verdict',
    shown: { app: 'running' },
    more: (pod) => {
      app(pod).kill = { graceMs: 5, reason: '' }
    },
    due: ['stop app#0'],
  },
  { name: 'volumes before containers', spec: { volumes: [{ name: 'v', emptyDir: {} }] }, due: ['prepare-volumes'] },
  {
    name: 'volumes ready',
    spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    more: (pod) => {
      pod.volumes = 'ready'
    },
    due: ['create app'],
  },
  {
    name: 'configuration that is not here',
    more: (pod) => {
      pod.assigned = { ...pod.assigned, configs: [{ kind: 'ConfigMap', name: 'c', digest: 'd' }] }
    },
    due: [],
  },
  {
    name: 'configuration that is here',
    more: (pod) => {
      pod.assigned = { ...pod.assigned, configs: [{ kind: 'ConfigMap', name: 'c', digest: 'd' }] }
    },
    held: ['d'],
    due: ['create app'],
  },
  { name: 'the sandbox first', spec: two, due: ['create _sandbox'] },
  { name: 'then all that share it', spec: two, shown: { _sandbox: 'running' }, due: ['create a', 'create b'] },
  {
    name: 'a dead sandbox: what runs stops',
    spec: two,
    shown: { _sandbox: 'failed', a: 'running', b: 'ok' },
    due: ['stop a#0'],
  },
  {
    name: 'then the sandbox goes',
    spec: two,
    shown: { _sandbox: 'failed', a: 'ok', b: 'ok' },
    due: ['remove _sandbox#0'],
  },
  { name: 'the first init container', spec: withInit, due: ['create i'] },
  { name: 'it runs: wait', spec: withInit, shown: { i: 'running' }, due: [] },
  { name: 'it is done: the next', spec: withInit, shown: { i: 'ok' }, due: ['create j'] },
  { name: 'it failed: again', spec: withInit, shown: { i: 'failed' }, due: ['create i'] },
  {
    name: 'it failed under Never: the end',
    spec: { ...withInit, restartPolicy: 'Never' },
    shown: { i: 'failed' },
    due: [],
  },
  { name: 'all done: the app', spec: withInit, shown: { i: 'ok', j: 'ok' }, due: ['create app'] },
  { name: 'adopted without its init containers', spec: withInit, shown: { app: 'running' }, due: [] },
  {
    name: 'a sidecar gates the app',
    spec: withSidecar,
    shown: { _sandbox: 'running', s: 'created' },
    due: ['start s#0'],
  },
  {
    name: 'a sidecar that runs lets it start',
    spec: withSidecar,
    shown: { _sandbox: 'running', s: 'running' },
    due: ['create app'],
  },
  {
    name: 'a sidecar that died beside its app',
    spec: withSidecar,
    shown: { _sandbox: 'running', s: 'ok', app: 'running' },
    due: ['create s'],
  },
  {
    name: 'ordered to stop',
    spec: two,
    shown: { _sandbox: 'running', a: 'running', b: 'running' },
    more: (pod) => {
      pod.stopSince = NOW
    },
    due: ['stop a#0', 'stop b#0'],
  },
  {
    name: 'a stop that failed a moment ago',
    shown: { app: 'running' },
    more: (pod) => {
      pod.stopSince = NOW
      app(pod).trouble = { reason: 'StopError', message: '', since: NOW, retryAt: NOW + 5 }
    },
    due: [],
    wakeAt: NOW + 5,
  },
  {
    name: 'stopped: everything goes',
    spec: two,
    shown: { _sandbox: 'running', a: 'ok', b: 'created' },
    more: (pod) => {
      pod.stopSince = NOW
    },
    due: ['remove a#0', 'remove b#0', 'remove _sandbox#0'],
  },
  {
    name: 'then the volumes',
    spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    more: (pod) => {
      pod.stopSince = NOW
    },
    due: ['remove-volumes'],
  },
  {
    name: 'an end of its own: sidecars stop',
    spec: { ...withSidecar, restartPolicy: 'Never' },
    shown: { _sandbox: 'running', s: 'running', app: 'ok' },
    due: ['stop s#0'],
  },
  {
    name: 'and the sandbox goes, the dead stay for their logs',
    spec: { ...withSidecar, restartPolicy: 'Never' },
    shown: { _sandbox: 'running', s: 'failed', app: 'ok' },
    due: ['remove _sandbox#0'],
  },
]
for (const row of rows) {
  tests(row.name, () => {
    const spec = { containers: [{ name: 'app' }], ...row.spec }
    const pod = setUp(spec, row.shown ?? {}, row.more ?? (() => {}))
    const decision = nextOperations(pod, new Set(row.held), NOW)
    const due = decision.operations.map(({ container, operation }) => {
      if ('containerId' in operation) return `${operation.type} ${operation.containerId}`
      return container === '' ? operation.type : `${operation.type} ${container}`
    })
    assert.equal(due, row.due)
    assert.is(decision.wakeAt, row.wakeAt ?? null)
  })
}

tests.run()
