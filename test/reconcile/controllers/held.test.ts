/** Workloads that are gone from desired state while their deletion waits. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import { makeKey } from '../../../src/model/keys.js'
import { reconcileDeployment } from '../../../src/reconcile/controllers/deployment.js'
import { reconcileHeld } from '../../../src/reconcile/controllers/held.js'
import { reconcilePod } from '../../../src/reconcile/controllers/pod.js'
import { deployment, desiredObject, FakeWorld, podSpec } from '../fake-world.js'

const POD = makeKey('Pod', 'default', 'one')

function pod(image: string, restartPolicy = 'Always'): DesiredObject {
  return desiredObject('Pod', 'one', { spec: podSpec(image, { restartPolicy }) })
}

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
