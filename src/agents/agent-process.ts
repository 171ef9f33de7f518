/**
 * The whole agent of one node, as `headway agent` and `headway up` run it: identity (joining when it must), renewal,
 * the link, and the agent. The adapters come from outside, so that only the command line knows them all.
 */
import path from 'node:path'
import { type Agent, startAgent } from './agent.js'
import { type AgentLog, type Clock, systemClock } from './clock.js'
import type { DataPlane } from './data-plane-port.js'
import { type Identity, readIdentity, renewalDue, renewIdentity, writeIdentity } from './link/identity.js'
import { joinCluster } from './link/join.js'
import { openManagerLink } from './link/manager-link.js'
import type { PodVolumes } from './pod-volumes.js'
import type { Runtime } from './runtime.js'

const RENEWAL_CHECK_MS = 3_600_000

export interface AgentProcessOptions {
  /** The state directory: `agent/` in it is this agent's (identity, ledger, volumes). */
  readonly directory: string
  /** Used when the node has not joined yet. */
  readonly join: string | null
  readonly nodeName: string
  readonly nodeAddress: string
  readonly agentVersion: string
  /** Made once the cluster is known: names in the engine carry its id. */
  readonly adapters: (cluster: AgentPlace) => Promise<AgentAdapters> | AgentAdapters
  readonly log: AgentLog
  readonly clock?: Clock
}

export interface AgentPlace {
  readonly clusterId: string
  readonly nodeName: string
  /** For the volumes of pods. */
  readonly volumesDirectory: string
}

export interface AgentAdapters {
  readonly runtime: Runtime
  readonly volumes: PodVolumes
  readonly dataPlane: DataPlane
}

export interface AgentProcess extends Agent {
  readonly clusterId: string
  readonly nodeName: string
}

/** Joins if needed and starts. Throws with the reason and what to do; a node that has joined keeps its name. */
export async function runAgentProcess(options: AgentProcessOptions): Promise<AgentProcess> {
  const { directory, log } = options
  const identityDirectory = path.join(directory, 'agent', 'identity')
  let identity = await openIdentity(identityDirectory, options)
  const { clusterId, name } = identity
  const place = { clusterId, nodeName: name, volumesDirectory: path.join(directory, 'agent', 'volumes') }
  const adapters = await options.adapters(place)
  const renew = async (): Promise<void> => {
    if (Date.now() < renewalDue(identity.certificate)) return
    try {
      identity = await renewIdentity(identity)
      await writeIdentity(identityDirectory, identity)
      log.info('the certificate of this node was renewed')
    } catch (error) {
      log.warning(`${(error as Error).message}; trying again in an hour`)
    }
  }
  await renew()
  const agent = await startAgent({
    ...adapters,
    link: openManagerLink(() => identity),
    clusterId,
    ledgerDirectory: path.join(directory, 'agent', 'ledger'),
    nodeName: name,
    nodeAddress: options.nodeAddress,
    agentVersion: options.agentVersion,
    log,
    clock: options.clock ?? systemClock,
  })
  const timer = setInterval(() => void renew(), RENEWAL_CHECK_MS)
  return {
    clusterId,
    nodeName: name,
    pods: () => agent.pods(),
    close() {
      clearInterval(timer)
      return agent.close()
    },
  }
}

async function openIdentity(directory: string, options: AgentProcessOptions): Promise<Identity> {
  const known = await readIdentity(directory)
  if (known !== null) {
    if (known.name !== options.nodeName)
      options.log.warning(`this node has joined as ${known.name} and keeps that name; ${options.nodeName} is not taken`)
    return known
  }
  if (options.join === null)
    throw new Error('this node has joined no cluster: give --join with the line that `headway token` prints')
  const identity = await joinCluster(options.join, options.nodeName)
  await writeIdentity(directory, identity)
  options.log.info(`joined cluster ${identity.clusterId} as ${identity.name}`)
  return identity
}
