/**
 * The containers that the agent wires itself, seen as the runtime port wants them. To the port such a container has
 * started when it is wired: until then it is `created`, though its gate waits in it; so an agent that comes after one
 * that died in between starts it, which finishes what was begun. A pod stays on the engine's own network where it has
 * host ports, where its image names no program, and wherever this host does not let the agent wire.
 */
import { type ContainerSpec, type NetworkSpec, type RuntimeContainer, RuntimeError } from '../runtime.js'
import { inspectAnswer, stopContainer, waitForEnd } from './container-calls.js'
import { createBody, decodeContainer, type InspectAnswer } from './container-request.js'
import type { EngineConnection } from './engine-connection.js'
import { GATE_TARGET, gateCommand, gateFailure, type ImageConfiguration, ownCommand } from './gate-command.js'
import { placePrograms, wiringObstacle } from './gate-file.js'
import { EXIT_NOT_EXECUTABLE, EXIT_NOT_FOUND } from './gate-program.js'
import { type NameServers, readNameServers } from './name-servers.js'
import { inspectNetwork } from './network-calls.js'
import {
  type BridgeLink,
  clearHostEnd,
  hasInterface,
  hostEndName,
  isProcessGone,
  isProcessOf,
  isWired,
  LABEL_WIRING,
  readBridge,
  rejoinBridge,
  type Wiring,
  waitForProgram,
  wireProcess,
  wiringOf,
  wiringText,
} from './pod-wiring.js'
import { Wirer } from './wirer.js'

export interface WiredContainersOptions {
  readonly connection: EngineConnection
  /** Where the gate's file is put. */
  readonly directory: string
  configuration(image: string): Promise<ImageConfiguration | null>
  readonly log: (line: string) => void
}

interface KnownNetwork {
  readonly spec: NetworkSpec
  readonly link: BridgeLink
}

const OTHER_NUMBERS = 'agent and engine number processes differently'
/** This host does not let the agent wire, now. */
class ObstacleError extends Error {}

/** The engine hears of an end within milliseconds. */
const END_LIMIT_MS = 30_000

/** What the host allows: the gate's place and the name servers to give, or why not. */
type Fitness =
  | { readonly gate: string; readonly wirer: Wirer; readonly nameServers: readonly string[] | null }
  | { readonly obstacle: string }

export class WiredContainers {
  /** Networks whose bridge is in reach, by name. */
  private readonly networks = new Map<string, KnownNetwork>()
  private fitness: Promise<Fitness> | null = null
  private saidObstacle = ''
  private readonly wired = new Set<string>()
  /** Being started, or found without a program: not started in the port's sense, whatever the engine says. */
  private readonly starting = new Set<string>()
  private readonly refused = new Set<string>()
  /** Addresses of containers on the engine's network that this process made. */
  private readonly engineAddresses = new Map<string, string>()

  constructor(private readonly options: WiredContainersOptions) {}

  /** Takes note of a network that was made or found; puts pods back on a bridge that was made anew. Errors: RuntimeError. */
  async takeNetwork(spec: NetworkSpec): Promise<void> {
    const fitness = await this.judgeHost()
    if ('obstacle' in fitness) return this.say(fitness.obstacle)
    if (!(await hasInterface(spec.bridge))) return this.say('the engine works in another network namespace')
    const link = await readBridge(spec.bridge)
    const known = this.networks.get(spec.name)
    this.networks.set(spec.name, { spec, link })
    if (known?.link.index === link.index) return
    const addresses = new Set((await this.listWired()).flatMap((w) => (w.bridge === spec.bridge ? [w.address] : [])))
    if (addresses.size === 0) return
    const count = await rejoinBridge(spec.bridge, addresses)
    if (count > 0) this.options.log(`put ${count} pods back on bridge ${spec.bridge}, which was made anew`)
  }

  /** The create request of a container, and its specification with the label that says how it is wired. */
  async request(
    spec: ContainerSpec,
  ): Promise<{ readonly spec: ContainerSpec; readonly body: Record<string, unknown> }> {
    const wired = await this.wire(spec)
    return wired ?? { spec, body: createBody(spec) }
  }

  /** Remembers the address of a container that the engine is to put on its network. */
  takeCreated(id: string, spec: ContainerSpec): void {
    if (spec.network.type !== 'pod-network' || LABEL_WIRING in spec.labels || spec.network.address === '') return
    this.engineAddresses.set(id, spec.network.address)
  }

