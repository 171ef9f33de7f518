/** The userspace data plane: Services by TCP proxies in the agent's own process, pods of other nodes by routes. */
import type { NetworkTable } from '../../model/assignment.js'
import type { DataPlane } from '../data-plane.js'
import { PodNetwork } from '../pod-network.js'
import { ServiceProxy } from './service-proxy.js'
import { VirtualAddresses } from './virtual-addresses.js'

export interface UserspaceDataPlaneOptions {
  readonly clusterId: string
  /** The bridge of the pod network in the engine. */
  readonly bridge: string
  readonly log: (line: string) => void
  /** Default 8,192 connections at once on the node, about 20 KB each. */
  readonly connectionsMax?: number
}

const CONNECTIONS_MAX = 8_192

/** Opens the data plane. Nothing on the host is touched before the first table. */
export function openUserspaceDataPlane(options: UserspaceDataPlaneOptions): DataPlane {
  const tag = clusterTag(options.clusterId)
  const addresses = new VirtualAddresses(tag)
  const podNetwork = new PodNetwork({ clusterTag: tag, bridge: options.bridge, log: options.log })
  const proxy = new ServiceProxy({
    connectionsMax: options.connectionsMax ?? CONNECTIONS_MAX,
    nodePortAddress: '0.0.0.0',
    log: options.log,
  })
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }
  return {
    apply: (table, podSubnet) =>
      inTurn(async () => {
        const added = await addresses.apply(virtualAddresses(table))
        const routed = await podNetwork.apply(table, podSubnet)
        return { problems: [...added, ...routed, ...(await proxy.apply(table))] }
      }),
    close: (isFinal) =>
      inTurn(async () => {
        await proxy.close()
        podNetwork.stop()
        if (!isFinal) return
        const left = [...(await addresses.apply(new Set())), ...(await podNetwork.remove())]
        for (const problem of left) options.log(problem)
      }),
  }
}

function virtualAddresses(table: NetworkTable): Set<string> {
  const addresses = new Set<string>()
  for (const { address } of table.services.values()) if (address !== null) addresses.add(address)
  return addresses
}

/** A cluster's id as it may stand in names of chains and labels: 8 letters. */
function clusterTag(clusterId: string): string {
  return clusterId
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 8)
}
