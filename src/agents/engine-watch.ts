/**
 * Keeps the core's picture of the engine true: its events, whole lists after every break (docker-lab §2: exits while
 * dockerd is down send no event), and a glance at all ids and states now and then, as an event may be lost while the
 * stream stays up. What a glance finds otherwise than known is inspected; nothing else costs more than that one request.
 */
import type { AgentLog } from './clock.js'
import type { AgentEvent } from './core/agent-event.js'
import { LABEL_CLUSTER } from './core/container-names.js'
import type { PodVolumes } from './pod-volumes.js'
import type { Runtime, RuntimeContainer, RuntimeEvent } from './runtime.js'

const LIST_AGAIN_MS = 1_000
/** A lost event is made good within this, give or take a fifth: a glance at 100 containers costs the engine few milliseconds. */
const GLANCE_EVERY_MS = 30_000
const GLANCE_JITTER = 0.2

export interface EngineWatchOptions {
  readonly runtime: Runtime
  readonly volumes: PodVolumes
  readonly clusterId: string
  readonly log: AgentLog
  readonly dispatch: (event: AgentEvent) => void
  /** Between two glances at all containers; default 30 s. */
  readonly glanceEveryMs?: number
}

export class EngineWatch {
  private stopWatching: () => void = () => {}
  private listTimer: NodeJS.Timeout | undefined
  private listing: Promise<void> | null = null
  private isListingStale = false
  private isClosed = false
  private glanceTimer: NodeJS.Timeout | undefined
  /** What the core was last told, by container id. */
  private readonly known = new Map<string, RuntimeContainer['state']>()

  constructor(private readonly options: EngineWatchOptions) {}

  /** Watches, and resolves when the first list was made or has failed (then it is tried again). */
  start(): Promise<void> {
    this.stopWatching = this.options.runtime.watch((event) => this.takeEngineEvent(event))
    this.planGlance()
    return this.list()
  }

  close(): void {
    this.isClosed = true
    this.stopWatching()
    clearTimeout(this.listTimer)
    clearTimeout(this.glanceTimer)
  }

  private takeEngineEvent(event: RuntimeEvent): void {
    switch (event.type) {
      case 'lost':
        this.options.dispatch({ type: 'engine-lost' })
        return
      case 'connected':
        void this.list()
        return
      case 'started':
      case 'died':
        if (event.labels[LABEL_CLUSTER] === this.options.clusterId) void this.inspect(event.containerId)
        return
      case 'removed':
        if (event.labels[LABEL_CLUSTER] === this.options.clusterId) this.tellRemoved(event.containerId)
        return
    }
  }

  /** Looks at one container. */
  async inspect(containerId: string): Promise<void> {
    try {
      const container = await this.options.runtime.inspect(containerId)
      if (container === null) this.tellRemoved(containerId)
      else {
        this.known.set(containerId, container.state)
        this.options.dispatch({ type: 'container', container })
      }
    } catch {
      await this.list()
    }
  }

  private tellRemoved(containerId: string): void {
    this.known.delete(containerId)
    this.options.dispatch({ type: 'container-removed', containerId })
  }

  private planGlance(): void {
    const everyMs = this.options.glanceEveryMs ?? GLANCE_EVERY_MS
    const delayMs = everyMs * (1 + GLANCE_JITTER * (2 * Math.random() - 1))
    this.glanceTimer = setTimeout(() => void this.glance().finally(() => this.isClosed || this.planGlance()), delayMs)
  }

  /** Compares ids and states with what is known and inspects what differs: an event was lost, or is on its way. */
  private async glance(): Promise<void> {
    if (this.listing !== null) return
    const { runtime, clusterId } = this.options
    try {
      const seen = await runtime.glance({ [LABEL_CLUSTER]: clusterId })
      const states = new Map(seen.map(({ id, state }) => [id, state] as const))
      for (const id of [...this.known.keys()]) if (!states.has(id)) await this.inspect(id)
      for (const [id, state] of states) if (this.known.get(id) !== state && !this.isClosed) await this.inspect(id)
    } catch {
      // The engine is away, as the stream of events will say; or slow, and the next glance will do.
    }
  }

  /** Lists once at a time; a request that comes during a list asks for another after it. */
  list(): Promise<void> {
    if (this.listing !== null) {
      this.isListingStale = true
      return this.listing
    }
    this.listing = this.listNow().finally(() => {
      this.listing = null
      if (this.isListingStale && !this.isClosed) {
        this.isListingStale = false
        void this.list()
      }
    })
    return this.listing
  }

  private async listNow(): Promise<void> {
    try {
      const { runtime, volumes, clusterId } = this.options
      const containers = await runtime.list({ [LABEL_CLUSTER]: clusterId })
      const withVolumes = await volumes.list()
      this.known.clear()
      for (const { id, state } of containers) this.known.set(id, state)
      this.options.dispatch({ type: 'containers', containers, volumes: withVolumes })
    } catch (error) {
      this.options.log.warning(`list containers: ${(error as Error).message}; trying again`)
      this.options.dispatch({ type: 'engine-lost' })
      clearTimeout(this.listTimer)
      if (!this.isClosed) this.listTimer = setTimeout(() => void this.list(), LIST_AGAIN_MS)
    }
  }
}
