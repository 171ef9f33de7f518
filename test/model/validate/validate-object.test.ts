/** Validation beyond types by table: each row changes one thing of a valid object; just inside and just outside. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { applyDefaults } from '../../../src/model/defaults/apply-defaults.js'
import type { Manifest } from '../../../src/model/desired-state.js'
import { apiVersionOf, type Kind } from '../../../src/model/kinds.js'
import { formatPath } from '../../../src/model/validate/finding.js'
import { validateObject } from '../../../src/model/validate/validate-object.js'
import { withPath } from '../../support/edit-path.js'

const validation = suite('validate-object')

const manifest = (kind: Kind, rest: object): Manifest =>
  ({ apiVersion: apiVersionOf(kind), kind, metadata: { name: 'web' }, ...rest }) as Manifest

const container = { name: 'web', image: 'web:1', ports: [{ containerPort: 80, name: 'http' }] }
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } }
const selector = { matchLabels: { app: 'web' } }
const once = { metadata: {}, spec: { restartPolicy: 'Never', containers: [container] } }

const bases: Partial<Record<Kind, Manifest>> = {
  Pod: manifest('Pod', { spec: { containers: [container], volumes: [{ name: 'data', emptyDir: {} }] } }),
  Deployment: manifest('Deployment', { spec: { replicas: 3, selector, template } }),
  ReplicaSet: manifest('ReplicaSet', { spec: { selector, template } }),
  ReplicationController: manifest('ReplicationController', { spec: { selector: { app: 'web' }, template } }),
  StatefulSet: manifest('StatefulSet', { spec: { selector, template, serviceName: 'web' } }),
  DaemonSet: manifest('DaemonSet', { spec: { selector, template } }),
  Job: manifest('Job', { spec: { template: once } }),
  CronJob: manifest('CronJob', { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: once } } } }),
  Service: manifest('Service', {
    spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  }),
  ConfigMap: manifest('ConfigMap', { data: { 'app.conf': 'x' } }),
  Secret: manifest('Secret', { data: { password: 'eA==' } }),
  Namespace: manifest('Namespace', {}),
  Node: manifest('Node', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }),
  PodDisruptionBudget: manifest('PodDisruptionBudget', { spec: { selector, minAvailable: 1 } }),
  HorizontalPodAutoscaler: manifest('HorizontalPodAutoscaler', {
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
  }),
  Ingress: manifest('Ingress', {
    spec: {
      rules: [
        {
          host: 'a.example.com',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
          },
        },
      ],
    },
  }),
  NetworkPolicy: manifest('NetworkPolicy', {
    spec: { podSelector: {}, ingress: [{ from: [{ podSelector: selector }] }] },
  }),
  PersistentVolumeClaim: manifest('PersistentVolumeClaim', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  PriorityClass: manifest('PriorityClass', { value: 1000 }),
  Role: manifest('Role', {}),
}

/** What changes, and the finding it gives as `path: part of the message`; null when it is fine. */
type Row = readonly [kind: Kind, path: string, value: unknown, expected: string | null]

const C = 'spec.containers.0'
const S = 'spec'
const T = 'spec.template.spec'
const long = (length: number): string => 'a'.repeat(length)
const probe = { tcpSocket: { port: 80 } }
const variable = (valueFrom: object): object[] => [{ name: 'A', valueFrom }]
const port = (fields: object): object[] => [{ containerPort: 80, ...fields }]
const pod = { containers: [container] }
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }
const near = (term: object): object => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', ...term }] },
})
const NEAR = 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]'
const affinity = (expression: object): object => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] },
  },
})
const EXPRESSION =
  'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]'

