/** The manager core against agents that do at once what they are told: commit before dispatch, fencing, recovery. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { AWAIT_LIMIT_MS, RECOVERY_LIMIT_MS } from '../../../src/manager/core/manager-core.js'
import { isUndecided } from '../../../src/manager/core/taking-in.js'
import { emptyPlannedState } from '../../../src/model/planned-state.js'
import type { AgentMessage } from '../../../src/model/protocol.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'
import { FastAgent, Rig } from './rig.js'

const core = suite('manager core')

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { type: 'ClusterIP', selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
}

core('pods run once desired state and a node are there, and then it is converged', () => {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  rig.connect(agent)
  rig.settle()
  assert.is(agent.pods.length, 0)
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 3 })]) })
  assert.not(rig.core.isConverged)
  rig.settle()
  assert.is(agent.pods.length, 3)
  assert.ok(rig.core.isConverged, JSON.stringify(rig.core.waiting))
  assert.is(rig.core.history[0]?.outcome, 'converged')
  assert.is(rig.core.history[0]?.created, 3)
})

core('an agent that holds an older network is told the whole of the new one', () => {
  const stored = new Rig([], false)
  const agent = new FastAgent('node1')
  // Of a store that is gone: the new one counts from the beginning.
  agent.networkVersion = 6
  stored.connect(agent)
  stored.handle({ type: 'desired', desired: makeDesired([makeDeployment(), service]) })
  stored.settle()
  const tables = () => agent.sent.filter((message) => message.type === 'network')
  assert.is(tables()[0]?.isFull, true)
  assert.is(agent.networkVersion, stored.core.planned.network.version)
  agent.sent = []
  const again = new Rig([], false, stored.core.planned)
  agent.networkVersion = 9
  again.connect(agent)
  assert.equal(
    tables().map(({ isFull, version }) => [isFull, version]),
    [[true, stored.core.planned.network.version]],
  )
})

core('nothing is dispatched before its commit', () => {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  rig.isCommitting = false
  rig.connect(agent)
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment()]) })
  rig.settle()
  assert.equal(
    agent.sent.map((message) => message.type),
    ['welcome'],
  )
})

core('an agent that saw a newer manager makes this one take a higher epoch', () => {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  agent.generation = { epoch: 7, counter: 40 }
  rig.connect(agent)
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment()]) })
  rig.settle()
  assert.is(agent.generation.epoch, 8)
  assert.is(agent.pods.length, 3)
})

core('an older store stops nothing that a newer one had started', () => {
  const first = new Rig([], false)
  const agent = new FastAgent('node1')
  first.connect(agent)
  first.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 2 })]) })
  first.settle()
  const older = first.core.planned
  first.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 4 })], { revision: 'c2' }) })
  first.settle()
  const uids = agent.pods.map(({ uid }) => uid)
  assert.is(uids.length, 4)
  const second = new Rig(['node1'], false, older)
  second.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 4 })], { revision: 'c2' }) })
  second.connect(agent)
  second.settle()
  assert.equal(
    agent.pods.map(({ uid }) => uid),
    uids,
  )
  assert.ok(agent.pods.every((pod) => pod.stop === null))
  assert.ok(second.core.isConverged, JSON.stringify(second.core.waiting))
})

core('a refused assignment is followed by one of a higher epoch', () => {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  rig.connect(agent)
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment()]) })
  rig.settle()
  const seen = { epoch: 4, counter: 2 }
  const refusal = { type: 'refuse', offered: agent.generation, seen } as const
  rig.handle({ type: 'agent-message', node: 'node1', connection: 1, message: refusal })
  rig.settle()
  assert.is(agent.generation.epoch, 5)
  assert.is(agent.pods.length, 3)
})

core('messages of an older connection are dropped', () => {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  rig.connect(agent, 1)
  rig.connect(agent, 2)
  rig.handle({ type: 'agent-closed', node: 'node1', connection: 1 })
  assert.ok(rig.core.isConnected('node1'))
  assert.is(rig.core.observed.nodes.get('node1')?.silentSince, null)
})

core('a heartbeat that ends a silence is planned for', () => {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  rig.connect(agent)
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment()]) })
  rig.settle()
  rig.now += 2_500
  rig.settle()
  assert.is(rig.core.observed.nodes.get('node1')?.silentSince, rig.now - 2_500)
  rig.handle({ type: 'agent-message', node: 'node1', connection: 1, message: { type: 'heartbeat' } })
  assert.is(rig.core.observed.nodes.get('node1')?.silentSince, null)
  assert.ok(rig.core.isTickDue)
})

core('an agent of another protocol is sent away with the reason', () => {
  const rig = new Rig([], false)
  const hello = { ...new FastAgent('node1').hello(), protocols: [99] } as AgentMessage
  const effects = rig.core.handle({ type: 'agent-message', node: 'node1', connection: 1, message: hello }, 1_000)
  assert.match(effects.find((effect) => effect.type === 'close')?.reason ?? '', /protocol 99.*upgrade/)
})

/** A cluster of two nodes that converged with four pods, whose store is then lost; and more members. */
function lostStore(more: readonly string[] = []): {
  readonly agents: readonly FastAgent[]
  readonly rig: Rig
  readonly uids: readonly string[]
} {
  const desired = makeDesired([makeDeployment({ replicas: 4 })])
  const first = new Rig([], false)
  const agents = [new FastAgent('node1'), new FastAgent('node2')]
  for (const agent of agents) first.connect(agent)
  first.handle({ type: 'desired', desired })
  first.settle()
  const uids = agents.flatMap((agent) => agent.pods.map(({ uid }) => uid)).sort()
  assert.is(uids.length, 4)
  const rig = new Rig(['node1', 'node2', ...more], true)
  rig.handle({ type: 'desired', desired })
  return { agents, rig, uids }
}

