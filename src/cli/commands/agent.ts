/** `headway agent`: joins this host to a cluster and runs its agent in the foreground, or as a systemd service. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type AgentProcess, runAgentProcess } from '../../agents/agent-process.js'
import { type Identity, readIdentity, writeIdentity } from '../../agents/link/identity.js'
import { joinCluster, parseJoinString } from '../../agents/link/join.js'
import { RuntimeError } from '../../agents/runtime.js'
import { CliError, EXIT_DONE, EXIT_UNREACHABLE, EXIT_USAGE, type ExitCode, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson } from '../output/format.js'
import { openAgentAdapters } from '../processes/agent-adapters.js'
import { mainFile } from '../processes/cluster-processes.js'
import { awaitEngine, prepareDemoImages, prepareEngine } from '../processes/engine.js'
import { chooseAddress, makeNodeName } from '../processes/host-names.js'
import { watchLogSize } from '../processes/log-file.js'
import { findProcess, writePidFile } from '../processes/pid-file.js'
import { installUnit, unitObstacle } from '../processes/service-units.js'
import { makeStateDirectory, type StatePaths } from '../state-directory.js'
import { readVersion } from './version.js'

/** An engine that answers and yet fails is not asked in a tight loop. */
const START_AGAIN_MS = 1_000

export interface AgentOptions extends CommonOptions {
  readonly join?: string
  readonly nodeName?: string
  readonly nodeAddress?: string
  readonly service?: boolean
  readonly logFile?: string
}

export async function runAgent(context: Context, options: AgentOptions): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  refuseSecond(paths)
  if (options.join !== undefined) checkJoinString(options.join)
  makeStateDirectory(paths)
  const nodeName = options.nodeName ?? makeNodeName()
  const isMember = (await readIdentity(identityFolder(paths))) !== null
  if (!isMember) refuseStranger(options)
  // Before it joins: a host that gets no engine uses up no token. The engine of a member is waited for instead.
  if (!isMember || options.service === true) await prepareNewHost(context, options)
  const identity = await join(paths, options, nodeName)
  const nodeAddress = chooseAddress(options.nodeAddress ?? '', '0.0.0.0')
  if (options.service === true) return installService(context, paths, { ...options, nodeName: identity, nodeAddress })
  return runHere(context, paths, options, { nodeName: identity, nodeAddress })
}

function identityFolder(paths: StatePaths): string {
  return path.join(paths.agent, 'identity')
}

/** The engine of a host that joins, installed where that can be done; it runs the example too, whose images no registry has. */
async function prepareNewHost(context: Context, options: AgentOptions): Promise<void> {
  const say = (line: string): void => context.err(`${line}\n`)
  const engine = await prepareEngine(context, say)
  if (options.join !== undefined) await prepareDemoImages(engine, say)
}

/** One agent a state directory; `up` writes the pid file of the one it starts, which is then this very process. */
function refuseSecond(paths: StatePaths): void {
  const running = findProcess(paths.agentPid)
  if (running !== null && running.pid !== process.pid)
    throw new CliError(
      EXIT_USAGE,
      `an agent runs already in ${paths.directory} (process ${running.pid}): "headway down" stops it`,
    )
}

function checkJoinString(text: string): void {
  try {
    parseJoinString(text)
  } catch (error) {
    throw new CliError(EXIT_USAGE, messageOf(error), { cause: error })
  }
}

function refuseStranger(options: AgentOptions): void {
  if (options.join === undefined) throw stranger()
}

function stranger(): CliError {
  return new CliError(
    EXIT_USAGE,
    'this host has joined no cluster yet: give --join with the string that "headway token" prints on the manager',
  )
}

/** The node's name: of the membership it has, else of the one it gets now. */
async function join(paths: StatePaths, options: AgentOptions, nodeName: string): Promise<string> {
  const folder = identityFolder(paths)
  const known = await readIdentity(folder)
  if (known !== null) {
    if (options.join !== undefined) refuseOtherMember(known, { join: options.join, nodeName, folder })
    return known.name
  }
  if (options.join === undefined) throw stranger()
  mkdirSync(paths.agent, { recursive: true, mode: 0o700 })
  try {
    const identity = await joinCluster(options.join, nodeName)
    await writeIdentity(folder, identity)
    return identity.name
  } catch (error) {
    throw new CliError(EXIT_UNREACHABLE, messageOf(error), { cause: error })
  }
}