const rows: readonly Row[] = [
  // Metadata.
  ['Pod', 'metadata.name', 'a', null],
  ['Pod', 'metadata.name', 'a.b-c.1', null],
  ['Pod', 'metadata.name', long(253), null],
  ['Pod', 'metadata.name', long(254), 'metadata.name: no more than 253'],
  ['Pod', 'metadata.name', 'Web', 'metadata.name: RFC 1123 subdomain'],
  ['Pod', 'metadata.name', '-web', 'metadata.name: RFC 1123'],
  ['Pod', 'metadata.name', 'a..b', 'metadata.name: RFC 1123'],
  ['Pod', 'metadata.name', '', 'metadata.name: Required value'],
  ['Pod', 'metadata', { generateName: 'x-' }, 'metadata.name: generateName is not supported'],
  ['Pod', 'metadata.namespace', 'shop', null],
  ['Pod', 'metadata.namespace', 'shop.eu', 'metadata.namespace: RFC 1123 label'],
  ['Namespace', 'metadata.name', long(63), null],
  ['Namespace', 'metadata.name', long(64), 'metadata.name: no more than 63'],
  ['Namespace', 'metadata.name', 'a.b', 'metadata.name: RFC 1123 label'],
  ['Service', 'metadata.name', 'web1', null],
  ['Service', 'metadata.name', '1web', 'metadata.name: DNS-1035'],
  ['CronJob', 'metadata.name', long(52), null],
  ['CronJob', 'metadata.name', long(53), 'metadata.name: no more than 52'],
  ['Role', 'metadata.name', 'system:Node', null],
  ['Role', 'metadata.name', 'a/b', 'metadata.name: may not contain'],
  ['Pod', 'metadata.labels', { 'app.example.com/name': 'A_b.c-1', empty: '' }, null],
  ['Pod', 'metadata.labels', { [long(63)]: long(63) }, null],
  ['Pod', 'metadata.labels', { [long(64)]: 'x' }, `metadata.labels.${long(64)}: no more than 63`],
  ['Pod', 'metadata.labels', { a: long(64) }, 'metadata.labels.a: no more than 63'],
  ['Pod', 'metadata.labels', { a: 'b c' }, 'metadata.labels.a: valid label'],
  ['Pod', 'metadata.labels', { a: '-b' }, 'metadata.labels.a: valid label'],
  ['Pod', 'metadata.labels', { 'a/b/c': 'x' }, "metadata.labels[a/b/c]: at most one '/'"],
  ['Pod', 'metadata.labels', { '/b': 'x' }, 'metadata.labels[/b]: prefix part must be non-empty'],
  ['Pod', 'metadata.labels', { 'A_b/c': 'x' }, 'metadata.labels[A_b/c]: prefix part'],
  ['Pod', 'metadata.annotations', { Note: 'any text at all: {}' }, null],
  ['Pod', 'metadata.annotations', { n: long(256 * 1024 - 1) }, null],
  ['Pod', 'metadata.annotations', { n: long(256 * 1024) }, 'metadata.annotations: Too long'],
  ['Pod', 'metadata.annotations', { 'a b': '' }, 'metadata.annotations[a b]: name part'],
  // Containers.
  ['Pod', 'spec.containers', [], 'spec.containers: Required value'],
  ['Pod', `${C}.name`, long(63), null],
  ['Pod', `${C}.name`, 'web.1', 'spec.containers[0].name: RFC 1123 label'],
  ['Pod', `${C}.name`, '', 'spec.containers[0].name: Required value'],
  ['Pod', 'spec.initContainers', [{ name: 'web', image: 'i' }], 'spec.initContainers[0].name: Duplicate value: "web"'],
  ['Pod', `${C}.image`, 'registry.example.com:5000/a/b:1@sha256:0', null],
  ['Pod', `${C}.image`, undefined, 'spec.containers[0].image: Required value'],
  ['Pod', `${C}.image`, ' web:1', 'spec.containers[0].image: whitespace'],
  ['Pod', `${C}.image`, 'web: 1', 'spec.containers[0].image: whitespace'],
  ['Pod', `${C}.ports`, port({ containerPort: 65_535 }), null],
  [
    'Pod',
    `${C}.ports`,
    port({ containerPort: 65_536 }),
    'spec.containers[0].ports[0].containerPort: between 1 and 65535',
  ],
  ['Pod', `${C}.ports`, port({ containerPort: 0 }), 'spec.containers[0].ports[0].containerPort: between 1'],
  ['Pod', `${C}.ports`, port({ name: 'abcdefghijklmno' }), null],
  ['Pod', `${C}.ports`, port({ name: 'abcdefghijklmnop' }), 'spec.containers[0].ports[0].name: no more than 15'],
  ['Pod', `${C}.ports`, port({ name: '80' }), 'spec.containers[0].ports[0].name: at least one letter'],
  ['Pod', `${C}.ports`, port({ name: 'a--b' }), 'spec.containers[0].ports[0].name: consecutive hyphens'],
  ['Pod', `${C}.ports`, port({ name: 'HTTP' }), 'spec.containers[0].ports[0].name: must contain only'],
  [
    'Pod',
    `${C}.ports`,
    [...port({ name: 'a' }), { containerPort: 81, name: 'a' }],
    'spec.containers[0].ports[1].name: Duplicate value',
  ],
  ['Pod', `${C}.ports`, [...port({}), ...port({})], null],
  ['Pod', `${C}.ports`, [...port({ hostPort: 80 }), ...port({ hostPort: 80, protocol: 'UDP' })], null],
  ['Pod', `${C}.ports`, [...port({ hostPort: 80 }), ...port({ hostPort: 80, hostIP: '127.0.0.1' })], null],
  [
    'Pod',
    `${C}.ports`,
    [...port({ hostPort: 80 }), { containerPort: 81, hostPort: 80 }],
    'spec.containers[0].ports[1].hostPort: Duplicate value',
  ],
  ['Pod', `${C}.ports`, port({ hostIP: '1.2.3' }), 'spec.containers[0].ports[0].hostIP: valid IP'],
  ['Pod', 'spec', { hostNetwork: true, containers: [{ ...container, ports: port({ hostPort: 80 }) }] }, null],
  [
    'Pod',
    'spec',
    { hostNetwork: true, containers: [{ ...container, ports: port({ hostPort: 81 }) }] },
    'spec.containers[0].ports[0].hostPort: must match `containerPort`',
  ],
  // Environment.
  ['Pod', `${C}.env`, [{ name: 'A.b-c 1' }], null],
  ['Pod', `${C}.env`, [{ name: 'A' }, { name: 'A' }], null],
  ['Pod', `${C}.env`, [{ name: '' }], 'spec.containers[0].env[0].name: Required value'],
  ['Pod', `${C}.env`, [{ name: 'A=B' }], 'spec.containers[0].env[0].name: printable ASCII'],
  ['Pod', `${C}.env`, [{ name: 'Ä' }], 'spec.containers[0].env[0].name: printable ASCII'],
  [
    'Pod',
    `${C}.env`,
    [{ name: 'A', value: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
    'spec.containers[0].env[0].valueFrom: may not be specified when `value`',
  ],
  ['Pod', `${C}.env`, variable({}), 'spec.containers[0].env[0].valueFrom: must specify one of'],
  [
    'Pod',
    `${C}.env`,
    variable({ configMapKeyRef: { name: 'c', key: 'k' }, secretKeyRef: { name: 'c', key: 'k' } }),
    'spec.containers[0].env[0].valueFrom: more than one',
  ],
  ['Pod', `${C}.env`, variable({ configMapKeyRef: { name: 'c', key: 'my.key_1' } }), null],
  [
    'Pod',
    `${C}.env`,
    variable({ configMapKeyRef: { key: 'k' } }),
    'spec.containers[0].env[0].valueFrom.configMapKeyRef.name: Required value',
  ],
  [
    'Pod',
    `${C}.env`,
    variable({ secretKeyRef: { name: 's', key: '' } }),
    'spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value',
  ],
  [
    'Pod',
    `${C}.env`,
    variable({ secretKeyRef: { name: 's', key: 'a/b' } }),
    'spec.containers[0].env[0].valueFrom.secretKeyRef.key: valid config key',
  ],
  ['Pod', `${C}.env`, variable({ fieldRef: { fieldPath: 'status.podIP' } }), null],
  ['Pod', `${C}.env`, variable({ fieldRef: { fieldPath: "metadata.labels['app.example.com/x']" } }), null],
  [
    'Pod',
    `${C}.env`,
    variable({ fieldRef: { fieldPath: 'metadata.labels' } }),
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value',
  ],
  [
    'Pod',
    `${C}.env`,
    variable({ fieldRef: { fieldPath: 'spec.hostname' } }),
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value',
  ],
  ['Pod', `${C}.env`, variable({ resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } }), null],
  [
    'Pod',
    `${C}.env`,
    variable({ resourceFieldRef: { resource: 'limits.cpu', divisor: '1Mi' } }),
    'spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: unsupported divisor',
  ],
  [
    'Pod',
    `${C}.env`,
    variable({ resourceFieldRef: { resource: 'limits.gpu' } }),
    'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value',
  ],
  ['Pod', `${C}.envFrom`, [{ prefix: 'X_', configMapRef: { name: 'c' } }], null],
  ['Pod', `${C}.envFrom`, [{}], 'spec.containers[0].envFrom[0]: must specify one of'],
  [
    'Pod',
    `${C}.envFrom`,
    [{ secretRef: { name: '' } }],
    'spec.containers[0].envFrom[0].secretRef.name: Required value',
  ],
  [
    'Pod',
    `${C}.envFrom`,
    [{ configMapRef: { name: 'c' }, secretRef: { name: 's' } }],
    'spec.containers[0].envFrom[0]: more than one',
  ],
  // Resources.
  ['Pod', `${C}.resources`, { requests: { cpu: '1' }, limits: { cpu: '1000m' } }, null],
  [
    'Pod',
    `${C}.resources`,
    { requests: { cpu: '1001m' }, limits: { cpu: 1 } },
    'spec.containers[0].resources.requests.cpu: less than or equal to cpu limit of 1',
  ],
  [
    'Pod',
    `${C}.resources`,
    { requests: { memory: '-1' } },
    'spec.containers[0].resources.requests.memory: greater than or equal to 0',
  ],
  ['Pod', `${C}.resources`, { requests: { memory: '0' } }, null],
  [
    'Pod',
    `${C}.resources`,
    { limits: { memory: 'NaN' } },
    'spec.containers[0].resources.limits.memory: is not a quantity',
  ],
  ['Pod', `${C}.resources`, { limits: { gpu: '1' } }, 'spec.containers[0].resources.limits.gpu: standard resource'],
  ['Pod', `${C}.resources`, { limits: { 'example.com/gpu': '2' } }, null],
  [
    'Pod',
    `${C}.resources`,
    { limits: { 'example.com/gpu': '0.5' } },
    'spec.containers[0].resources.limits[example.com/gpu]: must be an integer',
  ],
  [
    'Deployment',
    `${T}.containers.0.resources`,
    { requests: { 'example.com/gpu': '1' } },
    'spec.template.spec.containers[0].resources.limits[example.com/gpu]: Limit must be set',
  ],
  [
    'Pod',
    `${C}.resources`,
    { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '2' } },
    'spec.containers[0].resources.requests[example.com/gpu]: must be equal',
  ],
  // Probes and hooks.
  ['Pod', `${C}.livenessProbe`, probe, null],
  ['Pod', `${C}.livenessProbe`, {}, 'spec.containers[0].livenessProbe: must specify a handler type'],
  [
    'Pod',
    `${C}.livenessProbe`,
    { ...probe, exec: { command: ['x'] } },
    'spec.containers[0].livenessProbe.tcpSocket: more than 1 handler',
  ],
  [
    'Pod',
    `${C}.livenessProbe`,
    { ...probe, successThreshold: 2 },
    'spec.containers[0].livenessProbe.successThreshold: must be 1',
  ],
  [
    'Pod',
    `${C}.startupProbe`,
    { ...probe, successThreshold: 2 },
    'spec.containers[0].startupProbe.successThreshold: must be 1',
  ],
  ['Pod', `${C}.readinessProbe`, { ...probe, successThreshold: 2 }, null],
  [
    'Pod',
    `${C}.readinessProbe`,
    { ...probe, periodSeconds: -1 },
    'spec.containers[0].readinessProbe.periodSeconds: greater than or equal to 0',
  ],
  [
    'Pod',
    `${C}.readinessProbe`,
    { ...probe, terminationGracePeriodSeconds: 5 },
    'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: must not be set',
  ],
  ['Pod', `${C}.livenessProbe`, { ...probe, terminationGracePeriodSeconds: 1 }, null],
  [
    'Pod',
    `${C}.livenessProbe`,
    { ...probe, terminationGracePeriodSeconds: 0 },
    'spec.containers[0].livenessProbe.terminationGracePeriodSeconds: greater than 0',
  ],
  ['Pod', `${C}.livenessProbe`, { exec: {} }, 'spec.containers[0].livenessProbe.exec.command: Required value'],
  ['Pod', `${C}.livenessProbe`, { httpGet: { port: 'http', httpHeaders: [{ name: 'X-A', value: 'b' }] } }, null],
  [
    'Pod',
    `${C}.livenessProbe`,
    { httpGet: { port: 'no_port' } },
    'spec.containers[0].livenessProbe.httpGet.port: must contain only',
  ],
  [
    'Pod',
    `${C}.livenessProbe`,
    { httpGet: { port: 70_000 } },
    'spec.containers[0].livenessProbe.httpGet.port: between 1',
  ],
  [
    'Pod',
    `${C}.livenessProbe`,
    { httpGet: { port: 1, httpHeaders: [{ name: 'X A', value: 'b' }] } },
    'spec.containers[0].livenessProbe.httpGet.httpHeaders[0].name: valid HTTP header',
  ],
  ['Pod', `${C}.livenessProbe`, { grpc: { port: 0 } }, 'spec.containers[0].livenessProbe.grpc.port: between 1'],
  ['Pod', `${C}.lifecycle`, { preStop: { sleep: { seconds: 30 } } }, null],
  [
    'Pod',
    `${C}.lifecycle`,
    { preStop: { sleep: { seconds: 31 } } },
    'spec.containers[0].lifecycle.preStop.sleep.seconds: terminationGracePeriodSeconds (30)',
  ],
  ['Pod', `${C}.lifecycle`, { postStart: {} }, 'spec.containers[0].lifecycle.postStart: must specify a handler'],
  [
    'Pod',
    'spec.initContainers',
    [{ name: 'i', image: 'i', readinessProbe: probe }],
    'spec.initContainers[0].readinessProbe: may not be set for init containers',
  ],
  ['Pod', 'spec.initContainers', [{ name: 'i', image: 'i', restartPolicy: 'Always', readinessProbe: probe }], null],
  [
    'Pod',
    'spec.initContainers',
    [{ name: 'i', image: 'i', lifecycle: { preStop: { exec: { command: ['x'] } } } }],
    'spec.initContainers[0].lifecycle: may not be set',
  ],
  ['Pod', `${C}.restartPolicy`, 'Never', 'spec.containers[0].restartPolicy: may not be set for app containers'],
  [
    'Pod',
    'spec.initContainers',
    [{ name: 'i', image: 'i', restartPolicy: 'OnFailure' }],
    'spec.initContainers[0].restartPolicy: supported values: "Always"',
  ],
  // Volumes and mounts.
  ['Pod', `${C}.volumeMounts`, [{ name: 'data', mountPath: '/data' }], null],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'other', mountPath: '/data' }],
    'spec.containers[0].volumeMounts[0].name: Not found: "other"',
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'data', mountPath: 'data' }],
    'spec.containers[0].volumeMounts[0].mountPath: absolute path',
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'data', mountPath: '' }],
    'spec.containers[0].volumeMounts[0].mountPath: Required value',
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'data', mountPath: '/a:b' }],
    "spec.containers[0].volumeMounts[0].mountPath: must not contain ':'",
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [
      { name: 'data', mountPath: '/a' },
      { name: 'data', mountPath: '/b' },
    ],
    null,
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [
      { name: 'data', mountPath: '/a' },
      { name: 'data', mountPath: '/a' },
    ],
    'spec.containers[0].volumeMounts[1].mountPath: must be unique',
  ],
  ['Pod', `${C}.volumeMounts`, [{ name: 'data', mountPath: '/a', subPath: 'x/..y/z' }], null],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'data', mountPath: '/a', subPath: 'x/../y' }],
    "spec.containers[0].volumeMounts[0].subPath: must not contain '..'",
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'data', mountPath: '/a', subPath: '/x' }],
    'spec.containers[0].volumeMounts[0].subPath: relative path',
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'data', mountPath: '/a', subPath: 'x', subPathExpr: '$(Y)' }],
    'spec.containers[0].volumeMounts[0].subPathExpr: mutually exclusive',
  ],
  [
    'Pod',
    `${C}.volumeMounts`,
    [{ name: 'data', mountPath: '/a', mountPropagation: 'Bidirectional' }],
    'spec.containers[0].volumeMounts[0].mountPropagation: privileged',
  ],
  [
    'Pod',
    'spec.volumes',
    [
      { name: 'a', emptyDir: {} },
      { name: 'a', emptyDir: {} },
    ],
    'spec.volumes[1].name: Duplicate value: "a"',
  ],
  ['Pod', 'spec.volumes', [{ name: 'A', emptyDir: {} }], 'spec.volumes[0].name: RFC 1123 label'],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', emptyDir: {}, hostPath: { path: '/x' } }],
    'spec.volumes[0].hostPath: more than one volume type',
  ],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', hostPath: { path: '/x/../y' } }],
    "spec.volumes[0].hostPath.path: must not contain '..'",
  ],
  ['Pod', 'spec.volumes', [{ name: 'a', hostPath: { path: '' } }], 'spec.volumes[0].hostPath.path: Required value'],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', emptyDir: { sizeLimit: '-1Gi' } }],
    'spec.volumes[0].emptyDir.sizeLimit: greater than or equal to 0',
  ],
  ['Pod', 'spec.volumes', [{ name: 'a', emptyDir: { medium: 'RAM' } }], 'spec.volumes[0].emptyDir.medium: Memory'],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', configMap: { name: 'c', defaultMode: 0o777, items: [{ key: 'k', path: 'd/f', mode: 0 }] } }],
    null,
  ],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', configMap: { name: 'c', defaultMode: 0o1000 } }],
    'spec.volumes[0].configMap.defaultMode: 0777',
  ],
  ['Pod', 'spec.volumes', [{ name: 'a', configMap: {} }], 'spec.volumes[0].configMap.name: Required value'],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', configMap: { name: 'c', items: [{ key: 'k', path: '../f' }] } }],
    "spec.volumes[0].configMap.items[0].path: must not contain '..'",
  ],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', configMap: { name: 'c', items: [{ key: 'k', path: '/f' }] } }],
    'spec.volumes[0].configMap.items[0].path: relative path',
  ],
  ['Pod', 'spec.volumes', [{ name: 'a', secret: {} }], 'spec.volumes[0].secret.secretName: Required value'],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } }],
    null,
  ],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'status.podIP' } }] } }],
    'spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath: Unsupported value',
  ],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', downwardAPI: { items: [{ path: 'l' }] } }],
    'spec.volumes[0].downwardAPI.items[0]: one of fieldRef and resourceFieldRef',
  ],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', downwardAPI: { items: [{ path: 'l', resourceFieldRef: { resource: 'limits.cpu' } }] } }],
    'spec.volumes[0].downwardAPI.items[0].resourceFieldRef.containerName: Required value',
  ],
  [
    'Pod',
    'spec.volumes',
    [{ name: 'a', projected: { sources: [{ configMap: { name: 'c' }, secret: { name: 's' } }] } }],
    'spec.volumes[0].projected.sources[0].secret: more than 1',
  ],
  [
    'Pod',
    'spec.volumes',
    [
      {
        name: 'a',
        projected: {
          sources: [
            { configMap: { name: 'c', items: [{ key: 'k', path: 'f' }] } },
            { secret: { name: 's', items: [{ key: 'k', path: 'f' }] } },
          ],
        },
      },
    ],
    'spec.volumes[0].projected.sources[1].secret.items[0].path: conflicting duplicate paths',
  ],
  // The pod as a whole.
  ['Pod', 'spec', undefined, 'spec: Required value'],
  ['Pod', 'spec.terminationGracePeriodSeconds', 0, null],
  ['Pod', 'spec.terminationGracePeriodSeconds', -1, 'spec.terminationGracePeriodSeconds: greater than or equal to 0'],
  ['Pod', 'spec.activeDeadlineSeconds', 1, null],
  ['Pod', 'spec.activeDeadlineSeconds', 0, 'spec.activeDeadlineSeconds: between 1'],
  ['Pod', 'spec.hostname', 'a.b', 'spec.hostname: RFC 1123 label'],
  ['Pod', 'spec.dnsPolicy', 'None', 'spec.dnsConfig.nameservers: at least one'],
  [
    'Pod',
    'spec.dnsConfig',
    { nameservers: ['1.1.1.1', '::1', '9.9.9.9'], searches: ['svc.cluster.local', '.', 'a._tcp.example.com'] },
    null,
  ],
  [
    'Pod',
    'spec.dnsConfig',
    { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] },
    'spec.dnsConfig.nameservers: more than 3',
  ],
  ['Pod', 'spec.dnsConfig', { nameservers: ['1.1.1'] }, 'spec.dnsConfig.nameservers[0]: valid IP'],
  ['Pod', 'spec.hostAliases', [{ ip: '10.0.0.1', hostnames: ['db.local'] }], null],
  [
    'Pod',
    'spec.hostAliases',
    [{ ip: 'db', hostnames: ['DB'] }],
    'spec.hostAliases[0].ip: valid IP | spec.hostAliases[0].hostnames[0]: RFC 1123',
  ],
  [
    'Pod',
    `${C}.securityContext`,
    { privileged: true, allowPrivilegeEscalation: false },
    'spec.containers[0].securityContext.allowPrivilegeEscalation: privileged',
  ],
  [
    'Pod',
    `${C}.securityContext`,
    { capabilities: { add: ['CAP_SYS_ADMIN'] }, allowPrivilegeEscalation: false },
    'spec.containers[0].securityContext.allowPrivilegeEscalation: SYS_ADMIN',
  ],
  [
    'Pod',
    `${C}.securityContext`,
    { runAsUser: -1 },
    'spec.containers[0].securityContext.runAsUser: greater than or equal to 0',
  ],
  ['Pod', 'spec.securityContext', { fsGroup: -1 }, 'spec.securityContext.fsGroup: greater than or equal to 0'],
  ['Pod', 'spec.nodeSelector', { 'a b': 'x' }, 'spec.nodeSelector[a b]: name part'],
  [
    'Pod',
    'spec.tolerations',
    [{ operator: 'Exists' }, { key: 'k', value: 'v', effect: 'NoExecute', tolerationSeconds: 0 }],
    null,
  ],
  ['Pod', 'spec.tolerations', [{ value: 'v' }], 'spec.tolerations[0].operator: must be Exists when `key` is empty'],
  [
    'Pod',
    'spec.tolerations',
    [{ key: 'k', operator: 'Exists', value: 'v' }],
    'spec.tolerations[0].value: must be empty',
  ],
  ['Pod', 'spec.tolerations', [{ key: 'k', tolerationSeconds: 1 }], "spec.tolerations[0].effect: must be 'NoExecute'"],
  ['Pod', 'spec.affinity', affinity({ key: 'k', operator: 'In', values: ['a'] }), null],
  ['Pod', 'spec.affinity', affinity({ key: 'k', operator: 'In' }), `${EXPRESSION}.values: must be specified`],
  [
    'Pod',
    'spec.affinity',
    affinity({ key: 'k', operator: 'Exists', values: ['a'] }),
    `${EXPRESSION}.values: may not be specified`,
  ],
  ['Pod', 'spec.affinity', affinity({ key: 'k', operator: 'Gt', values: ['5'] }), null],
  [
    'Pod',
    'spec.affinity',
    affinity({ key: 'k', operator: 'Gt', values: ['five'] }),
    `${EXPRESSION}.values[0]: must be an integer`,
  ],
  [
    'Pod',
    'spec.affinity',
    affinity({ key: 'k', operator: 'Lt', values: ['1', '2'] }),
    `${EXPRESSION}.values: single value`,
  ],
  [
    'Pod',
    'spec.affinity',
    { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: at least one',
  ],
  [
    'Pod',
    'spec.topologySpreadConstraints',
    [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    'spec.topologySpreadConstraints[0].maxSkew: greater than zero',
  ],
  [
    'Pod',
    'spec.tolerations',
    [{ key: 'k', operator: 'Gt', value: '1' }],
    'spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists"',
  ],
  [
    'Pod',
    'spec.affinity',
    affinity({ key: 'k', operator: 'In', values: ['fine', 'bad value: ___@#$%^'] }),
    `${EXPRESSION}.values[1]: a valid label must be`,
  ],
  ['Pod', 'spec.affinity', near({ labelSelector: {}, matchLabelKeys: ['a'], mismatchLabelKeys: ['b'] }), null],
  [
    'Pod',
    'spec.affinity',
    near({ labelSelector: {}, matchLabelKeys: ['a', 'b'], mismatchLabelKeys: ['b'] }),
    `${NEAR}.matchLabelKeys[1]: exists in both matchLabelKeys and mismatchLabelKeys`,
  ],
  ['Pod', 'spec.affinity', near({ matchLabelKeys: ['a'] }), `${NEAR}.matchLabelKeys: labelSelector is not set`],
  [
    'Pod',
    'spec.affinity',
    near({ labelSelector: {}, mismatchLabelKeys: ['b c'] }),
    `${NEAR}.mismatchLabelKeys[0]: name`,
  ],
  [
    'Pod',
    'spec.affinity',
    near({ labelSelector: {}, namespaces: ['fine', 'Not_Fine'] }),
    `${NEAR}.namespaces[1]: RFC 1123`,
  ],
  ['Pod', 'spec.affinity', near({ topologyKey: '' }), `${NEAR}.topologyKey: can not be empty`],
  [
    'Pod',
    'spec.topologySpreadConstraints',
    [{ ...spread, labelSelector: { matchLabels: { app: 'a' } }, matchLabelKeys: ['pod-template-hash'] }],
    null,
  ],
  [
    'Pod',
    'spec.topologySpreadConstraints',
    [{ ...spread, labelSelector: { matchLabels: { app: 'a' } }, matchLabelKeys: ['app'] }],
    'spec.topologySpreadConstraints[0].matchLabelKeys[0]: exists in both matchLabelKeys and labelSelector',
  ],
  [
    'Pod',
    'spec.topologySpreadConstraints',
    [{ ...spread, matchLabelKeys: ['app'] }],
    'spec.topologySpreadConstraints[0].matchLabelKeys: labelSelector is not set',
  ],
  [
    'Pod',
    'spec.topologySpreadConstraints',
    [{ ...spread, maxSkew: Number.NaN, minDomains: Number.NaN }],
    'spec.topologySpreadConstraints[0].maxSkew: greater than zero | spec.topologySpreadConstraints[0].minDomains: greater than zero',
  ],
  ['Pod', 'spec.schedulingGates', [{ name: 'example.com/a' }, { name: 'b' }], null],
  ['Pod', 'spec.schedulingGates', [{ name: 'a' }, { name: 'a' }], 'spec.schedulingGates[1]: Duplicate value: "a"'],
  ['Pod', 'spec.schedulingGates', [{ name: 'a b' }], 'spec.schedulingGates[0].name: name part'],
  [
    'Pod',
    'spec',
    { ...pod, schedulingGates: [{ name: 'a' }], nodeName: 'n1' },
    'spec.nodeName: until all schedulingGates',
  ],
  ['Deployment', T, { ...pod, priority: 1_000_000_000 }, null],
  ['Deployment', T, { ...pod, priority: 1_000_000_001 }, 'spec.template.spec.priority: maximum allowed'],
  ['Deployment', T, { ...pod, priority: 2_000_000_000, priorityClassName: 'system-cluster-critical' }, null],
  // Deployments.
  ['Deployment', `${S}.replicas`, 0, null],
  ['Deployment', `${S}.replicas`, -1, 'spec.replicas: greater than or equal to 0'],
  ['Deployment', `${S}.selector`, {}, 'spec.selector: empty selector'],
  [
    'Deployment',
    `${S}.selector`,
    { matchLabels: { app: 'api' } },
    'spec.template.metadata.labels: `selector` does not match template `labels`',
  ],
  ['Deployment', `${S}.selector`, { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, null],
  [
    'Deployment',
    `${S}.selector`,
    { matchExpressions: [{ key: 'app', operator: 'In' }] },
    'spec.selector.matchExpressions[0].values: must be specified | spec.template.metadata.labels: does not match',
  ],
  ['Deployment', `${S}.minReadySeconds`, 599, null],
  ['Deployment', `${S}.minReadySeconds`, 600, 'spec.progressDeadlineSeconds: greater than minReadySeconds'],
  ['Deployment', `${T}.restartPolicy`, 'OnFailure', 'spec.template.spec.restartPolicy: supported values: "Always"'],
  ['Deployment', `${T}.activeDeadlineSeconds`, 5, 'spec.template.spec.activeDeadlineSeconds: not supported'],
  ['Deployment', `${S}.strategy`, { type: 'Recreate' }, null],
  [
    'Deployment',
    `${S}.strategy`,
    { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
    "spec.strategy.rollingUpdate: 'Recreate'",
  ],
  ['Deployment', `${S}.strategy`, { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }, null],
  [
    'Deployment',
    `${S}.strategy`,
    { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
    'spec.strategy.rollingUpdate.maxUnavailable: may not be 0',
  ],
  [
    'Deployment',
    `${S}.strategy`,
    { rollingUpdate: { maxSurge: '0%', maxUnavailable: '0%' } },
    'spec.strategy.rollingUpdate.maxUnavailable: may not be 0',
  ],
  ['Deployment', `${S}.strategy`, { rollingUpdate: { maxSurge: '300%', maxUnavailable: '100%' } }, null],
  [
    'Deployment',
    `${S}.strategy`,
    { rollingUpdate: { maxUnavailable: '101%' } },
    'spec.strategy.rollingUpdate.maxUnavailable: greater than 100%',
  ],
  [
    'Deployment',
    `${S}.strategy`,
    { rollingUpdate: { maxUnavailable: '2.5%' } },
    'spec.strategy.rollingUpdate.maxUnavailable: valid percent',
  ],
  [
    'Deployment',
    `${S}.strategy`,
    { rollingUpdate: { maxSurge: -1 } },
    'spec.strategy.rollingUpdate.maxSurge: greater than or equal to 0',
  ],
  [
    'ReplicaSet',
    `${S}.template`,
    undefined,
    'spec.template.metadata.labels: does not match | spec.template: Required value',
  ],
  ['ReplicationController', `${S}.selector`, { app: 'api' }, 'spec.template.metadata.labels: does not match'],
  // Other workloads.
  ['StatefulSet', 'spec.serviceName', 'Web', 'spec.serviceName: RFC 1123'],
  [
    'StatefulSet',
    `${T}.containers.0.volumeMounts`,
    [{ name: 'data', mountPath: '/d' }],
    'spec.template.spec.containers[0].volumeMounts[0].name: Not found',
  ],
  [
    'StatefulSet',
    'spec',
    {
      selector,
      serviceName: 'web',
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      template: {
        ...template,
        spec: { containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/d' }] }] },
      },
    },
    null,
  ],
  ['DaemonSet', 'spec.updateStrategy', { rollingUpdate: { maxUnavailable: 0, maxSurge: '10%' } }, null],
  [
    'DaemonSet',
    'spec.updateStrategy',
    { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
    'spec.updateStrategy.rollingUpdate.maxSurge: may not be set',
  ],
  [
    'DaemonSet',
    'spec.updateStrategy',
    { rollingUpdate: { maxUnavailable: 0 } },
    'spec.updateStrategy.rollingUpdate.maxUnavailable: cannot be 0',
  ],
  ['Job', `${T}.restartPolicy`, 'OnFailure', null],
  ['Job', `${T}.restartPolicy`, undefined, 'spec.template.spec.restartPolicy: "OnFailure", "Never"'],
  ['Job', 'spec.completionMode', 'Indexed', null],
  ['Job', 'spec.parallelism', -1, 'spec.parallelism: greater than or equal to 0'],
  ['CronJob', 'spec.schedule', '@daily', null],
  ['CronJob', 'spec.schedule', '* * * * * *', 'spec.schedule: exactly 5 fields'],
  ['CronJob', 'spec.schedule', 'TZ=UTC 0 * * * *', 'spec.schedule: timeZone field'],
  ['CronJob', 'spec.timeZone', 'Local', 'spec.timeZone: name of a time zone'],
  // Services.
  ['Service', 'spec.ports', [], 'spec.ports: Required value'],
  ['Service', 'spec', { clusterIP: 'None' }, null],
  ['Service', 'spec.ports.0.nodePort', 30_000, null],
  ['Service', 'spec.ports.0.nodePort', 32_767, null],
  ['Service', 'spec.ports.0.nodePort', 29_999, 'spec.ports[0].nodePort: 30000-32767'],
  ['Service', 'spec.ports.0.nodePort', 32_768, 'spec.ports[0].nodePort: 30000-32767'],
  ['Service', 'spec', { ports: [{ port: 80, nodePort: 30_000 }] }, 'spec.ports[0].nodePort: may not be used'],
  ['Service', 'spec.ports', [{ port: 80 }], null],
  ['Service', 'spec.ports', [{ port: 80, name: 'a' }, { port: 81 }], 'spec.ports[1].name: Required value'],
  [
    'Service',
    'spec.ports',
    [
      { port: 80, name: 'a' },
      { port: 81, name: 'a' },
    ],
    'spec.ports[1].name: Duplicate value',
  ],
  [
    'Service',
    'spec.ports',
    [
      { port: 80, name: 'a' },
      { port: 80, name: 'b', protocol: 'UDP' },
    ],
    null,
  ],
  [
    'Service',
    'spec.ports',
    [
      { port: 80, name: 'a' },
      { port: 80, name: 'b' },
    ],
    'spec.ports[1].port: Duplicate value',
  ],
  [
    'Service',
    'spec.ports',
    [
      { port: 80, name: 'a', nodePort: 30_001 },
      { port: 81, name: 'b', nodePort: 30_001 },
    ],
    'spec.ports[1].nodePort: Duplicate value',
  ],
  ['Service', 'spec.ports.0.port', 65_536, 'spec.ports[0].port: between 1'],
  ['Service', 'spec.ports.0.targetPort', 'not_ok', 'spec.ports[0].targetPort: must contain only'],
  ['Service', 'spec.clusterIP', '10.96.0.1', null],
  ['Service', 'spec.clusterIP', '10.97.0.1', 'spec.clusterIP: 10.96.0.0/16'],
  ['Service', 'spec.clusterIP', '10.96.0', "spec.clusterIP: must be empty, 'None'"],
  ['Service', 'spec.clusterIP', 'None', "spec.clusterIP: may not be set to 'None' for NodePort"],
  ['Service', 'spec', { type: 'ExternalName', externalName: 'example.com.' }, null],
  ['Service', 'spec', { type: 'ExternalName' }, 'spec.externalName: Required value'],
  [
    'Service',
    'spec',
    { type: 'ExternalName', externalName: 'x', clusterIP: '10.96.0.1' },
    'spec.clusterIP: ExternalName',
  ],
  ['Service', 'spec.selector', { a: 'b c' }, 'spec.selector.a: valid label'],
  ['Service', 'spec.sessionAffinityConfig', { clientIP: { timeoutSeconds: 86_401 } }, null],
  // Configuration.
  ['ConfigMap', 'data', { 'a.B_c-1': '' }, null],
  ['ConfigMap', 'data', { 'a b': '' }, 'data[a b]: valid config key'],
  ['ConfigMap', 'data', { '..a': '' }, "data[..a]: start with '..'"],
  ['ConfigMap', 'data', { [long(254)]: '' }, `data.${long(254)}: no more than 253`],
  ['ConfigMap', 'binaryData', { 'app.conf': 'eA==' }, 'binaryData[app.conf]: duplicate of key'],
  ['ConfigMap', 'data', { a: long(1024 * 1024) }, null],
  ['ConfigMap', 'data', { a: long(1024 * 1024 + 1) }, 'data: Too long'],
  ['ConfigMap', 'data', { a: 'ä'.repeat(512 * 1024 + 1) }, 'data: Too long'],
  ['Secret', 'data', { a: `${'AAAA'.repeat(349_525)}AA==` }, null],
  ['Secret', 'data', { a: `${'AAAA'.repeat(349_526)}` }, 'data: Too long'],
  ['Secret', 'stringData', { 'a/b': 'x' }, 'stringData[a/b]: valid config key'],
  ['Secret', 'type', 'kubernetes.io/tls', 'data: needs tls.crt, tls.key'],
  ['Secret', 'type', 'kubernetes.io/basic-auth', null],
  ['Secret', 'type', 'example.com/own', null],
  [
    'Secret',
    'type',
    'kubernetes.io/service-account-token',
    'metadata.annotations[kubernetes.io/service-account.name]: needs this annotation',
  ],
  // The rest.
  [
    'Node',
    'spec.taints',
    [
      { key: 'k', value: 'a', effect: 'NoSchedule' },
      { key: 'k', effect: 'NoExecute' },
    ],
    null,
  ],
  [
    'Node',
    'spec.taints',
    [
      { key: 'k', effect: 'NoSchedule' },
      { key: 'k', value: 'b', effect: 'NoSchedule' },
    ],
    'spec.taints[1]: unique by key and effect',
  ],
  ['Node', 'spec.taints', [{ key: '', effect: 'NoSchedule' }], 'spec.taints[0].key: non-empty'],
  ['PodDisruptionBudget', 'spec.minAvailable', '50%', null],
  ['PodDisruptionBudget', 'spec.minAvailable', '100%', null],
  ['PodDisruptionBudget', 'spec.minAvailable', '101%', 'spec.minAvailable: greater than 100%'],
  ['PodDisruptionBudget', 'spec', { selector, maxUnavailable: '200%' }, 'spec.maxUnavailable: greater than 100%'],
  ['Node', 'metadata.annotations', { 'headway.dev/drain': 'true' }, null],
  ['Node', 'metadata.annotations', { 'headway.dev/drain': 'false' }, null],
  [
    'Node',
    'metadata.annotations',
    { 'headway.dev/drain': 'True' },
    'metadata.annotations[headway.dev/drain]: must be "true" or "false"',
  ],
  [
    'Deployment',
    'metadata.annotations',
    { 'headway.dev/rollout-respects-budgets': 'yes' },
    'metadata.annotations[headway.dev/rollout-respects-budgets]: must be "true" or "false"',
  ],
  ['Deployment', 'metadata.annotations', { 'example.com/drain': 'yes' }, null],
  ['PodDisruptionBudget', 'spec.maxUnavailable', 1, 'spec.maxUnavailable: cannot be both set'],
  ['HorizontalPodAutoscaler', 'spec.minReplicas', 3, null],
  ['HorizontalPodAutoscaler', 'spec.minReplicas', 4, 'spec.maxReplicas: `minReplicas`'],
  ['Ingress', 'spec.rules.0.host', '*.example.com', null],
  ['Ingress', 'spec.rules.0.host', 'a.*.com', 'spec.rules[0].host: wildcard'],
  ['Ingress', 'spec.rules.0.http.paths.0.path', 'x', 'spec.rules[0].http.paths[0].path: absolute path'],
  ['Ingress', 'spec.rules.0.http.paths.0.backend', {}, 'spec.rules[0].http.paths[0].backend: service or resource'],
  ['NetworkPolicy', 'spec.ingress', [{ from: [{}] }], 'spec.ingress[0].from[0]: must specify a peer'],
  ['PersistentVolumeClaim', 'spec.resources', undefined, 'spec.resources.requests.storage: Required value'],
  ['PersistentVolumeClaim', 'spec.accessModes', [], 'spec.accessModes: at least 1'],
  ['PriorityClass', 'value', 1_000_000_000, null],
  ['PriorityClass', 'value', 1_000_000_001, 'value: maximum allowed'],
]

for (const [kind, base] of Object.entries(bases) as [Kind, Manifest][]) {
  validation(`${kind} as it is`, () => {
    assert.equal(validateObject(kind, applyDefaults(kind, base)), [])
  })
}

for (const [i, [kind, path, value, expected]] of rows.entries()) {
  const shown = JSON.stringify(value)?.slice(0, 60) ?? 'absent'
  validation(`${i}: ${kind} ${path} = ${shown}: ${expected ?? 'fine'}`, () => {
    const base = bases[kind] as Manifest
    const findings = validateObject(kind, applyDefaults(kind, withPath(base, path, value)))
    const texts = findings.map((finding) => `${formatPath(finding.path)}: ${finding.message}`)
    const wanted = expected === null ? [] : expected.split(' | ')
    assert.is(texts.length, wanted.length, texts.join('\n'))
    for (const [n, want] of wanted.entries()) {
      const at = want.indexOf(': ')
      const text = texts[n] ?? ''
      assert.ok(
        text.startsWith(`${want.slice(0, at)}: `) && text.includes(want.slice(at + 2)),
        `${text} is not ${want}`,
      )
    }
  })
}

validation('all findings come at once', () => {
  const bad = manifest('Deployment', {
    metadata: { name: 'X' },
    spec: { replicas: -1, selector: {}, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'A' }] } } },
  })
  const paths = validateObject('Deployment', applyDefaults('Deployment', bad)).map(({ path }) => formatPath(path))
  assert.equal(paths, [
    'metadata.name',
    'spec.replicas',
    'spec.selector',
    'spec.template.spec.containers[0].name',
    'spec.template.spec.containers[0].image',
    'spec.template.spec.restartPolicy',
  ])
})

validation('the value of a Secret is in no message', () => {
  const secret = manifest('Secret', {
    type: 'kubernetes.io/tls',
    data: { 'a b': 'aHVudGVyMg==' },
    stringData: { '..': 'hunter2' },
  })
  const text = JSON.stringify(validateObject('Secret', secret))
  assert.not.match(text, /hunter2|aHVudGVyMg/)
  assert.match(text, /tls\.crt/)
})

validation('ranges of node ports and addresses are the cluster configuration’s', () => {
  const service = applyDefaults(
    'Service',
    withPath(withPath(bases.Service as Manifest, 'spec.ports.0.nodePort', 8080), 'spec.clusterIP', '192.168.0.9'),
  )
  const configuration = {
    podCidr: '10.244.0.0/16',
    nodePrefixLength: 24,
    serviceCidr: '192.168.0.0/24',
    nodePortRange: { first: 8000, last: 9000 },
    nodeSilenceMs: 4000,
    evictionDelayMs: 8000,
    deleteBrakeFraction: 0.2,
    podsPerNode: 110,
  }
  assert.is(validateObject('Service', service, configuration).length, 0)
  assert.is(validateObject('Service', service).length, 2)
})

validation.run()
