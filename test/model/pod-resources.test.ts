/** Effective requests (semantics §3.1) and quality of service (§4.3). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Container, PodSpec, ResourceRequirements } from '../../src/model/generated/kubernetes.js'
import { containerRequests, parseAmounts, podRequests, qosClass } from '../../src/model/pod-resources.js'

const resources = suite('pod-resources')

const container = (cpu: string, restartPolicy?: 'Always'): Container => ({
  name: 'c',
  resources: { requests: { cpu } },
  ...(restartPolicy === undefined ? {} : { restartPolicy }),
})

interface Row {
  readonly name: string
  readonly init: readonly Container[]
  readonly app: readonly Container[]
  readonly cpu: number
  readonly more?: Partial<PodSpec>
}

const rows: readonly Row[] = [
  { name: 'app containers add up', init: [], app: [container('200m'), container('300m')], cpu: 500 },
  {
    name: 'the largest init step wins when larger',
    init: [container('500m'), container('700m')],
    app: [container('600m')],
    cpu: 700,
  },
  { name: 'app containers win when larger', init: [container('500m')], app: [container('600m')], cpu: 600 },
  { name: 'a sidecar runs beside the app', init: [container('100m', 'Always')], app: [container('200m')], cpu: 300 },
  {
    name: 'sidecars before an init step count with it',
    init: [container('100m', 'Always'), container('500m')],
    app: [container('200m')],
    cpu: 600,
  },
  {
    name: 'sidecars after an init step do not',
    init: [container('500m'), container('100m', 'Always')],
    app: [container('200m')],
    cpu: 500,
  },
  {
    name: 'a pod-level request takes the place',
    init: [container('900m')],
    app: [container('200m')],
    cpu: 400,
    more: { resources: { requests: { cpu: '400m' } } },
  },
  {
    name: 'the overhead comes on top',
    init: [],
    app: [container('200m')],
    cpu: 250,
    more: { overhead: { cpu: '50m' } },
  },
  {
    name: 'overhead on a pod-level request',
    init: [],
    app: [container('200m')],
    cpu: 450,
    more: { resources: { requests: { cpu: '400m' } }, overhead: { cpu: '50m' } },
  },
]
for (const row of rows) {
  resources(row.name, () => {
    const spec: PodSpec = { initContainers: row.init, containers: row.app, ...row.more }
    assert.is(podRequests(spec)['cpu'], row.cpu)
  })
}

resources('a limit without a request is the request, by resource', () => {
  assert.equal(containerRequests({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '250m' } }), {
    cpu: 250,
    memory: 1024 ** 3,
  })
  assert.equal(parseAmounts({ cpu: '0.1', memory: '1Ki', 'example.com/gpu': '2' }), {
    cpu: 100,
    memory: 1024,
    'example.com/gpu': 2,
  })
  assert.equal(parseAmounts(undefined), {})
  assert.equal(podRequests({ containers: [{ name: 'c' }] }), {})
})

const full: ResourceRequirements = { limits: { cpu: '1', memory: '1Gi' } }
const classes: readonly (readonly [string, PodSpec, string])[] = [
  ['nothing asked', { containers: [{ name: 'a' }] }, 'BestEffort'],
  ['zero counts as nothing', { containers: [{ name: 'a', resources: { requests: { cpu: '0' } } }] }, 'BestEffort'],
  [
    'other resources do not count',
    { containers: [{ name: 'a', resources: { requests: { 'ephemeral-storage': '1Gi' } } }] },
    'BestEffort',
  ],
  ['limits only', { containers: [{ name: 'a', resources: full }] }, 'Guaranteed'],
  [
    'equal requests',
    { containers: [{ name: 'a', resources: { ...full, requests: { cpu: '1000m', memory: '1Gi' } } }] },
    'Guaranteed',
  ],
  [
    'a smaller request',
    { containers: [{ name: 'a', resources: { ...full, requests: { cpu: '999m' } } }] },
    'Burstable',
  ],
  ['one container without', { containers: [{ name: 'a', resources: full }, { name: 'b' }] }, 'Burstable'],
  [
    'an init container without',
    { initContainers: [{ name: 'i' }], containers: [{ name: 'a', resources: full }] },
    'Burstable',
  ],
  ['cpu only', { containers: [{ name: 'a', resources: { limits: { cpu: '1' } } }] }, 'Burstable'],
  ['pod-level resources alone decide', { containers: [{ name: 'a' }], resources: full }, 'Guaranteed'],
]
for (const [name, spec, expected] of classes) {
  resources(`quality: ${name}`, () => {
    assert.is(qosClass(spec), expected)
  })
}

resources.run()
