/** Which pod goes first. Rows re-typed from Kubernetes: semantics §5.1.4 (its TestSortingActivePodsWithRanks). */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { orderForScaleDown, type ScaleDownCandidate } from '../../src/reconcile/scale-down-order.js'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000

const base: ScaleDownCandidate = {
  uid: 'm',
  node: 'n1',
  phase: 'Running',
  isReady: true,
  isAvailable: true,
  deletionCost: 0,
  siblings: 1,
  readySince: NOW - HOUR,
  restarts: 0,
  createdAt: NOW - HOUR,
}

const order = suite('scale-down order')
interface Row {
  readonly name: string
  readonly first: Partial<ScaleDownCandidate>
  readonly second: Partial<ScaleDownCandidate>
}
// uid 'z' goes first by the rule although 'a' is before it by uid; what stands later in the order speaks against it.
const rows: readonly Row[] = [
  { name: 'no node before node', first: { node: null }, second: { phase: 'Pending', isReady: false } },
  { name: 'Pending before Unknown', first: { phase: 'Pending' }, second: { phase: 'Unknown', isReady: false } },
  { name: 'Unknown before Running', first: { phase: 'Unknown' }, second: { isReady: false } },
  { name: 'not ready before ready', first: { isReady: false }, second: { deletionCost: -5 } },
  { name: 'not available before available', first: { isAvailable: false }, second: { deletionCost: -5 } },
  { name: 'lower deletion cost', first: { deletionCost: -1 }, second: { siblings: 9 } },
  { name: 'more siblings on its node', first: { siblings: 2 }, second: { readySince: NOW - 1000 } },
  { name: 'ready for less time', first: { readySince: NOW - 1000 }, second: { restarts: 9 } },
  { name: 'more restarts', first: { restarts: 3, isReady: false }, second: { isReady: false, createdAt: NOW - 1000 } },
  { name: 'newer', first: { createdAt: NOW - 1000 }, second: {} },
]
for (const { name, first, second } of rows) {
  order(name, () => {
    const sorted = orderForScaleDown(
      [
        { ...base, ...second, uid: 'a' },
        { ...base, ...first, uid: 'z' },
      ],
      NOW,
    )
    assert.equal(
      sorted.map((pod) => pod.uid),
      ['z', 'a'],
    )
  })
}
order('ready times within one power of two count as equal: the uid decides', () => {
  const near = orderForScaleDown(
    [
      { ...base, uid: 'b', readySince: NOW - 2 ** 21 },
      { ...base, uid: 'a', readySince: NOW - 2_180_000 },
    ],
    NOW,
  )
  assert.is(near[0]?.uid, 'a')
  const far = orderForScaleDown(
    [
      { ...base, uid: 'b', readySince: NOW - 2 ** 21 },
      { ...base, uid: 'a', readySince: NOW - 2 ** 23 },
    ],
    NOW,
  )
  assert.is(far[0]?.uid, 'b')
})
order('does not depend on the order it is given', () => {
  const candidate = fc.record({
    uid: fc.uuid(),
    node: fc.constantFrom(null, 'n1', 'n2'),
    phase: fc.constantFrom('Pending' as const, 'Unknown' as const, 'Running' as const),
    isReady: fc.boolean(),
    isAvailable: fc.boolean(),
    deletionCost: fc.integer({ min: -2, max: 2 }),
    siblings: fc.nat(3),
    readySince: fc.option(fc.integer({ min: NOW - HOUR, max: NOW })),
    restarts: fc.nat(2),
    createdAt: fc.integer({ min: NOW - HOUR, max: NOW }),
  })
  fc.assert(
    fc.property(fc.uniqueArray(candidate, { selector: (c) => c.uid, maxLength: 8 }), fc.nat(), (pods, turn) => {
      const turned = pods.map((_, i) => pods[(i + turn) % pods.length]!)
      assert.equal(orderForScaleDown(turned, NOW), orderForScaleDown(pods, NOW))
    }),
  )
})
order.run()
