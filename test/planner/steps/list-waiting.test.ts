/** Why a pod waits, by table: what its node and its containers say, and the words that people read. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ObservedContainer, ObservedNode, ObservedPod } from '../../../src/model/observed-state.js'
import type { PlannedStop } from '../../../src/model/planned-state.js'
import { makePlan } from '../../../src/planner/make-plan.js'
import type { PlanInput } from '../../../src/planner/plan-input.js'
import { deployment, image, World } from '../world.js'

const tests = suite('list waiting')

/** One pod of web that runs on n1, and is ready; its name does not change. */
function running(): { readonly input: PlanInput; readonly uid: string; readonly key: string } {
  const world = new World()
  world.addNode('n1', { images: [image('demo:1')] })
  world.apply(deployment('web', { replicas: 1 }))
  world.run(5_000)
  const [pod] = world.pods()
  return { input: world.input(), uid: pod?.uid ?? '', key: `Pod./default/${pod?.name}` }
}

const well: ObservedContainer = {
  name: 'main',
  type: 'app',
  phase: 'running',
  reason: '',
  message: '',
  ready: true,
  restarts: 0,
  containerId: 'c',
  imageId: null,
  exitCode: null,
  startedAt: null,
  finishedAt: null,
}

interface Row {
  readonly name: string
  readonly pod?: Partial<ObservedPod>
  /** Of the container `main`, and of others beside it. */
  readonly main?: Partial<ObservedContainer>
  readonly others?: readonly Partial<ObservedContainer>[]
  readonly isReported?: false
  readonly node?: Partial<ObservedNode>
  readonly stop?: Partial<PlannedStop>
  /** `reason: words`; null: it waits on nothing. */
  readonly waits: string | null
}

const waiting = { phase: 'waiting', ready: false } as const
const unready = { ready: false } as const
const rows: readonly Row[] = [
  { name: 'a pod that is ready', waits: null },
  {
    name: 'an image that cannot be pulled',
    main: { ...waiting, reason: 'ErrImagePull', message: 'no such tag' },
    waits: 'image-pull: container main: ErrImagePull: no such tag',
  },
  {
    name: 'one that is tried again later',
    main: { ...waiting, reason: 'ImagePullBackOff' },
    waits: 'image-pull: container main: ImagePullBackOff',
  },
  {
    name: 'one that may not be pulled',
    main: { ...waiting, reason: 'ErrImageNeverPull' },
    waits: 'image-pull: container main: ErrImageNeverPull',
  },
  {
    name: 'configuration that is missing',
    main: { ...waiting, reason: 'CreateContainerConfigError', message: 'configmap "c" not found' },
    waits: 'configuration: container main: CreateContainerConfigError: configmap "c" not found',
  },
  {
    name: 'a container that crashes',
    main: { ...waiting, reason: 'CrashLoopBackOff', message: 'back-off 10s', restarts: 1 },
    waits: 'crash-loop: container main: CrashLoopBackOff: back-off 10s',
  },
  {
    name: 'a container that is made',
    main: { ...waiting, reason: 'ContainerCreating' },
    waits: 'container-start: container main: ContainerCreating',
  },
  {
    name: 'a start that the engine refuses',
    main: { ...waiting, reason: 'RunContainerError', message: 'no such file' },
    waits: 'container-start: container main: RunContainerError: no such file',
  },
  {
    name: 'the first that is not well speaks, not those that wait for it',
    main: { ...waiting, reason: 'PodInitializing' },
    others: [{ ...waiting, name: 'init', type: 'init', reason: 'CrashLoopBackOff', restarts: 2 }],
    waits: 'crash-loop: container init: CrashLoopBackOff',
  },
  {
    name: 'an init container that runs',
    main: { ...waiting, reason: 'PodInitializing' },
    others: [{ ...unready, name: 'init', type: 'init' }],
    waits: 'container-start: starting: main',
  },
  { name: 'a probe that has said nothing', main: unready, waits: 'readiness: not ready: main' },
  {
    name: 'a probe that fails',
    main: { ...unready, message: 'Readiness probe failed: 503' },
    waits: 'readiness: not ready: main: Readiness probe failed: 503',
  },
  {
    name: 'two that are not ready',
    main: unready,
    others: [{ ...unready, name: 'side', message: 'Startup probe failed: refused' }, { name: 'fine' }],
    waits: 'readiness: not ready: main, side: Startup probe failed: refused',
  },
  {
    name: 'one not ready, one not started',
    main: unready,
    others: [{ ...waiting, name: 'side' }],
    waits: 'container-start: starting: side',
  },
  { name: 'nothing is said of containers', pod: { containers: [] }, waits: 'container-start: starting' },
  {
    name: 'a pod that failed by itself is replaced',
    pod: { phase: 'Failed', reason: 'DeadlineExceeded' },
    main: { ...unready, phase: 'terminated' },
    waits: 'termination: node n1 stops it (failed, grace 10 s)',
  },
  {
    name: 'a node that has said nothing of it',
    isReported: false,
    waits: 'node-report: node n1 has not reported the pod yet',
  },
  {
    name: 'a node that is silent',
    node: { silentSince: 1 },
    waits: 'node-silence: node n1 is silent: what its pods do is not known',
  },
  {
    name: 'a stop under way',
    stop: { phase: 'stopping', reason: 'drain', graceMs: 1_500 },
    waits: 'termination: node n1 stops it (drain, grace 1.5 s)',
  },
  {
    name: 'a stop at a silent node',
    stop: { phase: 'stopping' },
    node: { silentSince: 1 },
    waits: 'node-silence: node n1 is silent: it cannot confirm that the pod stopped',
  },
  {
    name: 'out of the endpoints first',
    stop: { phase: 'leaving', networkVersion: 1_000 },
    waits: 'endpoint-acknowledgement: nodes that may still send it requests: n1',
  },
]

