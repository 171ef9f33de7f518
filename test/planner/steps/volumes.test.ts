/** Pods go where the volumes that their claims are bound to can be reached; until claims are carried out they wait there. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stableHash } from '../../../src/base/hash.js'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type {
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
  PodSpec,
} from '../../../src/model/generated/kubernetes.js'
import { makeKey } from '../../../src/model/keys.js'
import { priorityClass } from '../disruption/objects.js'
import { deployment, image, nodeManifest, World } from '../world.js'

type NodeAffinityTerms = NonNullable<NonNullable<PersistentVolumeSpec['nodeAffinity']>['required']>['nodeSelectorTerms']

const ZONE = 'topology.kubernetes.io/zone'
const REGION = 'topology.kubernetes.io/region'

function object(
  kind: 'PersistentVolume' | 'PersistentVolumeClaim',
  name: string,
  spec: object,
  labels: Readonly<Record<string, string>> = {},
): DesiredObject {
  const namespace = kind === 'PersistentVolume' ? '' : 'default'
  const metadata = { name, labels, ...(namespace && { namespace }) }
  const manifest = { apiVersion: 'v1', kind, metadata, spec }
  return {
    key: makeKey(kind, namespace, name),
    kind,
    namespace,
    name,
    manifest,
    hash: stableHash(manifest),
    origin: { source: 'main', file: `${name}.yaml`, line: 1, document: 0 },
    app: 'main:',
    commit: 'c1',
  }
}

function volume(
  name: string,
  spec: Partial<PersistentVolumeSpec>,
  labels: Readonly<Record<string, string>> = {},
): DesiredObject {
  return object('PersistentVolume', name, spec, labels)
}

function claim(spec: Partial<PersistentVolumeClaimSpec> = {}, name = 'data'): DesiredObject {
  return object('PersistentVolumeClaim', name, spec)
}

/** Any of the terms; all expressions of a term. */
function where(...terms: NonNullable<NodeAffinityTerms>): Partial<PersistentVolumeSpec> {
  return { nodeAffinity: { required: { nodeSelectorTerms: terms } } }
}

function onHost(...values: readonly string[]): Partial<PersistentVolumeSpec> {
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values }]
  return { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } }
}

function claimedBy(name: string, namespace = 'default'): Partial<PersistentVolumeSpec> {
  return { claimRef: { namespace, name } }
}

const claiming: Partial<PodSpec> = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }

const claimingTwo: Partial<PodSpec> = {
  volumes: [
    { name: 'v', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'w', persistentVolumeClaim: { claimName: 'logs', readOnly: true } },
  ],
}

interface Row {
  readonly name: string
  readonly objects: readonly DesiredObject[]
  /** Where three replicas go, each once; or why they wait. */
  readonly expected: readonly string[] | string | RegExp
  /** One claim, `data`, unless said otherwise. */
  readonly pod?: Partial<PodSpec>
  /** Of n1, n2 and n3. */
  readonly labels?: readonly Readonly<Record<string, string>>[]
}

const AFFINITY = "3 node(s) didn't match PersistentVolume's node affinity"
const NO_ZONE = '3 node(s) had no available volume zone'
const ZONES = [
  { [ZONE]: 'a', [REGION]: 'eu' },
  { [ZONE]: 'b', [REGION]: 'eu' },
  { [ZONE]: 'c', [REGION]: 'us' },
]
const ALL = ['n1', 'n2', 'n3']

