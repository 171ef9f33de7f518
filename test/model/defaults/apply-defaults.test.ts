/** Defaults by table, and what must hold of all of them: idempotent, and blind to defaults written out (DESIGN 4). */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { canonicalJson } from '../../../src/base/hash.js'
import { applyDefaults } from '../../../src/model/defaults/apply-defaults.js'
import { defaultPullPolicy } from '../../../src/model/defaults/container-defaults.js'
import type { Manifest } from '../../../src/model/desired-state.js'
import { apiVersionOf, type Kind } from '../../../src/model/kinds.js'
import { templateHash } from '../../../src/model/template-hash.js'

const defaults = suite('apply-defaults')

type Json = Record<string, unknown>

const manifest = (kind: Kind, rest: Json): Manifest =>
  ({ apiVersion: apiVersionOf(kind), kind, metadata: { name: 'x' }, ...rest }) as Manifest

const applied = (kind: Kind, rest: Json): Json => applyDefaults(kind, manifest(kind, rest)) as unknown as Json

/** The container of a Deployment's template, and the pod spec around it, after defaults. */
const podSpec = (spec: Json): Json => {
  const result = applied('Deployment', { spec: { selector: { matchLabels: { a: 'b' } }, template: { spec } } })
  return ((result['spec'] as Json)['template'] as Json)['spec'] as Json
}
const container = (fields: Json, pod: Json = {}): Json =>
  (podSpec({ ...pod, containers: [{ name: 'c', image: 'web:1', ...fields }] })['containers'] as Json[])[0]!
const volume = (source: Json): Json =>
  (podSpec({ containers: [], volumes: [{ name: 'v', ...source }] })['volumes'] as Json[])[0]!
const spec = (kind: Kind, fields: Json): Json => applied(kind, { spec: fields })['spec'] as Json

const CONTAINER = {
  name: 'c',
  image: 'web:1',
  imagePullPolicy: 'IfNotPresent',
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
}
const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }
const POD = {
  dnsPolicy: 'ClusterFirst',
  enableServiceLinks: true,
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
}
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'web:1' }] } }
const fullTemplate = { metadata: { labels: { a: 'b' } }, spec: { ...POD, containers: [CONTAINER] } }

