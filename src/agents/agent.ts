/**
 * The agent: runs the pure core with a real engine, disk, network and connection. Events come in from all of them, the
 * core answers with effects, and their results come back as events.
 */
import path from 'node:path'
import type { Instant } from '../base/instant.js'
import type { NodeFacts, ObservedPod } from '../model/observed-state.js'
import type { ManagerMessage } from '../model/protocol.js'
import type { AgentLog, Clock } from './clock.js'
import { type AgentCore, createAgentCore } from './core/agent-core.js'
import type { AgentEffect } from './core/agent-effect.js'
import type { AgentEvent } from './core/agent-event.js'
import type { DataPlane } from './data-plane-port.js'
import { EngineWatch } from './engine-watch.js'
import { type ImageCollector, openImageCollector } from './images/image-collector.js'
import { ImageStore } from './images.js'
import { type Ledger, openLedger } from './ledger.js'
import type { ManagerLink } from './link/link-port.js'
import { readNodeFacts, readNodeImages } from './node-facts.js'
import { readOomScoreMin } from './oom-score.js'
import { OperationRunner } from './operations.js'
import type { PodVolumes } from './pod-volumes.js'
import { runProbe } from './probes.js'
import type { Runtime } from './runtime.js'
import { serveStream } from './streams.js'

/** Images come and go outside of our sight too (docker load, docker build). */
const IMAGES_EVERY_MS = 30_000
const NETWORK_ATTEMPTS = 5
const NETWORK_AGAIN_MS = 1_000
/** One request to the engine and one look at the bridge. */
const NETWORK_LOOK_EVERY_MS = 30_000
const COLLECT_EVERY_MS = 5 * 60_000
/** A timer's longest. */
const TIMER_MAX_MS = 2_147_483_647

export interface AgentOptions {
  readonly runtime: Runtime
  readonly volumes: PodVolumes
  readonly dataPlane: DataPlane
  readonly link: ManagerLink
  readonly clusterId: string
  readonly ledgerDirectory: string
  readonly nodeName: string
  /** The host's address towards the other nodes. */
  readonly nodeAddress: string
  readonly agentVersion: string
  readonly log: AgentLog
  readonly clock: Clock
}

export interface Agent {
  pods(): ReadonlyMap<string, ObservedPod>
  /** Stops working and leaves everything running; the ledger is on disk when it resolves. */
  close(): Promise<void>
}

