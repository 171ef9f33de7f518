/** ReplicaSet manifests. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import { makeKey } from '../../../src/model/keys.js'
import { reconcileReplicaSet } from '../../../src/reconcile/controllers/replica-set.js'
import { desiredObject, FakeWorld, podSpec } from '../fake-world.js'

const SET = makeKey('ReplicaSet', 'default', 'web')

function replicaSet(image: string, replicas: number): DesiredObject {
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: podSpec(image) }
  return desiredObject('ReplicaSet', 'web', { spec: { replicas, selector: { matchLabels: labels }, template } })
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
