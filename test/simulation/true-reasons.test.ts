/**
 * The check of reasons to wait, by table: for each reason a state in which it is true, and one or more just beside it in
 * which it is not. A reason without a row does not compile.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeKey, type ObjectKey } from '../../src/model/keys.js'
import type { ObservedContainer } from '../../src/model/observed-state.js'
import type { WaitingOn } from '../../src/model/waiting.js'
import { whyUntrue } from '../../src/simulation/invariants/true-reasons.js'
import { makeGround, NOW, object, type Stage, WEB } from './ground.js'

const tests = suite('true reasons')

interface Row {
  readonly key: ObjectKey | null
  /** Where it is true; empty for what never is in the simulation. */
  readonly holds: Readonly<Record<string, Stage>>
  readonly fails: Readonly<Record<string, Stage>>
}

const POD = makeKey('Pod', 'default', 'web-0')
const NODE = makeKey('Node', '', 'n1')
const MAP = makeKey('ConfigMap', 'default', 'settings')

const container = (change: Partial<ObservedContainer>): ObservedContainer => ({
  name: 'main',
  type: 'app',
  phase: 'running',
  reason: '',
  message: '',
  ready: false,
  restarts: 0,
  containerId: 'c',
  imageId: null,
  exitCode: null,
  startedAt: null,
  finishedAt: null,
  ...change,
})
/** A pod that says this of its container and is not ready. */
const says = (change: Partial<ObservedContainer>): Stage => ({
  pods: [{ seen: { ready: false, containers: [container(change)] } }],
})
const waits = (reason: string, restarts = 0): Stage => says({ phase: 'waiting', reason, restarts })

const leaving = { reason: 'drain', since: NOW, graceMs: 0, phase: 'leaving', networkVersion: 5 } as const
const stopping = { ...leaving, phase: 'stopping' } as const
const replacing = { ...leaving, phase: 'replacing' } as const
const silentFor = (ms: number) => ({ silentSince: NOW - ms })
const unplaced = { node: null, address: null } as const
const drained = (isDrained: string) =>
  object('Node', 'n1', { spec: { unschedulable: true } }, { annotations: { 'headway.dev/drain': isDrained } })
const budget = (spec: object) =>
  object('PodDisruptionBudget', 'web', { spec: { selector: { matchLabels: { app: 'web' } }, ...spec } })
const takesMap = { container: { envFrom: [{ configMapRef: { name: 'settings' } }] } }