const rows: readonly (readonly [string, () => unknown, unknown])[] = [
  ['a pod spec', () => podSpec({ containers: [] }), { ...POD, containers: [] }],
  [
    'grace 0 is kept',
    () => podSpec({ containers: [], terminationGracePeriodSeconds: 0 })['terminationGracePeriodSeconds'],
    0,
  ],
  [
    'service links off is kept',
    () => podSpec({ containers: [], enableServiceLinks: false })['enableServiceLinks'],
    false,
  ],
  [
    'the old name of the service account',
    () => podSpec({ containers: [], serviceAccount: 'robot' })['serviceAccountName'],
    'robot',
  ],
  ['a container', () => container({}), CONTAINER],
  ['an empty pull policy is none', () => container({ imagePullPolicy: '' })['imagePullPolicy'], 'IfNotPresent'],
  [
    'port protocol',
    () => container({ ports: [{ containerPort: 80 }] })['ports'],
    [{ containerPort: 80, protocol: 'TCP' }],
  ],
  [
    'host ports under hostNetwork',
    () => container({ ports: [{ containerPort: 80 }] }, { hostNetwork: true })['ports'],
    [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
  ],
  [
    'an http probe',
    () => container({ livenessProbe: { httpGet: { port: 80 } } })['livenessProbe'],
    { ...PROBE, httpGet: { port: 80, path: '/', scheme: 'HTTP' } },
  ],
  [
    'zero in a probe means none',
    () => container({ startupProbe: { tcpSocket: { port: 1 }, timeoutSeconds: 0, periodSeconds: 0 } })['startupProbe'],
    { ...PROBE, tcpSocket: { port: 1 } },
  ],
  [
    'what a probe sets stays',
    () =>
      container({ readinessProbe: { exec: { command: ['true'] }, periodSeconds: 3, initialDelaySeconds: 5 } })[
        'readinessProbe'
      ],
    { ...PROBE, exec: { command: ['true'] }, periodSeconds: 3, initialDelaySeconds: 5 },
  ],
  [
    'an http hook',
    () => container({ lifecycle: { preStop: { httpGet: { port: 'admin' } } } })['lifecycle'],
    { preStop: { httpGet: { port: 'admin', path: '/', scheme: 'HTTP' } } },
  ],
  ['a null variable is an empty one', () => container({ env: [{ name: 'A', value: null }] })['env'], [{ name: 'A' }]],
  [
    'a field reference',
    () => container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] })['env'],
    [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.podIP', apiVersion: 'v1' } } }],
  ],
  [
    'divisor 1 and 0 divide nothing',
    () =>
      container({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: 1 } } }] })[
        'env'
      ],
    [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
  ],
  [
    'empty parts of a container mean nothing',
    () =>
      container({
        resources: {},
        securityContext: { capabilities: {}, privileged: false },
        command: [],
        env: [],
        tty: false,
      }),
    CONTAINER,
  ],
  [
    'user 0 means something',
    () => container({ securityContext: { runAsUser: 0, runAsNonRoot: false } })['securityContext'],
    { runAsUser: 0, runAsNonRoot: false },
  ],
  [
    'escalation allowed is the default, refused is kept',
    () => [
      container({ securityContext: { allowPrivilegeEscalation: true } })['securityContext'],
      container({ securityContext: { allowPrivilegeEscalation: false } })['securityContext'],
    ],
    [undefined, { allowPrivilegeEscalation: false }],
  ],
  [
    'default mount options go',
    () =>
      container({
        volumeMounts: [
          { name: 'v', mountPath: '/v', readOnly: false, mountPropagation: 'None', recursiveReadOnly: 'Disabled' },
        ],
      })['volumeMounts'],
    [{ name: 'v', mountPath: '/v' }],
  ],
  [
    'a template does not get requests from limits',
    () => container({ resources: { limits: { cpu: '1' } } })['resources'],
    { limits: { cpu: '1' } },
  ],
  [
    'a Pod does',
    () =>
      (
        spec('Pod', {
          containers: [
            {
              name: 'c',
              image: 'web:1',
              resources: { limits: { cpu: 1, memory: '1Gi' }, requests: { memory: '512Mi' } },
            },
          ],
        })['containers'] as Json[]
      )[0]!['resources'],
    { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '512Mi' } },
  ],
  ['a volume without a source', () => volume({}), { name: 'v', emptyDir: {} }],
  ['an emptyDir', () => volume({ emptyDir: { medium: '' } }), { name: 'v', emptyDir: {} }],
  [
    'a configMap volume',
    () => volume({ configMap: { name: 'c', optional: false } }),
    { name: 'v', configMap: { name: 'c', defaultMode: 420 } },
  ],
  [
    'a mode of 0 is kept',
    () => volume({ secret: { secretName: 's', defaultMode: 0 } }),
    { name: 'v', secret: { secretName: 's', defaultMode: 0 } },
  ],
  [
    'a host path of any type',
    () => volume({ hostPath: { path: '/x', type: '' } }),
    { name: 'v', hostPath: { path: '/x' } },
  ],
  [
    'a projected volume',
    () =>
      volume({
        projected: {
          sources: [
            { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            { serviceAccountToken: { path: 't' } },
          ],
        },
      }),
    {
      name: 'v',
      projected: {
        defaultMode: 420,
        sources: [
          { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels', apiVersion: 'v1' } }] } },
          { serviceAccountToken: { path: 't', expirationSeconds: 3600 } },
        ],
      },
    },
  ],
  [
    'a Deployment',
    () => spec('Deployment', { selector: {}, template }),
    {
      selector: {},
      template: fullTemplate,
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
  ],
  [
    'half a strategy',
    () => spec('Deployment', { selector: {}, template, strategy: { rollingUpdate: { maxSurge: 0 } } })['strategy'],
    { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '25%' } },
  ],
  [
    'Recreate',
    () =>
      spec('Deployment', { selector: {}, template, strategy: { type: 'Recreate', rollingUpdate: null } })['strategy'],
    { type: 'Recreate' },
  ],
  [
    'replicas 0 and history 0 are kept',
    () => {
      const s = spec('Deployment', { selector: {}, template, replicas: 0, revisionHistoryLimit: 0 })
      return [s['replicas'], s['revisionHistoryLimit']]
    },
    [0, 0],
  ],
  [
    'a ReplicaSet',
    () => spec('ReplicaSet', { selector: {}, template }),
    { selector: {}, template: fullTemplate, replicas: 1 },
  ],
  [
    'a ReplicationController',
    () => applied('ReplicationController', { spec: { template } }),
    {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'x', labels: { a: 'b' } },
      spec: { replicas: 1, selector: { a: 'b' }, template: fullTemplate },
    },
  ],
  [
    'a StatefulSet',
    () => spec('StatefulSet', { selector: {}, template, serviceName: 's' }),
    {
      selector: {},
      template: fullTemplate,
      serviceName: 's',
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
  ],
  [
    'a DaemonSet',
    () => spec('DaemonSet', { selector: {}, template }),
    {
      selector: {},
      template: fullTemplate,
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    },
  ],
  [
    'a Job',
    () => spec('Job', { template }),
    {
      template: fullTemplate,
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'TerminatingOrFailed',
    },
  ],
  ['a work queue Job has no completions', () => spec('Job', { template, parallelism: 3 })['completions'], undefined],
  [
    'a Job with a limit per index',
    () => spec('Job', { template, backoffLimitPerIndex: 0 })['backoffLimit'],
    2 ** 31 - 1,
  ],
  [
    'a CronJob',
    () => spec('CronJob', { schedule: '* * * * *', jobTemplate: { spec: { template } } }),
    {
      schedule: '* * * * *',
      jobTemplate: { spec: { template: fullTemplate } },
      concurrencyPolicy: 'Allow',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    },
  ],
  [
    'a Service',
    () => spec('Service', { ports: [{ port: 80 }, { port: 81, targetPort: 0, name: 'b', protocol: 'UDP' }] }),
    {
      ports: [
        { port: 80, protocol: 'TCP', targetPort: 80 },
        { port: 81, name: 'b', protocol: 'UDP', targetPort: 81 },
      ],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
    },
  ],
  [
    'a node port Service with affinity',
    () => spec('Service', { type: 'NodePort', sessionAffinity: 'ClientIP', ports: [] }),
    {
      type: 'NodePort',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
    },
  ],
  ['a headless Service', () => spec('Service', { clusterIP: 'None' })['clusterIPs'], ['None']],
  [
    'an external name',
    () => spec('Service', { type: 'ExternalName', externalName: 'example.com' }),
    { type: 'ExternalName', externalName: 'example.com', sessionAffinity: 'None' },
  ],
  ['a Secret', () => applied('Secret', { stringData: { a: 'b' } })['type'], 'Opaque'],
  [
    'a Namespace',
    () => applied('Namespace', {})['metadata'],
    { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x' } },
  ],
  [
    'a claim',
    () => spec('PersistentVolumeClaim', { accessModes: ['ReadWriteOnce'], storageClassName: '' }),
    { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeMode: 'Filesystem' },
  ],
  [
    'a StorageClass',
    () => applied('StorageClass', { provisioner: 'p' }),
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'x' },
      provisioner: 'p',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    },
  ],
  [
    'a NetworkPolicy for what comes in',
    () => spec('NetworkPolicy', { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }),
    { podSelector: {}, ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }], policyTypes: ['Ingress'] },
  ],
  [
    'a NetworkPolicy for what goes out',
    () => spec('NetworkPolicy', { podSelector: {}, egress: [{}] })['policyTypes'],
    ['Ingress', 'Egress'],
  ],
  [
    'an autoscaler',
    () => spec('HorizontalPodAutoscaler', { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 3 }),
    {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      maxReplicas: 3,
      minReplicas: 1,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    },
  ],
  [
    'a LimitRange',
    () => spec('LimitRange', { limits: [{ type: 'Container', max: { cpu: 2 }, min: { memory: '1024Ki' } }] }),
    {
      limits: [
        {
          type: 'Container',
          max: { cpu: '2' },
          min: { memory: '1Mi' },
          default: { cpu: '2' },
          defaultRequest: { cpu: '2', memory: '1Mi' },
        },
      ],
    },
  ],
  [
    'a RoleBinding',
    () =>
      applied('RoleBinding', {
        roleRef: { kind: 'Role', name: 'r', apiGroup: '' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      })['subjects'],
    [
      { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'ServiceAccount', name: 's' },
    ],
  ],
  [
    'a schema inside a definition keeps its zeros',
    () => {
      const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 0, default: false } } }
      const s = spec('CustomResourceDefinition', {
        group: 'g',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      })
      return [(s['names'] as Json)['listKind'], ((s['versions'] as Json[])[0]!['schema'] as Json)['openAPIV3Schema']]
    },
    ['WidgetList', { type: 'object', properties: { n: { type: 'integer', minimum: 0, default: false } } }],
  ],
]
for (const [name, actual, expected] of rows) {
  defaults(name, () => {
    assert.equal(actual(), expected)
  })
}

