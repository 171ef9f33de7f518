/** The pod network and volumes through the Engine API; both are made once and found again afterwards. */
import { type NetworkSpec, RuntimeError } from '../runtime.js'
import type { EngineConnection } from './engine-connection.js'
import { compareVersions, type VersionAnswer } from './engine-info.js'

interface NetworkAnswer {
  readonly Id: string
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null }
  readonly Options?: Readonly<Record<string, string>> | null
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly Containers?: Readonly<Record<string, { readonly IPv4Address?: string }>> | null
}

interface VolumeAnswer {
  readonly Options?: Readonly<Record<string, string>> | null
}

const BRIDGE_NAME = 'com.docker.network.bridge.name'

/**
 * Makes the pod network unless it is there. One of that name with another subnet is replaced when it is empty and
 * carries our labels, since the planner has given the node a new subnet; otherwise error `conflict`. `isBridgeUsed` tells
 * of pods that the engine does not know to be there.
 */
export async function ensureNetwork(
  connection: EngineConnection,
  spec: NetworkSpec,
  isBridgeUsed: (bridge: string) => Promise<boolean>,
): Promise<void> {
  const existing = await inspectNetwork(connection, spec.name)
  if (existing !== null) {
    const config = existing.IPAM?.Config?.[0]
    const bridge = existing.Options?.[BRIDGE_NAME] ?? ''
    if (config?.Subnet === spec.subnet && config.Gateway === spec.gateway && bridge === spec.bridge) return
    const isOurs = Object.entries(spec.labels).every(([key, value]) => existing.Labels?.[key] === value)
    const isUsed = Object.keys(existing.Containers ?? {}).length > 0 || (await isBridgeUsed(bridge))
    if (!isOurs || isUsed)
      throw new RuntimeError(
        'conflict',
        `network ${spec.name} has subnet ${config?.Subnet ?? 'none'} where ${spec.subnet} is needed, and ${isOurs ? 'containers use it' : 'is not ours'}: remove it with \`docker network rm ${spec.name}\``,
        isOurs,
      )
    await removeNetwork(connection, spec.name)
  }
  await createNetwork(connection, spec)
}

async function createNetwork(connection: EngineConnection, spec: NetworkSpec): Promise<void> {
  const request = { method: 'GET', path: '/version', doing: 'ask the engine for its version' } as const
  const version = (await connection.request(request)) as VersionAnswer
  const body = {
    Name: spec.name,
    Driver: 'bridge',
    CheckDuplicate: true,
    IPAM: { Driver: 'default', Config: [{ Subnet: spec.subnet, Gateway: spec.gateway }] },
    Options: {
      [BRIDGE_NAME]: spec.bridge,
      // Other nodes must see a pod's own address; `pod-network.ts` masquerades what leaves the cluster.
      'com.docker.network.bridge.enable_ip_masquerade': spec.masquerade === true ? 'true' : 'false',
      ...directRoutingOptions(version),
    },
    Labels: spec.labels,
  }
  try {
    await connection.request({ method: 'POST', path: '/networks/create', body, doing: `create network ${spec.name}` })
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error
    // Made meanwhile, by a request whose answer was lost.
    if (error.code === 'conflict' && (await inspectNetwork(connection, spec.name)) !== null) return
    if (/overlaps/i.test(error.message))
      throw new RuntimeError(
        'invalid',
        `${error.message}: subnet ${spec.subnet} is in use on this host; choose another podCidr in the ClusterConfiguration`,
        false,
        { cause: error },
      )
    throw error
  }
}

/**
 * From Docker 28 on (API 1.48) the engine drops what comes for a container's own address from another host, before any
 * firewall rule of ours is asked, unless the network says otherwise. Older engines know no such mode.
 */
export function directRoutingOptions(version: VersionAnswer): Readonly<Record<string, string>> {
  const filters = compareVersions(version.ApiVersion ?? '0', '1.48') >= 0
  return filters ? { 'com.docker.network.bridge.gateway_mode_ipv4': 'nat-unprotected' } : {}
}

/** A network that is not there is no error. */
export async function removeNetwork(connection: EngineConnection, name: string): Promise<void> {
  await forgive(
    connection.request({
      method: 'DELETE',
      path: `/networks/${encodeURIComponent(name)}`,
      doing: `remove network ${name}`,
    }),
  )
}

/** The engine's record of a network; null when there is none. */
export async function inspectNetwork(connection: EngineConnection, name: string): Promise<NetworkAnswer | null> {
  const request = {
    method: 'GET',
    path: `/networks/${encodeURIComponent(name)}`,
    doing: `inspect network ${name}`,
  } as const
  return (await forgive(connection.request(request))) as NetworkAnswer | null
}

/** Makes a `local` volume unless it is there; error `conflict` when it is there with other options. */
export async function ensureVolume(
  connection: EngineConnection,
  name: string,
  options: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const body = { Name: name, Driver: 'local', DriverOpts: options, Labels: labels }
  const answer = (await connection.request({
    method: 'POST',
    path: '/volumes/create',
    body,
    doing: `create volume ${name}`,
  })) as VolumeAnswer
  const actual = answer.Options ?? {}
  const isSame =
    Object.keys(actual).length === Object.keys(options).length &&
    Object.entries(options).every(([key, value]) => actual[key] === value)
  if (!isSame)
    throw new RuntimeError('conflict', `volume ${name} exists with other options: ${JSON.stringify(actual)}`, false)
}

/** A volume that is not there is no error; one in use is error `conflict`. */
export async function removeVolume(connection: EngineConnection, name: string): Promise<void> {
  await forgive(
    connection.request({
      method: 'DELETE',
      path: `/volumes/${encodeURIComponent(name)}`,
      doing: `remove volume ${name}`,
    }),
  )
}

async function forgive(request: Promise<unknown>): Promise<unknown> {
  try {
    return await request
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'not-found') return null
    throw error
  }
}
