/** Required affinity and anti-affinity between pods, and bound volumes, broken on purpose by one placement. */
import { suite } from 'uvu'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { PodAffinityTerm, PodSpec } from '../../../src/model/generated/kubernetes.js'
import type { PlannedPod } from '../../../src/model/planned-state.js'
import { deployment } from '../world.js'
import { bind, bindNew, blank, type Case, judge, newPod, type Row, start, web, withPods } from './spoil.js'
import { claim, volume } from './volumes.js'

const HOST = 'kubernetes.io/hostname'

type Labels = Readonly<Record<string, string>>

function term(more: Partial<PodAffinityTerm> = {}): PodAffinityTerm {
  return { topologyKey: HOST, labelSelector: { matchLabels: { app: 'web' } }, ...more }
}

function awayFrom(more: Partial<PodAffinityTerm> = {}): Partial<PodSpec> {
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] } } }
}

function near(more: Partial<PodAffinityTerm> = {}): Partial<PodSpec> {
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] } } }
}

/** One pod on a node. */
function on(node: string, name: string, labels: Labels = {}, pod: Partial<PodSpec> = {}): DesiredObject {
  return deployment(name, { replicas: 1, labels, cpu: '100m', pod: { nodeSelector: { [HOST]: node }, ...pod } })
}

/** web with one pod on n1. */
function webOnFirst(pod: Partial<PodSpec>, labels: Labels = {}): DesiredObject {
  return on('n1', 'web', labels, pod)
}

/** A new pod of web, which its template keeps on n1, comes to a node. */
function come(node: string, ...objects: readonly DesiredObject[]): () => Case {
  return () => bindNew(start(...objects), node)
}

/** web uses a claim. */
function withClaim(...objects: readonly DesiredObject[]): readonly DesiredObject[] {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  return [...objects, web({ volumes }, 1)]
}

const own = { matchLabelKeys: ['rev'] }
const strange = { labelSelector: {}, mismatchLabelKeys: ['tenant'] }
const db = { labelSelector: { matchLabels: { app: 'db' } } }
const nodeTerm = { matchExpressions: [{ key: HOST, operator: 'In', values: ['n2'] }] }
const BETA = 'failure-domain.beta.kubernetes.io/zone'

type Item = readonly [name: string, invariant: string, spoil: () => Case, isFine?: 'fine']

const rules: readonly Item[] = [
  [
    'beside its own revision',
    'anti-affinity',
    come('n1', webOnFirst(awayFrom(own), { rev: '1' }), on('n2', 'other', { app: 'web', rev: '2' })),
  ],
  [
    'beside another revision',
    'anti-affinity',
    come('n2', webOnFirst(awayFrom(own), { rev: '1' }), on('n2', 'other', { app: 'web', rev: '2' })),
    'fine',
  ],
  [
    'beside a revision, without a word of it',
    'anti-affinity',
    come('n2', webOnFirst(awayFrom(), { rev: '1' }), on('n2', 'other', { app: 'web', rev: '2' })),
  ],
  [
    'beside another tenant',
    'anti-affinity',
    come('n2', webOnFirst(awayFrom(strange), { tenant: 'a' }), on('n2', 'other', { tenant: 'b' })),
  ],
  [
    'beside its own tenant',
    'anti-affinity',
    come('n2', webOnFirst(awayFrom(strange), { tenant: 'a' }), on('n2', 'other', { tenant: 'a' })),
    'fine',
  ],
  [
    'beside one that is shy of other tenants',
    'anti-affinity',
    come('n2', webOnFirst({}, { tenant: 'a' }), on('n2', 'other', { tenant: 'b' }, awayFrom(strange))),
  ],
  [
    'beside one that is shy of other tenants, of which it is none',
    'anti-affinity',
    come('n2', webOnFirst({}, { tenant: 'b' }), on('n2', 'other', { tenant: 'b' }, awayFrom(strange))),
    'fine',
  ],
  [
    'beside one of a namespace that is meant by its labels',
    'anti-affinity',
    come('n2', webOnFirst(awayFrom({ ...db, namespaceSelector: {} })), on('n2', 'db')),
  ],
  [
    'beside one of a namespace that is not meant',
    'anti-affinity',
    come('n2', webOnFirst(awayFrom({ ...db, namespaces: ['elsewhere'] })), on('n2', 'db')),
    'fine',
  ],
  ['away from whom it must be with', 'pod-affinity', come('n2', on('n1', 'db'), webOnFirst(near(db)))],
  ['with whom it must be', 'pod-affinity', come('n1', on('n1', 'db'), webOnFirst(near(db))), 'fine'],
  ['away from the first of its kind', 'pod-affinity', come('n2', webOnFirst(near()))],
  ['with the first of its kind', 'pod-affinity', come('n1', webOnFirst(near())), 'fine'],
  [
    'with one of another revision',
    'pod-affinity',
    come('n2', webOnFirst(near(own), { rev: '1' }), on('n2', 'other', { app: 'web', rev: '2' })),
  ],
  [
    'with one of its own revision',
    'pod-affinity',
    come('n2', webOnFirst(near(own), { rev: '1' }), on('n2', 'other', { app: 'web', rev: '1' })),
    'fine',
  ],
]

