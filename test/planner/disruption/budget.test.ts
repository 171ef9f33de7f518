/** The arithmetic of budgets and what an eviction is answered: Kubernetes semantics §5.7, each row with its neighbours. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodDisruptionBudgetSpec } from '../../../src/model/generated/kubernetes.js'
import { makeKey } from '../../../src/model/keys.js'
import { askBudget, type BudgetPod, countBudget, describeBudget } from '../../../src/reconcile/disruption-budget.js'

const WEB = makeKey('Deployment', 'default', 'web')
const API = makeKey('Deployment', 'default', 'api')
const BARE = makeKey('Pod', 'default', 'bare')

interface CountRow {
  readonly name: string
  readonly spec: PodDisruptionBudgetSpec
  /** Healthy and unhealthy pods of web, then of api. */
  readonly web: readonly [number, number]
  readonly api?: readonly [number, number]
  readonly bare?: readonly [number, number]
  readonly scales?: Readonly<Record<string, number>>
  readonly expected: number
  readonly needed: number
  readonly allowed: number
}

const counts: readonly CountRow[] = [
  { name: 'integer minAvailable', spec: { minAvailable: 2 }, web: [3, 0], expected: 3, needed: 2, allowed: 1 },
  {
    name: 'integer minAvailable, just met',
    spec: { minAvailable: 2 },
    web: [2, 1],
    expected: 3,
    needed: 2,
    allowed: 0,
  },
  { name: 'integer minAvailable, not met', spec: { minAvailable: 2 }, web: [1, 2], expected: 3, needed: 2, allowed: 0 },
  {
    name: 'integer minAvailable counts pods, not scales',
    spec: { minAvailable: 1 },
    web: [2, 0],
    scales: { [WEB]: 9 },
    expected: 2,
    needed: 1,
    allowed: 1,
  },
  { name: 'minAvailable 0', spec: { minAvailable: 0 }, web: [3, 0], expected: 3, needed: 0, allowed: 3 },
  {
    name: 'percent minAvailable rounds up',
    spec: { minAvailable: '50%' },
    web: [3, 0],
    expected: 3,
    needed: 2,
    allowed: 1,
  },
  {
    name: 'percent minAvailable, even',
    spec: { minAvailable: '50%' },
    web: [4, 0],
    expected: 4,
    needed: 2,
    allowed: 2,
  },
  {
    name: 'percent minAvailable of the scale',
    spec: { minAvailable: '50%' },
    web: [3, 0],
    scales: { [WEB]: 10 },
    expected: 10,
    needed: 5,
    allowed: 0,
  },
  { name: '100 %', spec: { minAvailable: '100%' }, web: [3, 0], expected: 3, needed: 3, allowed: 0 },
  { name: 'integer maxUnavailable', spec: { maxUnavailable: 1 }, web: [3, 0], expected: 3, needed: 2, allowed: 1 },
  { name: 'maxUnavailable 0', spec: { maxUnavailable: 0 }, web: [3, 0], expected: 3, needed: 3, allowed: 0 },
  {
    name: 'maxUnavailable 0 with a replacement there',
    spec: { maxUnavailable: 0 },
    web: [4, 0],
    scales: { [WEB]: 3 },
    expected: 3,
    needed: 3,
    allowed: 1,
  },
  { name: 'maxUnavailable above all', spec: { maxUnavailable: 9 }, web: [3, 0], expected: 3, needed: 0, allowed: 3 },
  {
    name: 'percent maxUnavailable rounds up too',
    spec: { maxUnavailable: '30%' },
    web: [7, 0],
    expected: 7,
    needed: 4,
    allowed: 3,
  },
  {
    name: 'percent maxUnavailable, just below',
    spec: { maxUnavailable: '28%' },
    web: [7, 0],
    expected: 7,
    needed: 5,
    allowed: 2,
  },
  {
    name: 'one of those unavailable already',
    spec: { maxUnavailable: 1 },
    web: [2, 1],
    expected: 3,
    needed: 2,
    allowed: 0,
  },
  {
    name: 'sum of the scales of distinct owners',
    spec: { maxUnavailable: '50%' },
    web: [3, 0],
    api: [2, 0],
    expected: 5,
    needed: 2,
    allowed: 3,
  },
  {
    name: 'owners not yet at their scale',
    spec: { maxUnavailable: 1 },
    web: [3, 0],
    scales: { [WEB]: 5 },
    expected: 5,
    needed: 4,
    allowed: 0,
  },
  {
    name: 'bare pods with an integer',
    spec: { minAvailable: 1 },
    web: [0, 0],
    bare: [2, 0],
    expected: 2,
    needed: 1,
    allowed: 1,
  },
  {
    name: 'bare pods do not scale',
    spec: { maxUnavailable: 1 },
    web: [0, 0],
    bare: [2, 0],
    expected: 0,
    needed: 0,
    allowed: 0,
  },
  { name: 'nothing selected', spec: { minAvailable: 0 }, web: [0, 0], expected: 0, needed: 0, allowed: 0 },
  { name: 'no bound at all', spec: {}, web: [3, 0], expected: 0, needed: 0, allowed: 0 },
]

