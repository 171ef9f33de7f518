/** Objects against their schemas: what is said, where, and how; and that nothing valid is refused. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { applyDefaults } from '../../../src/model/defaults/apply-defaults.js'
import type { Manifest } from '../../../src/model/desired-state.js'
import { apiVersionOf, type Kind, type KindInfo, kinds } from '../../../src/model/kinds.js'
import { formatPath } from '../../../src/model/validate/finding.js'
import { validateSchema } from '../../../src/sync/schema/validate-schema.js'
import { withPath } from '../../support/edit-path.js'

const schemas = suite('validate-schema')

const container = { name: 'web', image: 'web:1' }
const base = (kind: Kind): Record<string, unknown> => {
  const meta = { apiVersion: apiVersionOf(kind), kind, metadata: { name: 'web' } }
  if (kind === 'Deployment')
    return { ...meta, spec: { selector: { matchLabels: { a: 'b' } }, template: { spec: { containers: [container] } } } }
  if (kind === 'Pod') return { ...meta, spec: { containers: [container] } }
  if (kind === 'Service') return { ...meta, spec: { ports: [{ port: 80 }] } }
  return meta
}
const say = (kind: Kind, object: unknown, apiVersion = apiVersionOf(kind)): string[] =>
  validateSchema(kind, apiVersion, object).map(
    ({ severity, code, path, message }) => `${severity} ${code} ${formatPath(path)}: ${message}`,
  )

const C = 'spec.template.spec.containers.0'
const E = 'error invalid-object'
const CONTAINER = 'spec.template.spec.containers[0]'

/** What changes in a valid object, and every sentence it gives. */
const rows: readonly (readonly [Kind, string, unknown, readonly string[]])[] = [
  // Types.
  ['Deployment', 'spec.replicas', 3, []],
  ['Deployment', 'spec.replicas', '3', [`${E} spec.replicas: must be an integer, not a string ("3")`]],
  ['Deployment', 'spec.replicas', 2.5, [`${E} spec.replicas: must be an integer, not a number (2.5)`]],
  ['Deployment', 'spec.replicas', 2 ** 31 - 1, []],
  ['Deployment', 'spec.replicas', 2 ** 31, [`${E} spec.replicas: must be <= 2147483647`]],
  ['Deployment', 'spec.paused', 'yes', [`${E} spec.paused: must be true or false, not a string ("yes")`]],
  [
    'Deployment',
    `${C}.env`,
    [{ name: 'A', value: 8080 }],
    [`${E} ${CONTAINER}.env[0].value: must be a string, not a number (8080): put it in quotes`],
  ],
  [
    'Deployment',
    `${C}.env`,
    [{ name: 'A', value: true }],
    [`${E} ${CONTAINER}.env[0].value: must be a string, not a boolean (true): put it in quotes`],
  ],
  ['Deployment', `${C}.command`, 'run', [`${E} ${CONTAINER}.command: must be a list, not a string ("run")`]],
  [
    'Deployment',
    'spec.template.spec.containers',
    { web: {} },
    [`${E} spec.template.spec.containers: must be a list, not an object`],
  ],
  ['Deployment', 'metadata', 'web', [`${E} metadata: must be an object (a mapping), not a string ("web")`]],
  [
    'Deployment',
    'metadata.labels',
    { a: 1 },
    [`${E} metadata.labels.a: must be a string, not a number (1): put it in quotes`],
  ],
  // Missing and unknown fields.
  ['Deployment', 'spec.selector', undefined, [`${E} spec.selector: Required value`]],
  ['Deployment', 'spec.selector', null, [`${E} spec.selector: Required value`]],
  ['Deployment', 'spec.template.spec.containers', [{}], [`${E} ${CONTAINER}.name: Required value`]],
  [
    'Deployment',
    'spec.replica',
    3,
    ['error unknown-field spec.replica: unknown field "replica", did you mean "replicas"?'],
  ],
  [
    'Deployment',
    'spec.replicaCount',
    3,
    ['error unknown-field spec.replicaCount: unknown field "replicaCount", did you mean "replicas"?'],
  ],
  [
    'Deployment',
    `${C}.imagePullpolicy`,
    'Always',
    [
      `error unknown-field ${CONTAINER}.imagePullpolicy: unknown field "imagePullpolicy", did you mean "imagePullPolicy"?`,
    ],
  ],
  ['Deployment', `${C}.enviroment`, [], [`error unknown-field ${CONTAINER}.enviroment: unknown field "enviroment"`]],
  [
    'Deployment',
    'metadata.lables',
    {},
    ['error unknown-field metadata.lables: unknown field "lables", did you mean "labels"?'],
  ],
  ['Deployment', 'sepc', {}, ['error unknown-field sepc: unknown field "sepc", did you mean "spec"?']],
  [
    'Deployment',
    'spec.template.spec.replicas',
    3,
    [
      'error unknown-field spec.template.spec.replicas: unknown field "replicas", which belongs in spec (check the indentation)',
    ],
  ],
  [
    'Deployment',
    'spec.kind',
    'x',
    ['error unknown-field spec.kind: unknown field "kind", which belongs at the top (check the indentation)'],
  ],
  [
    'Pod',
    'spec.image',
    'web:1',
    ['error unknown-field spec.image: unknown field "image", which belongs in "containers[]"'],
  ],
  ['Deployment', 'spec.unheardOf', null, ['error unknown-field spec.unheardOf: unknown field "unheardOf"']],
  ['Deployment', 'spec.constructor', 'x', ['error unknown-field spec.constructor: unknown field "constructor"']],
  // Enumerations and forms.
  ['Deployment', `${C}.imagePullPolicy`, 'Always', []],
  ['Deployment', `${C}.imagePullPolicy`, '', []],
  [
    'Deployment',
    `${C}.imagePullPolicy`,
    'always',
    [
      `${E} ${CONTAINER}.imagePullPolicy: Unsupported value: "always": supported values: "Always", "IfNotPresent", "Never"; did you mean "Always"?`,
    ],
  ],
  [
    'Service',
    'spec.ports.0.protocol',
    'tcp',
    [
      `${E} spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"; did you mean "TCP"?`,
    ],
  ],
  ['Deployment', `${C}.resources`, { limits: { cpu: 0.5, memory: '128Mi' } }, []],
  [
    'Deployment',
    `${C}.resources`,
    { limits: { memory: '128MB' } },
    [`${E} ${CONTAINER}.resources.limits.memory: "128MB" is not a quantity: write it like 500m, 2, 1.5Gi or 128Mi`],
  ],
  [
    'Deployment',
    `${C}.resources`,
    { limits: { cpu: true } },
    [`${E} ${CONTAINER}.resources.limits.cpu: must be a string or a number, not a boolean (true)`],
  ],
  ['Deployment', 'metadata.creationTimestamp', '2026-01-01T00:00:00Z', []],
  [
    'Deployment',
    'metadata.creationTimestamp',
    'yesterday',
    [`${E} metadata.creationTimestamp: "yesterday" is not a time: write it like 2026-11-21T10:00:00Z`],
  ],
  ['ConfigMap', 'binaryData', { a: 'eA==' }, []],
  [
    'ConfigMap',
    'binaryData',
    { a: 'not base64' },
    [`${E} binaryData.a: must be base64 (in a Secret, plain text goes under stringData)`],
  ],
  [
    'Secret',
    'data',
    { a: 'hunter2!' },
    [`${E} data.a: must be base64 (in a Secret, plain text goes under stringData)`],
  ],
  ['Secret', 'data', { a: 'ZnJvbSBiYXNlNjQgLXcg\nd3JhcHBlZA==\n' }, []],
  ['Secret', 'stringData', { a: 12_345 }, [`${E} stringData.a: must be a string, not a number: put it in quotes`]],
  // A number or a name.
  ['Service', 'spec.ports.0.targetPort', 8080, []],
  ['Service', 'spec.ports.0.targetPort', 'http', []],
  [
    'Service',
    'spec.ports.0.targetPort',
    80.5,
    [`${E} spec.ports[0].targetPort: must be an integer or a string, not a number (80.5)`],
  ],
  [
    'Service',
    'spec.ports.0.targetPort',
    [80],
    [`${E} spec.ports[0].targetPort: must be an integer or a string, not a list`],
  ],
  // Null is absent.
  ['Deployment', 'metadata.annotations', null, []],
  ['Deployment', 'metadata.labels', { a: null }, []],
  ['Deployment', 'spec.replicas', null, []],
  ['Deployment', `${C}.env`, [{ name: 'A', value: null }], []],
  ['Deployment', `${C}.env`, null, []],
  ['Deployment', `${C}.command`, ['a', null], []],
  ['Deployment', `${C}.resources`, { limits: { cpu: null } }, []],
  ['Deployment', 'spec.template.spec.volumes', [null], [`${E} spec.template.spec.volumes[0].name: Required value`]],
  // What nothing acts on, and what is refused.
  [
    'Deployment',
    'spec.template.spec.runtimeClassName',
    'high',
    [
      'warning ignored-field spec.template.spec.runtimeClassName: field "runtimeClassName" is accepted but not acted on',
    ],
  ],
  [
    'Deployment',
    'spec.template.spec.affinity',
    { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } },
    [],
  ],
  [
    'Deployment',
    'spec.template.spec.affinity',
    { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
    [],
  ],
  ['Deployment', 'spec.template.spec.schedulerName', 'default-scheduler', []],
  ['Deployment', 'spec.template.spec.automountServiceAccountToken', false, []],
  ['Deployment', 'status', { replicas: 3 }, []],
  ['Deployment', 'metadata.managedFields', [{ manager: 'kubectl' }], []],
  [
    'Deployment',
    'spec.template.spec.volumes',
    [{ name: 'v', rbd: { image: 'i' } }],
    [
      'error unsupported spec.template.spec.volumes[0].rbd: field "rbd" is not supported: no Docker host can attach a Ceph disk; use hostPath, nfs or a persistentVolumeClaim',
    ],
  ],
  ['Pod', 'spec.securityContext', { seccompProfile: { type: 'RuntimeDefault' } }, []],
  [
    'Pod',
    'spec.securityContext',
    { seccompProfile: { type: 'Localhost', localhostProfile: 'p' } },
    [
      'error unsupported spec.securityContext.seccompProfile.type: "Localhost" is not supported: profiles of the host are not loaded; use RuntimeDefault or Unconfined',
      'warning ignored-field spec.securityContext.seccompProfile.localhostProfile: field "localhostProfile" is accepted but not acted on',
    ],
  ],
  [
    'Pod',
    'spec.tolerations',
    [{ key: 'k', operator: 'Gt', value: '5' }],
    [
      'error unsupported spec.tolerations[0].operator: "Gt" is not supported: taints are compared by Equal and Exists only',
    ],
  ],
  ['Service', 'spec.type', 'NodePort', []],
  [
    'Service',
    'spec.type',
    'LoadBalancer',
    [
      'warning ignored-field spec.type: "LoadBalancer" is accepted but not acted on: no load balancer is made, the Service is reachable at its cluster address and node ports',
    ],
  ],
]
for (const [kind, path, value, expected] of rows) {
  schemas(`${kind} ${path} = ${JSON.stringify(value)?.slice(0, 60)}`, () => {
    assert.equal(say(kind, withPath(base(kind), path, value)), expected)
  })
}

