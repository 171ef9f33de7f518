/** What makes a pod template the same template: its hash, and the configuration it takes. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patchMap } from '../../src/base/layered-map.js'
import { configReferences } from '../../src/model/config-references.js'
import type { PodSpec } from '../../src/model/generated/kubernetes.js'
import { templateHash } from '../../src/model/template-hash.js'

const template = suite('template')

const spec: PodSpec = { containers: [{ name: 'web', image: 'web:1' }] }

template('a hash is versioned, and blind to order and to bookkeeping', () => {
  const hash = templateHash({ metadata: { labels: { a: '1', b: '2' } }, spec }, {})
  assert.match(hash, /^v1-[0-9a-f]{32}$/)
  assert.is(templateHash({ spec: { ...spec }, metadata: { labels: { b: '2', a: '1' }, name: 'ignored' } }, {}), hash)
  assert.is(hash, 'v1-e0be8c86e22978ac4d872b31e02f1ee8')
})

template('labels, annotations, the spec and what the environment holds each make another hash', () => {
  const base = { metadata: { labels: { a: '1' } }, spec }
  const hashes = [
    templateHash(base, {}),
    templateHash({ ...base, metadata: { labels: { a: '2' } } }, {}),
    templateHash({ ...base, metadata: { labels: { a: '1' }, annotations: { n: '1' } } }, {}),
    templateHash({ ...base, spec: { ...spec, hostname: 'h' } }, {}),
    templateHash(base, { 'ConfigMap/c/*': 'd1' }),
    templateHash(base, { 'ConfigMap/c/*': 'd2' }),
    templateHash(base, { 'ConfigMap/c/*': null }),
  ]
  assert.is(new Set(hashes).size, hashes.length)
})

template('every way to take configuration is found, with how it is used', () => {
  const references = configReferences({
    imagePullSecrets: [{ name: 'registry' }],
    initContainers: [
      { name: 'init', envFrom: [{ configMapRef: { name: 'c1', optional: true } }, { secretRef: { name: 's1' } }] },
    ],
    containers: [
      {
        name: 'web',
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'c2', key: 'k' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: 's2', key: 'k', optional: true } } },
          { name: 'C', value: 'plain' },
        ],
        volumeMounts: [
          { name: 'whole', mountPath: '/a' },
          { name: 'part', mountPath: '/b', subPath: 'x' },
        ],
      },
    ],
    volumes: [
      { name: 'whole', configMap: { name: 'c3' } },
      { name: 'part', secret: { secretName: 's3', optional: true } },
      { name: 'mixed', projected: { sources: [{ configMap: { name: 'c4' } }, { secret: { name: 's4' } }] } },
      { name: 'other', emptyDir: {} },
    ],
  })
  assert.equal(
    references.map(
      ({ kind, name, key, optional, use }) => `${kind}/${name}/${key} ${use}${optional ? ' optional' : ''}`,
    ),
    [
      'ConfigMap/c1/* environment optional',
      'Secret/s1/* environment',
      'ConfigMap/c2/k environment',
      'Secret/s2/k environment optional',
      'Secret/s3/* environment optional',
      'ConfigMap/c3/* mount',
      'Secret/s3/* mount optional',
      'ConfigMap/c4/* mount',
      'Secret/s4/* mount',
      'Secret/registry/* pull optional',
    ],
  )
})

template('patchMap puts and removes, stays sorted, and gives back the same map when nothing changes', () => {
  const map: ReadonlyMap<string, number> = new Map([
    ['a', 1],
    ['c', 3],
  ])
  assert.is(patchMap(map, new Map()), map)
  const next = patchMap(
    map,
    new Map([
      ['b', 2],
      ['a', null],
      ['c', 4],
      ['x', null],
    ]),
  )
  assert.equal(
    [...next],
    [
      ['b', 2],
      ['c', 4],
    ],
  )
  assert.equal(
    [...map],
    [
      ['a', 1],
      ['c', 3],
    ],
  )
  const entries = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.option(fc.nat(9), { nil: null }))
  fc.assert(
    fc.property(entries, entries, (start, changes) => {
      const before = new Map(
        Object.entries(start)
          .flatMap(([k, v]) => (v === null ? [] : [[k, v] as const]))
          .sort(),
      )
      const after = patchMap(before, new Map(Object.entries(changes)))
      const expected = { ...Object.fromEntries(before), ...changes }
      const keys = Object.keys(expected).filter((key) => expected[key] !== null)
      assert.equal([...after.keys()], keys.sort())
      for (const key of keys) assert.is(after.get(key), expected[key])
    }),
  )
})

template.run()
