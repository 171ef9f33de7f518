/** A manager core with agents that do at once what they are told; time stands unless it is advanced. */
import { ManagerCore, type ManagerEffect, type ManagerEvent } from '../../../src/manager/core/manager-core.js'
import type { AssignedPod, Assignment } from '../../../src/model/assignment.js'
import { type Generation, zeroGeneration } from '../../../src/model/generation.js'
import { emptyPlannedState, type PlannedState } from '../../../src/model/planned-state.js'
import type { AgentMessage, ManagerMessage, ReportedPod } from '../../../src/model/protocol.js'
import { makeFacts, makeReportedPod } from '../../support/builders.js'

const IMAGE = { id: 'sha256:1', names: ['web:v1'], sizeBytes: 1 }

/** An agent that runs what it is assigned, at once and ready. */
export class FastAgent {
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
    if (message.type === 'network') {
      // A real agent connects anew then, and says so in its log.
      if (!message.isFull && message.from !== this.networkVersion)
        throw new Error(
          `network changes since version ${message.from} came, but version ${this.networkVersion} is held`,
        )
      this.networkVersion = message.version
    } else if (message.type === 'assignment') return this.#assign(message.assignment)
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
export class Rig {
  now = 1_000
  commits = 0
  readonly agents = new Map<string, FastAgent>()
  readonly core: ManagerCore
  readonly log: string[] = []
  isCommitting = true
  /** Called with every event that the core has handled. */
  onHandled: (event: ManagerEvent, now: number, effects: readonly ManagerEffect[]) => void = () => {}

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

  handle(event: ManagerEvent): void {
    const effects = this.core.handle(event, this.now)
    this.onHandled(event, this.now, effects)
    this.perform(effects)
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
