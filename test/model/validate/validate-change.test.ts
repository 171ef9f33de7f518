import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { applyDefaults } from '../../../src/model/defaults/apply-defaults.js'
import type { Manifest } from '../../../src/model/desired-state.js'
import { apiVersionOf, type Kind } from '../../../src/model/kinds.js'
import { formatPath } from '../../../src/model/validate/finding.js'
import { validateChange } from '../../../src/model/validate/validate-change.js'

const changes = suite('validate-change')

const make = (kind: Kind, rest: object): Manifest =>
  applyDefaults(kind, { apiVersion: apiVersionOf(kind), kind, metadata: { name: 'x' }, ...rest } as Manifest)
const workload = (label: string, image: string): object => ({
  spec: {
    selector: { matchLabels: { app: label } },
    template: { metadata: { labels: { app: label } }, spec: { containers: [{ name: 'c', image }] } },
  },
})

const rows: readonly (readonly [name: string, Kind, before: object, after: object, paths: readonly string[]])[] = [
  ['an image', 'Deployment', workload('a', 'web:1'), workload('a', 'web:2'), []],
  ['a selector', 'Deployment', workload('a', 'web:1'), workload('b', 'web:1'), ['spec.selector']],
  [
    'a selector written another way',
    'ReplicaSet',
    workload('a', 'web:1'),
    {
      spec: {
        ...(workload('a', 'web:1') as { spec: object }).spec,
        selector: { matchExpressions: [], matchLabels: { app: 'a' } },
      },
    },
    [],
  ],
  [
    'a Pod is replaced',
    'Pod',
    { spec: { containers: [{ name: 'c', image: 'web:1' }] } },
    { spec: { containers: [] } },
    [],
  ],
  ['data', 'ConfigMap', { data: { a: '1' } }, { data: { a: '2' } }, []],
  [
    'immutable data',
    'ConfigMap',
    { immutable: true, data: { a: '1' } },
    { immutable: true, data: { a: '2' } },
    ['data'],
  ],
  [
    'the same immutable data',
    'Secret',
    { immutable: true, data: { a: 'MQ==' } },
    { immutable: true, data: { a: 'MQ==' }, metadata: { name: 'x', labels: { a: 'b' } } },
    [],
  ],
  ['immutable taken back', 'Secret', { immutable: true, data: { a: 'MQ==' } }, { data: { a: 'MQ==' } }, ['immutable']],
  ['becoming immutable', 'ConfigMap', { data: { a: '1' } }, { immutable: true, data: { a: '2' } }, []],
  ['a Secret’s type', 'Secret', {}, { type: 'kubernetes.io/tls' }, ['type']],
  ['Opaque written out', 'Secret', {}, { type: 'Opaque' }, []],
  ['a first address', 'Service', { spec: {} }, { spec: { clusterIP: '10.96.0.9' } }, []],
  [
    'another address',
    'Service',
    { spec: { clusterIP: '10.96.0.8' } },
    { spec: { clusterIP: '10.96.0.9' } },
    ['spec.clusterIP'],
  ],
  [
    'becoming headless',
    'Service',
    { spec: { clusterIP: '10.96.0.8' } },
    { spec: { clusterIP: 'None' } },
    ['spec.clusterIP'],
  ],
  ['an address no longer asked for', 'Service', { spec: { clusterIP: '10.96.0.8' } }, { spec: {} }, []],
  [
    'from an external name',
    'Service',
    { spec: { type: 'ExternalName', externalName: 'a' } },
    { spec: { clusterIP: '10.96.0.9' } },
    [],
  ],
  [
    'a StatefulSet’s claims',
    'StatefulSet',
    workload('a', 'i'),
    {
      spec: {
        ...(workload('a', 'i') as { spec: object }).spec,
        volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: {} }],
      },
    },
    ['spec.volumeClaimTemplates'],
  ],
  [
    'a role',
    'RoleBinding',
    { roleRef: { kind: 'Role', name: 'a' } },
    { roleRef: { kind: 'Role', name: 'b' } },
    ['roleRef'],
  ],
]
for (const [name, kind, before, after, paths] of rows) {
  changes(`${kind}: ${name}`, () => {
    const findings = validateChange(kind, make(kind, before), make(kind, after))
    assert.equal(
      findings.map(({ path }) => formatPath(path)),
      paths,
    )
    for (const { message } of findings) assert.match(message, /give the object a new name, or delete it in one commit/)
  })
}

changes('no change, no finding, for every kind', () => {
  for (const kind of ['Deployment', 'Service', 'Secret', 'Job', 'StorageClass', 'PersistentVolumeClaim'] as const)
    assert.equal(validateChange(kind, make(kind, workload('a', 'i')), make(kind, workload('a', 'i'))), [])
})

changes.run()