  /** Starts a container by `start` and wires it if its label says so. Errors: RuntimeError. */
  async start(id: string, start: () => Promise<void>): Promise<void> {
    const engineAddress = this.engineAddresses.get(id)
    if (engineAddress !== undefined) await this.requireFree(engineAddress, id)
    this.starting.add(id)
    try {
      await start()
      const answer = await inspectAnswer(this.options.connection, id)
      const wiring = answer === null ? null : wiringOf(answer.Config.Labels ?? {})
      if (answer !== null && wiring !== null) await this.finish(answer, wiring)
    } finally {
      this.starting.delete(id)
    }
  }

  /** A container as the port shows it. */
  async show(answer: InspectAnswer): Promise<RuntimeContainer> {
    const container = decodeContainer(answer)
    if (!(LABEL_WIRING in container.labels) || !(await this.isWaiting(container))) return container
    return { ...container, state: 'created', startedAt: null, finishedAt: null, exitCode: null, pid: null }
  }

  /** The container is gone. */
  forget(id: string): void {
    this.wired.delete(id)
    this.refused.delete(id)
    this.engineAddresses.delete(id)
  }

  private async isWaiting({ id, state, pid }: RuntimeContainer): Promise<boolean> {
    if (this.starting.has(id) || this.refused.has(id)) return true
    if (state !== 'running' || pid === null || this.wired.has(id)) return false
    // What cannot be seen from here is taken as it is.
    if (!(await isProcessOf(pid, id))) return false
    if (!(await isWired(pid))) return true
    this.wired.add(id)
    return false
  }

  private async finish(answer: InspectAnswer, wiring: Wiring): Promise<void> {
    if (this.wired.has(answer.Id)) return
    try {
      if (!(await isProcessOf(answer.State.Pid, answer.Id))) throw new ObstacleError(OTHER_NUMBERS)
      if (!(await isWired(answer.State.Pid))) await this.connect(answer, wiring)
      await waitForProgram(answer.State.Pid)
      this.wired.add(answer.Id)
    } catch (error) {
      if (await this.hasEnded(answer)) return
      if (error instanceof RuntimeError) throw error
      const message = `wire container ${shortId(answer)}: ${(error as Error).message}`
      if (!(error instanceof ObstacleError)) throw new RuntimeError('internal', message, true, { cause: error })
      // It would wait for ever: the next one of the pod is the engine's.
      this.fitness = Promise.resolve({ obstacle: error.message })
      this.refused.add(answer.Id)
      await stopContainer(this.options.connection, answer.Id, 'SIGKILL', 0)
      throw new RuntimeError('internal', message, false, { cause: error })
    }
  }

  /** Whether a container that could not be wired is no more; then its end is judged. The engine hears of an end later than we may. */
  private async hasEnded({ Id, State }: InspectAnswer): Promise<boolean> {
    const { connection } = this.options
    if (State.Pid > 0 && (await isProcessGone(State.Pid))) await waitForEnd(connection, Id, END_LIMIT_MS)
    const latest = await inspectAnswer(connection, Id)
    if (latest === null) return true
    if (latest.State.Status === 'running' || latest.State.Status === 'paused') return false
    this.judgeEnd(latest)
    return true
  }

  /** Ended before it was wired: nothing of the image has run. The gate says by its exit code when there was nothing to run. */
  private judgeEnd(answer: InspectAnswer): void {
    const { ExitCode } = answer.State
    if (ExitCode !== EXIT_NOT_FOUND && ExitCode !== EXIT_NOT_EXECUTABLE) return
    this.refused.add(answer.Id)
    const args = answer.Args ?? []
    const name = args[args.indexOf('') + 1] ?? ''
    const why = gateFailure(name, ExitCode === EXIT_NOT_EXECUTABLE)
    throw new RuntimeError('invalid', `start container ${shortId(answer)}: ${why}`, false)
  }