const volumes: readonly Item[] = [
  [
    'away from its volume',
    'volume-reach',
    come('n1', ...withClaim(claim('data', 'v'), volume('v', { terms: [nodeTerm] }))),
  ],
  [
    'with its volume',
    'volume-reach',
    come('n2', ...withClaim(claim('data', 'v'), volume('v', { terms: [nodeTerm] }))),
    'fine',
  ],
  [
    'a volume of another zone',
    'volume-reach',
    come('n1', ...withClaim(claim('data', 'v'), volume('v', { zones: 'z1__z2' }))),
  ],
  [
    'a volume of its zone',
    'volume-reach',
    come('n2', ...withClaim(claim('data', 'v'), volume('v', { zones: 'z1__z2' }))),
    'fine',
  ],
  [
    'a volume of another zone, by the name of beta',
    'volume-reach',
    come('n1', ...withClaim(claim('data', 'v'), volume('v', { zones: 'z1', zoneLabel: BETA }))),
  ],
  [
    'a volume that names its claim',
    'volume-reach',
    come('n1', ...withClaim(claim('data'), volume('v', { zones: 'z1', claimName: 'data' }))),
  ],
  [
    'a volume that names another claim',
    'volume-reach',
    come('n1', ...withClaim(claim('data'), volume('v', { zones: 'z1', claimName: 'other' }))),
    'fine',
  ],
  ['a claim that is bound to nothing', 'volume-reach', come('n1', ...withClaim(claim('data'))), 'fine'],
]

/** What the actions say is the order that rules are judged in. */
const announcements: readonly Item[] = [
  ['a placement that is announced', 'action', come('n1', web()), 'fine'],
  [
    'a placement that no action tells of',
    'action',
    () => {
      const world = start(web())
      return withPods(blank(world), 'n1', (pods) => [...pods, newPod(world, 'n1')])
    },
  ],
  ['a placement that is announced twice', 'action', () => announce({}, 2)],
  ['a placement that is announced for another node', 'action', () => announce({ node: 'n2' })],
  ['a placement that is announced with another address', 'action', () => announce({ address: '10.244.0.9' })],
]

function announce(said: Partial<PlannedPod>, times = 1): Case {
  const world = start(web())
  const { input, plan } = bind(blank(world), newPod(world, 'n1'))
  const told = plan.actions.map((action) =>
    action.type === 'bind-pod' && action.pod === 'new'
      ? { ...action, node: said.node ?? action.node, address: said.address ?? action.address }
      : action,
  )
  const actions = Array.from({ length: times }, () => told).flat()
  return { input, plan: { ...plan, actions } }
}

const mutations = suite('checkPlan on affinity and volumes')

for (const [name, invariant, spoil, fine] of [...rules, ...volumes, ...announcements]) {
  const row: Row = { name, invariant, isFine: fine === 'fine', spoil }
  mutations(`${fine === 'fine' ? 'allows' : 'finds'}: ${name} (${invariant})`, () => judge(row))
}

mutations.run()
