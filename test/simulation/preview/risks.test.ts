/** Each risk of a plan: just inside, just outside, how severe, and in which words. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredState, Manifest } from '../../../src/model/desired-state.js'
import type { ObservedNode } from '../../../src/model/observed-state.js'
import { previewChange } from '../../../src/simulation/preview/preview-change.js'
import type { Preview, Risk, RiskCode } from '../../../src/simulation/preview/preview-types.js'
import { desiredOf, host, hosts, snapshotAt, type WebOptions, web } from './preview-world.js'

interface Change {
  readonly before: readonly Manifest[]
  readonly after: readonly Manifest[]
  readonly nodes?: readonly ObservedNode[]
  /** What compiling would make of the head beyond its objects. */
  readonly head?: (head: DesiredState) => DesiredState
}

interface Row {
  readonly code: RiskCode
  readonly severity: Risk['severity']
  readonly text: RegExp
  readonly inside: Change
  readonly outside: Change
  /** Other codes that come with it. */
  readonly also?: readonly RiskCode[]
  readonly name: string
}

function object(kind: string, name: string, rest: object = {}, apiVersion = 'v1'): Manifest {
  return { apiVersion, kind, metadata: { name }, ...rest } as Manifest
}

const claim = (name: string): Manifest =>
  object('PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })

const budget = (spec: object): Manifest =>
  object('PodDisruptionBudget', 'web', { spec: { ...spec, selector: { matchLabels: { app: 'web' } } } }, 'policy/v1')

const service = (app: string, ports = 80): Manifest =>
  object('Service', 'web', { spec: { selector: { app }, ports: [{ port: ports }] } })

const drained = (name: string): Manifest =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'headway.dev/drain': 'true' } },
    spec: { unschedulable: true },
  }) as Manifest

const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => web(name, { replicas: 1 }))
const recreate = { strategy: { type: 'Recreate' } }
const inTurn = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }

/** One workload from one image to the next, or to whatever `changes` says. */
function roll(options: WebOptions, changes: WebOptions = { image: 'web:2' }, others: readonly Manifest[] = []): Change {
  return { before: [web('web', options), ...others], after: [web('web', { ...options, ...changes }), ...others] }
}

const high = object('PriorityClass', 'high', { value: 1_000 }, 'scheduling.k8s.io/v1')
const urgent = (cpu: string): Manifest =>
  web('vip', { replicas: 1, cpu, template: { priorityClassName: 'high', priority: 1_000 } })
const pair = (): readonly ObservedNode[] => [host('n1', 0, { cpuMilli: 1_000 }), host('n2', 1, { cpuMilli: 1_000 })]
const low = web('low', { replicas: 2, cpu: '400m' })

function held(state: DesiredState, isHeld: boolean): DesiredState {
  const problem = {
    severity: 'error',
    code: 'unknown-field',
    file: 'web.yaml',
    line: 7,
    column: 3,
    path: 'spec.replica',
    message: 'unknown field, did you mean replicas?',
  } as const
  const apps = [...state.apps].map(
    ([id, app]) => [id, { ...app, held: isHeld, problems: isHeld ? [problem] : [] }] as const,
  )
  return { ...state, apps: new Map(apps) }
}