function inputOf(row: Row): { readonly input: PlanInput; readonly key: string } {
  const { input, uid, key } = running()
  const node = input.observed.nodes.get('n1')
  const before = node?.pods.get(uid)
  if (node === undefined || before === undefined) throw new Error('the pod does not run')
  const containers = [row.main ?? {}, ...(row.others ?? [])].map((change) => ({ ...well, ...change }))
  const isWell = row.main === undefined && row.pod === undefined
  const pod: ObservedPod = { ...before, containers, ...(isWell ? {} : unready), ...row.pod }
  const seen = { ...node, ...row.node, pods: row.isReported === false ? new Map() : new Map([[uid, pod]]) }
  const observed = { ...input.observed, nodes: new Map([['n1', seen]]) }
  if (row.stop === undefined) return { input: { ...input, observed }, key }
  const planned = input.planned.nodes.get('n1')!
  const stop = { reason: 'rollout', since: 0, graceMs: 0, phase: 'stopping', networkVersion: 0, ...row.stop } as const
  const pods = planned.pods.map((item) => (item.uid === uid ? { ...item, stop } : item))
  const nodes = new Map([['n1', { ...planned, pods }]])
  return { input: { ...input, observed, planned: { ...input.planned, nodes } }, key }
}

for (const row of rows)
  tests(row.name, () => {
    const { input, key } = inputOf(row)
    const said = makePlan(input).waiting.filter((wait) => wait.key === key)
    assert.equal(
      said.map(({ on, detail }) => `${on}: ${detail}`),
      row.waits === null ? [] : [row.waits],
    )
  })

for (const [names, told] of [
  [['n2'], 'n2'],
  [['n4', 'n2', 'n3'], 'n2, n3, n4'],
  [['n5', 'n4', 'n2', 'n3'], 'n2, n3, n4 and 1 more'],
] as const)
  tests(`${names.length} nodes that may still send requests are told in order`, () => {
    const { input, key } = inputOf({ name: '', stop: { phase: 'leaving', networkVersion: 7 }, waits: null })
    const first = input.observed.nodes.get('n1')!
    const nodes = new Map<string, ObservedNode>([['n1', { ...first, networkVersion: 7 }]])
    for (const name of names) nodes.set(name, { ...first, facts: { ...first.facts, name }, pods: new Map() })
    const { waiting: list } = makePlan({ ...input, observed: { ...input.observed, nodes } })
    const said = list.find((wait) => wait.key === key)
    assert.is(said?.detail, `nodes that may still send it requests: ${told}`)
  })

for (const [unheard, isRead, told] of [
  [[], true, 'pods that run are taken over before anything is created or deleted'],
  [[], false, 'desired state is not read yet: nothing is created or deleted until it is'],
  [['a'], true, 'nothing is created or deleted until these nodes have reported or were waited for long enough: a'],
  [
    ['a', 'b', 'c', 'd', 'e', 'f'],
    false,
    'nothing is created or deleted until these nodes have reported and desired state is read or were waited for long enough: a, b, c, d, e and 1 more',
  ],
] as const)
  tests(`recovery: ${unheard.length} nodes to be heard, desired state ${isRead ? 'read' : 'not read'}`, () => {
    const { input } = running()
    const { waiting: list } = makePlan({
      ...input,
      isRecovering: true,
      desired: isRead ? input.desired : null,
      observed: { ...input.observed, unheard },
    })
    assert.equal(
      list.filter(({ on }) => on === 'recovery').map(({ detail }) => detail),
      [told],
    )
  })

tests.run()
