/**
 * Takes away what a cluster left on this host once its agent has stopped: containers, volumes, addresses, rules and the
 * pod network. Only what carries the cluster's id is touched (DESIGN 10).
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { LABEL_CLUSTER } from '../../agents/core/container-names.js'
import { podNetworkName } from '../../agents/core/container-spec.js'
import { findEngine } from '../../agents/docker/open-engine.js'
import { readIdentity } from '../../agents/link/identity.js'
import { CliError, codeOf, EXIT_UNREACHABLE, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'
import type { StatePaths } from '../state-directory.js'
import { openAgentAdapters } from './agent-adapters.js'

/** The id of the cluster whose state directory or member this is; null before the first start. */
export async function readClusterId(paths: StatePaths): Promise<string | null> {
  const identity = await readIdentity(path.join(paths.agent, 'identity'))
  if (identity !== null) return identity.clusterId
  try {
    const text = readFileSync(path.join(paths.pki, 'cluster.json'), 'utf8')
    const { clusterId } = JSON.parse(text) as { readonly clusterId?: unknown }
    return typeof clusterId === 'string' && clusterId !== '' ? clusterId : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Removes everything; how many containers there were. Error 3 when the engine does not answer. */
export async function pruneLocalHost(context: Context, paths: StatePaths): Promise<number> {
  const clusterId = await readClusterId(paths)
  const engine = findEngine(context.env)
  if (clusterId === null || 'error' in engine) return 0
  const { runtime, volumes, dataPlane } = openAgentAdapters({
    clusterId,
    socketPath: engine.socketPath,
    volumesDirectory: path.join(paths.agent, 'volumes'),
    log: (line) => context.err(`${line}\n`),
  })
  try {
    const containers = await runtime.list({ [LABEL_CLUSTER]: clusterId })
    await Promise.all(containers.map((container) => runtime.remove(container.id)))
    for (const uid of await volumes.list()) await volumes.remove(uid)
    await dataPlane.close(true)
    await runtime.removeNetwork(podNetworkName(clusterId))
    return containers.length
  } catch (error) {
    throw new CliError(EXIT_UNREACHABLE, `remove what the cluster left on this host: ${messageOf(error)}: try again`, {
      cause: error,
    })
  }
}
