/** The output contracts in schemas/headway/ say what the TypeScript types say. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ProblemCode } from '../../src/model/problem.js'
import type { Health, StatusView } from '../../src/model/status-view.js'
import type { WaitingOn } from '../../src/model/waiting.js'

const contracts = suite('headway-schemas')

interface Schema {
  readonly $defs?: Readonly<
    Record<string, { readonly properties: Readonly<Record<string, { readonly enum?: readonly string[] }>> }>
  >
}

const read = (name: string): Schema => JSON.parse(readFileSync(`schemas/headway/${name}.json`, 'utf8')) as Schema
const validatorOf = (name: string) => new Ajv2020({ strict: false, allErrors: true }).compile(read(name))

const amount = { requested: 1, allocatable: 2 }
const waiting = { on: 'image-pull', key: 'Pod./shop/web', detail: 'web:2 is pulled' } as const
// With every field, so that a field the type gets and the schema lacks (or the other way round) fails here.
const status: Required<StatusView> = {
  clusterId: 'c',
  revision: 'abc',
  converged: false,
  summary: 'rolling out',
  manager: { pid: 1, version: '0.1.0', startedAt: 1, epoch: 1, address: '127.0.0.1:1', recovering: false, planId: 'p' },
  sources: [
    {
      id: 'main',
      url: '/r',
      branch: 'main',
      tip: 'a',
      commit: 'a',
      author: 'A',
      subject: 'S',
      lastPollAt: null,
      error: '',
    },
  ],
  apps: [{ id: 'main:', revision: 'a', held: true, problems: 1 }],
  nodes: [
    {
      name: 'n1',
      address: '192.0.2.1',
      ready: true,
      schedulable: true,
      pid: null,
      engineVersion: '20.10',
      agentVersion: '0.1.0',
      silentForMs: null,
      pods: 1,
      cpuMilli: amount,
      memoryBytes: amount,
      taints: ['k=v:NoSchedule'],
      drain: 'draining',
    },
  ],
  workloads: [
    {
      key: 'Deployment.apps/shop/web',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      health: 'Progressing',
      desired: 2,
      ready: 1,
      updated: 1,
      available: 1,
      revision: 1,
      commit: 'a',
      images: ['web:2'],
      message: '',
    },
  ],
  pods: [
    {
      key: 'shop/web-1',
      uid: 'u',
      workload: 'Deployment.apps/shop/web',
      node: null,
      address: null,
      status: 'Pending',
      phase: 'Pending',
      ready: false,
      restarts: 0,
      containerIds: [],
      images: ['web:2'],
      commit: 'a',
      createdAt: 1,
      waiting,
    },
  ],
  services: [
    { key: 'Service./shop/web', address: null, ports: [{ name: 'http', port: 80, nodePort: null, endpoints: 0 }] },
  ],
  budgets: [
    {
      key: 'PodDisruptionBudget.policy/shop/web',
      namespace: 'shop',
      name: 'web',
      minAvailable: '50%',
      maxUnavailable: null,
      expectedPods: 3,
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
    },
  ],
  waiting: [waiting],
  problems: [
    { severity: 'error', code: 'unknown-field', file: 'a.yaml', line: 1, column: 1, path: 'spec', message: 'unknown' },
  ],
  notCarriedOut: ['Job.batch/shop/migrate'],
  brake: { hash: 'h', keys: ['Pod./shop/web'], reason: 'all workloads' },
  reviewed: { commit: 'abc', fingerprint: 'p1.a', outcome: 'differs', changes: ['a host left'] },
}

contracts('status.json takes a full StatusView, and one with nothing', () => {
  const validate = validatorOf('status')
  assert.ok(validate(status), JSON.stringify(validate.errors))
  const bare: StatusView = {
    ...status,
    sources: [],
    apps: [],
    nodes: [],
    workloads: [],
    pods: [],
    services: [],
    waiting: [],
    problems: [],
    notCarriedOut: [],
    brake: null,
  }
  assert.ok(validate(bare), JSON.stringify(validate.errors))
})

contracts('status.json refuses what is missing and what is not known, at every depth', () => {
  const validate = validatorOf('status')
  const refuse = (value: unknown): void => {
    assert.not.ok(validate(value), JSON.stringify(value).slice(0, 80))
  }
  for (const field of Object.keys(status)) refuse({ ...status, [field]: undefined, extra: 1 })
  refuse({ ...status, pods: [{ ...status.pods[0], ready: 'yes' }] })
  refuse({ ...status, nodes: [{ ...status.nodes[0], colour: 'red' }] })
  refuse({ ...status, waiting: [{ ...waiting, on: 'godot' }] })
})

contracts('its enumerations are those of the types', () => {
  const reasons: Readonly<Record<WaitingOn, true>> = {
    'ready-replicas': true,
    'min-ready-seconds': true,
    termination: true,
    'image-resolve': true,
    'image-pull': true,
    'container-start': true,
    'crash-loop': true,
    readiness: true,
    'endpoint-acknowledgement': true,
    scheduling: true,
    'node-report': true,
    'node-silence': true,
    'eviction-rate': true,
    'out-of-service': true,
    'disruption-budget': true,
    drain: true,
    paused: true,
    'progress-deadline': true,
    configuration: true,
    'delete-brake': true,
    'unreadable-file': true,
    'held-app': true,
    owner: true,
    unsupported: true,
    address: true,
    recovery: true,
    'plan-check': true,
  }
  const codes: Readonly<Record<ProblemCode, true>> = {
    'unreadable-file': true,
    'invalid-object': true,
    'unknown-field': true,
    unsupported: true,
    'duplicate-key': true,
    'missing-namespace': true,
    'not-carried-out': true,
    'ignored-field': true,
    source: true,
  }
  const healths: Readonly<Record<Health, true>> = {
    Healthy: true,
    Progressing: true,
    Degraded: true,
    Suspended: true,
    Missing: true,
    Unknown: true,
  }
  const { $defs } = read('status')
  const enumOf = (definition: string, field: string): string[] =>
    [...($defs?.[definition]?.properties[field]?.enum ?? [])].sort()
  assert.equal(enumOf('Waiting', 'on'), Object.keys(reasons).sort())
  assert.equal(enumOf('Problem', 'code'), Object.keys(codes).sort())
  assert.equal(enumOf('Workload', 'health'), Object.keys(healths).sort())
})

contracts('plan.json requires what the design promises', () => {
  const promised: Readonly<Record<string, readonly string[]>> = {
    '': [
      'fingerprint',
      'base',
      'head',
      'verdict',
      'objects',
      'pods',
      'workloads',
      'unschedulable',
      'pendingNotYours',
      'seconds',
      'restarts',
      'revert',
    ],
    objects: ['action', 'key', 'file', 'line', 'diff'],
    pods: ['action', 'key', 'owner', 'fromNode', 'toNode', 'reason', 'atSeconds'],
    workloads: ['key', 'desired', 'lowestReady', 'lowestReadyAtSeconds'],
    unschedulable: ['key', 'diagnosis'],
    revert: ['restarts', 'seconds'],
  }
  interface Node {
    readonly required?: readonly string[]
    readonly properties?: Readonly<Record<string, Node>>
    readonly items?: Node
    readonly enum?: readonly string[]
  }
  const plan = JSON.parse(readFileSync('schemas/headway/plan.json', 'utf8')) as Node
  for (const [part, names] of Object.entries(promised)) {
    const inside = part === '' ? plan : plan.properties?.[part]
    const required = inside?.required ?? inside?.items?.required ?? []
    assert.equal(
      names.filter((name) => !required.includes(name)),
      [],
      part,
    )
  }
  assert.equal([...(plan.properties?.['verdict']?.enum ?? [])].sort(), ['fail', 'ok', 'warn'])
})

contracts.run()