schemas('all findings come at once', () => {
  const object = withPath(
    withPath(withPath(base('Deployment'), 'spec.replicas', 'x'), 'metadata.lables', {}),
    `${C}.image`,
    5,
  )
  assert.is(say('Deployment', object).length, 3)
})

schemas('an apiVersion that is not known names those that are', () => {
  assert.equal(say('Deployment', base('Deployment'), 'extensions/v1beta1'), [
    'error unsupported apiVersion: no kind "Deployment" is known for version "extensions/v1beta1": use apps/v1',
  ])
  assert.match(
    say('HorizontalPodAutoscaler', {}, 'autoscaling/v2beta2')[0] ?? '',
    /use autoscaling\/v2 or autoscaling\/v1$/,
  )
  assert.match(say('Pod', {}, 'toString')[0] ?? '', /use v1$/)
})

schemas('an object that is none is said to be none', () => {
  for (const value of [null, [], 'x', 5]) {
    assert.equal(say('Pod', value), ['error invalid-object : must be an object (a mapping)'])
  }
})

schemas('old fields of an Ingress name what has taken their place', () => {
  const ingress = (backend: object): object => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  })
  assert.equal(say('Ingress', ingress({ service: { name: 'web', port: { number: 80 } } })), [])
  assert.equal(say('Ingress', ingress({ serviceName: 'web', servicePort: 80 })), [
    'error unknown-field spec.rules[0].http.paths[0].backend.serviceName: unknown field "serviceName": networking.k8s.io/v1 has "service.name" in its place',
    'error unknown-field spec.rules[0].http.paths[0].backend.servicePort: unknown field "servicePort": networking.k8s.io/v1 has "service.port.number or service.port.name" in its place',
  ])
})

