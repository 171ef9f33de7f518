/** ReplicaSet and Pod manifests, and workloads whose deletion is held. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../src/model/desired-state.js'
import { makeKey } from '../../src/model/keys.js'
import { reconcileDeployment } from '../../src/reconcile/controllers/deployment.js'
import { reconcileHeld } from '../../src/reconcile/controllers/held.js'
import { reconcilePod } from '../../src/reconcile/controllers/pod.js'
import { reconcileReplicaSet } from '../../src/reconcile/controllers/replica-set.js'
import { deployment, desiredObject, FakeWorld, podSpec } from './fake-world.js'

const SET = makeKey('ReplicaSet', 'default', 'web')
const POD = makeKey('Pod', 'default', 'one')

function replicaSet(image: string, replicas: number): DesiredObject {
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: podSpec(image) }
  return desiredObject('ReplicaSet', 'web', { spec: { replicas, selector: { matchLabels: labels }, template } })
}

function pod(image: string, restartPolicy = 'Always'): DesiredObject {
  return desiredObject('Pod', 'one', { spec: podSpec(image, { restartPolicy }) })
}

const sets = suite('replica set')
sets('scales both ways', () => {
  const it = new FakeWorld(reconcileReplicaSet, replicaSet('a', 3), SET)
  it.settle()
  assert.equal(it.census(), 'a×3')
  it.desired = replicaSet('a', 5)
  it.settle()
  assert.equal(it.census(), 'a×5')
  it.desired = replicaSet('a', 1)
  it.settle()
  assert.equal([it.census(), it.sets.size], ['a×1', 1])
})
sets('a changed template reaches new pods only, as in Kubernetes', () => {
  const it = new FakeWorld(reconcileReplicaSet, replicaSet('a', 3), SET)
  it.settle()
  it.desired = replicaSet('b', 3)
  it.settle()
  assert.equal(it.census(), 'a×3')
  it.stop(it.live()[0]!.planned.uid, 'drain')
  const output = it.settle()
  assert.equal(it.census(), 'a×2 b×1')
  assert.equal(output.waiting, [])
  for (const { planned } of it.live('a')) it.stop(planned.uid, 'drain')
  it.settle()
  assert.equal([it.census(), it.sets.size], ['b×3', 1])
})
sets('shrinking looks at pods of every template: the one that is not ready goes', () => {
  const it = new FakeWorld(reconcileReplicaSet, replicaSet('a', 3), SET)
  it.settle()
  it.desired = replicaSet('b', 3)
  it.stop(it.live()[0]!.planned.uid, 'drain')
  it.pass()
  it.desired = replicaSet('b', 2)
  it.pass()
  assert.equal(it.census(), 'a×2')
})
sets.run()

const pods = suite('pod manifest')
pods('one pod under the key of its manifest', () => {
  const it = new FakeWorld(reconcilePod, pod('a'), POD)
  const output = it.settle()
  assert.equal([it.census(), [...it.sets.keys()]], ['a×1', [POD]])
  assert.equal(output.waiting, [])
})
pods('a changed template: stop, wait until it is gone, make the next', () => {
  const it = new FakeWorld(reconcilePod, pod('a'), POD)
  it.settle()
  it.desired = pod('b')
  const output = it.pass()
  assert.equal([...it.pods.values()][0]?.planned.stop?.reason, 'template-changed')
  assert.equal(
    output.waiting.map((w) => w.on),
    ['termination'],
  )
  assert.equal([it.pass().intents, it.pods.size], [[], 1])
  it.finishStops()
  it.pass()
  assert.equal([it.census(), it.sets.get(POD)?.revision], ['b×1', 2])
})
pods('one that may end and has ended stays as it is', () => {
  for (const [policy, phase] of [
    ['Never', 'Succeeded'],
    ['Never', 'Failed'],
    ['OnFailure', 'Succeeded'],
  ] as const) {
    const it = new FakeWorld(reconcilePod, pod('a', policy), POD)
    it.pass()
    it.observe([...it.pods.keys()][0]!, phase, false)
    const output = it.pass()
    assert.equal([output.intents, output.waiting, output.requeueAt], [[], [], null], `${policy} ${phase}`)
    assert.equal(it.pass().intents, [])
    it.desired = pod('b', policy)
    it.pass()
    it.finishStops()
    it.pass()
    assert.equal(it.census(), 'b×1')
  }
})
pods('one that is to run always is made again once the failed one is cleared away', () => {
  const it = new FakeWorld(reconcilePod, pod('a'), POD)
  it.settle()
  it.observe([...it.pods.keys()][0]!, 'Failed', false, { reason: 'Evicted' })
  it.pass()
  assert.equal([it.pods.size, [...it.pods.values()][0]?.planned.stop?.reason], [1, 'failed'])
  it.finishStops()
  it.pass()
  assert.equal([it.census(), it.record?.failures], ['a×1', 1])
})
pods('one given up with its node is made again at once', () => {
  const it = new FakeWorld(reconcilePod, pod('a'), POD)
  it.settle()
  it.stop([...it.pods.keys()][0]!, 'node-lost')
  it.pass()
  assert.equal(it.census(), 'a×1')
})
pods('removal takes pod, set and record', () => {
  const it = new FakeWorld(reconcilePod, pod('a'), POD)
  it.settle()
  it.desired = null
  it.pass()
  it.finishStops()
  it.pass()
  assert.equal([it.record, it.sets.size, it.pods.size], [null, 0, 0])
})
pods.run()

const held = suite('held deletion')
held('the sets are kept at their sizes, and nothing else happens', () => {
  const key = makeKey('Deployment', 'default', 'web')
  const it = new FakeWorld(reconcileDeployment, deployment('a'), key)
  it.settle()
  it.desired = null
  const quiet = it.pass(reconcileHeld)
  assert.equal(quiet.intents, [])
  assert.is(quiet.record, it.record)
  it.stop(it.live()[0]!.planned.uid, 'node-lost')
  it.pass(reconcileHeld)
  assert.equal(it.census(), 'a×3')
})
held('a held Pod is kept up too', () => {
  const it = new FakeWorld(reconcilePod, pod('a'), POD)
  it.settle()
  it.desired = null
  assert.equal(it.pass(reconcileHeld).intents, [])
  it.stop([...it.pods.keys()][0]!, 'node-lost')
  it.pass(reconcileHeld)
  assert.equal(it.census(), 'a×1')
})
held.run()
