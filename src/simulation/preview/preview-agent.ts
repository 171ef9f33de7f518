/** One agent core in a preview with the preview's engine as its hands. What it reports goes to its host's report. */
import { type AgentCore, createAgentCore } from '../../agents/core/agent-core.js'
import type { AgentEffect } from '../../agents/core/agent-effect.js'
import type { AgentEvent } from '../../agents/core/agent-event.js'
import type { LedgerSnapshot } from '../../agents/core/ledger-snapshot.js'
import type { RuntimeContainer } from '../../agents/runtime.js'
import type { Assignment, PodUid } from '../../model/assignment.js'
import type { NodeFacts } from '../../model/observed-state.js'
import type { AgentMessage } from '../../model/protocol.js'
import type { SimulatedTime } from '../simulated-time.js'
import type { PreviewEngine } from './preview-engine.js'

export type Report = Extract<AgentMessage, { type: 'report' }>

export interface PreviewAgentParts {
  readonly clusterId: string
  readonly time: SimulatedTime
  readonly engine: PreviewEngine
  readonly facts: NodeFacts
  readonly ledger: LedgerSnapshot | null
  readonly containers: readonly RuntimeContainer[]
  readonly volumes: readonly PodUid[]
  report(report: Report): void
}

const TIMER_MIN_MS = 1
/** Contents of configuration, asked of the manager and sent. */
const FETCH_MS = 6

export class PreviewAgent {
  readonly #parts: PreviewAgentParts
  readonly #core: AgentCore
  #cancelTick: (() => void) | null = null
  #tickAt: number | null = null

  constructor(parts: PreviewAgentParts) {
    this.#parts = parts
    const { clusterId, facts, ledger } = parts
    this.#core = createAgentCore({ clusterId, facts, ledger })
    // What it says in its hello the manager of the preview knows already.
    this.handle({ type: 'containers', containers: parts.containers, volumes: parts.volumes })
    this.handle({ type: 'link-opened' })
    this.handle({ type: 'welcome', clusterId, epoch: 0 })
  }

  /** A container came to another state by itself. */
  readonly changed = (container: RuntimeContainer): void => this.handle({ type: 'container', container })

  assign(assignment: Assignment): void {
    this.handle({ type: 'assignment', assignment })
  }

  private handle(event: AgentEvent): void {
    const { time } = this.#parts
    for (const effect of this.#core.handle(event, time.now)) this.#carryOut(effect)
    const wakeAt = this.#core.wakeAt()
    if (wakeAt === this.#tickAt && this.#cancelTick !== null) return
    this.#cancelTick?.()
    this.#tickAt = wakeAt
    this.#cancelTick =
      wakeAt === null
        ? null
        : time.schedule(Math.max(TIMER_MIN_MS, wakeAt - time.now), () => {
            this.#cancelTick = null
            this.handle({ type: 'tick' })
          })
  }

  #carryOut(effect: AgentEffect): void {
    const { engine, time, report } = this.#parts
    switch (effect.type) {
      case 'operate':
        engine.operate(effect.operation, this.changed, (result) => {
          this.handle({ type: 'operation', id: effect.id, result })
        })
        return
      case 'hasten-stop':
        engine.hastenStop(effect.containerId, effect.graceMs)
        return
      case 'probe':
        engine.probe(effect.request, (outcome) => {
          this.handle({ type: 'probe', id: effect.id, outcome, message: outcome === 'success' ? '' : 'no answer' })
        })
        return
      case 'resolve-images':
        engine.resolve(effect.references, (images) => this.handle({ type: 'resolved', images }))
        return
      case 'send': {
        const { message } = effect
        if (message.type === 'report') report(message)
        else if (message.type === 'fetch-config')
          time.schedule(FETCH_MS, () => this.handle({ type: 'config-arrived', digests: message.digests }))
        return
      }
      // Ledger, network and log are nobody's here; containers are never lost, links never broken.
      default:
        return
    }
  }
}