schemas('a kind that is not carried out gives no warning for each of its fields, but refuses what is refused', () => {
  const set = (volume: object): object => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      selector: {},
      template: { spec: { runtimeClassName: 'high', containers: [container], volumes: [volume] } },
    },
  })
  assert.equal(say('StatefulSet', set({ name: 'v', emptyDir: {} })), [])
  assert.equal(say('StatefulSet', set({ name: 'v', cephfs: { monitors: ['a'] } })).length, 1)
})

schemas('a schema inside a definition may hold any schema', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  'x-kubernetes-preserve-unknown-fields': true,
                  properties: { $ref: { type: 'string' } },
                },
                tree: { type: 'array', items: { type: 'object', additionalProperties: { type: 'integer' } } },
              },
            },
          },
        },
      ],
    },
  }
  assert.equal(say('CustomResourceDefinition', definition), [])
})

schemas('every kind in every version has a validator that takes a bare object or names what it lacks', () => {
  for (const kind of Object.keys(kinds) as Kind[]) {
    const info: KindInfo = kinds[kind]
    for (const version of info.versions) {
      const apiVersion = info.group === '' ? version : `${info.group}/${version}`
      for (const text of say(kind, { apiVersion, kind, metadata: { name: 'x' } }, apiVersion)) {
        assert.match(text, /Required value$/, text)
      }
    }
  }
})

schemas('a field named __proto__ is an unknown field, not a prototype', () => {
  for (const nulls of ['', ', "paused": null']) {
    const text = `{ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "x" },
      "spec": { "__proto__": { "replicas": 3 }, "selector": {}, "template": { "spec": { "containers": [] } }${nulls} } }`
    const object: unknown = JSON.parse(text)
    assert.equal(say('Deployment', object), ['error unknown-field spec.__proto__: unknown field "__proto__"'])
    const defaulted = applyDefaults('Deployment', object as Manifest) as unknown as {
      readonly spec: { readonly replicas: number }
    }
    assert.is(defaulted.spec.replicas, 1)
  }
})

schemas('nothing is written to its input', () => {
  const object = withPath(base('Deployment'), `${C}.env`, [{ name: 'A', value: null }])
  const before = JSON.stringify(object)
  say('Deployment', object)
  assert.is(JSON.stringify(object), before)
})

schemas.run()
