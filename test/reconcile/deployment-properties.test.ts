/**
 * The Deployment controller against a world that does what it likes: pods become ready, crash, fail and go at random,
 * nodes fall silent, and commits change everything at any moment.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DeploymentSpec } from '../../src/model/generated/kubernetes.js'
import { makeKey } from '../../src/model/keys.js'
import { reconcileDeployment } from '../../src/reconcile/controllers/deployment.js'
import { readDeployment } from '../../src/reconcile/deployment-spec.js'
import { deployment, FakeWorld, rollingUpdate } from './fake-world.js'

const KEY = makeKey('Deployment', 'default', 'web')

const amount = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('25%', '10%', '50%', '100%'))
const strategy: fc.Arbitrary<Partial<DeploymentSpec>> = fc
  .tuple(amount, amount)
  .filter(([surge, unavailable]) => surge !== 0 || unavailable !== 0)
  .map(([surge, unavailable]) => rollingUpdate(surge, unavailable))
const commit = fc.record({
  image: fc.constantFrom('a', 'b', 'c'),
  replicas: fc.integer({ min: 0, max: 9 }),
  minReadySeconds: fc.constantFrom(0, 0, 5),
  paused: fc.constantFrom(false, false, false, true),
  strategy,
})
type Commit = typeof commit extends fc.Arbitrary<infer T> ? T : never
type Event =
  | { readonly type: 'commit'; readonly commit: Commit }
  | { readonly type: 'ready' | 'unready' | 'fail' | 'gone' | 'silent' | 'heard'; readonly at: number }
  | { readonly type: 'wait'; readonly ms: number }
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: commit.map((value): Event => ({ type: 'commit', commit: value })) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constantFrom('ready', 'ready', 'ready', 'unready', 'fail', 'gone', 'silent', 'heard'),
      at: fc.nat(1000),
    }) as fc.Arbitrary<Event>,
  },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 8000 }).map((ms): Event => ({ type: 'wait', ms })) },
)

function manifest({ image, strategy: rolling, ...rest }: Commit) {
  return deployment(image, { ...rest, ...rolling })
}

function happen(it: FakeWorld, what: Event): void {
  if (what.type === 'commit') {
    it.desired = manifest(what.commit)
    return
  }
  if (what.type === 'wait') {
    it.now += what.ms
    return
  }
  it.now += 1
  const pods = [...it.pods.values()]
  const pod = pods[what.at % Math.max(1, pods.length)]
  if (pod === undefined) return
  const { uid } = pod.planned
  if (what.type === 'silent' || what.type === 'heard') pod.isNodeHeard = what.type === 'heard'
  else if (what.type === 'gone') {
    if (pod.planned.stop !== null) it.pods.delete(uid)
  } else if (pod.observed?.phase !== 'Failed') {
    if (what.type === 'fail') it.observe(uid, 'Failed', false)
    else it.observe(uid, 'Running', what.type === 'ready')
  }
}

function availableNow(it: FakeWorld): number {
  const wait = readDeployment(it.desired!).minReadyMs
  return it
    .live()
    .filter(({ observed, isNodeHeard }) => isNodeHeard && observed?.ready && it.now - observed.readySince! >= wait)
    .length
}

const properties = suite('deployment properties')

properties('keeps to surge and unavailable, and settles', () => {
  fc.assert(
    fc.property(commit, fc.array(event, { maxLength: 40 }), (first, events) => {
      const it = new FakeWorld(reconcileDeployment, manifest({ ...first, paused: false }), KEY)
      it.settle()
      for (const what of events) {
        happen(it, what)
        const { replicas, limits } = readDeployment(it.desired!)
        // Pods that the back-off withholds count: they were within the limits when they were wanted.
        const wanted = [...it.sets.values()].reduce((sum, set) => sum + set.replicas, 0)
        const before = { available: availableNow(it), total: Math.max(wanted, it.live().length) }
        it.pass()
        const after = { available: availableNow(it), total: it.live().length }
        assert.ok(after.total <= Math.max(replicas + limits.maxSurge, before.total), `${after.total} pods in all`)
        const least = Math.min(before.available, replicas - limits.maxUnavailable)
        assert.ok(after.available >= least, `${after.available} available of ${least}`)
        const again = it.pass()
        assert.equal(again.intents, [], 'a second pass over the same world wants nothing')
      }
      for (const pod of it.pods.values()) pod.isNodeHeard = true
      const last = readDeployment(it.desired!)
      it.desired = deployment(it.desired!.commit, { replicas: last.replicas, ...rollingUpdate('25%', '25%') })
      it.now += 600_000
      const output = it.settle()
      assert.equal(it.census(), last.replicas === 0 ? '' : `${it.desired.commit}×${last.replicas}`)
      assert.equal(output.waiting, [])
      assert.is(output.record?.progressReason, 'NewReplicaSetAvailable')
    }),
    { numRuns: 1500 },
  )
})

properties('a rollout alone never has fewer than R − U available while no pod falls back by itself', () => {
  fc.assert(
    fc.property(commit, commit, fc.array(fc.nat(1000), { maxLength: 60 }), (from, to, order) => {
      const it = new FakeWorld(reconcileDeployment, manifest({ ...from, paused: false }), KEY)
      it.settle()
      it.now += 60_000
      const target = { ...to, paused: false, replicas: from.replicas }
      it.desired = manifest(target)
      const { limits, replicas } = readDeployment(it.desired)
      for (const at of order) {
        it.pass()
        assert.ok(availableNow(it) >= replicas - limits.maxUnavailable)
        assert.ok(it.live().length <= replicas + limits.maxSurge)
        it.now += 3_000
        const unready = it.live().filter((pod) => pod.observed?.ready !== true)
        const pod = unready[at % Math.max(1, unready.length)]
        if (pod !== undefined) it.observe(pod.planned.uid, 'Running', true)
      }
    }),
    { numRuns: 400 },
  )
})
properties('Recreate never starts a pod of one template while one of another runs', () => {
  fc.assert(
    fc.property(commit, fc.array(event, { maxLength: 40 }), (first, events) => {
      const recreate = { strategy: { type: 'Recreate' } }
      const it = new FakeWorld(reconcileDeployment, deployment(first.image, { replicas: 3, ...recreate }), KEY)
      it.settle()
      for (const what of events) {
        if (what.type === 'commit') it.desired = deployment(what.commit.image, { replicas: 3, ...recreate })
        else happen(it, what)
        const before = new Set(it.pods.keys())
        it.pass()
        const running = [...it.pods.values()].filter(({ observed }) => observed?.phase !== 'Failed')
        const created = running.filter(({ planned }) => !before.has(planned.uid))
        for (const pod of created) {
          const hash = pod.planned.templateHash
          assert.ok(running.every(({ planned }) => planned.templateHash === hash))
        }
      }
      it.now += 600_000
      for (const pod of it.pods.values()) pod.isNodeHeard = true
      it.settle()
      assert.equal(it.census(), `${it.desired?.commit}×3`)
    }),
    { numRuns: 400 },
  )
})
properties.run()
