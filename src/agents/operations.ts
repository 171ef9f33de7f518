/** Carries out the core's operations with the engine, the disk and the ledger's contents; never throws, the result says what went wrong. */
import type { AssignedPod, PodUid } from '../model/assignment.js'
import type { NodeFacts } from '../model/observed-state.js'
import type { ConfigContents } from '../model/protocol.js'
import type { AgentLog, Clock } from './clock.js'
import type { ContainerPlan, Operation } from './core/agent-effect.js'
import type { OperationResult } from './core/agent-event.js'
import { LABEL_CLUSTER } from './core/container-names.js'
import { makeContainerSpec, podBridgeName, podNetworkName } from './core/container-spec.js'
import {
  type ConfigLookup,
  ConfigurationError,
  makeEnvironment,
  type NodeContext,
  readField,
  readResource,
} from './core/environment.js'
import { SANDBOX } from './core/pod-form.js'
import { stopGrace } from './core/termination.js'
import { ensureSandboxImage } from './docker/sandbox-image.js'
import type { ImageStore } from './images.js'
import { type PodMounts, type PodVolumes, VolumeError, type VolumeRequest } from './pod-volumes.js'
import { runHook } from './probes.js'
import { type EngineInfo, type Runtime, RuntimeError } from './runtime.js'

/** A postStart hook holds up its container no longer than this. */
const POST_START_LIMIT_MS = 600_000

export interface OperationContext {
  readonly runtime: Runtime
  readonly volumes: PodVolumes
  readonly images: ImageStore
  readonly clusterId: string
  readonly engine: EngineInfo
  readonly oomScoreMin: number
  readonly clock: Clock
  readonly log: AgentLog
  facts(): NodeFacts
  contents(digest: string): ConfigContents | null
  /** Of the assignment in force; empty before the first. */
  podSubnet(): string
}

export class OperationRunner {
  private readonly mounts = new Map<PodUid, PodMounts>()
  private network: { readonly subnet: string; readonly ready: Promise<void> } | null = null
  private sandboxImage: Promise<unknown> | null = null

  constructor(private readonly context: OperationContext) {}

  async perform(operation: Operation): Promise<OperationResult> {
    try {
      return await this.attempt(operation)
    } catch (error) {
      return failure(error)
    }
  }

  /** Less time for a stop in flight: the container is ended after `graceMs`. */
  hasten(containerId: string, graceMs: number): void {
    const timer = setTimeout(() => {
      this.context.runtime.stop(containerId, 'SIGKILL', 0).catch((error: Error) => {
        this.context.log.warning(`end container ${containerId.slice(0, 12)}: ${error.message}`)
      })
    }, graceMs)
    timer.unref()
  }

  /** Makes the pod network again where somebody has removed it: the engine does not count the pods that the agent wires. */
  async lookAfterNetwork(): Promise<void> {
    if (this.network === null) return
    this.network = null
    try {
      await this.ensureNetwork()
    } catch (error) {
      this.context.log.warning(`look after the pod network: ${(error as Error).message}`)
    }
  }

  private async attempt(operation: Operation): Promise<OperationResult> {
    const { runtime, volumes } = this.context
    switch (operation.type) {
      case 'ensure-image': {
        const image = await this.context.images.ensure(operation, this.secrets(operation.pullSecrets))
        return { ok: true, image: { id: image.id, stopSignal: image.stopSignal, user: image.user } }
      }
      case 'prepare-volumes':
        this.mounts.set(operation.pod.uid, await volumes.prepare(this.volumeRequest(operation.pod)))
        return { ok: true }
      case 'update-volumes':
        await volumes.update(this.volumeRequest(operation.pod))
        return { ok: true }
      case 'remove-volumes':
        await volumes.remove(operation.uid)
        this.mounts.delete(operation.uid)
        return { ok: true }
      case 'create':
        return this.create(operation.plan)
      case 'start':
        await runtime.start(operation.containerId)
        return this.show(operation.containerId)
      case 'post-start':
        return this.postStart(operation)
      case 'stop':
        await this.stop(operation)
        return this.show(operation.containerId)
      case 'remove':
        await runtime.remove(operation.containerId)
        return { ok: true }
    }
  }