function podsOf(workload: string, [healthy, unhealthy]: readonly [number, number] = [0, 0]): BudgetPod[] {
  return Array.from({ length: healthy + unhealthy }, (_, i) => ({ workload, isHealthy: i < healthy }))
}

const budget = suite('disruption budget')

for (const row of counts)
  budget(`counts: ${row.name}`, () => {
    const pods = [...podsOf(WEB, row.web), ...podsOf(API, row.api), ...podsOf(BARE, row.bare)]
    const scales: Readonly<Record<string, number>> = {
      [WEB]: row.web[0] + row.web[1],
      [API]: (row.api?.[0] ?? 0) + (row.api?.[1] ?? 0),
      ...row.scales,
    }
    const { expectedPods, desiredHealthy, disruptionsAllowed } = countBudget(row.spec, pods, (key) =>
      key === BARE ? null : (scales[key] ?? 0),
    )
    assert.equal(
      { expected: expectedPods, needed: desiredHealthy, allowed: disruptionsAllowed },
      { expected: row.expected, needed: row.needed, allowed: row.allowed },
    )
  })

interface AskRow {
  readonly name: string
  readonly isIdle?: boolean
  readonly isReady: boolean
  readonly policy?: string
  readonly healthy: number
  readonly needed: number
  readonly answer: string
}

const asks: readonly AskRow[] = [
  { name: 'a ready pod, one to spare', isReady: true, healthy: 3, needed: 2, answer: 'counted' },
  { name: 'a ready pod, none to spare', isReady: true, healthy: 2, needed: 2, answer: 'refused' },
  { name: 'one that has ended or not begun', isIdle: true, isReady: false, healthy: 0, needed: 2, answer: 'free' },
  { name: 'an unready pod while the others suffice', isReady: false, healthy: 2, needed: 2, answer: 'free' },
  { name: 'an unready pod while they do not', isReady: false, healthy: 1, needed: 2, answer: 'refused' },
  { name: 'an unready pod where nothing is needed', isReady: false, healthy: 0, needed: 0, answer: 'refused' },
  { name: 'the same by name', isReady: false, policy: 'IfHealthyBudget', healthy: 1, needed: 2, answer: 'refused' },
  { name: 'AlwaysAllow', isReady: false, policy: 'AlwaysAllow', healthy: 1, needed: 2, answer: 'free' },
  {
    name: 'AlwaysAllow does not help a ready pod',
    isReady: true,
    policy: 'AlwaysAllow',
    healthy: 2,
    needed: 2,
    answer: 'refused',
  },
]
for (const row of asks)
  budget(`asks: ${row.name}`, () => {
    const spec = row.policy === undefined ? {} : { unhealthyPodEvictionPolicy: row.policy }
    const found = {
      expectedPods: 3,
      desiredHealthy: row.needed,
      currentHealthy: row.healthy,
      disruptionsAllowed: Math.max(0, row.healthy - row.needed),
    }
    assert.is(askBudget({ isIdle: row.isIdle ?? false, isReady: row.isReady }, spec, found), row.answer)
  })

budget('says what it has and what it needs', () => {
  const found = { expectedPods: 3, desiredHealthy: 2, currentHealthy: 2, disruptionsAllowed: 0 }
  assert.is(describeBudget('web-pdb', found), 'budget web-pdb allows 0 more: 2 of 3 healthy, 2 needed')
})

budget.run()