/**
 * The string of the cluster one is in already is no mistake: systemd repeats it at every boot. Another cluster's is, and
 * so is another host's state directory (on a shared disk, say): two agents under one name would displace each other.
 */
function refuseOtherMember(
  known: Identity,
  wanted: { readonly join: string; readonly nodeName: string; readonly folder: string },
): void {
  const { join: text, nodeName, folder } = wanted
  if (known.name !== nodeName)
    throw new CliError(
      EXIT_USAGE,
      `${folder} holds the membership of node ${known.name}, and this host is ${nodeName}: give it a state directory of its own with --dir, or --node-name ${known.name} if it is that node`,
    )
  if (!known.managers.includes(parseJoinString(text).address))
    throw new CliError(
      EXIT_USAGE,
      `this host is a member of cluster ${known.clusterId} already, as ${known.name}: leave it first with "headway down --prune", then remove ${folder}`,
    )
}

function installService(context: Context, paths: StatePaths, options: AgentOptions): ExitCode {
  const obstacle = unitObstacle()
  if (obstacle !== null) throw new CliError(EXIT_USAGE, obstacle)
  const { nodeName = '', nodeAddress = '' } = options
  const dockerHost = context.env['DOCKER_HOST'] ?? ''
  installUnit({
    role: 'agent',
    nodePath: process.execPath,
    mainFile: mainFile(context),
    args: ['agent', '--dir', paths.directory, '--node-name', nodeName, '--node-address', nodeAddress],
    environment: dockerHost === '' ? {} : { DOCKER_HOST: dockerHost },
  })
  if (options.output === 'json') context.out(formatJson({ node: nodeName, address: nodeAddress, service: true }))
  else context.out(`node ${nodeName} runs its agent as headway-agent.service\n`)
  return EXIT_DONE
}

interface Place {
  readonly nodeName: string
  readonly nodeAddress: string
}

/** Runs until Ctrl-C or TERM; containers go on running. */
async function runHere(context: Context, paths: StatePaths, options: AgentOptions, place: Place): Promise<ExitCode> {
  const interrupt = context.takeInterrupts()
  if (options.logFile !== undefined) watchLogSize(options.logFile)
  writePidFile(paths.agentPid, process.pid)
  const log = (line: string): void => context.out(`${new Date(context.now()).toISOString()} ${line}\n`)
  const agent = await startWithEngine(context, paths, { place, interrupt, log })
  if (agent === null) return EXIT_DONE
  log(`agent of node ${agent.nodeName} (${place.nodeAddress}) runs, cluster ${agent.clusterId}, process ${process.pid}`)
  await new Promise<void>((resolve) => {
    if (interrupt.aborted) resolve()
    interrupt.addEventListener('abort', () => resolve())
  })
  log('agent stops; containers go on running')
  await agent.close()
  return EXIT_DONE
}

interface Start {
  readonly place: Place
  readonly interrupt: AbortSignal
  readonly log: (line: string) => void
}

/** The running agent, once there is an engine for it; null when interrupted before. */
async function startWithEngine(
  context: Context,
  paths: StatePaths,
  { place, interrupt, log }: Start,
): Promise<AgentProcess | null> {
  for (;;) {
    const engine = await awaitEngine(context, { say: log, interrupt })
    if (engine === null) return null
    try {
      return await runAgentProcess({
        directory: paths.directory,
        join: null,
        nodeName: place.nodeName,
        nodeAddress: place.nodeAddress,
        agentVersion: readVersion(context.packageRoot),
        adapters: ({ clusterId, volumesDirectory }) =>
          openAgentAdapters({ clusterId, volumesDirectory, socketPath: engine.socketPath, log }),
        log: { info: log, warning: (line) => log(`warning: ${line}`) },
      })
    } catch (error) {
      // It went away in between: waited for again.
      if (!(error instanceof RuntimeError && error.retryable)) throw error
      log(`warning: ${error.message}; trying again`)
      await setTimeout(START_AGAIN_MS, undefined, { signal: interrupt }).catch(() => undefined)
    }
  }
}
