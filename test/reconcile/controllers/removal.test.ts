/** Winding workloads down. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeKey } from '../../../src/model/keys.js'
import { reconcileDeployment } from '../../../src/reconcile/controllers/deployment.js'
import { removeWorkload } from '../../../src/reconcile/controllers/removal.js'
import { deployment, FakeWorld } from '../fake-world.js'

const KEY = makeKey('Deployment', 'default', 'web')

function settled(): FakeWorld {
  const it = new FakeWorld(reconcileDeployment, deployment('a'), KEY)
  it.settle()
  return it
}

const removal = suite('removal')
removal('pods stop, then sets and record go', () => {
  const it = settled()
  it.desired = null
  const output = it.pass()
  assert.equal(
    output.waiting.map((w) => w.on),
    ['termination'],
  )
  assert.equal(
    [...it.pods.values()].map((pod) => pod.planned.stop?.reason),
    ['prune', 'prune', 'prune'],
  )
  assert.equal(it.pass().intents, [], 'nothing more while they stop')
  it.finishStops()
  it.pass()
  assert.equal([it.record, it.sets.size], [null, 0])
})
removal('pods that already stop are not ordered again, but one that a drain keeps serving is', () => {
  const it = settled()
  it.desired = null
  const [first, second] = it.live()
  it.stop(first!.planned.uid, 'drain')
  it.stop(second!.planned.uid, 'drain')
  second!.planned = { ...second!.planned, stop: { ...second!.planned.stop!, phase: 'replacing' } }
  const output = removeWorkload(it.input())
  const stops = output.intents.flatMap((intent) => (intent.type === 'stop-pods' ? intent.pods : []))
  assert.equal(stops.length, 2)
  assert.not(stops.includes(first!.planned.uid))
  assert.ok(stops.includes(second!.planned.uid))
})
removal('what never had a pod goes in one pass', () => {
  const it = new FakeWorld(reconcileDeployment, null, KEY)
  assert.equal(it.pass(), { record: null, intents: [], waiting: [], requeueAt: null })
})
removal.run()