defaults('what servers set and print goes: a manifest copied from a cluster means what it says', () => {
  const result = applied('Deployment', {
    metadata: {
      name: 'x',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '7',
      generation: 2,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [{}],
      labels: { a: null },
    },
    spec: { selector: {}, template: { metadata: { creationTimestamp: null }, spec: { containers: [] } } },
    status: { replicas: 3 },
  })
  assert.equal(result['metadata'], { name: 'x', namespace: 'shop', labels: { a: '' } })
  assert.is(result['status'], undefined)
  assert.is(((result['spec'] as Json)['template'] as Json)['metadata'], undefined)
})

const policies: readonly (readonly [string, string])[] = [
  ['web', 'Always'],
  ['web:latest', 'Always'],
  ['web:1', 'IfNotPresent'],
  ['registry.example.com:5000/web', 'Always'],
  ['registry.example.com:5000/web:1', 'IfNotPresent'],
  [`web@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  [`web:latest@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
]
for (const [image, policy] of policies) {
  defaults(`${image} is pulled ${policy}`, () => {
    assert.is(defaultPullPolicy(image), policy)
  })
}

/** Pod specs in the words people use, with fields present or absent at random. */
const option = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const amounts = fc.constantFrom<string | number>('1', 1, '1000m', '0.5', '500m', 0.5, '1Gi', '1024Mi', '1073741824')
const probe = fc.record({
  httpGet: fc.record({
    port: fc.constantFrom<unknown>(80, 'http'),
    path: option(fc.constantFrom('/', '/healthz', '')),
  }),
  timeoutSeconds: option(fc.constantFrom(0, 1, 2)),
  periodSeconds: option(fc.constantFrom(0, 10, 5)),
  initialDelaySeconds: option(fc.constantFrom(0, 3)),
})
const containers = fc.record({
  name: fc.constantFrom('a', 'b'),
  image: option(fc.constantFrom('web', 'web:1')),
  imagePullPolicy: option(fc.constantFrom('', 'Always', null)),
  command: option(fc.constantFrom([], ['run'])),
  env: option(fc.array(fc.record({ name: fc.constant('A'), value: option(fc.constantFrom('', 'x', null)) }))),
  ports: option(
    fc.array(fc.record({ containerPort: fc.constant(80), protocol: option(fc.constantFrom('', 'TCP', 'UDP')) })),
  ),
  resources: option(
    fc.record(
      { limits: option(fc.record({ cpu: amounts })), requests: option(fc.constant({})) },
      { noNullPrototype: true },
    ),
  ),
  livenessProbe: option(probe),
  securityContext: option(fc.constantFrom({}, { privileged: false }, { runAsUser: 0 }, null)),
})
const deployments = fc
  .record({
    replicas: option(fc.constantFrom(0, 1, 3, null)),
    paused: option(fc.boolean()),
    strategy: option(
      fc.constantFrom({}, { type: 'Recreate' }, { rollingUpdate: { maxSurge: 1 } }, { rollingUpdate: {} }),
    ),
    hostNetwork: option(fc.boolean()),
    containers: fc.array(containers, { maxLength: 3 }),
    volumes: option(fc.constantFrom([{ name: 'v' }], [{ name: 'v', secret: { secretName: 's' } }], [])),
  })
  .map(({ replicas, paused, strategy, ...pod }) =>
    manifest('Deployment', {
      spec: {
        replicas,
        paused,
        strategy,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: pod },
      },
    }),
  )