const rows: readonly Row[] = [
  {
    name: 'the volume that the claim names',
    objects: [volume('pv', onHost('n2')), claim({ volumeName: 'pv' })],
    expected: ['n2'],
  },
  {
    name: 'the volume that names the claim',
    objects: [volume('pv', { ...onHost('n3'), ...claimedBy('data') }), claim()],
    expected: ['n3'],
  },
  {
    name: 'both name each other',
    objects: [volume('pv', { ...onHost('n1'), ...claimedBy('data') }), claim({ volumeName: 'pv' })],
    expected: ['n1'],
  },
  {
    name: 'a volume that names another claim',
    objects: [volume('pv', { ...onHost('n1'), ...claimedBy('other') }), claim({ volumeName: 'pv' })],
    expected: ALL,
  },
  {
    name: 'a volume that names a claim of another namespace',
    objects: [volume('pv', { ...onHost('n1'), ...claimedBy('data', 'prod') }), claim()],
    expected: ALL,
  },
  { name: 'a claim that is not bound', objects: [volume('pv', onHost('n2')), claim()], expected: ALL },
  { name: 'a volume that is not there', objects: [claim({ volumeName: 'pv' })], expected: ALL },
  {
    name: 'a claim that is not there',
    objects: [volume('pv', { ...onHost('n2'), ...claimedBy('data') })],
    expected: ALL,
  },
  { name: 'a volume without affinity', objects: [volume('pv', claimedBy('data')), claim()], expected: ALL },
  {
    name: 'a volume on a host that is gone',
    objects: [volume('pv', onHost('n9')), claim({ volumeName: 'pv' })],
    expected: AFFINITY,
  },
  {
    name: 'the zone of a volume',
    objects: [volume('pv', claimedBy('data'), { [ZONE]: 'b' }), claim()],
    labels: ZONES,
    expected: ['n2'],
  },
  {
    name: 'a volume in two zones',
    objects: [volume('pv', claimedBy('data'), { [ZONE]: 'a__b' }), claim()],
    labels: ZONES,
    expected: ['n1', 'n2'],
  },
  {
    name: 'zone and region must both fit',
    objects: [volume('pv', claimedBy('data'), { [ZONE]: 'a__c', [REGION]: 'us' }), claim()],
    labels: ZONES,
    expected: ['n3'],
  },
  {
    name: 'no node is in the zone',
    objects: [volume('pv', claimedBy('data'), { [ZONE]: 'd' }), claim()],
    labels: ZONES,
    expected: NO_ZONE,
  },
  {
    name: 'nodes with no zone labels at all pass, one with another label of the two does not',
    objects: [volume('pv', claimedBy('data'), { [ZONE]: 'a' }), claim()],
    labels: [{}, { [REGION]: 'eu' }, { [ZONE]: 'a' }],
    expected: ['n1', 'n3'],
  },
  {
    name: 'two volumes that share a host',
    objects: [
      volume('pv', onHost('n1', 'n2')),
      volume('logs', onHost('n2', 'n3')),
      claim({ volumeName: 'pv' }),
      claim({ volumeName: 'logs' }, 'logs'),
    ],
    pod: claimingTwo,
    expected: ['n2'],
  },
  {
    name: 'two volumes that share none',
    objects: [
      volume('pv', onHost('n1')),
      volume('logs', onHost('n3')),
      claim({ volumeName: 'pv' }),
      claim({ volumeName: 'logs' }, 'logs'),
    ],
    pod: claimingTwo,
    expected: AFFINITY,
  },
  {
    name: 'one of two claims is not bound: the other says where',
    objects: [volume('pv', onHost('n3')), claim({ volumeName: 'pv' }), claim({}, 'logs')],
    pod: claimingTwo,
    expected: ['n3'],
  },
  {
    name: 'a volume on a host, in a zone that the host is not in',
    objects: [volume('pv', { ...onHost('n1'), ...claimedBy('data') }, { [ZONE]: 'b' }), claim()],
    labels: ZONES,
    expected: /2 node\(s\) didn't match PersistentVolume's node affinity/,
  },
  {
    name: 'one of several terms is enough, and all of its expressions must hold',
    objects: [
      volume(
        'pv',
        where(
          {
            matchExpressions: [
              { key: ZONE, operator: 'In', values: ['a', 'b'] },
              { key: REGION, operator: 'NotIn', values: ['eu'] },
            ],
          },
          { matchExpressions: [{ key: 'disk', operator: 'Exists' }] },
        ),
      ),
      claim({ volumeName: 'pv' }),
    ],
    labels: [ZONES[0]!, { ...ZONES[1]!, disk: '' }, ZONES[2]!],
    expected: ['n2'],
  },
  {
    name: 'a host by its name',
    objects: [
      volume('pv', where({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] })),
      claim({ volumeName: 'pv' }),
    ],
    expected: ['n2'],
  },
  {
    name: 'the beta name of the zone on volume and host',
    objects: [volume('pv', claimedBy('data'), { 'failure-domain.beta.kubernetes.io/zone': 'a' }), claim()],
    labels: [{ [ZONE]: 'a' }, { 'failure-domain.beta.kubernetes.io/zone': 'a' }, { [ZONE]: 'b' }],
    expected: ['n1', 'n2'],
  },
  {
    name: 'the pod’s own affinity holds besides',
    objects: [volume('pv', onHost('n1', 'n2')), claim({ volumeName: 'pv' })],
    pod: { ...claiming, nodeSelector: { 'kubernetes.io/hostname': 'n2' } },
    expected: ['n2'],
  },
]

