/**
 * What the manager and its agents say to each other: hello and welcome, reports, refusals and farewells; and who is given
 * an assignment when. What agents report goes into the observed nodes.
 */
import type { Instant } from '../../base/instant.js'
import { compareGenerations, formatGeneration, type Generation } from '../../model/generation.js'
import type { PlannedState } from '../../model/planned-state.js'
import { type AgentMessage, PROTOCOL_VERSIONS } from '../../model/protocol.js'
import type { Waiting } from '../../model/waiting.js'
import type { AgentLinks } from './agent-links.js'
import type { Generations } from './generations.js'
import type { ManagerEffect } from './manager-events.js'
import { HEARTBEAT_MS, type ObservedNodes } from './observed-nodes.js'

/** The core's parts that a dialogue needs; those that are replaced in the course of time are asked for. */
export interface DialogueParts {
  readonly clusterId: string
  readonly links: AgentLinks
  readonly generations: Generations
  observed(): ObservedNodes
  planned(): PlannedState
  /** The store is being rebuilt. */
  isRecovering(): boolean
  /** What every node has taken matters: what runs is only taken in so far, or the newest plan is refused. */
  isUnsettled(): boolean
  /** Of the newest plan. */
  waiting(): readonly Waiting[]
  /** There is something to plan for. */
  touch(): void
  emit(effect: ManagerEffect): void
}

type Hello = Extract<AgentMessage, { readonly type: 'hello' }>
type Report = Extract<AgentMessage, { readonly type: 'report' }>

/** Waits of pods on their way out: which tables nodes obey and which assignments they have taken decides over these, and no others. */
const ON_NODES: ReadonlySet<Waiting['on']> = new Set(['endpoint-acknowledgement', 'termination', 'node-silence'])

export class AgentDialogue {
  readonly #parts: DialogueParts

  constructor(parts: DialogueParts) {
    this.#parts = parts
  }

  /** Messages of a connection that is not the node's newest are not listened to. */
  takeMessage(node: string, connection: number, message: AgentMessage, now: Instant): void {
    const { links, emit, touch } = this.#parts
    if (message.type === 'hello') this.#takeHello(node, connection, message, now)
    else if (!links.isLive(node, connection)) return
    else if (message.type === 'heartbeat') {
      if (this.#parts.observed().noteHeard(node, now)) touch()
    } else if (message.type === 'report') {
      if (this.#parts.observed().takeReport(node, message, now) || this.#isAwaited(node, message)) touch()
    } else if (message.type === 'fetch-config') {
      emit({ type: 'send-config', node, connection, digests: message.digests })
    } else if (message.type === 'refuse') this.#takeRefusal(node, message.seen)
  }

  takeClosed(node: string, connection: number, now: Instant): void {
    const { links, emit, touch } = this.#parts
    if (!links.isLive(node, connection)) return
    links.disconnect(node)
    if (this.#parts.observed().noteClosed(node, now)) touch()
    this.#log(`node ${node} disconnected`)
    emit({ type: 'changed' })
  }

  /** Not while the store is being rebuilt: an assignment that lacks pods would stop them. */
  sendAssignment(node: string): void {
    if (this.#parts.isRecovering()) return
    this.#parts.links.sendAssignment(node, this.#parts.observed().snapshot().nodes.get(node)?.generation)
  }

  /** To everybody who is connected. */
  sendAssignments(): void {
    for (const node of this.#parts.links.connections.keys()) this.sendAssignment(node)
  }

  /** Whether planning waits for a word on which orders a node has taken; it looks at what is beyond our own orders too. */
  #isAwaited(node: string, { generation, networkVersion }: Report): boolean {
    if (this.#parts.isUnsettled()) return true
    const { network, nodes } = this.#parts.planned()
    const given = nodes.get(node)?.generation
    const isBeyond = given === undefined || compareGenerations(generation, given) > 0
    return isBeyond || networkVersion > network.version || this.#parts.waiting().some(({ on }) => ON_NODES.has(on))
  }

  #takeHello(node: string, connection: number, hello: Hello, now: Instant): void {
    const { clusterId, links, generations, emit, touch } = this.#parts
    const protocol = PROTOCOL_VERSIONS.find((version) => hello.protocols.includes(version))
    if (protocol === undefined) {
      const reason = `agent speaks protocol ${hello.protocols.join(', ')}, this manager ${PROTOCOL_VERSIONS.join(', ')}: upgrade the older one`
      emit({ type: 'close', node, connection, reason })
      return
    }
    links.connect(node, connection)
    this.#parts.observed().takeHello(node, hello, now)
    touch()
    generations.riseAbove(hello.generation)
    const { epoch } = generations.current
    links.send(node, { type: 'welcome', protocol, clusterId, epoch, heartbeatMs: HEARTBEAT_MS })
    const { network } = this.#parts.planned()
    if (network.version > 0) links.sendNetwork(network, null, node)
    this.sendAssignment(node)
    this.#log(`node ${node} connected with ${hello.pods.length} pods, generation ${formatGeneration(hello.generation)}`)
    emit({ type: 'changed' })
  }

  /** An agent has seen assignments of a newer manager than this one's store knows: go above it; the planner gives it a newer one. */
  #takeRefusal(node: string, seen: Generation): void {
    this.#log(`node ${node} has seen generation ${formatGeneration(seen)}: taking a higher epoch`)
    this.#parts.generations.riseAbove(seen)
    this.#parts.observed().noteGeneration(node, seen)
    this.#parts.touch()
  }

  #log(line: string): void {
    this.#parts.emit({ type: 'log', line })
  }
}