const hashOf = (object: Manifest): string =>
  templateHash((object as unknown as { spec: { template: object } }).spec.template, {})

defaults('applying twice changes nothing', () => {
  fc.assert(
    fc.property(deployments, (deployment) => {
      const once = applyDefaults('Deployment', deployment)
      assert.is(canonicalJson(applyDefaults('Deployment', once)), canonicalJson(once))
    }),
  )
})

defaults('defaults written out, in any part, change nothing', () => {
  fc.assert(
    fc.property(deployments, fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (deployment, choices) => {
      const full = applyDefaults('Deployment', deployment)
      let at = 0
      const mixed = mix(deployment, full, () => choices[at++ % choices.length]!) as Manifest
      const result = applyDefaults('Deployment', mixed)
      assert.is(canonicalJson(result), canonicalJson(full))
      assert.is(hashOf(result), hashOf(full))
    }),
    { numRuns: 500 },
  )
})

/** The manifest as written, with a random part of the defaulted fields written into it. */
function mix(written: unknown, full: unknown, chooses: () => boolean): unknown {
  if (Array.isArray(written) && Array.isArray(full)) return written.map((item, i) => mix(item, full[i], chooses))
  if (!isRecord(written) || !isRecord(full)) return written
  const result: Json = { ...written }
  for (const [key, value] of Object.entries(full)) {
    if (written[key] === undefined || written[key] === null) {
      if (chooses()) result[key] = value
    } else result[key] = mix(written[key], value, chooses)
  }
  return result
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

defaults('two spellings of one amount, and one meaning in two orders, hash equal', () => {
  const one = { containers: [{ name: 'c', image: 'web:1', resources: { limits: { cpu: '0.5', memory: '1Gi' } } }] }
  const two = {
    containers: [
      {
        resources: { limits: { memory: 1024 ** 3, cpu: '500m' }, requests: {} },
        image: 'web:1',
        name: 'c',
        tty: false,
      },
    ],
    dnsPolicy: 'ClusterFirst',
  }
  const hash = (pod: Json): string =>
    hashOf(applyDefaults('Deployment', manifest('Deployment', { spec: { selector: {}, template: { spec: pod } } })))
  assert.is(hash(one), hash(two))
  assert.is.not(
    hash(one),
    hash({ containers: [{ name: 'c', image: 'web:2', resources: one.containers[0]!.resources }] }),
  )
})

defaults('nothing is written to its input', () => {
  fc.assert(
    fc.property(deployments, (deployment) => {
      const before = JSON.stringify(deployment)
      applyDefaults('Deployment', deployment)
      assert.is(JSON.stringify(deployment), before)
    }),
  )
})

defaults.run()
