/** Environment and expansion by table, as Kubernetes does it. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type ConfigLookup,
  ConfigurationError,
  expandVariables,
  makeEnvironment,
  type NodeContext,
  readField,
  readResource,
} from '../../../src/agents/core/environment.js'
import type { Container } from '../../../src/model/generated/kubernetes.js'
import { makePod } from './fake-node.js'

const tests = suite('environment')
const node: NodeContext = {
  name: 'node1',
  address: '10.0.0.1',
  allocatable: { cpuMilli: 3900, memoryBytes: 8 * 2 ** 30, ephemeralStorageBytes: 2 ** 40 },
}

// The rows are the cases of Kubernetes' third_party/forked/golang/expansion tests (Apache-2.0), as facts.
const variables = new Map([
  ['VAR_A', 'A'],
  ['VAR_B', 'B'],
  ['VAR_C', 'C'],
  ['VAR_REF', '$(VAR_A)'],
  ['VAR_EMPTY', ''],
])
const expansions: readonly (readonly [string, string])[] = [
  ['$(VAR_A)', 'A'],
  ['___$(VAR_B)___', '___B___'],
  ['___$(VAR_C)', '___C'],
  ['$(VAR_A)-$(VAR_B)', 'A-B'],
  ['$(VAR_REF)', '$(VAR_A)'],
  ['%%$(VAR_REF)--$(VAR_REF)%%', '%%$(VAR_A)--$(VAR_A)%%'],
  ['foo$(VAR_EMPTY)bar', 'foobar'],
  ['foo\\$(VAR_A)', 'foo\\A'],
  ['$(UNKNOWN)', '$(UNKNOWN)'],
  ['$$', '$'],
  ['$$$', '$$'],
  ['$$(VAR_A)', '$(VAR_A)'],
  ['$$$(VAR_A)', '$A'],
  ['$$$$(VAR_A)', '$$(VAR_A)'],
  ['$$$$$(VAR_A)', '$$A'],
  ['$VAR_A)', '$VAR_A)'],
  ['\u0024{VAR_A}', '\u0024{VAR_A}'],
  ['$(VAR_B)_______$(A', 'B_______$(A'],
  ['$(VAR_A)$(', 'A$('],
  ['$(VAR_A$(VAR_B)', '$(VAR_A$(VAR_B)'],
  ['$()', '$()'],
  ['$', '$'],
  ['f0o$', 'f0o$'],
  ['', ''],
  ['\n$(VAR_A)', '\nA'],
]
for (const [text, expected] of expansions)
  tests(`expands ${JSON.stringify(text)}`, () => assert.is(expandVariables(text, variables), expected))

tests('a text without a dollar is itself', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const plain = text.replaceAll('$', '')
      assert.is(expandVariables(plain, variables), plain)
    }),
  )
})

const lookup: ConfigLookup = (kind, name) => {
  if (kind === 'ConfigMap' && name === 'settings') return { COLOUR: 'blue', '1bad': 'x', 'with.dot': 'y' }
  if (kind === 'Secret' && name === 'login') return { PASSWORD: 'hush' }
  return null
}
const environment = (container: Partial<Container>): Record<string, string> =>
  Object.fromEntries(
    makeEnvironment(makePod('web', {}, { labels: { app: 'web' } }), { name: 'app', ...container }, node, lookup),
  )

const rows: readonly { name: string; container: Partial<Container>; expected: Record<string, string> }[] = [
  {
    name: 'envFrom skips names that are none',
    container: { envFrom: [{ configMapRef: { name: 'settings' } }] },
    expected: { COLOUR: 'blue', 'with.dot': 'y' },
  },
  {
    name: 'a prefix can make a name good',
    container: { envFrom: [{ prefix: 'P_', configMapRef: { name: 'settings' } }] },
    expected: { P_COLOUR: 'blue', P_1bad: 'x', 'P_with.dot': 'y' },
  },
  {
    name: 'env replaces envFrom and may refer to it',
    container: {
      envFrom: [{ secretRef: { name: 'login' } }],
      env: [
        { name: 'LINE', value: 'is $(PASSWORD)' },
        { name: 'PASSWORD', value: 'other' },
      ],
    },
    expected: { PASSWORD: 'other', LINE: 'is hush' },
  },
  {
    name: 'only what came before is known',
    container: {
      env: [
        { name: 'A', value: '$(B)' },
        { name: 'B', value: 'b' },
        { name: 'C', value: '$(B)' },
      ],
    },
    expected: { A: '$(B)', B: 'b', C: 'b' },
  },
  { name: 'no value is the empty text', container: { env: [{ name: 'A' }] }, expected: { A: '' } },
  {
    name: 'optional and absent: left out',
    container: {
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'k', optional: true } } }],
      envFrom: [{ configMapRef: { name: 'none', optional: true } }],
    },
    expected: {},
  },
  {
    name: 'values of keys are not expanded',
    container: {
      env: [
        { name: 'X', value: 'x' },
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'COLOUR' } } },
      ],
    },
    expected: { X: 'x', A: 'blue' },
  },
  {
    name: 'fields',
    container: {
      env: [
        { name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
    },
    expected: { A: 'web', B: '10.244.0.5' },
  },
]
for (const row of rows) tests(row.name, () => assert.equal(environment(row.container), row.expected))

const errors: readonly { name: string; container: Partial<Container>; message: RegExp }[] = [
  {
    name: 'a missing object',
    container: { envFrom: [{ secretRef: { name: 'none' } }] },
    message: /^secret "none" not found/,
  },
  {
    name: 'a missing key',
    container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'size' } } }] },
    message: /^couldn't find key size in configmap "settings"/,
  },
  {
    name: 'a field there is not',
    container: { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.moon' } } }] },
    message: /spec.moon is not a field/,
  },
]
for (const row of errors) {
  tests(row.name, () => {
    assert.throws(
      () => environment(row.container),
      (error: Error) => error instanceof ConfigurationError && row.message.test(error.message),
    )
  })
}

tests('fields of the pod and its node', () => {
  const pod = makePod('web', { serviceAccountName: 'robot' }, { labels: { b: '2', a: '1"' } })
  const fields = [
    'metadata.name',
    'metadata.namespace',
    'metadata.uid',
    'metadata.labels',
    'spec.nodeName',
    'spec.serviceAccountName',
    'status.hostIP',
    'status.podIPs',
  ]
  assert.equal(
    fields.map((path) => readField(pod, node, path)),
    ['web', 'default', 'web-uid', 'a="1\\""\nb="2"', 'node1', 'robot', '10.0.0.1', '10.244.0.5'],
  )
})

tests('resources are divided and rounded up; an open limit is the node’s', () => {
  const resources = { requests: { cpu: '250m', memory: '100Mi' }, limits: { memory: '200Mi' } }
  const pod = makePod('web', { containers: [{ name: 'app', resources }] })
  const rows = [
    ['requests.cpu', '1', '1'],
    ['requests.cpu', '1m', '250'],
    ['requests.memory', '1Mi', '100'],
    ['requests.memory', '0', String(100 * 2 ** 20)],
    ['limits.memory', '1M', '210'],
    ['limits.cpu', '1', '4'],
  ] as const
  for (const [resource, divisor, expected] of rows)
    assert.is(readResource(pod, node, 'app', resource, divisor), expected, `${resource} ${divisor}`)
  assert.throws(() => readResource(pod, node, 'other', 'limits.cpu', '1'), /no container named other/)
  assert.throws(() => readResource(pod, node, 'app', 'limits.moon', '1'), /not a resource/)
})

tests.run()
