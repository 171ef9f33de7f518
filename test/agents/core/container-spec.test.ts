/** What the engine is asked for: both forms, both cgroup drivers and versions, resources and security by table. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ContainerPlan } from '../../../src/agents/core/agent-effect.js'
import { cpuQuota, cpuShares, oomScoreAdj } from '../../../src/agents/core/container-resources.js'
import { cgroupParent, makeContainerSpec, type SpecContext } from '../../../src/agents/core/container-spec.js'
import { podForm, SANDBOX } from '../../../src/agents/core/pod-form.js'
import type { Container, PodSpec } from '../../../src/model/generated/kubernetes.js'
import { CLUSTER, facts, makePod } from './fake-node.js'

const tests = suite('container spec')
const MEMORY = 100 * 2 ** 30

const context: SpecContext = {
  clusterId: CLUSTER,
  node: facts,
  engine: { cgroupDriver: 'cgroupfs', cgroupVersion: 1, memoryBytes: MEMORY },
  oomScoreMin: -1000,
  mounts: [],
  lookup: () => null,
}
const plan = (spec: Partial<PodSpec>, more: Partial<ContainerPlan> = {}): ContainerPlan => ({
  pod: makePod('web', spec),
  container: 'app',
  attempt: 2,
  form: 'single',
  sandboxId: null,
  image: 'sha256:1',
  imageUser: '',
  stopSignal: 'SIGTERM',
  ...more,
})
const app = (container: Partial<Container>): Partial<PodSpec> => ({ containers: [{ name: 'app', ...container }] })

tests('a single container owns the network, the name, hosts and ports', () => {
  const spec = makeContainerSpec(
    plan({
      containers: [
        {
          name: 'app',
          command: ['/bin/$(WHO)'],
          args: ['--as', '$(WHO)', '$$(WHO)'],
          env: [{ name: 'WHO', value: 'me' }],
          ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81 }],
        },
      ],
      hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }],
      hostname: 'given',
      dnsConfig: { nameservers: ['9.9.9.9'], options: [{ name: 'ndots', value: '2' }, { name: 'rotate' }] },
    }),
    context,
  )
  assert.equal(spec.network, {
    type: 'pod-network',
    name: 'headway-c0ffee00',
    address: '10.244.0.5',
    dns: ['9.9.9.9'],
    dnsSearch: [],
    dnsOptions: ['ndots:2', 'rotate'],
    extraHosts: ['a:1.2.3.4', 'b:1.2.3.4'],
    ports: [{ containerPort: 80, hostPort: 8080, hostAddress: '', protocol: 'tcp' }],
  })
  assert.equal([spec.entrypoint, spec.command, spec.environment], [['/bin/me'], ['--as', 'me', '$(WHO)'], ['WHO=me']])
  assert.equal([spec.name, spec.hostname], ['headway_app_web_default_web-uid_2', 'given'])
  assert.is(spec.labels['dev.headway.cluster'], CLUSTER)
  assert.is(spec.labels['dev.headway.attempt'], '2')
  assert.equal([spec.logMaxBytes, spec.logMaxFiles], [10_485_760, 5])
})

tests('a joined container leaves to the sandbox what is the sandbox’s', () => {
  const spec: Partial<PodSpec> = {
    containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 8080 }] }, { name: 'other' }],
    shareProcessNamespace: true,
    securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] },
  }
  const joined = makeContainerSpec(plan(spec, { form: 'sandbox', sandboxId: 'box' }), context)
  assert.equal(joined.network, { type: 'container', id: 'box', sharePid: true })
  assert.equal([joined.hostname, joined.sysctls], ['', {}])
  const sandbox = makeContainerSpec(
    plan(spec, { form: 'sandbox', container: SANDBOX, image: 'headway/sandbox:1' }),
    context,
  )
  assert.is(sandbox.network.type === 'pod-network' && sandbox.network.ports.length, 1)
  assert.equal(
    [sandbox.hostname, sandbox.sysctls, sandbox.shareableIpc, sandbox.oomScoreAdj],
    ['web', { 'net.core.somaxconn': '1' }, true, -998],
  )
})

tests('under hostNetwork the host’s network and name', () => {
  const spec = makeContainerSpec(plan({ ...app({}), hostNetwork: true }), context)
  assert.equal([spec.network, spec.hostname], [{ type: 'host' }, ''])
})

const parents = [
  { driver: 'cgroupfs', version: 1, parent: '/headway-c0ffee00' },
  { driver: 'cgroupfs', version: 2, parent: '/headway-c0ffee00' },
  { driver: 'systemd', version: 1, parent: 'headway-c0ffee00.slice' },
  { driver: 'systemd', version: 2, parent: 'headway-c0ffee00.slice' },
  { driver: 'none', version: 1, parent: '' },
] as const
for (const row of parents) {
  tests(`cgroup parent with ${row.driver} on v${row.version}`, () => {
    assert.is(cgroupParent(CLUSTER, { cgroupDriver: row.driver }), row.parent)
    const engine = { cgroupDriver: row.driver, cgroupVersion: row.version, memoryBytes: MEMORY }
    assert.is(makeContainerSpec(plan(app({})), { ...context, engine }).cgroupParent, row.parent)
  })
}

tests('shares and quota', () => {
  const shares = [
    [0, 2],
    [1, 2],
    [2, 2],
    [3, 3],
    [1000, 1024],
    [2500, 2560],
    [256_001, 262_144],
  ] as const
  for (const [milli, expected] of shares) assert.is(cpuShares(milli), expected, `${milli}m`)
  const quotas = [
    [0, 0],
    [1, 1000],
    [10, 1000],
    [11, 1100],
    [500, 50_000],
    [2000, 200_000],
  ] as const
  for (const [milli, expected] of quotas) assert.is(cpuQuota(milli), expected, `${milli}m`)
  const spec = makeContainerSpec(plan(app({ resources: { limits: { cpu: '500m', memory: '64Mi' } } })), context)
  assert.equal([spec.cpuShares, spec.cpuQuotaMicros, spec.memoryBytes], [512, 50_000, 67_108_864])
})

tests('out-of-memory scores by quality of service', () => {
  const memory = (requests: string): Container => ({ name: 'app', resources: { requests: { memory: requests } } })
  const full = { limits: { cpu: '1', memory: '1Gi' } }
  const rows: readonly { name: string; container: Container; spec?: Partial<PodSpec>; score: number }[] = [
    { name: 'BestEffort', container: { name: 'app' }, score: 1000 },
    { name: 'Guaranteed', container: { name: 'app', resources: full }, score: -997 },
    { name: '1 %', container: memory('1Gi'), score: 990 },
    { name: '10 %', container: memory('10Gi'), score: 900 },
    { name: '50 %', container: memory('50Gi'), score: 500 },
    { name: 'next to nothing', container: memory('1'), score: 999 },
    { name: 'all of it', container: memory('100Gi'), score: 3 },
    {
      name: 'node-critical',
      container: memory('1Gi'),
      spec: { priorityClassName: 'system-node-critical' },
      score: -997,
    },
    {
      name: 'sidecar',
      container: { ...memory('1'), name: 'side', restartPolicy: 'Always' },
      spec: { containers: [memory('10Gi')] },
      score: 900,
    },
  ]
  for (const row of rows)
    assert.is(oomScoreAdj(row.container, { containers: [row.container], ...row.spec }, MEMORY), row.score, row.name)
  const floored = makeContainerSpec(plan(app({ resources: full })), { ...context, oomScoreMin: 0 })
  assert.is(floored.oomScoreAdj, 0)
})

const security: readonly {
  name: string
  container: Partial<Container>
  pod?: object
  imageUser?: string
  expected: object
}[] = [
  { name: 'the image’s user', container: {}, imageUser: 'www', expected: { user: '' } },
  {
    name: 'user and group',
    container: { securityContext: { runAsUser: 5, runAsGroup: 6 } },
    expected: { user: '5:6' },
  },
  {
    name: 'the pod’s user, the container’s group',
    container: { securityContext: { runAsGroup: 6 } },
    pod: { runAsUser: 7 },
    expected: { user: '7:6' },
  },
  {
    name: 'a group for the image’s user',
    container: { securityContext: { runAsGroup: 6 } },
    imageUser: 'www:www',
    expected: { user: 'www:6' },
  },
  { name: 'groups', container: {}, pod: { fsGroup: 9, supplementalGroups: [8, 9] }, expected: { groups: [8, 9] } },
  {
    name: 'capabilities in any writing',
    container: { securityContext: { capabilities: { drop: ['all'], add: ['CAP_NET_ADMIN', 'chown'] } } },
    expected: { capabilitiesDrop: ['ALL'], capabilitiesAdd: ['NET_ADMIN', 'CHOWN'] },
  },
  {
    name: 'options',
    container: {
      securityContext: {
        allowPrivilegeEscalation: false,
        seccompProfile: { type: 'Unconfined' },
        readOnlyRootFilesystem: true,
      },
    },
    expected: { securityOptions: ['no-new-privileges', 'seccomp=unconfined'], readOnlyRoot: true },
  },
]
for (const row of security) {
  tests(`security: ${row.name}`, () => {
    const spec = makeContainerSpec(
      plan({ ...app(row.container), securityContext: row.pod ?? {} }, { imageUser: row.imageUser ?? '' }),
      context,
    )
    for (const [key, value] of Object.entries(row.expected)) assert.equal(spec[key as keyof typeof spec], value, key)
  })
}

tests('runAsNonRoot refuses root, and names it cannot judge', () => {
  const rows = [
    ['', /will run as root/],
    ['root', /will run as root/],
    ['0:0', /will run as root/],
    ['www', /non-numeric user \(www\)/],
  ] as const
  const nonRoot = app({ securityContext: { runAsNonRoot: true } })
  for (const [imageUser, message] of rows)
    assert.throws(() => makeContainerSpec(plan(nonRoot, { imageUser }), context), message)
  assert.is(makeContainerSpec(plan(nonRoot, { imageUser: '65534' }), context).user, '')
})

const memoryVolume = { volumes: [{ name: 'm', emptyDir: { medium: 'Memory' } }] }
const mounted: Container = { name: 'app', volumeMounts: [{ name: 'm', mountPath: '/m' }] }
const forms: readonly { name: string; spec: PodSpec; form: string }[] = [
  { name: 'one container', spec: { containers: [{ name: 'a' }] }, form: 'single' },
  {
    name: 'one with init containers',
    spec: { containers: [{ name: 'a' }], initContainers: [{ name: 'i' }] },
    form: 'single',
  },
  { name: 'two', spec: { containers: [{ name: 'a' }, { name: 'b' }] }, form: 'sandbox' },
  {
    name: 'a sidecar',
    spec: { containers: [{ name: 'a' }], initContainers: [{ name: 's', restartPolicy: 'Always' }] },
    form: 'sandbox',
  },
  { name: 'memory that outlives a restart', spec: { containers: [mounted], ...memoryVolume }, form: 'sandbox' },
  {
    name: 'memory of one run',
    spec: { containers: [mounted], ...memoryVolume, restartPolicy: 'Never' },
    form: 'single',
  },
  {
    name: 'memory from init to app',
    spec: {
      containers: [mounted],
      initContainers: [{ ...mounted, name: 'i' }],
      ...memoryVolume,
      restartPolicy: 'Never',
    },
    form: 'sandbox',
  },
  { name: 'memory that nobody mounts', spec: { containers: [{ name: 'a' }], ...memoryVolume }, form: 'single' },
]
for (const row of forms) tests(`form: ${row.name}`, () => assert.is(podForm(row.spec), row.form))

tests.run()
