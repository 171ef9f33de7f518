/** Keeps the core's picture of the engine true: its events, and whole lists after every break (docker-lab §2: exits while dockerd is down send no event). */
import type { AgentLog } from './clock.js'
import type { AgentEvent } from './core/agent-event.js'
import { LABEL_CLUSTER } from './core/container-names.js'
import type { PodVolumes } from './pod-volumes.js'
import type { Runtime, RuntimeEvent } from './runtime.js'

const LIST_AGAIN_MS = 1_000

export interface EngineWatchOptions {
  readonly runtime: Runtime
  readonly volumes: PodVolumes
  readonly clusterId: string
  readonly log: AgentLog
  readonly dispatch: (event: AgentEvent) => void
}

export class EngineWatch {
  private stopWatching: () => void = () => {}
  private listTimer: NodeJS.Timeout | undefined
  private listing: Promise<void> | null = null
  private isListingStale = false
  private isClosed = false

  constructor(private readonly options: EngineWatchOptions) {}

  /** Watches, and resolves when the first list was made or has failed (then it is tried again). */
  start(): Promise<void> {
    this.stopWatching = this.options.runtime.watch((event) => this.takeEngineEvent(event))
    return this.list()
  }

  close(): void {
    this.isClosed = true
    this.stopWatching()
    clearTimeout(this.listTimer)
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
        if (event.labels[LABEL_CLUSTER] === this.options.clusterId)
          this.options.dispatch({ type: 'container-removed', containerId: event.containerId })
        return
    }
  }

  /** Looks at one container. */
  async inspect(containerId: string): Promise<void> {
    try {
      const container = await this.options.runtime.inspect(containerId)
      if (container === null) this.options.dispatch({ type: 'container-removed', containerId })
      else this.options.dispatch({ type: 'container', container })
    } catch {
      await this.list()
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
      this.options.dispatch({ type: 'containers', containers, volumes: await volumes.list() })
    } catch (error) {
      this.options.log.warning(`list containers: ${(error as Error).message}; trying again`)
      this.options.dispatch({ type: 'engine-lost' })
      clearTimeout(this.listTimer)
      if (!this.isClosed) this.listTimer = setTimeout(() => void this.list(), LIST_AGAIN_MS)
    }
  }
}