const rows: { readonly [On in WaitingOn]: Row } = {
  scheduling: {
    key: POD,
    holds: {
      'no room': { pods: [unplaced], cpu: '101m', nodes: { n1: { cpuMilli: 100 } } },
      'no node is heard': { pods: [unplaced], nodes: { n1: silentFor(4_000) } },
      'its PriorityClass is not there': {
        pods: [unplaced],
        web: { template: { spec: { priorityClassName: 'high', containers: [] } } },
      },
      'the room is kept for another': {
        pods: [unplaced, { ...unplaced, nominatedNode: 'n1' }],
        cpu: '60m',
        nodes: { n1: { cpuMilli: 100 } },
      },
    },
    fails: {
      'there is room': { pods: [unplaced], cpu: '100m', nodes: { n1: { cpuMilli: 100 } } },
      'it has a node': { pods: [{}] },
    },
  },
  'node-silence': {
    key: POD,
    holds: {
      'its node is silent': { pods: [{}], nodes: { n1: silentFor(4_000) } },
      'and was never heard': { pods: [{}], nodes: {} },
    },
    fails: {
      'its node is not silent for long': { pods: [{}], nodes: { n1: silentFor(3_999) } },
      'it has no node': { pods: [unplaced] },
    },
  },
  'node-report': {
    key: POD,
    holds: { 'nothing was said of it': { pods: [{ seen: null }] } },
    fails: { 'it was reported': { pods: [{}] }, 'it has no node': { pods: [unplaced] } },
  },
  'image-resolve': {
    key: POD,
    holds: { 'an image is not pinned': { pods: [unplaced], images: {} } },
    fails: { 'all are': { pods: [unplaced] }, 'no such pod': {} },
  },
  'image-pull': {
    key: POD,
    holds: { 'it cannot be pulled': waits('ErrImagePull'), 'and is tried later': waits('ImagePullBackOff') },
    fails: {
      'it waits for something else': waits('ContainerCreating'),
      'it runs': says({ phase: 'running', reason: 'ErrImagePull' }),
      'it is on its way out': { pods: [{ stop: leaving, ...waits('ErrImagePull').pods?.[0] }] },
      'nobody reports it': { pods: [{ seen: null }] },
      'it is ready': { pods: [{}] },
    },
  },
  'container-start': {
    key: POD,
    holds: {
      'it is made': waits('ContainerCreating'),
      'its host stops it by a forgotten order': says({ ready: true }),
    },
    fails: { 'it runs and is not ready': says({}), 'it is ready': { pods: [{}] } },
  },
  readiness: {
    key: POD,
    holds: { 'it runs and is not ready': says({}) },
    fails: { 'it does not run': waits('ContainerCreating'), 'it is ready': { pods: [{}] } },
  },
  owner: {
    key: POD,
    holds: {
      'it has failed': { pods: [{ seen: { ready: false, phase: 'Failed' } }] },
      'it has ended well': { pods: [{ seen: { ready: false, phase: 'Succeeded' } }] },
    },
    fails: { 'it runs': says({}) },
  },
  'crash-loop': {
    key: POD,
    holds: { 'it crashed again': waits('CrashLoopBackOff', 1) },
    fails: {
      'it was never restarted: the first time is at once': waits('CrashLoopBackOff', 0),
      'it runs again': says({ phase: 'running', restarts: 1 }),
      'it is pulled': waits('ImagePullBackOff', 1),
    },
  },
  configuration: {
    key: POD,
    holds: {
      'its containers say so': waits('CreateContainerConfigError'),
      'a ConfigMap is not there': { ...takesMap, pods: [{ seen: null }] },
    },
    fails: {
      'its containers wait for something else': waits('ContainerCreating'),
      'it is there': { ...takesMap, pods: [{ seen: null }], objects: [object('ConfigMap', 'settings', {})] },
      'none is asked for': { pods: [{ seen: null }] },
    },
  },
  termination: {
    key: POD,
    holds: { 'it is told to stop': { pods: [{ stop: stopping }] } },
    fails: { 'it leaves the endpoints first': { pods: [{ stop: leaving }] }, 'nobody stops it': { pods: [{}] } },
  },
  'endpoint-acknowledgement': {
    key: POD,
    holds: {
      'a node that is heard obeys an older table': { pods: [{ stop: leaving }], nodes: { n1: { networkVersion: 4 } } },
      'one has yet to be heard': {
        pods: [{ stop: leaving }],
        nodes: { n1: { networkVersion: 5 }, n2: { isUnheard: true } },
        heardSince: NOW - 3_999,
      },
    },
    fails: {
      'all obey it': { pods: [{ stop: leaving }], nodes: { n1: { networkVersion: 5 } } },
      'only a silent one does not': {
        pods: [{ stop: leaving }],
        nodes: { n1: { networkVersion: 5 }, n2: { networkVersion: 4, ...silentFor(4_000) } },
      },
      'one was waited for long enough': {
        pods: [{ stop: leaving }],
        nodes: { n1: { networkVersion: 5 }, n2: { isUnheard: true } },
        heardSince: NOW - 4_000,
      },
      'it does not leave': { pods: [{ stop: stopping }], nodes: { n1: { networkVersion: 4 } } },
    },
  },
  'ready-replicas': {
    key: WEB,
    holds: {
      'one is not ready': { pods: [{ seen: { ready: false } }] },
      'one is of an older template': { pods: [{ templateHash: 'old' }] },
      'there are too few': { pods: [{}], web: { replicas: 2 } },
      'there are too many': { pods: [{}, {}] },
    },
    fails: {
      'all are there and ready': { pods: [{}] },
      'what leaves is not counted': { pods: [{}, { stop: leaving }] },
    },
  },
  'min-ready-seconds': {
    key: WEB,
    holds: { 'it asks for some': { web: { minReadySeconds: 1 } } },
    fails: { 'it asks for none': {} },
  },
  paused: {
    key: WEB,
    holds: { 'it is': { web: { paused: true } } },
    fails: { 'it is not': { web: { paused: false } } },
  },
  'progress-deadline': {
    key: WEB,
    holds: { 'its time is over': { web: { progressDeadlineSeconds: 10 }, workload: { progressAt: NOW - 10_000 } } },
    fails: {
      'its time is not over': { web: { progressDeadlineSeconds: 10 }, workload: { progressAt: NOW - 9_999 } },
      'it is done': { pods: [{}], web: { progressDeadlineSeconds: 10 }, workload: { progressAt: NOW - 10_000 } },
      'the default is ten minutes': { workload: { progressAt: NOW - 599_999 } },
    },
  },
  'disruption-budget': {
    key: POD,
    holds: {
      'it allows none': { pods: [{}], objects: [budget({ minAvailable: 1 })] },
      'none of the wanted may be missing': { pods: [{}], objects: [budget({ maxUnavailable: 0 })] },
      'one is missing already': {
        pods: [{}, { seen: { ready: false } }],
        web: { replicas: 2 },
        objects: [budget({ maxUnavailable: '50%' })],
      },
    },
    fails: {
      'it allows one': { pods: [{}, {}], web: { replicas: 2 }, objects: [budget({ minAvailable: 1 })] },
      'it selects another': {
        pods: [{}],
        objects: [
          object('PodDisruptionBudget', 'x', { spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } } }),
        ],
      },
      'there is none': { pods: [{}] },
      'an idle one may go while the others are enough': {
        pods: [{ seen: { ready: false } }, {}],
        web: { replicas: 2 },
        objects: [budget({ minAvailable: 1 })],
      },
    },
  },
  drain: {
    key: NODE,
    holds: { 'pods are left': { pods: [{}], objects: [drained('true')] } },
    fails: {
      'it is empty': { objects: [drained('true')] },
      'it is only closed': { pods: [{}], objects: [drained('false')] },
      'nobody drains it': { pods: [{}] },
    },
  },
  'eviction-rate': {
    key: NODE,
    holds: { 'its pods are due': { nodes: { n1: { ...silentFor(12_000), unreachableSince: NOW - 8_000 } } } },
    fails: {
      'they are not due yet': { nodes: { n1: { ...silentFor(11_999), unreachableSince: NOW - 7_999 } } },
      'it is heard': { nodes: { n1: { unreachableSince: NOW - 8_000 } } },
    },
  },
  'delete-brake': {
    key: null,
    holds: { 'deletions are held': { brake: { hash: 'h', keys: [WEB], reason: 'all of it' } } },
    fails: { 'none is': {} },
  },
  'unreadable-file': {
    key: MAP,
    holds: { 'it is gone, and a file cannot be read': { hasUnreadable: true, inventory: [MAP] } },
    fails: {
      'all can be read': { inventory: [MAP] },
      'it is not gone': { hasUnreadable: true, inventory: [MAP], objects: [object('ConfigMap', 'settings', {})] },
      'it was never applied': { hasUnreadable: true },
    },
  },
  'held-app': {
    key: MAP,
    holds: { 'its app is held': { isAppHeld: true, inventory: [MAP] } },
    fails: {
      'it is not held': { inventory: [MAP] },
      'it is desired': { isAppHeld: true, inventory: [MAP], objects: [object('ConfigMap', 'settings', {})] },
    },
  },
  recovery: {
    key: null,
    holds: { 'the manager takes in what runs': { isTakingIn: true }, 'desired state is not read': { isUnread: true } },
    fails: { 'all is taken in': {} },
  },
  'plan-check': { key: null, holds: {}, fails: { ever: {} } },
  'out-of-service': { key: POD, holds: {}, fails: { ever: { pods: [{}] } } },
  unsupported: { key: POD, holds: {}, fails: { ever: { pods: [{}] } } },
  address: { key: POD, holds: {}, fails: { ever: { pods: [unplaced] } } },
}

