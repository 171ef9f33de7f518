/**
 * Removes what a cluster left on this host when no agent does it any more: containers and networks that carry the
 * cluster's id. What carries another id, or none, is not touched (DESIGN 10).
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { LABEL_CLUSTER } from '../../agents/core/container-names.js'
import { podNetworkName } from '../../agents/core/container-spec.js'
import { openDockerRuntime } from '../../agents/docker/docker-runtime.js'
import { codeOf } from '../cli-error.js'
import type { StatePaths } from '../state-directory.js'

/** The cluster's id, from its keys; null before the first start. */
export function readClusterId(paths: StatePaths): string | null {
  try {
    const text = readFileSync(path.join(paths.pki, 'cluster.json'), 'utf8')
    const { clusterId } = JSON.parse(text) as { readonly clusterId?: unknown }
    return typeof clusterId === 'string' && clusterId !== '' ? clusterId : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Removes containers and pod network of the cluster on the local engine; how many containers there were. Errors: RuntimeError. */
export async function pruneLocalHost(paths: StatePaths): Promise<number> {
  const clusterId = readClusterId(paths)
  if (clusterId === null) return 0
  const runtime = openDockerRuntime({ log: () => undefined })
  const containers = await runtime.list({ [LABEL_CLUSTER]: clusterId })
  await Promise.all(containers.map((container) => runtime.remove(container.id)))
  await runtime.removeNetwork(podNetworkName(clusterId))
  return containers.length
}
