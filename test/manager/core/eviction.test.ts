/** Evictions by command in the core: one try each, asked of the budgets, and kept by a checkpoint until they are planned. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ManagerCore } from '../../../src/manager/core/manager-core.js'
import { judgeEviction } from '../../../src/planner/judge-eviction.js'
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
  assert.is(judgeEviction(rig.core.planInput(rig.now), uid), '')
  rig.handle({ type: 'evict', pod: uid })
  rig.settle()
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
  assert.match(judgeEviction(rig.core.planInput(rig.now), uid), /budget web allows 0 more: 3 of 3 healthy, 3 needed/)
  rig.handle({ type: 'evict', pod: uid })
  rig.settle()
  assert.ok(agent.pods.some((pod) => pod.uid === uid && pod.stop === null))
})

eviction('a pod that is gone is said to be', () => {
  const { rig } = start(2)
  assert.is(judgeEviction(rig.core.planInput(rig.now), 'nobody'), 'there is no such pod any more')
  rig.handle({ type: 'evict', pod: 'nobody' })
  rig.settle()
  assert.ok(rig.core.isConverged)
})

eviction('what was asked and not planned yet outlives a checkpoint', () => {
  const { rig, agent } = start(2)
  const { uid } = agent.pods[0]!
  rig.core.handle({ type: 'evict', pod: uid }, rig.now)
  const restored = ManagerCore.restore(rig.core.save())
  assert.equal(restored.planInput(rig.now).evictions, [uid])
})

eviction.run()
