/** Evictions by command in the core: one try each, asked of the budgets, and kept by a checkpoint until they are planned. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ManagerCore } from '../../../src/manager/core/manager-core.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'
import { FastAgent, Rig } from './rig.js'

const eviction = suite('evictions by command')

function budget(minAvailable: number) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
  }
}

/** Three pods of web on one node, under a budget. */
function start(minAvailable: number): { readonly rig: Rig; readonly agent: FastAgent } {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  rig.connect(agent)
  rig.settle()
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 3 }), budget(minAvailable)]) })
  rig.settle()
  assert.is(agent.pods.length, 3)
  return { rig, agent }
}

eviction('a pod that its budget lets go is replaced, once', () => {
  const { rig, agent } = start(2)
  const { uid } = agent.pods[0]!
  rig.handle({ type: 'evict', pod: uid })
  assert.is(rig.core.evictionOutcome(uid), null)
  rig.settle()
  assert.equal(rig.core.evictionOutcome(uid), { type: 'ordered' })
  assert.not.ok(agent.pods.some((pod) => pod.uid === uid && pod.stop === null))
  assert.is(agent.pods.filter((pod) => pod.stop === null).length, 3)
  const after = agent.pods.map((pod) => pod.uid)
  rig.settle()
  assert.equal(
    agent.pods.map((pod) => pod.uid),
    after,
  )
})

eviction('one that the budget needs stays, and the answer names the budget and its numbers', () => {
  const { rig, agent } = start(3)
  const { uid } = agent.pods[0]!
  rig.handle({ type: 'evict', pod: uid })
  rig.settle()
  assert.equal(rig.core.evictionOutcome(uid), {
    type: 'refused',
    detail: 'budget web allows 0 more: 3 of 3 healthy, 3 needed',
    isLasting: false,
  })
  assert.ok(agent.pods.some((pod) => pod.uid === uid && pod.stop === null))
})

eviction('a pod that is gone is said to be', () => {
  const { rig } = start(2)
  rig.handle({ type: 'evict', pod: 'nobody' })
  rig.settle()
  assert.equal(rig.core.evictionOutcome('nobody'), { type: 'unknown' })
  assert.ok(rig.core.isConverged)
})

eviction('what was asked and not planned yet outlives a checkpoint', () => {
  const { rig, agent } = start(2)
  const { uid } = agent.pods[0]!
  rig.core.handle({ type: 'evict', pod: uid }, rig.now)
  const restored = ManagerCore.restore(rig.core.save())
  assert.equal(restored.planInput(rig.now).evictions, [uid])
})

eviction('one that is asked for while a plan is being committed is for the next plan', () => {
  const { rig, agent } = start(1)
  const [first, second] = agent.pods.map((pod) => pod.uid)
  rig.handle({ type: 'evict', pod: first! })
  const effects = rig.core.handle({ type: 'tick' }, rig.now)
  const commit = effects.find((effect) => effect.type === 'commit-plan')
  assert.ok(commit?.type === 'commit-plan' && rig.core.isPlanInFlight)
  rig.core.handle({ type: 'evict', pod: second! }, rig.now)
  const restored = ManagerCore.restore(rig.core.save())
  for (const core of [rig.core, restored]) {
    assert.equal([core.evictionOutcome(first!), core.evictionOutcome(second!)], [null, null])
    const after = core.handle({ type: 'plan-committed', plan: commit.plan.id }, rig.now)
    assert.equal(core.evictionOutcome(first!), { type: 'ordered' })
    assert.is(core.evictionOutcome(second!), null)
    const next = after.flatMap((effect) => (effect.type === 'commit-plan' ? effect.plan.actions : []))
    const stopped = next.flatMap((action) =>
      (action.type === 'stop-pod' || action.type === 'leave-endpoints') && action.reason === 'eviction'
        ? [action.pod]
        : [],
    )
    assert.equal(stopped, [second])
  }
})

eviction('what is refused by the plan is not asked of the next one', () => {
  const { rig, agent } = start(2)
  const uids = agent.pods.map((pod) => pod.uid).sort()
  for (const pod of uids) rig.core.handle({ type: 'evict', pod }, rig.now)
  rig.settle()
  assert.equal(
    uids.filter((uid) => !agent.pods.some((pod) => pod.uid === uid && pod.stop === null)),
    [uids[0]],
  )
  assert.equal(
    uids.map((pod) => rig.core.evictionOutcome(pod)?.type),
    ['ordered', 'refused', 'refused'],
  )
})

eviction('a manager that still takes in what runs evicts nobody, and says so', () => {
  const rig = new Rig(['node1', 'node2'], true)
  const agent = new FastAgent('node1')
  rig.connect(agent)
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 1 })]) })
  rig.settle()
  assert.ok(rig.core.isTakingIn)
  rig.handle({ type: 'evict', pod: 'any' })
  rig.settle()
  assert.equal(rig.core.evictionOutcome('any'), {
    type: 'refused',
    detail: 'the manager has begun and still takes in what runs',
    isLasting: false,
  })
})

eviction('with another plan in the store it is asked again of the next one', () => {
  const { rig, agent } = start(2)
  const { uid } = agent.pods[0]!
  rig.isCommitting = false
  rig.handle({ type: 'evict', pod: uid })
  rig.handle({ type: 'tick' })
  assert.ok(rig.core.isPlanInFlight)
  rig.isCommitting = true
  const { planned, assignments } = rig.core
  rig.handle({ type: 'plan-conflict', planned, assignments })
  assert.is(rig.core.evictionOutcome(uid), null)
  rig.settle()
  assert.equal(rig.core.evictionOutcome(uid), { type: 'ordered' })
})

eviction.run()
