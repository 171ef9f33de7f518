/**
 * The arithmetic of a PodDisruptionBudget on the numbers of Kubernetes' own tests: after kubernetes/kubernetes v1.36,
 * pkg/controller/disruption/disruption_test.go (Apache-2.0), re-typed.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodDisruptionBudgetSpec } from '../../../src/model/generated/kubernetes.js'
import { type BudgetPod, countBudget } from '../../../src/reconcile/disruption-budget.js'

/** Ready and unready pods of an owner, and its scale; null for pods without an owner. */
type Owned = readonly [ready: number, unready: number, scale: number | null]

interface Row {
  readonly name: string
  readonly spec: PodDisruptionBudgetSpec
  readonly owners: readonly Owned[]
  /** As a budget's status has them. */
  readonly allowed: number
  readonly healthy?: number
  readonly desired?: number
  readonly expected?: number
}

function row(
  name: string,
  spec: PodDisruptionBudgetSpec,
  owners: readonly Owned[],
  [allowed, healthy, desired, expected]: readonly [number, number, number, number],
): Row {
  return { name, spec, owners, allowed, healthy, desired, expected }
}

const three = { minAvailable: 3 }
const third = { minAvailable: '34%' }
const quarter = { minAvailable: '28%' }

const rows: readonly Row[] = [
  row('no pods', three, [], [0, 0, 3, 0]),
  ...[1, 2, 3].map((n) => row(`${n} of 3`, three, [[n, 0, null]], [0, n, 3, n])),
  row('4 of 3', three, [[4, 0, null]], [1, 4, 3, 4]),
  row('4 of 3, one unready', three, [[3, 1, null]], [0, 3, 3, 4]),
  { name: 'maxUnavailable without an owner', spec: { maxUnavailable: 1 }, owners: [[1, 0, null]], allowed: 0 },
  { name: 'maxUnavailable without pods', spec: { maxUnavailable: 1 }, owners: [], allowed: 0 },
  row('maxUnavailable 2 of 7', { maxUnavailable: 2 }, [[1, 0, 7]], [0, 1, 5, 7]),
  row('scaled down to 5', { maxUnavailable: 2 }, [[1, 0, 5]], [0, 1, 3, 5]),
  row('maxUnavailable 30 % of 7', { maxUnavailable: '30%' }, [[1, 0, 7]], [0, 1, 4, 7]),
  row('scaled down to 3', { maxUnavailable: '30%' }, [[1, 0, 3]], [0, 1, 2, 3]),
  { name: 'a percentage without an owner', spec: quarter, owners: [[1, 0, null]], allowed: 0 },
  row('20 % of 10', { minAvailable: '20%' }, [[1, 0, 10]], [0, 1, 2, 10]),
  row('maxUnavailable 5 of 10, 4 there', { maxUnavailable: 5 }, [[4, 0, 10]], [0, 4, 5, 10]),
  { name: '1 % of nobody known', spec: { minAvailable: '1%' }, owners: [[2, 0, null]], allowed: 0 },
  row('1 % of 1, with 2 pods', { minAvailable: '1%' }, [[2, 0, 1]], [1, 2, 1, 1]),
  row('34 % of an owner without pods', third, [], [0, 0, 0, 0]),
  row('34 % of 3, one there', third, [[1, 0, 3]], [0, 1, 2, 3]),
  row('34 % of 3, two there', third, [[2, 0, 3]], [0, 2, 2, 3]),
  row('34 % of 3, all there', third, [[3, 0, 3]], [1, 3, 2, 3]),
  row(
    'and one without an owner',
    third,
    [
      [3, 0, 3],
      [1, 0, null],
    ],
    [2, 4, 2, 3],
  ),
  row('28 % of 11, none ready', quarter, [[0, 6, 11]], [0, 0, 4, 11]),
  row('28 % of 11, just enough', quarter, [[4, 7, 11]], [0, 4, 4, 11]),
  row('28 % of 11, one to spare', quarter, [[5, 6, 11]], [1, 5, 4, 11]),
  ...(
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 2],
    ] as const
  ).map(([ready, allowed]) =>
    row(
      `28 % of twice 11, ${5 + ready} ready`,
      quarter,
      [
        [5, 6, 11],
        [ready, 11 - ready, 11],
      ],
      [allowed, 5 + ready, 7, 22],
    ),
  ),
]

const budget = suite('budget cases')

for (const { name, spec, owners, allowed, healthy, desired, expected } of rows)
  budget(name, () => {
    const pods = owners.flatMap(([ready, unready], i): BudgetPod[] =>
      Array.from({ length: ready + unready }, (_, n) => ({ workload: `owner-${i}`, isHealthy: n < ready })),
    )
    const found = countBudget(spec, pods, (workload) => owners[Number(workload.slice('owner-'.length))]![2])
    assert.is(found.disruptionsAllowed, allowed)
    if (expected === undefined) return
    const { currentHealthy, desiredHealthy, expectedPods } = found
    assert.equal(
      { currentHealthy, desiredHealthy, expectedPods },
      {
        currentHealthy: healthy,
        desiredHealthy: desired,
        expectedPods: expected,
      },
    )
  })

budget.run()
