/**
 * The Docker adapter of the runtime port. Each subject has a file of its own (`*-calls.ts`); this one puts them
 * together over one connection to the engine's socket.
 */
import type { LogOptions, Runtime, RuntimeContainer } from '../runtime.js'
import { RuntimeError } from '../runtime.js'
import {
  createContainer,
  glanceContainers,
  inspectAnswer,
  inspectContainer,
  listContainers,
  removeContainer,
  startContainer,
  stopContainer,
} from './container-calls.js'
import { createBody, decodeContainer, type InspectAnswer } from './container-request.js'
import { connectEngine, type EngineConnection } from './engine-connection.js'
import { watchEvents } from './engine-events.js'
import { decodeEngineInfo, type InfoAnswer, type VersionAnswer } from './engine-info.js'
import { executeCommand, openExecSession } from './exec-calls.js'
import { imageCalls } from './image-calls.js'
import { ensureNetwork, ensureVolume, removeNetwork, removeVolume } from './network-calls.js'
import { hasHostEnds } from './pod-wiring.js'
import { splitStream } from './stream-frames.js'
import { WiredContainers } from './wired-containers.js'

export const DEFAULT_SOCKET = '/var/run/docker.sock'

export interface DockerRuntimeOptions {
  /** Default `/var/run/docker.sock`. */
  readonly socketPath?: string
  /**
   * Where to put the program that containers wait in until the agent has put them on their network (`pod-wiring.ts`).
   * Left out: the engine does that for all, which takes longer.
   */
  readonly gateDirectory?: string
  /** Takes one line for what went wrong and was dealt with. */
  readonly log: (line: string) => void
}

export interface DockerRuntime extends Runtime {
  readonly socketPath: string
}

/** Opens the adapter; nothing is sent until the first call. Errors of all calls are RuntimeErrors. */
export function openDockerRuntime(options: DockerRuntimeOptions): DockerRuntime {
  const connection = connectEngine(options.socketPath ?? DEFAULT_SOCKET)
  const { configuration, ...images } = imageCalls(connection)
  const { gateDirectory, log } = options
  const wired =
    gateDirectory === undefined
      ? null
      : new WiredContainers({ connection, directory: gateDirectory, configuration, log })
  const show = async (answer: InspectAnswer): Promise<RuntimeContainer> =>
    wired === null ? decodeContainer(answer) : wired.show(answer)
  return {
    socketPath: connection.socketPath,
    info: async () => {
      const [info, version] = await Promise.all([
        connection.request({ method: 'GET', path: '/info', doing: 'ask the engine for its facts' }),
        connection.request({ method: 'GET', path: '/version', doing: 'ask the engine for its version' }),
      ])
      return decodeEngineInfo(info as InfoAnswer, version as VersionAnswer)
    },
    list: (labels) => listContainers(connection, labels, show),
    glance: (labels) => glanceContainers(connection, labels),
    inspect: (id) => inspectContainer(connection, id, show),
    ...images,
    create: async (spec) => {
      const request = wired === null ? { spec, body: createBody(spec) } : await wired.request(spec)
      const id = await createContainer(connection, request.spec, request.body, show)
      wired?.takeCreated(id, request.spec)
      return id
    },
    start: async (id) => {
      const start = (): Promise<void> => startContainer(connection, id)
      await (wired === null ? start() : wired.start(id, start))
    },
    stop: (id, signal, graceMs) => stopContainer(connection, id, signal, graceMs),
    remove: async (id) => {
      await removeContainer(connection, id)
      wired?.forget(id)
    },
    ensureNetwork: async (spec) => {
      await ensureNetwork(
        connection,
        spec,
        async (bridge) => wired !== null && (await hasHostEnds(bridge).catch(() => false)),
      )
      await wired?.takeNetwork(spec)
    },
    removeNetwork: (name) => removeNetwork(connection, name),
    ensureVolume: (name, driverOptions, labels) => ensureVolume(connection, name, driverOptions, labels),
    removeVolume: (name) => removeVolume(connection, name),
    execute: (id, command, limits) => executeCommand(connection, id, command, limits),
    openExec: (id, command, streams) => openExecSession(connection, id, command, streams),
    logs: (id, wanted) => openLogs(connection, id, wanted),
    watch: (listener) => watchEvents(connection, listener, options.log),
  }
}

async function openLogs(connection: EngineConnection, id: string, options: LogOptions): ReturnType<Runtime['logs']> {
  const container = await inspectAnswer(connection, id)
  if (container === null) throw new RuntimeError('not-found', `read logs: no container ${id}`, false)
  const query = {
    stdout: true,
    stderr: true,
    follow: options.follow,
    timestamps: options.timestamps,
    tail: options.tailLines === null ? 'all' : options.tailLines,
    // Seconds with a fraction: the engine compares with nanoseconds.
    ...(options.sinceMs === null ? {} : { since: (options.sinceMs / 1000).toFixed(3) }),
  }
  const path = `/containers/${id}/logs`
  const stream = await connection.stream({
    method: 'GET',
    path,
    query,
    doing: `read logs of container ${id.slice(0, 12)}`,
  })
  const { stdout, stderr } = splitStream(stream, container.Config.Tty === true)
  return { stdout, stderr, close: () => stream.destroy() }
}
