/** Reports that only say which orders a node has taken: they cost a pass when somebody waits for that, and none else. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AgentMessage, ManagerMessage } from '../../../src/model/protocol.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'
import { FastAgent, Rig } from './rig.js'

type Report = Extract<AgentMessage, { readonly type: 'report' }>

/** Says nothing of the network's tables by itself. */
class QuietAgent extends FastAgent {
  isQuiet = false

  override take(message: ManagerMessage): AgentMessage | null {
    const answer = super.take(message)
    return this.isQuiet && message.type === 'network' ? null : answer
  }
}

function start(): { readonly rig: Rig; readonly agents: readonly QuietAgent[] } {
  const rig = new Rig([], false)
  const agents = ['node1', 'node2'].map((name) => new QuietAgent(name))
  for (const agent of agents) rig.connect(agent)
  rig.settle()
  rig.handle({ type: 'desired', desired: makeDesired([service, makeDeployment({ replicas: 3 })]) })
  rig.settle()
  assert.ok(rig.core.isConverged)
  return { rig, agents }
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}

/** What the agent has said already, but for what is told here. */
function report(agent: FastAgent, change: Partial<Report> = {}): Report {
  const { generation, networkVersion } = agent
  return { type: 'report', generation, networkVersion, pods: [], gone: [], resolved: [], ...change }
}

const acknowledgements = suite('acknowledgements')

interface Row {
  readonly name: string
  readonly says: (agent: FastAgent) => Partial<Report>
  readonly isDue: boolean
}

const rows: readonly Row[] = [
  { name: 'what is known already', says: () => ({}), isDue: false },
  { name: 'an older table', says: (agent) => ({ networkVersion: agent.networkVersion - 1 }), isDue: false },
  { name: 'a table newer than ours', says: (agent) => ({ networkVersion: agent.networkVersion + 1 }), isDue: true },
  {
    name: 'an assignment newer than ours',
    says: ({ generation }) => ({ generation: { ...generation, counter: generation.counter + 1 } }),
    isDue: true,
  },
  { name: 'a pod that is gone', says: (agent) => ({ gone: [agent.pods[0]!.uid] }), isDue: true },
  { name: 'a taint', says: () => ({ taints: [{ key: 'full', effect: 'NoSchedule' }] }), isDue: true },
]
for (const { name, says, isDue } of rows)
  acknowledgements(`a report of ${name} ${isDue ? 'makes' : 'does not make'} a pass due`, () => {
    const { rig, agents } = start()
    const agent = agents[0]!
    rig.handle({ type: 'agent-message', node: agent.node, connection: 1, message: report(agent, says(agent)) })
    assert.is(rig.core.isTickDue, isDue)
  })

acknowledgements('a sign of life that ends a silence makes a pass due', () => {
  const { rig, agents } = start()
  const [agent, other] = agents
  rig.now += 2_500
  rig.handle({ type: 'agent-message', node: other!.node, connection: 1, message: { type: 'heartbeat' } })
  rig.settle()
  assert.is.not(rig.core.observed.nodes.get(agent!.node)?.silentSince, null)
  rig.handle({ type: 'agent-message', node: agent!.node, connection: 1, message: report(agent!) })
  assert.ok(rig.core.isTickDue)
})

acknowledgements(
  'while a pod leaves the endpoints the word of the last node makes a pass due, and the pod stops',
  () => {
    const { rig, agents } = start()
    for (const agent of agents) agent.isQuiet = true
    rig.handle({ type: 'desired', desired: makeDesired([service, makeDeployment({ replicas: 2 })]) })
    rig.settle()
    assert.ok(rig.core.waiting.some(({ on }) => on === 'endpoint-acknowledgement'))
    for (const agent of agents) {
      rig.handle({ type: 'agent-message', node: agent.node, connection: 1, message: report(agent) })
      assert.ok(rig.core.isTickDue)
      rig.settle()
    }
    assert.equal(rig.core.waiting, [])
    assert.is(agents.flatMap(({ pods }) => pods).length, 2)
  },
)

acknowledgements.run()
