/** The adapters an agent works with on this host: Docker Engine, volumes and the data plane, each named after the cluster. */
import path from 'node:path'
import type { AgentAdapters, AgentPlace } from '../../agents/agent-process.js'
import { clusterTag } from '../../agents/core/container-names.js'
import { podBridgeName } from '../../agents/core/container-spec.js'
import { openDockerRuntime } from '../../agents/docker/docker-runtime.js'
import { openPodVolumes } from '../../agents/volumes/open-pod-volumes.js'
import { openUserspaceDataPlane } from '../../network/userspace/open-userspace-data-plane.js'

/** On a tmpfs: what is secret is never written to a disk. */
const MEMORY_DIRECTORY = '/run/headway'

export interface AdapterInput extends Omit<AgentPlace, 'nodeName'> {
  readonly socketPath: string
  readonly log: (line: string) => void
}

/** Opens all three; nothing on the host is touched yet. */
export function openAgentAdapters(input: AdapterInput): AgentAdapters {
  const { clusterId, socketPath, volumesDirectory, log } = input
  const gateDirectory = path.join(path.dirname(volumesDirectory), 'gate')
  const runtime = openDockerRuntime({ socketPath, gateDirectory, log })
  const volumes = openPodVolumes({
    directory: volumesDirectory,
    memoryDirectory: path.join(MEMORY_DIRECTORY, clusterTag(clusterId), 'secrets'),
    clusterId,
    runtime,
  })
  const dataPlane = openUserspaceDataPlane({ clusterId, bridge: podBridgeName(clusterId), log })
  return { runtime, volumes, dataPlane }
}