  private async connect(answer: InspectAnswer, wiring: Wiring): Promise<void> {
    const network = [...this.networks.values()].find(({ spec }) => spec.bridge === wiring.bridge)
    if (network !== undefined) await this.requireNoEndpoint(network.spec.name, wiring.address)
    const fitness = await this.judgeHost()
    if ('obstacle' in fitness) throw new ObstacleError(fitness.obstacle)
    const bridge = network?.link ?? (await readBridge(wiring.bridge))
    const { wirer } = fitness
    try {
      await wireProcess(wirer, answer.State.Pid, wiring, bridge)
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.code !== 'conflict') throw error
      await this.requireFree(wiring.address, answer.Id)
      await wireProcess(wirer, answer.State.Pid, wiring, bridge)
    }
  }

  /** No running container other than `id` holds the address; what a dead one has left is taken away. */
  private async requireFree(address: string, id: string): Promise<void> {
    if (!(await hasInterface(hostEndName(address)))) return
    const holder = (await this.listWired()).find((w) => w.address === address && w.id !== id)
    if (holder !== undefined && (await isWired(holder.pid)))
      throw new RuntimeError('conflict', `address ${address} is in use by container ${holder.id.slice(0, 12)}`, true)
    await clearHostEnd(address)
  }

  /** The engine knows the addresses of those it has put on the network itself. */
  private async requireNoEndpoint(network: string, address: string): Promise<void> {
    const answer = await inspectNetwork(this.options.connection, network)
    // The agent makes it again within half a minute.
    if (answer === null) throw new RuntimeError('internal', `network ${network} is gone`, true)
    const holder = Object.entries(answer.Containers ?? {}).find(([, c]) => c.IPv4Address?.split('/')[0] === address)
    if (holder !== undefined)
      throw new RuntimeError('conflict', `address ${address} is in use by container ${holder[0].slice(0, 12)}`, true)
  }

  /** All running containers that are wired or wait for it. */
  private async listWired(): Promise<readonly (Wiring & { readonly id: string; readonly pid: number })[]> {
    const query = { filters: { label: [LABEL_WIRING], status: ['running'] } }
    const request = { method: 'GET', path: '/containers/json', query, doing: 'list wired containers' } as const
    const listed = (await this.options.connection.request(request)) as readonly { readonly Id: string }[]
    const answers = await Promise.all(listed.map(({ Id }) => inspectAnswer(this.options.connection, Id)))
    return answers.flatMap((answer) => {
      const wiring = answer === null ? null : wiringOf(answer.Config.Labels ?? {})
      return answer === null || wiring === null ? [] : [{ ...wiring, id: answer.Id, pid: answer.State.Pid }]
    })
  }

  private async wire(
    spec: ContainerSpec,
  ): Promise<{ readonly spec: ContainerSpec; readonly body: Record<string, unknown> } | null> {
    const { network } = spec
    if (network.type !== 'pod-network' || network.ports.length > 0 || network.address === '') return null
    if (spec.mounts.some((mount) => mount.target === '/dev')) return null
    const known = this.networks.get(network.name)
    const fitness = known === undefined ? null : await this.judgeHost()
    if (known === undefined || fitness === null || 'obstacle' in fitness) return null
    const { subnet, gateway, bridge } = known.spec
    const wiring = { address: network.address, prefixLength: Number(subnet.split('/')[1]), gateway, bridge }
    const labelled = { ...spec, labels: { ...spec.labels, [LABEL_WIRING]: wiringText(wiring) } }
    const ownName = spec.hostname === '' ? [] : [`${spec.hostname}:${network.address}`]
    const alone = {
      ...labelled,
      network: {
        type: 'none' as const,
        dns: network.dns.length > 0 ? network.dns : (fitness.nameServers ?? []),
        dnsSearch: network.dnsSearch,
        dnsOptions: network.dnsOptions,
        extraHosts: [...ownName, ...network.extraHosts],
      },
    }
    // A sandbox runs nothing of an image: it needs no gate, as what joins it is started when it is wired.
    if (spec.shareableIpc) return { spec: labelled, body: createBody(alone) }
    const image = await this.options.configuration(spec.image)
    const own = image === null ? [] : ownCommand(spec, image)
    if (image === null || own.length === 0) return null
    const gate = { type: 'bind', source: fitness.gate, target: GATE_TARGET, readOnly: true } as const
    const gated = {
      ...alone,
      ...gateCommand(own, spec.environment, image),
      mounts: [...spec.mounts, { ...gate, propagation: '' as const, sizeBytes: null }],
    }
    return { spec: labelled, body: createBody(gated) }
  }

  private judgeHost(): Promise<Fitness> {
    this.fitness ??= this.judge()
    return this.fitness
  }

  private async judge(): Promise<Fitness> {
    const obstacle = await wiringObstacle()
    if (obstacle !== '') return { obstacle }
    const nameServers: NameServers = await readNameServers()
    if (nameServers !== null && 'unreachable' in nameServers)
      return { obstacle: `the name server ${nameServers.unreachable} can be reached through the engine alone` }
    try {
      const { gate, wirer } = await placePrograms(this.options.directory)
      this.options.log('pods without host ports are put on their network by the agent')
      return { gate, wirer: new Wirer(wirer), nameServers }
    } catch (error) {
      return { obstacle: `the gate cannot be run: ${(error as Error).message}` }
    }
  }

  private say(obstacle: string): void {
    if (this.saidObstacle === obstacle) return
    this.saidObstacle = obstacle
    this.options.log(`pods are put on their network by the engine, which takes longer: ${obstacle}`)
  }
}

function shortId(answer: InspectAnswer): string {
  return answer.Id.slice(0, 12)
}