  private async create(plan: ContainerPlan): Promise<OperationResult> {
    const { runtime, clusterId, engine, oomScoreMin } = this.context
    if (plan.container === SANDBOX) await this.ensureSandbox()
    const spec = makeContainerSpec(plan, {
      clusterId,
      engine,
      oomScoreMin,
      node: this.node(),
      mounts: this.mounts.get(plan.pod.uid)?.get(plan.container) ?? [],
      lookup: this.lookup(plan.pod),
    })
    if (spec.network.type === 'pod-network') await this.ensureNetwork()
    return this.show(await runtime.create(spec))
  }

  private async show(containerId: string): Promise<OperationResult> {
    const container = await this.context.runtime.inspect(containerId)
    return container === null ? { ok: true } : { ok: true, container }
  }

  private async ensureSandbox(): Promise<void> {
    this.sandboxImage ??= ensureSandboxImage(this.context.runtime)
    try {
      await this.sandboxImage
    } catch (error) {
      this.sandboxImage = null
      throw error
    }
  }

  /** The pod network is made once a subnet; a failure is tried again with the next container. */
  private async ensureNetwork(): Promise<void> {
    const { runtime, clusterId } = this.context
    const subnet = this.context.podSubnet()
    if (this.network?.subnet !== subnet) {
      const ready = runtime.ensureNetwork({
        name: podNetworkName(clusterId),
        bridge: podBridgeName(clusterId),
        subnet,
        gateway: firstAddress(subnet),
        labels: { [LABEL_CLUSTER]: clusterId },
      })
      this.network = { subnet, ready }
    }
    try {
      await this.network.ready
    } catch (error) {
      this.network = null
      throw error
    }
  }

  private async postStart(operation: Extract<Operation, { type: 'post-start' }>): Promise<OperationResult> {
    const { handler, containerId, address } = operation
    try {
      await runHook(this.context.runtime, handler, containerId, address, POST_START_LIMIT_MS)
      return { ok: true }
    } catch (error) {
      return { ok: false, code: 'hook', message: (error as Error).message, retryable: false }
    }
  }

  /** The preStop hook spends of the grace; its failure stops nothing. */
  private async stop(operation: Extract<Operation, { type: 'stop' }>): Promise<void> {
    const { runtime, clock, log } = this.context
    const { containerId, preStop, address, graceMs, signal } = operation
    let spentMs = 0
    if (preStop !== null) {
      const begun = clock.now()
      await runHook(runtime, preStop, containerId, address, graceMs).catch((error: Error) => {
        log.warning(`preStop hook of container ${containerId.slice(0, 12)}: ${error.message}`)
      })
      spentMs = Math.max(1, clock.now() - begun)
    }
    await runtime.stop(containerId, signal, stopGrace(graceMs, spentMs))
  }

  private node(): NodeContext {
    const { name, address, allocatable } = this.context.facts()
    return { name, address, allocatable }
  }

  private secrets(digests: readonly string[]): ConfigContents[] {
    return digests.flatMap((digest) => this.context.contents(digest) ?? [])
  }

  /** Values by the digest that the pod's assignment names: what it was planned with, not what is newest. */
  private lookup(pod: AssignedPod): ConfigLookup {
    return (kind, name) => {
      const digest = pod.configs.find((config) => config.kind === kind && config.name === name)?.digest ?? null
      const contents = digest === null ? null : this.context.contents(digest)
      if (contents === null) return null
      const entries = Object.entries(contents.data)
      return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]))
    }
  }

  private volumeRequest(pod: AssignedPod): VolumeRequest {
    const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    return {
      pod,
      contents: (digest) => this.context.contents(digest),
      environment: (name) => {
        const container = all.find((c) => c.name === name)
        if (container === undefined) throw new VolumeError(`the pod has no container named ${name}`)
        return makeEnvironment(pod, container, this.node(), this.lookup(pod))
      },
      field: (path) => readField(pod, this.node(), path),
      resource: (container, resource, divisor) => readResource(pod, this.node(), container, resource, divisor),
    }
  }
}

function failure(error: unknown): OperationResult {
  if (error instanceof RuntimeError)
    return { ok: false, code: error.code, message: error.message, retryable: error.retryable }
  const message = error instanceof Error ? error.message : String(error)
  const isConfiguration = error instanceof ConfigurationError || error instanceof VolumeError
  return { ok: false, code: isConfiguration ? 'configuration' : 'internal', message, retryable: false }
}

/** The gateway of a subnet: its first address. `10.244.3.0/24` gives `10.244.3.1`. */
function firstAddress(subnet: string): string {
  const [base = ''] = subnet.split('/')
  const parts = base.split('.').map(Number)
  parts[3] = (parts[3] ?? 0) + 1
  return parts.join('.')
}