const volumes = suite('volumes')
for (const row of rows)
  volumes(row.name, () => {
    const world = new World()
    ALL.forEach((name, i) => {
      world.addNode(name, { images: [image('demo:1')], cpuMilli: 4_000, labels: row.labels?.[i] ?? {} })
    })
    world.apply(...row.objects, deployment('db', { replicas: 6, cpu: '100m', pod: row.pod ?? claiming }))
    world.run(2_000)
    const waiting = world.last?.waiting ?? []
    if (typeof row.expected === 'string' || row.expected instanceof RegExp) {
      assert.ok(world.pods().every((pod) => pod.node === null))
      assert.match(waiting.find(({ on }) => on === 'scheduling')?.detail ?? '', row.expected)
      return
    }
    assert.equal([...new Set(world.pods().map((pod) => pod.node))].sort(), row.expected)
    assert.ok(waiting.some(({ on, detail }) => on === 'unsupported' && detail.includes('persistentVolumeClaim')))
  })

const HOST_OF_TWO = [volume('pv', onHost('n2')), claim({ volumeName: 'pv' })]

volumes('the host of a volume is full: its pods of lower priority go, nobody else’s', () => {
  const world = new World()
  for (const name of ALL) world.addNode(name, { images: [image('demo:1')], cpuMilli: 1_000 })
  world.apply(priorityClass('high', 100), deployment('low', { replicas: 3, cpu: '900m' }), ...HOST_OF_TWO)
  world.run(4_000)
  assert.is(world.ready().length, 3)
  const pod = { ...claiming, priorityClassName: 'high' }
  world.apply(deployment('db', { replicas: 1, cpu: '500m', pod }))
  const actions = world.run(15_000)
  assert.equal(
    actions.flatMap((action) => (action.type === 'preempt' ? [action.node] : [])),
    ['n2'],
  )
  assert.equal(world.pods().find(({ workload }) => workload.endsWith('/db'))?.node, 'n2')
})

volumes('a pod of a drained host whose volume is nowhere else waits, and says for what', () => {
  const world = new World()
  for (const name of ALL) world.addNode(name, { images: [image('demo:1')] })
  world.apply(deployment('db', { replicas: 1, pod: claiming }), ...HOST_OF_TWO)
  world.run(4_000)
  world.apply(nodeManifest('n2', { unschedulable: true }, { 'headway.dev/drain': 'true' }))
  world.run(10_000)
  const detail = world.last?.waiting.find(({ on }) => on === 'scheduling')?.detail ?? ''
  assert.match(detail, /1 node\(s\) were unschedulable/)
  assert.match(detail, /2 node\(s\) didn't match PersistentVolume's node affinity/)
})

volumes.run()
