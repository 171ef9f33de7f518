/** The manager core against agents that do at once what they are told: commit before dispatch, fencing, recovery. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ManagerCore, type ManagerEffect, RECOVERY_LIMIT_MS } from '../../../src/manager/core/manager-core.js'
import type { AssignedPod, Assignment } from '../../../src/model/assignment.js'
import { type Generation, zeroGeneration } from '../../../src/model/generation.js'
import { emptyPlannedState, type PlannedState } from '../../../src/model/planned-state.js'
import type { AgentMessage, ManagerMessage, ReportedPod } from '../../../src/model/protocol.js'
import { makeFacts, makeReportedPod } from '../../support/builders.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'

const IMAGE = { id: 'sha256:1', names: ['web:v1'], sizeBytes: 1 }

/** An agent that runs what it is assigned, at once and ready. */
class FastAgent {
  pods: readonly AssignedPod[] = []
  generation: Generation = zeroGeneration
  networkVersion = 0
  sent: ManagerMessage[] = []
  constructor(readonly node: string) {}

  hello(): AgentMessage {
    return {
      type: 'hello',
      protocols: [1],
      facts: makeFacts(this.node, { images: [IMAGE] }),
      generation: this.generation,
      networkVersion: this.networkVersion,
      pods: this.pods.map((pod) => this.#reported(pod)),
      services: [],
      podSubnet: '',
      taints: [],
    }
  }

  take(message: ManagerMessage): AgentMessage | null {
    this.sent.push(message)
    if (message.type === 'network') this.networkVersion = message.version
    else if (message.type === 'assignment') return this.#assign(message.assignment)
    else return null
    return this.#report([], [])
  }

  #assign(assignment: Assignment): AgentMessage {
    const gone = this.pods.filter((pod) => !assignment.pods.some(({ uid }) => uid === pod.uid)).map(({ uid }) => uid)
    this.generation = assignment.generation
    this.pods = assignment.pods
    return this.#report(
      this.pods.map((pod) => this.#reported(pod)),
      gone,
    )
  }

  #reported(pod: AssignedPod): ReportedPod {
    const changes = { assigned: pod, ready: pod.stop === null, stopped: pod.stop !== null }
    return makeReportedPod(pod.uid, changes)
  }

  #report(pods: readonly ReportedPod[], gone: readonly string[]): AgentMessage {
    const { generation, networkVersion } = this
    return { type: 'report', generation, networkVersion, pods, gone, resolved: [] }
  }
}

/** The core with its agents; messages are delivered at once, time stands unless advanced. */
class Rig {
  now = 1_000
  commits = 0
  readonly agents = new Map<string, FastAgent>()
  readonly core: ManagerCore
  readonly log: string[] = []
  isCommitting = true

  constructor(members: readonly string[], isStoreEmpty: boolean, planned: PlannedState = emptyPlannedState) {
    const { now } = this
    this.core = new ManagerCore({
      clusterId: 'c',
      now,
      planned,
      assignments: [],
      history: [],
      members,
      isStoreEmpty,
      isCheckedInFull: true,
    })
  }

  connect(agent: FastAgent, connection = 1): void {
    this.agents.set(agent.node, agent)
    this.handle({ type: 'agent-message', node: agent.node, connection, message: agent.hello() })
  }

  handle(event: Parameters<ManagerCore['handle']>[0]): void {
    this.perform(this.core.handle(event, this.now))
  }

  /** Ticks until nothing is due. */
  settle(): void {
    for (let i = 0; i < 100; i++) {
      this.handle({ type: 'tick' })
      if (!this.core.isTickDue) return
    }
    throw new Error('the core plans without end')
  }

  perform(effects: readonly ManagerEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'commit-plan' && this.isCommitting) {
        this.commits++
        this.handle({ type: 'plan-committed', plan: effect.plan.id })
      } else if (effect.type === 'send') {
        const { node, connection } = effect
        const message = this.agents.get(node)?.take(effect.message) ?? null
        if (message !== null) this.handle({ type: 'agent-message', node, connection, message })
      } else if (effect.type === 'log') this.log.push(effect.line)
    }
  }
}

const core = suite('manager core')

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

/** A cluster of two nodes that converged with four pods, whose store is then lost. */
function lostStore(): { readonly agents: readonly FastAgent[]; readonly rig: Rig; readonly uids: readonly string[] } {
  const desired = makeDesired([makeDeployment({ replicas: 4 })])
  const first = new Rig([], false)
  const agents = [new FastAgent('node1'), new FastAgent('node2')]
  for (const agent of agents) first.connect(agent)
  first.handle({ type: 'desired', desired })
  first.settle()
  const uids = agents.flatMap((agent) => agent.pods.map(({ uid }) => uid)).sort()
  assert.is(uids.length, 4)
  const rig = new Rig(['node1', 'node2'], true)
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
