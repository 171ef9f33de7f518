/** Health, the status view and explanations, over snapshots of a small world. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../src/model/desired-state.js'
import { makeKey } from '../../src/model/keys.js'
import type { StatusView, WhyView } from '../../src/model/status-view.js'
import type { Waiting } from '../../src/model/waiting.js'
import { reconcileDeployment } from '../../src/reconcile/controllers/deployment.js'
import { reconcilePod } from '../../src/reconcile/controllers/pod.js'
import { reconcileReplicaSet } from '../../src/reconcile/controllers/replica-set.js'
import { inventoryEntry } from '../../src/reconcile/inventory.js'
import { explain } from '../../src/reconcile/status/explain.js'
import { findNamespaces } from '../../src/reconcile/status/find-namespaces.js'
import type { StatusInput } from '../../src/reconcile/status/status-input.js'
import { makeStatusView } from '../../src/reconcile/status/status-view.js'
import { deployment, desiredObject, FakeWorld, podSpec, rollingUpdate } from './fake-world.js'
import { desiredState, REVISION, statusInput } from './status-fixture.js'

const KEY = makeKey('Deployment', 'default', 'web')

function settled(desired: DesiredObject): FakeWorld {
  const it = new FakeWorld(reconcileDeployment, desired, KEY)
  it.settle()
  return it
}

function view(it: FakeWorld, more: Partial<StatusInput> = {}): StatusView {
  const output = it.pass()
  return makeStatusView(statusInput(it, output.waiting, more))
}

function health(it: FakeWorld): readonly [string | undefined, string | undefined] {
  const [workload] = view(it).workloads
  return [workload?.health, workload?.message]
}

const healthOf = suite('workload health')
healthOf('a complete Deployment is Healthy', () => {
  assert.equal(health(settled(deployment('a'))), ['Healthy', ''])
})
healthOf('one that rolls is Progressing and says how far it is', () => {
  const it = settled(deployment('a', rollingUpdate(1, 0)))
  it.desired = deployment('b', rollingUpdate(1, 0))
  it.pass()
  it.makeReady('b')
  assert.equal(health(it), [
    'Progressing',
    '1 of 3 new replicas are ready, 2 old ones remain; at most 0 may be unavailable',
  ])
})
healthOf('one with a broken image is Degraded and names the pod', () => {
  const it = settled(deployment('a', rollingUpdate(1, 0)))
  it.desired = deployment('b', rollingUpdate(1, 0))
  it.pass()
  const pod = it.live('b')[0]!
  const container = { name: 'app', type: 'app' as const, phase: 'waiting' as const, reason: 'ImagePullBackOff' }
  const rest = { message: '', ready: false, restarts: 0, containerId: null, imageId: null }
  const times = { exitCode: null, startedAt: null, finishedAt: null }
  it.observe(pod.planned.uid, 'Pending', false, { containers: [{ ...container, ...rest, ...times }] })
  assert.equal(health(it), [
    'Degraded',
    `0 of 3 new replicas are ready, 3 old ones remain; at most 0 may be unavailable: pod ${pod.planned.name}: container app: ImagePullBackOff`,
  ])
})
healthOf('the commonest reason of pods speaks for them; the same reason in other words is one', () => {
  const it = new FakeWorld(reconcileDeployment, deployment('a'), KEY)
  it.pass()
  const pods = it.live()
  const waits = (details: readonly string[]): ReturnType<typeof health> => {
    const own = it.pass().waiting
    const waiting = details.map((detail, i) => {
      const { name, node } = pods[i]!.planned
      return { on: node === null ? 'scheduling' : 'readiness', key: makeKey('Pod', 'default', name), detail } as const
    })
    const [workload] = makeStatusView(statusInput(it, [...own, ...waiting])).workloads
    return [workload?.health, workload?.message]
  }
  for (const pod of pods) {
    const { uid } = pod.planned
    it.observe(uid, 'Running', false)
  }
  assert.equal(waits(['a', 'a', 'a'])[1], '0 of 3 replicas are ready: 3 pods: a')
  assert.equal(waits(['a', 'b', 'a'])[1], '0 of 3 replicas are ready: 3 pods: not ready')
})
healthOf('an image that nobody finds: the pods, their workload and why say so', () => {
  const it = new FakeWorld(reconcileDeployment, deployment('web:v9', { replicas: 2 }), KEY)
  it.pass()
  const unfound = (error: string, pinned: boolean): Partial<StatusInput> => {
    const { planned, observed } = statusInput(it, [])
    const nodes = new Map(planned.nodes)
    nodes.set('n1', { ...nodes.get('n1')!, resolve: ['web:v9'] })
    const reports = new Map(observed.nodes)
    const answer = { reference: 'web:v9', id: '', digest: '', error }
    reports.set('n1', { ...reports.get('n1')!, resolvedImages: new Map([['web:v9', answer]]) })
    const images = pinned ? { 'web:v9': { id: 'sha256:1', digest: '' } } : {}
    const sets = [...it.sets].map(([key, set]) => [key, { ...set, images }] as const)
    return { planned: { ...planned, nodes, replicaSets: new Map(sets) }, observed: { ...observed, nodes: reports } }
  }
  const rows = [
    ['manifest unknown', false, 'ImagePullBackOff', 'Degraded'],
    ['', false, 'ContainerCreating', 'Progressing'],
    ['manifest unknown', true, 'ContainerCreating', 'Progressing'],
  ] as const
  for (const [error, pinned, word, state] of rows) {
    const status = view(it, unfound(error, pinned))
    assert.equal(
      status.pods.map((pod) => pod.status),
      [word, word],
    )
    assert.is(status.workloads[0]?.health, state)
    const text = '0 of 2 replicas are ready'
    const more = state === 'Degraded' ? ': 2 pods: image web:v9 cannot be pulled: manifest unknown' : ''
    assert.is(status.workloads[0]?.message, `${text}${more}`)
    const input = statusInput(it, it.pass().waiting, unfound(error, pinned))
    assert.is(explain(input, KEY)?.sentence, `deployment/web is ${state}: ${text}${more}`)
  }
})
healthOf('one past its deadline is Degraded', () => {
  const it = settled(deployment('a', rollingUpdate(1, 0)))
  it.desired = deployment('b', rollingUpdate(1, 0))
  it.pass()
  it.now += 600_000
  const [word, message] = health(it)
  assert.is(word, 'Degraded')
  assert.match(message ?? '', 'no progress for 10m')
})
healthOf('a paused one is Suspended', () => {
  assert.equal(health(settled(deployment('a', { paused: false }))), ['Healthy', ''])
  const it = settled(deployment('a'))
  it.desired = deployment('a', { paused: true })
  assert.equal(health(it), ['Suspended', 'the rollout is paused'])
})
healthOf('one that is not planned yet is Missing, an older plan Progressing', () => {
  const it = new FakeWorld(reconcileDeployment, deployment('a'), KEY)
  assert.is(makeStatusView(statusInput(it, [])).workloads[0]?.health, 'Missing')
  it.settle()
  it.desired = deployment('a', { minReadySeconds: 1 }, 'fedcba9876')
  const [workload] = makeStatusView(statusInput(it, [])).workloads
  assert.equal(
    [workload?.health, workload?.message],
    ['Progressing', 'the manifest of commit fedcba98 is not planned yet'],
  )
})
healthOf('a ReplicaSet says which pods are of an earlier template', () => {
  const key = makeKey('ReplicaSet', 'default', 'web')
  const labels = { app: 'web' }
  const manifest = (image: string): DesiredObject =>
    desiredObject('ReplicaSet', 'web', {
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(image) },
      },
    })
  const it = new FakeWorld(reconcileReplicaSet, manifest('a'), key)
  it.settle()
  it.desired = manifest('b')
  it.settle()
  assert.equal(health(it), [
    'Healthy',
    '2 pods are of an earlier template: a ReplicaSet replaces no pod by itself, a Deployment does',
  ])
})
healthOf('a Pod that has done its work is Healthy, one that failed is not', () => {
  const manifest = desiredObject('Pod', 'one', { spec: podSpec('a', { restartPolicy: 'Never' }) })
  const it = new FakeWorld(reconcilePod, manifest, makeKey('Pod', 'default', 'one'))
  it.pass()
  const uid = [...it.pods.keys()][0]!
  it.observe(uid, 'Succeeded', false)
  assert.equal(health(it), ['Healthy', ''])
  it.observe(uid, 'Failed', false, { reason: 'Evicted' })
  assert.equal(health(it), ['Degraded', 'it failed: Evicted'])
})
healthOf.run()

const statusOf = suite('status view')
statusOf('a settled cluster is converged', () => {
  const it = settled(deployment('a'))
  const status = view(it)
  assert.equal([status.converged, status.summary, status.revision], [true, 'converged', REVISION])
  assert.equal(
    status.pods.map((pod) => [pod.status, pod.phase, pod.ready, pod.waiting, pod.images]),
    [1, 2, 3].map(() => ['Running', 'Running', true, null, ['a']]),
  )
  assert.equal(
    status.nodes.map((node) => [node.name, node.ready, node.pid, node.pods]),
    [
      ['n1', true, 100, 1],
      ['n2', true, null, 1],
      ['n3', true, null, 1],
    ],
  )
  assert.equal(
    [...status.pods].map((pod) => pod.key),
    status.pods.map((pod) => pod.key).sort(),
  )
})
statusOf('a commit that changes nothing makes no plan, and is converged all the same', () => {
  const it = settled(deployment('a'))
  const { planned } = statusInput(it, [])
  assert.is(view(it, { planned: { ...planned, revision: 'older' } }).converged, true)
})
interface Row {
  readonly name: string
  readonly more: (it: FakeWorld) => Partial<StatusInput>
  readonly summary: string
}
const rows: readonly Row[] = [
  { name: 'nothing was read yet', more: () => ({ desired: null }), summary: 'no commit has been read yet' },
  {
    name: 'recovering',
    more: (it) => ({ manager: { ...statusInput(it, []).manager, recovering: true } }),
    summary: 'recovering: nothing is changed until every node has reported',
  },
  {
    name: 'an app is held',
    more: (it) => ({
      desired: desiredState([it.desired!], {
        apps: new Map([
          [
            'main:shop',
            { id: 'main:shop', source: 'main', directory: 'shop', revision: 'r', held: true, problems: [] },
          ],
        ]),
      }),
    }),
    summary: 'held: main:shop (0 problems)',
  },
  {
    name: 'a newer tip is known',
    more: (it) => ({ sources: statusInput(it, []).sources.map((source) => ({ ...source, tip: 'ffff' })) }),
    summary: 'a newer commit is being read',
  },
  {
    name: 'deletions are held',
    more: () => ({ brake: { hash: 'abcdef0123456789', keys: [KEY], reason: 'deletes the only workload' } }),
    summary: '1 deletion held: headway confirm abcdef01 lets them go',
  },
  {
    name: 'the deletion of a workload that is not desired any more is held',
    more: (it) => {
      const { planned } = statusInput(it, [])
      const brake = { hash: 'abcdef0123456789', keys: [it.key], reason: 'deletes the only workload' }
      return { desired: desiredState([]), planned, brake }
    },
    summary: '1 deletion held: headway confirm abcdef01 lets them go',
  },
  {
    name: 'something waits',
    more: () => ({ waiting: [{ on: 'image-resolve', key: null, detail: 'image b is being looked up' }] }),
    summary: 'image b is being looked up',
  },
  {
    name: 'an object is not applied yet',
    more: (it) => ({ desired: desiredState([it.desired!, desiredObject('ConfigMap', 'new', {})]) }),
    summary: 'applying 01234567',
  },
  {
    name: 'an object is not deleted yet',
    more: (it) => {
      const { planned } = statusInput(it, [])
      const left = inventoryEntry(desiredObject('ConfigMap', 'left', {}))
      return { planned: { ...planned, inventory: new Map([...planned.inventory, [left.key, left]]) } }
    },
    summary: 'applying 01234567',
  },
]
for (const row of rows) {
  statusOf(`not converged: ${row.name}`, () => {
    const it = settled(deployment('a'))
    const status = view(it, row.more(it))
    assert.equal([status.converged, status.summary], [false, row.summary])
  })
}
statusOf('a rollout is not converged, and old pods that still stop do not matter', () => {
  const it = settled(deployment('a'))
  it.desired = deployment('b')
  const status = view(it)
  assert.equal([status.converged, status.summary], [false, 'rolling out 01234567: 1 of 1 workload not ready'])
  for (let i = 0; i < 10; i++) {
    it.now += 1_000
    it.makeReady()
    it.pass()
  }
  const after = view(it)
  assert.is(after.converged, true)
  assert.is(after.pods.filter((pod) => pod.status === 'Terminating').length, 3)
  assert.ok(after.pods.every((pod) => pod.ready === (pod.status === 'Running')))
})
statusOf('a silent node is not ready, nor are its pods', () => {
  const it = settled(deployment('a'))
  for (const pod of it.live()) if (pod.planned.node === 'n2') pod.isNodeHeard = false
  const status = view(it)
  const node = status.nodes.find(({ name }) => name === 'n2')
  assert.equal(
    [node?.ready, node?.silentForMs, node?.taints],
    [false, 60_000, ['node.kubernetes.io/unreachable:NoExecute']],
  )
  assert.equal(
    status.pods.filter((pod) => pod.node === 'n2').map((pod) => [pod.ready, pod.waiting?.on]),
    [[false, 'node-silence']],
  )
  assert.is(status.converged, false)
})
statusOf('kinds that are only accepted are listed', () => {
  const it = settled(deployment('a'))
  const claim = desiredObject('PersistentVolumeClaim', 'data', {})
  const { planned } = statusInput(it, [])
  const inventory = new Map([...planned.inventory, [claim.key, inventoryEntry(claim)]])
  const status = view(it, { desired: desiredState([it.desired!, claim]), planned: { ...planned, inventory } })
  assert.equal([status.notCarriedOut, status.converged], [[claim.key], true])
})
statusOf.run()

const places = suite('find namespaces')
places('of what is desired, of what is still applied, and of no namespace', () => {
  const it = settled(deployment('a'))
  const map = (namespace: string): DesiredObject => ({
    ...desiredObject('ConfigMap', 'settings', {}),
    key: makeKey('ConfigMap', namespace, 'settings'),
    namespace,
  })
  const input = statusInput(it, [], { desired: desiredState([it.desired!, map('b'), map('a')]) })
  const inventory = new Map([...input.planned.inventory, [map('c').key, inventoryEntry(map('c'))] as const])
  const state = { desired: input.desired, planned: { ...input.planned, inventory } }
  assert.equal(findNamespaces(state, { kind: 'ConfigMap', name: 'settings' }), ['a', 'b', 'c'])
  assert.equal(findNamespaces(state, { kind: 'Deployment', name: 'web' }), ['default'])
  assert.equal(findNamespaces(state, { kind: 'Secret', name: 'settings' }), [])
  assert.equal(findNamespaces({ ...state, desired: null }, { kind: 'ConfigMap', name: 'settings' }), ['c'])
})
places.run()

const why = suite('why')
function sentence(it: FakeWorld, key: string, waiting = it.pass().waiting): string | undefined {
  return explain(statusInput(it, waiting), key)?.sentence
}
why('a running pod: where and since when', () => {
  const it = settled(deployment('a'))
  it.now += 299_000
  const { name, node } = it.live()[0]!.planned
  assert.is(sentence(it, makeKey('Pod', 'default', name)), `${name} is Running on ${node}: ready for 5m`)
})
why('a pending pod: what the scheduler says', () => {
  const it = new FakeWorld(reconcileDeployment, deployment('a', { replicas: 1 }), KEY)
  it.nodes = []
  it.pass()
  const { name } = it.live()[0]!.planned
  const key = makeKey('Pod', 'default', name)
  const detail = '0/3 nodes are available: 3 Insufficient cpu'
  assert.is(sentence(it, key, [{ on: 'scheduling', key, detail }]), `${name} is Pending: ${detail}`)
})
why('a crashing pod: how often, how it ended, when it starts again', () => {
  const it = settled(deployment('a', { replicas: 1 }))
  const { name, node, uid } = it.live()[0]!.planned
  const message = 'back-off 80s restarting failed container=app'
  const base = { name: 'app', type: 'app' as const, phase: 'waiting' as const, reason: 'CrashLoopBackOff', message }
  const more = { ready: false, restarts: 4, containerId: 'x', imageId: 'y', exitCode: 1, startedAt: null }
  it.observe(uid, 'Running', false, { containers: [{ ...base, ...more, finishedAt: it.now - 40_000 }] })
  assert.is(
    sentence(it, makeKey('Pod', 'default', name)),
    `${name} is CrashLoopBackOff on ${node}: container app: restarted 4 times; last exit code 1 40s ago; next start in 40s`,
  )
})
why('a workload', () => {
  const it = new FakeWorld(reconcileDeployment, deployment('a'), KEY)
  it.pass()
  assert.is(sentence(it, KEY), 'deployment/web is Progressing: 0 of 3 replicas are ready')
  it.settle()
  assert.is(sentence(it, KEY), 'deployment/web is Healthy: 3 of 3 replicas are ready')
  const [set] = it.sets.keys()
  assert.is(
    sentence(it, set!),
    'deployment/web is Healthy: 3 of 3 replicas are ready',
    'its replica set tells the same',
  )
})
why('a node that is cordoned, drained and empty says which', () => {
  const it = settled(deployment('a'))
  const node = (unschedulable: boolean, annotations: Readonly<Record<string, string>>, pods: readonly string[]) => {
    const manifest = desiredObject('Node', 'n1', { spec: { unschedulable }, metadata: { name: 'n1', annotations } })
    const { planned } = statusInput(it, [])
    const nodes = new Map(planned.nodes)
    const n1 = nodes.get('n1')!
    const [one] = n1.pods
    nodes.set('n1', { ...n1, pods: pods.map((uid) => ({ ...one!, uid, name: uid })) })
    const input = statusInput(it, [], {
      desired: desiredState([it.desired!, manifest]),
      planned: { ...planned, nodes },
    })
    const shown = makeStatusView(input).nodes.find(({ name }) => name === 'n1')
    return [shown?.drain, explain(input, makeKey('Node', '', 'n1'))?.sentence]
  }
  const drain = { 'headway.dev/drain': 'true' }
  assert.equal(node(true, {}, ['x']), [undefined, 'node n1 is Suspended: cordoned: no new pods'])
  assert.equal(node(false, drain, ['x']), [undefined, 'node n1 is Healthy: it holds 1 pod'])
  assert.equal(node(true, drain, ['x', 'y']), ['draining', 'node n1 is Suspended: draining: 2 pods left'])
  assert.equal(node(true, drain, ['x']), ['draining', 'node n1 is Suspended: draining: 1 pod left'])
  assert.equal(node(true, drain, []), ['drained', 'node n1 is Suspended: drained: no pods, and no new ones'])
})
why('a pod in its host’s network has the address of its node', () => {
  const it = settled(deployment('a', { replicas: 1 }))
  const { planned } = statusInput(it, [])
  const { name, node } = it.live()[0]!.planned
  const shown = (hostNetwork: boolean) => {
    const sets = [...planned.replicaSets].map(([key, set]) => {
      const spec = { ...set.template.spec!, hostNetwork }
      return [key, { ...set, template: { ...set.template, spec } }] as const
    })
    const nodes = [...planned.nodes].map(([key, row]) => {
      const pods = row.pods.map((pod) => ({ ...pod, address: null }))
      return [key, { ...row, pods }] as const
    })
    const more = { ...planned, replicaSets: new Map(sets), nodes: new Map(nodes) }
    const input = statusInput(it, [], { planned: more })
    const facts = explain(input, makeKey('Pod', 'default', name))?.facts
    const address = makeStatusView(input).nodes.find((row) => row.name === node)?.address
    return [
      makeStatusView(input).pods[0]?.address === address,
      facts?.find((fact) => fact.name === 'address')?.value === address,
    ]
  }
  assert.equal(
    [shown(true), shown(false)],
    [
      [true, true],
      [false, false],
    ],
  )
})
why('nodes, plain objects, and what is not there', () => {
  const it = settled(deployment('a'))
  assert.is(sentence(it, makeKey('Node', '', 'n1')), 'node n1 is Healthy: it holds 1 pod')
  const map = desiredObject('ConfigMap', 'settings', {}, 'abcdef0123')
  const claim = desiredObject('PersistentVolumeClaim', 'data', {})
  const input = statusInput(it, [], { desired: desiredState([map, claim]) })
  assert.is(explain(input, map.key)?.sentence, 'configmap/settings waits to be applied at abcdef01')
  assert.is(
    explain(input, claim.key)?.sentence,
    'persistentvolumeclaim/data is accepted, but PersistentVolumeClaim is not carried out yet',
  )
  for (const [kind, namespace] of [
    ['Pod', 'default'],
    ['ConfigMap', 'default'],
    ['Deployment', 'default'],
    ['Service', 'default'],
    ['Node', ''],
  ] as const) {
    assert.is(explain(input, makeKey(kind, namespace, 'nothing')), null, kind)
  }
})
why('a Pod manifest: what keeps its pod, before it is made and after', () => {
  const key = makeKey('Pod', 'default', 'one')
  const it = new FakeWorld(reconcilePod, desiredObject('Pod', 'one', { spec: podSpec('a', {}) }), key)
  const missing = { on: 'configuration', key, detail: 'there is no ConfigMap c' } as const
  assert.is(
    explain(statusInput(it, [missing]), key)?.sentence,
    'pod/one is Missing: not applied yet; there is no ConfigMap c',
  )
  it.pass()
  const unready = { on: 'ready-replicas', key, detail: '0 of 1 replicas are ready' } as const
  const unplaced = { on: 'scheduling', key, detail: '0/1 nodes are available' } as const
  const pods = [...it.pods.values()].map(({ planned }) => ({ ...planned, name: 'one', node: null, address: null }))
  const explainPending = (...waiting: readonly Waiting[]): string | undefined => {
    const { planned, ...input } = statusInput(it, waiting)
    const nodes = new Map([...planned.nodes].map(([name, node]) => [name, { ...node, pods: [] }] as const))
    return explain({ ...input, planned: { ...planned, nodes, pending: pods } }, key)?.sentence
  }
  assert.is(explainPending(unready, unplaced), 'one is Pending: 0/1 nodes are available')
  assert.is(explainPending(unready), 'one is Pending: 0 of 1 replicas are ready')
})
why('an object of a held app says so, and what is wrong', () => {
  const it = settled(deployment('a'))
  const map = desiredObject('ConfigMap', 'settings', {})
  const problem = {
    severity: 'error',
    code: 'unknown-field',
    file: 'a.yaml',
    line: 3,
    column: 5,
    path: 'spec.x',
  } as const
  const explainHeld = (object: DesiredObject, count: number): WhyView | null => {
    const problems = Array.from({ length: count }, () => ({ ...problem, message: 'unknown field "x"' }))
    const app = { id: object.app, source: 'main', directory: '', revision: REVISION, held: count > 0, problems }
    const desired = desiredState([it.desired!, map], { apps: new Map([[app.id, app]]) })
    return explain(statusInput(it, [], { desired }), object.key)
  }
  const one = explainHeld(it.desired!, 1)
  const detail = 'its app main: is held at 01234567: a.yaml:3:5: spec.x: unknown field "x"'
  assert.match(
    one?.sentence ?? '',
    /is Healthy: \d of \d replicas are ready; its app main: is held at 01234567: a\.yaml:3:5/,
  )
  assert.equal(one?.waiting, [{ on: 'held-app', key: it.key, detail }])
  assert.equal(explainHeld(map, 2)?.waiting, [{ on: 'held-app', key: map.key, detail: `${detail} (and 1 more)` }])
  assert.equal(explainHeld(it.desired!, 0)?.waiting, [])
})
why('an object whose deletion is held names the brake', () => {
  const it = settled(deployment('a'))
  const map = desiredObject('ConfigMap', 'settings', {})
  const input = statusInput(it, [{ on: 'delete-brake', key: null, detail: '3 deletions wait' }])
  const inventory = new Map([[map.key, { key: map.key, hash: '', app: 'main:', commit: 'c1' }]])
  const held = { ...input, planned: { ...input.planned, inventory }, brake: { hash: 'h', keys: [map.key], reason: '' } }
  assert.is(explain(held, map.key)?.sentence, 'configmap/settings is to be deleted: 3 deletions wait')
})
why.run()
