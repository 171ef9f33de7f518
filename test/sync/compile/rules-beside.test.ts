/** Problems are reported all at once: what the schema refuses hides no broken rule, and makes up none. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultClusterConfiguration } from '../../../src/model/cluster-configuration.js'
import { makeObjects } from '../../../src/sync/compile/make-objects.js'
import { decodeFile } from '../../../src/sync/decode/decode-file.js'
import { DIGEST_KEY } from '../support/open-sync.js'

const beside = suite('rules beside schema errors')

/** Where problems were found, sorted. */
function places(text: string): string[] {
  const bytes = Buffer.from(text)
  const file = decodeFile(bytes)
  const input = { file, bytes: () => bytes, digestKey: DIGEST_KEY, configuration: defaultClusterConfiguration }
  const { findings, objects } = makeObjects(input)
  assert.is(
    objects.length === 0,
    findings.some((finding) => finding.severity === 'error'),
  )
  return findings
    .filter((finding) => finding.severity === 'error')
    .map((finding) => finding.path)
    .sort()
}

interface DeploymentParts {
  readonly name?: string
  readonly spec?: string
  readonly selector?: string
  readonly pod?: string
  readonly container?: string
}

/** Wrong by itself: the name, a selector that matches no label, a port twice, a mount without its volume. */
function deployment(parts: DeploymentParts): string {
  const {
    name = 'name: Bad_Name',
    spec = '',
    selector = '{matchLabels: {app: other}}',
    pod = '',
    container = '',
  } = parts
  return `apiVersion: apps/v1
kind: Deployment
metadata: {${name}}
spec:
  ${spec}
  selector: ${selector}
  template:
    metadata: {labels: {app: web}}
    spec:
      ${pod}
      containers:
        - name: main
          image: demo:1
          ${container}
          ports: [{containerPort: 80, name: http}, {containerPort: 81, name: http}]
          volumeMounts: [{name: data, mountPath: /data}]
`
}

const POD = 'spec.template.spec'
const MAIN = `${POD}.containers[0]`
const NAME = 'metadata.name'
const LABELS = 'spec.template.metadata.labels'
const PORT = `${MAIN}.ports[1].name`
const MOUNT = `${MAIN}.volumeMounts[0].name`

const rows: readonly [string, DeploymentParts, readonly string[]][] = [
  ['nothing more', {}, [NAME, LABELS, PORT, MOUNT]],
  ['an unknown field', { spec: 'replica: 1' }, [NAME, LABELS, PORT, MOUNT, 'spec.replica']],
  ['a word that is none', { pod: 'restartPolicy: always' }, [NAME, LABELS, PORT, MOUNT, `${POD}.restartPolicy`]],
  ['a wrong type', { spec: 'replicas: "3"' }, [NAME, LABELS, PORT, MOUNT, 'spec.replicas']],
  [
    'an amount that is none',
    { container: 'resources: {limits: {memory: lots}}' },
    [NAME, LABELS, PORT, MOUNT, `${MAIN}.resources.limits.memory`],
  ],
  ['a name of a wrong type is told of once', { name: 'name: 5' }, [NAME, LABELS, PORT, MOUNT]],
  ['no name', { name: 'labels: {a: b}' }, [NAME, LABELS, PORT, MOUNT]],
  [
    'volumes that cannot be read: nothing is said of mounts',
    { pod: 'volumes: [5]' },
    [NAME, LABELS, PORT, `${POD}.volumes[0]`],
  ],
  [
    'a selector that cannot be read: nothing of what it matches',
    { selector: 'web' },
    [NAME, PORT, MOUNT, 'spec.selector'],
  ],
  [
    'an operator that is none: it could match',
    { selector: '{matchExpressions: [{key: app, operator: in, values: [web]}]}' },
    [NAME, PORT, MOUNT, 'spec.selector.matchExpressions[0].operator'],
  ],
]
for (const [name, parts, expected] of rows)
  beside(name, () => assert.equal(places(deployment(parts)), [...expected].sort()))

const service = (spec: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: ${spec}\n`
const services: readonly [string, string, readonly string[]][] = [
  [
    'a node port under a type that is none may be right',
    '{type: nodePort, ports: [{port: 80, nodePort: 30080}]}',
    ['spec.type'],
  ],
  [
    'nothing is said of a node port that depends on the type',
    '{type: nodePort, ports: [{port: 80, nodePort: 80}]}',
    ['spec.type'],
  ],
  [
    'one port twice, whatever the type',
    '{type: nodePort, ports: [{port: 80, name: a}, {port: 80, name: b}]}',
    ['spec.ports[1].port', 'spec.type'],
  ],
  [
    'one port under a protocol that is none may be another',
    '{ports: [{port: 53, name: a, protocol: UPD}, {port: 53, name: b}]}',
    ['spec.ports[0].protocol'],
  ],
]
for (const [name, spec, expected] of services)
  beside(name, () => assert.equal(places(service(spec)), [...expected].sort()))

beside('whatever stands in an object, nothing falls over', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const kinds = [
    ['apps/v1', 'Deployment'],
    ['v1', 'Service'],
    ['v1', 'Pod'],
    ['v1', 'ConfigMap'],
    ['v1', 'Node'],
    ['batch/v1', 'CronJob'],
  ] as const
  const spec = fc.dictionary(
    fc.constantFrom('template', 'selector', 'ports', 'containers', 'type', 'replicas', 'taints', 'volumes'),
    json,
  )
  const property = fc.property(fc.constantFrom(...kinds), json, spec, ([apiVersion, kind], metadata, some) => {
    places(JSON.stringify({ apiVersion, kind, metadata, spec: some }))
    places(JSON.stringify({ apiVersion, kind, metadata: { name: 'x' }, spec: some }))
  })
  fc.assert(property, { numRuns: 300, seed: 1 })
})

beside.run()