const rows: readonly Row[] = [
  {
    name: 'a claim goes; a claim comes',
    code: 'data-deleted',
    severity: 'warn',
    text: /persistentvolumeclaim\/data is removed: what is stored in it goes with it/,
    also: ['delete-brake'],
    inside: { before: [...many, claim('data')], after: many },
    outside: { before: many, after: [...many, claim('data')] },
  },
  {
    name: 'a namespace goes; a ConfigMap goes',
    code: 'data-deleted',
    severity: 'warn',
    text: /namespace\/team is removed: everything in it goes with it/,
    also: ['delete-brake'],
    inside: { before: [...many, object('Namespace', 'team')], after: many },
    outside: { before: [...many, object('ConfigMap', 'team')], after: many },
  },
  {
    name: 'one replica gives way before its successor; after it',
    code: 'single-replica-downtime',
    severity: 'warn',
    text: /deployment\/web has one replica, which is down from 0 s until [0-9.]+ s after the merge/,
    inside: roll({ replicas: 1, spec: recreate }),
    outside: roll({ replicas: 1 }),
  },
  {
    name: 'two replicas give way at once; one by one',
    code: 'downtime',
    severity: 'warn',
    text: /no pod of deployment\/web is ready from 0 s until [0-9.]+ s after the merge/,
    inside: roll({ replicas: 2, spec: recreate }),
    outside: roll({ replicas: 2, spec: inTurn }),
  },
  {
    name: 'scaled to none is no downtime; none but for a while is',
    code: 'downtime',
    severity: 'warn',
    text: /no pod of deployment\/web is ready/,
    inside: roll({ replicas: 2, spec: recreate }),
    outside: roll({ replicas: 2, spec: recreate }, { replicas: 0 }),
  },
  {
    name: 'what rolls has no probe; has one',
    code: 'no-readiness-probe',
    severity: 'warn',
    text: /deployment\/web has no readiness probe \(main\): a pod counts as ready as soon as it runs/,
    inside: roll({ hasProbe: false }),
    outside: roll({ hasProbe: true }),
  },
  {
    name: 'what must make way for others is what it was',
    code: 'no-readiness-probe',
    severity: 'warn',
    text: /deployment\/web has no readiness probe/,
    inside: roll({ hasProbe: false }),
    outside: {
      before: [web('low', { replicas: 1, cpu: '700m', hasProbe: false }), high],
      after: [web('low', { replicas: 1, cpu: '700m', hasProbe: false }), high, urgent('900m')],
      nodes: [host('n1', 0, { cpuMilli: 1_000 }), host('n2', 1, { cpuMilli: 800 })],
    },
  },
  {
    name: 'what only grows has pods that are ready already',
    code: 'no-readiness-probe',
    severity: 'warn',
    text: /no readiness probe/,
    inside: roll({ hasProbe: false }),
    outside: roll({ hasProbe: false }, { replicas: 4 }),
  },
  {
    name: 'no tag; a tag',
    code: 'mutable-tag',
    severity: 'warn',
    text: /deployment\/web takes localhost:5000\/web: what the tag means may change/,
    inside: roll({}, { image: 'localhost:5000/web' }),
    outside: roll({}, { image: 'localhost:5000/web:2' }),
  },
  {
    name: 'latest; the digest of what latest was',
    code: 'mutable-tag',
    severity: 'warn',
    text: /web:latest/,
    inside: roll({}, { image: 'web:latest' }),
    outside: roll({}, { image: `web:latest@sha256:${'0'.repeat(64)}` }),
  },
  {
    name: 'an init container counts; what does not roll does not',
    code: 'mutable-tag',
    severity: 'warn',
    text: /takes web:/,
    inside: roll({ template: { initContainers: [{ name: 'first', image: 'web' }] } }),
    outside: roll({ image: 'web' }, { spec: { revisionHistoryLimit: 3 } }),
  },
  {
    name: 'another image of latest; more pods of the one that is pinned already',
    code: 'mutable-tag',
    severity: 'warn',
    text: /web:latest/,
    inside: roll({ image: 'web:1' }, { image: 'web:latest', replicas: 4 }),
    outside: roll({ image: 'web:latest' }, { replicas: 4 }),
  },
  {
    name: 'all that find a host share it; one finds another',
    code: 'no-spread',
    severity: 'warn',
    text: /the 2 of 3 pods of deployment\/new that find a host would run on one$/,
    also: ['unschedulable'],
    inside: {
      before: [web('web')],
      after: [web('web'), web('new', { cpu: '1500m' })],
      nodes: [host('small', 0, { cpuMilli: 100 }), host('large', 1)],
    },
    outside: {
      before: [web('web')],
      after: [web('web'), web('new', { cpu: '1500m' })],
      nodes: [host('small', 0, { cpuMilli: 1_600 }), host('large', 1)],
    },
  },
  {
    name: 'all fit on one host only; on two',
    code: 'no-spread',
    severity: 'warn',
    text: /all 3 pods of deployment\/web would run on one host/,
    inside: {
      before: [web('web', { cpu: '50m' })],
      after: [web('web', { cpu: '200m' })],
      nodes: [host('small', 0, { cpuMilli: 100 }), host('large', 1)],
    },
    outside: {
      before: [web('web', { cpu: '50m' })],
      after: [web('web', { cpu: '200m' })],
      nodes: [host('small', 0, { cpuMilli: 400 }), host('large', 1)],
    },
  },
  {
    name: 'one of several hosts; the only host',
    code: 'no-spread',
    severity: 'warn',
    text: /all 2 pods of deployment\/new/,
    inside: {
      before: [web('web')],
      after: [web('web'), web('new', { replicas: 2, cpu: '200m' })],
      nodes: [host('small', 0, { cpuMilli: 100 }), host('large', 1)],
    },
    outside: { before: [web('web')], after: [web('web'), web('new', { replicas: 2, cpu: '200m' })], nodes: hosts(1) },
  },
  {
    name: 'one pod fewer than the budget asks for; as many',
    code: 'budget-broken',
    severity: 'fail',
    text: /deployment\/web goes down to 2 ready pods, poddisruptionbudget\/web asks for 3/,
    inside: roll({ spec: inTurn }, { image: 'web:2' }, [budget({ minAvailable: 3 })]),
    outside: roll({ spec: inTurn }, { image: 'web:2' }, [budget({ minAvailable: 2 })]),
  },
  {
    name: 'a drain whose pod has no room elsewhere, under a budget that lets none go; with room',
    code: 'budget-blocks',
    severity: 'fail',
    also: ['unschedulable'],
    text: /pod\/web-.*: a disruption budget blocks it for ever: .*drain/,
    inside: {
      before: [web('web', { replicas: 1, cpu: '600m' }), budget({ maxUnavailable: 0 })],
      after: [web('web', { replicas: 1, cpu: '600m' }), budget({ maxUnavailable: 0 }), drained('large')],
      nodes: [host('large', 0), host('other', 1, { cpuMilli: 500 })],
    },
    outside: {
      before: [web('web', { replicas: 1, cpu: '600m' }), budget({ maxUnavailable: 0 })],
      after: [web('web', { replicas: 1, cpu: '600m' }), budget({ maxUnavailable: 0 }), drained('large')],
      nodes: [host('large', 0), host('other', 1, { cpuMilli: 600 })],
    },
  },
  {
    name: 'a budget asks for one more than is wanted; for as many, which a drain can bear',
    code: 'budget-blocks',
    severity: 'warn',
    text: /^poddisruptionbudget\/web asks for 4 ready pods and deployment\/web wants 3: no drain and no eviction of a ready pod ever gets past it$/,
    inside: { before: [web('web')], after: [web('web'), budget({ minAvailable: 4 })] },
    outside: { before: [web('web')], after: [web('web'), budget({ minAvailable: 3 })] },
  },
  {
    name: 'fewer are wanted than a budget asks for; it asked for more before, too',
    code: 'budget-blocks',
    severity: 'warn',
    text: /asks for 2 ready pods and deployment\/web wants 1/,
    inside: {
      before: [web('web'), budget({ minAvailable: 2 })],
      after: [web('web', { replicas: 1 }), budget({ minAvailable: 2 })],
    },
    outside: {
      before: [web('web', { replicas: 1 }), budget({ minAvailable: 2 })],
      after: [web('web', { replicas: 1, image: 'web:2' }), budget({ minAvailable: 2 })],
    },
  },
  {
    name: 'a Service selects other pods; has another port',
    code: 'selector-change',
    severity: 'warn',
    text: /the selector of service\/web changes: other pods get its requests, 1 pod matches it \(1 before\)$/,
    inside: { before: [...many, service('a')], after: [...many, service('b')] },
    outside: { before: [...many, service('a')], after: [...many, service('a', 81)] },
  },
  {
    name: 'a slip: a Service selects nothing; the selector stays and the pods go',
    code: 'selector-change',
    severity: 'warn',
    text: /the selector of service\/web changes: no pod matches it \(3 did\), so nobody gets its requests$/,
    inside: { before: [web('web'), service('web')], after: [web('web'), service('webb')] },
    outside: { before: [web('web'), service('web')], after: [web('web', { replicas: 0 }), service('web')] },
  },
  {
    name: 'a budget selects other pods; asks for more',
    code: 'selector-change',
    severity: 'warn',
    text: /the selector of poddisruptionbudget\/web changes: it guards other pods, 1 pod matches it \(0 before\)$/,
    inside: {
      before: [...many, budget({ minAvailable: 0 })],
      after: [
        ...many,
        object(
          'PodDisruptionBudget',
          'web',
          { spec: { minAvailable: 0, selector: { matchLabels: { app: 'a' } } } },
          'policy/v1',
        ),
      ],
    },
    outside: { before: [...many, budget({ minAvailable: 0 })], after: [...many, budget({ minAvailable: 1 })] },
  },
  {
    name: 'three of ten objects go at once; two do',
    code: 'delete-brake',
    severity: 'fail',
    text: /the delete brake would hold 3 deletions \(.*\): confirm with "headway confirm [0-9a-f]{8}" or the trailer "Headway-Confirm-Delete: [0-9a-f]{32,}" in the commit message/,
    inside: { before: many, after: many.slice(3) },
    outside: { before: many, after: many.slice(2) },
  },
  {
    name: 'an app is held now; it was held before, too',
    code: 'held-app',
    severity: 'fail',
    text: /the app in the root folder would be held back at its last good version: web.yaml:7: unknown field, did you mean replicas\?/,
    inside: { before: many, after: many, head: (state) => held(state, true) },
    outside: { before: many, after: many, head: (state) => held(state, false) },
  },
  {
    name: 'a StatefulSet is not carried out yet; a ReplicaSet is',
    code: 'not-carried-out',
    severity: 'warn',
    text: /^statefulset\/web is accepted but not carried out yet: nothing runs or changes because of it$/,
    inside: { before: many, after: [...many, { ...web('web'), kind: 'StatefulSet' } as Manifest] },
    outside: { before: many, after: [...many, { ...web('web'), kind: 'ReplicaSet' } as Manifest] },
  },
  {
    name: 'a pod asks for a bit more than there is; for what there is',
    code: 'unschedulable',
    severity: 'fail',
    text: /pod default\/big-\S+ fits on no host: 0\/3 nodes are available: 3 Insufficient cpu; nearest: node000\d lacks 1m cpu/,
    inside: { before: [], after: [web('big', { replicas: 1, cpu: '4001m' })] },
    outside: { before: [], after: [web('big', { replicas: 1, cpu: '4000m' })] },
  },
  {
    name: 'several pods that lack the same are told once; all of them fit',
    code: 'unschedulable',
    severity: 'fail',
    text: /^3 pods of deployment\/big fit on no host: 0\/3 nodes are available: 3 Insufficient cpu/,
    inside: { before: [], after: [web('big', { replicas: 6, cpu: '4' })] },
    outside: { before: [], after: [web('big', { replicas: 3, cpu: '4' })] },
  },
  {
    name: 'a pod of higher priority needs the room of others; finds room',
    code: 'evicts-others',
    severity: 'warn',
    text: /1 pod of deployment\/low must make way \(preemption\)/,
    also: ['unschedulable', 'no-spread'],
    inside: { before: [low, high], after: [low, high, urgent('700m')], nodes: pair() },
    outside: { before: [low, high], after: [low, high, urgent('600m')], nodes: pair() },
  },
]

const risks = suite('risks')

function preview({ before, after, nodes = hosts(3), head = (state) => state }: Change): Preview {
  const base = desiredOf(before)
  return previewChange({ snapshot: snapshotAt(base, nodes), base, head: head(desiredOf(after, 'head', base)) })
}

for (const { name, code, severity, text, inside, outside, also = [] } of rows) {
  risks(`${code}: ${name}`, () => {
    const is = preview(inside)
    const found = is.risks.filter((risk) => risk.code === code)
    assert.is(found.length, 1, JSON.stringify(is.risks))
    assert.is(found[0]?.severity, severity)
    assert.match(found[0]?.text ?? '', text)
    const others = is.risks.filter((risk) => risk.code !== code && !also.includes(risk.code))
    assert.equal(others, [])
    assert.is(is.verdict, is.risks.some((risk) => risk.severity === 'fail') ? 'fail' : 'warn')
    const isNot = preview(outside)
    assert.equal(
      isNot.risks.filter((risk) => risk.code === code).map((risk) => risk.text),
      [],
    )
  })
}

risks.run()