/** Starts an agent. Errors: RuntimeError when the engine does not answer; an Error with the reason when the engine is refused. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const engine = await options.runtime.info()
  if (engine.refusal !== '') throw new Error(engine.refusal)
  const ledger = await openLedger(options.ledgerDirectory, options.log)
  const base = await readNodeFacts(engine, {
    name: options.nodeName,
    address: options.nodeAddress,
    agentVersion: options.agentVersion,
  })
  const facts = { ...base, images: await readNodeImages(options.runtime) }
  const core = createAgentCore({
    clusterId: options.clusterId,
    facts,
    ledger: ledger.snapshot.assignment === null && ledger.snapshot.pods.length === 0 ? null : ledger.snapshot,
  })
  ledger.saveBootId(facts.bootId)
  const loop = new AgentLoop(options, core, ledger, facts, engine.rootDirectory)
  loop.operations = new OperationRunner({
    runtime: options.runtime,
    volumes: options.volumes,
    images: loop.images,
    clusterId: options.clusterId,
    engine,
    oomScoreMin: await readOomScoreMin(),
    clock: options.clock,
    log: options.log,
    facts: () => loop.facts,
    contents: (digest) => ledger.contents(digest),
    podSubnet: () => loop.podSubnet,
  })
  await loop.begin()
  return {
    pods: () => core.pods(options.clock.now()),
    close: () => loop.close(),
  }
}

class AgentLoop {
  operations!: OperationRunner
  readonly images: ImageStore
  podSubnet: string
  private readonly queue: AgentEvent[] = []
  private isHandling = false
  private isClosed = false
  private closedReason = ''
  private timer: NodeJS.Timeout | undefined
  private timerAt: Instant | null = null
  private imagesTimer: NodeJS.Timeout | undefined
  private collectTimer: NodeJS.Timeout | undefined
  private networkTimer: NodeJS.Timeout | undefined
  private readonly collector: ImageCollector
  private readonly engine: EngineWatch

  constructor(
    private readonly options: AgentOptions,
    private readonly core: AgentCore,
    private readonly ledger: Ledger,
    public facts: NodeFacts,
    rootDirectory: string,
  ) {
    this.engine = new EngineWatch({ ...options, dispatch: (event) => this.dispatch(event) })
    this.podSubnet = ledger.snapshot.assignment?.podSubnet ?? ''
    this.collector = openImageCollector({
      runtime: options.runtime,
      clusterId: options.clusterId,
      file: path.join(options.ledgerDirectory, 'images.json'),
      rootDirectory,
      now: () => options.clock.now(),
      log: (line) => options.log.info(line),
    })
    this.images = new ImageStore(options.runtime, () => void this.refreshImages())
  }

  async begin(): Promise<void> {
    const { link } = this.options
    this.ledger.watch((trouble) => this.dispatch({ type: 'ledger', trouble }))
    await this.engine.start()
    this.imagesTimer = setInterval(() => void this.refreshImages(), IMAGES_EVERY_MS)
    this.networkTimer = setInterval(() => void this.operations.lookAfterNetwork(), NETWORK_LOOK_EVERY_MS)
    this.collectTimer = setInterval(() => void this.collect(), COLLECT_EVERY_MS)
    link.start({
      opened: () => this.dispatch({ type: 'link-opened' }),
      closed: (reason) => {
        // Said once, not at every try.
        if (reason !== this.closedReason) this.options.log.info(`not connected to the manager: ${reason}`)
        this.closedReason = reason
        this.dispatch({ type: 'link-closed' })
      },
      message: (message) => this.takeMessage(message),
    })
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.engine.close()
    this.options.link.close()
    clearTimeout(this.timer)
    clearInterval(this.imagesTimer)
    clearInterval(this.collectTimer)
    clearInterval(this.networkTimer)
    await this.options.dataPlane.close(false)
    await this.ledger.flush()
  }

  dispatch(event: AgentEvent): void {
    if (this.isClosed) return
    this.queue.push(event)
    if (this.isHandling) return
    this.isHandling = true
    try {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
        for (const effect of this.core.handle(next, this.options.clock.now())) this.carryOut(effect)
      }
    } finally {
      this.isHandling = false
    }
    this.setTimer()
  }

  private setTimer(): void {
    const at = this.core.wakeAt()
    if (at === this.timerAt) return
    clearTimeout(this.timer)
    this.timerAt = at
    if (at === null) return
    const delay = Math.min(TIMER_MAX_MS, Math.max(0, at - this.options.clock.now()))
    this.timer = setTimeout(() => {
      this.timerAt = null
      this.dispatch({ type: 'tick' })
    }, delay)
  }

  private carryOut(effect: AgentEffect): void {
    const { link, log } = this.options
    switch (effect.type) {
      case 'operate':
        void this.operations
          .perform(effect.operation)
          .then((result) => this.dispatch({ type: 'operation', id: effect.id, result }))
        return
      case 'hasten-stop':
        this.operations.hasten(effect.containerId, effect.graceMs)
        return
      case 'probe':
        void runProbe(this.options.runtime, effect.request).then((answer) =>
          this.dispatch({ type: 'probe', id: effect.id, ...answer }),
        )
        return
      case 'send':
        link.send(effect.message)
        return
      case 'apply-network':
        void this.applyNetwork(effect)
        return
      case 'resolve-images':
        for (const reference of effect.references) void this.resolve(reference)
        return
      case 'inspect':
        void this.engine.inspect(effect.containerId)
        return
      case 'list-containers':
        void this.engine.list()
        return
      case 'reconnect':
        log.warning(effect.reason)
        link.reconnect(effect.reason)
        return
      case 'save-assignment':
        this.podSubnet = effect.assignment.podSubnet
        this.ledger.saveAssignment(effect.assignment)
        return
      case 'save-network':
        this.ledger.saveNetwork(effect.table)
        return
      case 'save-pod':
        this.ledger.savePod(effect.uid, effect.pod)
        return
      case 'forget-config':
        this.ledger.forgetContents(effect.digests)
        return
      case 'log':
        log[effect.level](effect.message)
        return
    }
  }

  /** A data plane that fails is asked again; then the rest of the node's work goes on, and the log says what is missing. */
  private async applyNetwork({ table, podSubnet }: Extract<AgentEffect, { type: 'apply-network' }>): Promise<void> {
    const { dataPlane, log } = this.options
    let problems: readonly string[] = []
    for (let attempt = 1; attempt <= NETWORK_ATTEMPTS && !this.isClosed; attempt++) {
      try {
        problems = (await dataPlane.apply(table, podSubnet)).problems
        break
      } catch (error) {
        problems = [(error as Error).message]
        log.warning(`apply network version ${table.version}: ${problems[0]}; attempt ${attempt} of ${NETWORK_ATTEMPTS}`)
        await new Promise((resolve) => setTimeout(resolve, NETWORK_AGAIN_MS).unref())
      }
    }
    this.dispatch({ type: 'network-applied', version: table.version, problems })
  }

  private takeMessage(message: ManagerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.options.log.info('connected to the manager')
        this.closedReason = ''
        this.dispatch(message)
        return
      case 'assignment':
        this.dispatch(message)
        return
      case 'network':
        this.dispatch({ type: 'network', message })
        return
      case 'config':
        this.ledger.saveContents(message.contents)
        this.dispatch({ type: 'config-arrived', digests: message.contents.map((item) => item.digest) })
        return
      case 'open-stream':
        void this.serve(message)
        return
      case 'goodbye':
        this.options.log.info(`the manager ends the connection: ${message.reason}`)
        return
    }
  }

  private async serve({ id, request }: Extract<ManagerMessage, { type: 'open-stream' }>): Promise<void> {
    try {
      const stream = await this.options.link.openStream(id)
      await serveStream(this.options.runtime, stream, request, (previous) =>
        this.core.containerId(request.pod, request.container, previous),
      )
    } catch (error) {
      this.options.log.warning(`stream for ${request.type}: ${(error as Error).message}`)
    }
  }

  private async resolve(reference: string): Promise<void> {
    const image = await this.images.resolve(reference, this.pullSecrets())
    this.dispatch({ type: 'resolved', images: [image] })
  }

  /** A reference to resolve names no pod, so any pull secret in the ledger may open its registry. */
  private pullSecrets() {
    const all = this.core.ledger().configs.flatMap((digest) => this.ledger.contents(digest) ?? [])
    return all.filter(
      (c) => c.secretType === 'kubernetes.io/dockerconfigjson' || c.secretType === 'kubernetes.io/dockercfg',
    )
  }

  private async collect(): Promise<void> {
    try {
      const removed = await this.collector.collect()
      if (removed.length > 0) await this.refreshImages()
    } catch (error) {
      this.options.log.warning(`look for images to remove: ${(error as Error).message}`)
    }
  }

  private async refreshImages(): Promise<void> {
    if (this.isClosed) return
    try {
      this.facts = { ...this.facts, images: await readNodeImages(this.options.runtime) }
      this.dispatch({ type: 'facts', facts: this.facts })
    } catch {
      // The engine is away: the next turn asks again.
    }
  }
}
