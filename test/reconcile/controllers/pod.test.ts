/** Pod manifests. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import { makeKey } from '../../../src/model/keys.js'
import { reconcilePod } from '../../../src/reconcile/controllers/pod.js'
import { desiredObject, FakeWorld, podSpec } from '../fake-world.js'

const POD = makeKey('Pod', 'default', 'one')

function pod(image: string, restartPolicy = 'Always'): DesiredObject {
  return desiredObject('Pod', 'one', { spec: podSpec(image, { restartPolicy }) })
}

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