core('on an empty store nothing is created or stopped until every member has reported', () => {
  const { agents, rig, uids } = lostStore()
  const [one, two] = agents as [FastAgent, FastAgent]
  rig.connect(one)
  rig.now += RECOVERY_LIMIT_MS - 1_000
  rig.handle({ type: 'agent-message', node: 'node1', connection: 1, message: { type: 'heartbeat' } })
  rig.settle()
  assert.ok(rig.core.isRecovering)
  rig.connect(two)
  rig.settle()
  assert.not(rig.core.isRecovering)
  assert.equal(agents.flatMap((agent) => agent.pods.map(({ uid }) => uid)).sort(), uids)
  assert.ok(rig.core.isConverged, JSON.stringify(rig.core.waiting))
  assert.is(rig.core.generation.epoch, 2)
})

core('a member that stays away holds recovery no longer than its pods would have stayed', () => {
  const { agents, rig } = lostStore()
  rig.connect(agents[0]!)
  for (let ms = 0; ms <= RECOVERY_LIMIT_MS; ms += 500) {
    rig.now += 500
    rig.handle({ type: 'agent-message', node: 'node1', connection: 1, message: { type: 'heartbeat' } })
    rig.settle()
  }
  assert.not(rig.core.isRecovering)
})

core(
  'while members stay away nothing is given out again that they may run, though nobody heard has seen any of it',
  () => {
    const { rig, uids } = lostStore(['late'])
    const late = new FastAgent('late')
    rig.connect(late)
    for (let ms = 0; ms <= RECOVERY_LIMIT_MS; ms += 500) {
      rig.now += 500
      rig.handle({ type: 'agent-message', node: 'late', connection: 1, message: { type: 'heartbeat' } })
      rig.settle()
    }
    assert.is(late.pods.length, uids.length)
    assert.equal(
      late.pods.filter(({ uid }) => uids.includes(uid)),
      [],
    )
    assert.is(rig.core.generation.epoch, 2)
  },
)

core(
  'a store counts as undecided until something was applied: one whose rebuilding was cut short is rebuilt again',
  () => {
    assert.ok(isUndecided(null))
    assert.ok(isUndecided(emptyPlannedState))
    const { agents, rig } = lostStore()
    rig.connect(agents[0]!)
    rig.settle()
    assert.ok(rig.core.isRecovering)
    assert.ok(
      [...rig.core.planned.nodes.values()].some(({ pods }) => pods.length > 0),
      'pods were taken over',
    )
    assert.ok(rig.core.planned.inventory.size > 0)
    assert.ok(isUndecided(rig.core.planned), 'the others are not heard yet')
    for (const [i, agent] of agents.slice(1).entries()) rig.connect(agent, 2 + i)
    rig.settle()
    assert.not(rig.core.isRecovering)
    assert.not(isUndecided(rig.core.planned))
  },
)

core('a manager that finds its store names the members it waits for, then decides without them', () => {
  const stored = new Rig([], false)
  const agent = new FastAgent('node1')
  stored.connect(agent)
  const desired = makeDesired([makeDeployment()])
  stored.handle({ type: 'desired', desired })
  stored.settle()
  const members = ['node1', ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `other-${name}`)]
  const again = new Rig(members, false, stored.core.planned)
  again.connect(agent)
  again.handle({ type: 'desired', desired })
  again.settle()
  const recovery = () => again.core.waiting.filter(({ on }) => on === 'recovery').map(({ detail }) => detail)
  assert.equal(recovery().length, 1)
  assert.match(recovery()[0] ?? '', /: other-a, other-b, other-c, other-d, other-e and 1 more$/)
  for (let ms = 0; ms <= AWAIT_LIMIT_MS; ms += 500) {
    again.now += 500
    again.handle({ type: 'agent-message', node: 'node1', connection: 1, message: { type: 'heartbeat' } })
    again.settle()
  }
  assert.equal(recovery(), [])
})

core('prune-all stops everything and says when it is done', () => {
  const rig = new Rig([], false)
  const agent = new FastAgent('node1')
  rig.connect(agent)
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 3 })]) })
  rig.settle()
  rig.handle({ type: 'prune-all' })
  rig.settle()
  assert.equal(agent.pods, [])
  assert.ok(rig.core.isPruned)
})

core.run()