/** Reasons that are said of owners too, or of pods: the other kind of key. */
const more: readonly (Row & { readonly on: WaitingOn })[] = [
  {
    on: 'crash-loop',
    key: WEB,
    holds: { 'failures hold creations back': { workload: { failures: 1, createAfter: NOW + 1 } } },
    fails: {
      'until now': { workload: { failures: 1, createAfter: NOW } },
      'nothing failed': { workload: { createAfter: NOW + 1 } },
    },
  },
  {
    on: 'configuration',
    key: WEB,
    holds: { 'a ConfigMap is not there': takesMap },
    fails: { 'it is there': { ...takesMap, objects: [object('ConfigMap', 'settings', {})] }, 'none is asked for': {} },
  },
  {
    on: 'termination',
    key: WEB,
    holds: {
      'a pod of it stops': { pods: [{ stop: stopping }] },
      'it is gone from the repository, and has pods': { pods: [{}], isWebGone: true },
    },
    fails: { 'none does': { pods: [{}] }, 'it has none': { isWebGone: true } },
  },
  {
    on: 'ready-replicas',
    key: POD,
    holds: {
      'the others do not serve yet': { pods: [{ stop: replacing }, { seen: { ready: false } }] },
      'the other does not serve for long enough': {
        pods: [{ stop: replacing }, { seen: { readySince: NOW - 999 } }],
        web: { minReadySeconds: 1 },
      },
    },
    fails: {
      'another serves': { pods: [{ stop: replacing }, {}] },
      'for long enough': {
        pods: [{ stop: replacing }, { seen: { readySince: NOW - 1_000 } }],
        web: { minReadySeconds: 1 },
      },
      'it is not to be replaced': { pods: [{}] },
    },
  },
  {
    on: 'disruption-budget',
    key: WEB,
    holds: {
      'two select it': {
        pods: [{}],
        objects: [budget({}), { ...budget({}), name: 'b', key: makeKey('PodDisruptionBudget', 'default', 'b') }],
      },
    },
    fails: { 'it has no pods': { objects: [budget({ minAvailable: 1 })] } },
  },
]

const all = [...Object.entries(rows).map(([on, row]) => ({ ...row, on: on as WaitingOn })), ...more]
for (const { on, key, holds, fails } of all) {
  const subject = key === null ? '' : ` of ${key.split('.')[0]}`
  for (const [name, stage] of Object.entries(holds))
    tests(`${on}${subject} is true: ${name}`, () => {
      assert.is(whyUntrue(makeGround(stage), { on, key, detail: '' }), null)
    })
  for (const [name, stage] of Object.entries(fails))
    tests(`${on}${subject} is not: ${name}`, () => {
      assert.type(whyUntrue(makeGround(stage), { on, key, detail: '' }), 'string')
    })
}

tests.run()
