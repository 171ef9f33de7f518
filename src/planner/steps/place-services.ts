/** Virtual addresses and node ports of Services: those a manifest names, else free ones, kept for the Service's life. */
import { hash32 } from '../../base/hash.js'
import type { ServiceTable } from '../../model/assignment.js'
import type { ServicePort, ServiceSpec } from '../../model/generated/kubernetes.js'
import { formatKey, type ObjectKey } from '../../model/keys.js'
import type { PlannedService } from '../../model/planned-state.js'
import type { Waiting } from '../../model/waiting.js'
import { chooseAddress, contains, formatAddress, parseAddress, parseCidr } from '../cidr.js'
import type { Pass } from '../pass.js'
import type { ServiceRow } from '../plan-index.js'

/** What agents reported of Services: an empty store takes addresses from there. */
export type ReportedServices = ReadonlyMap<ObjectKey, ServiceTable>

export interface PlacedService {
  readonly record: PlannedService
  /** Not empty when an address or port it asks for belongs to another. */
  readonly waiting: readonly Waiting[]
}

/** Where a Service is to be reached. */
export function placeService(pass: Pass, row: ServiceRow, reported: ReportedServices): PlacedService {
  const spec = row.spec ?? {}
  const waiting: Waiting[] = []
  const wait = (detail: string): void => {
    waiting.push({ on: 'address', key: row.key, detail })
  }
  const address = placeAddress(pass, row, spec, reported.get(row.key)?.address ?? null, wait)
  const nodePorts: Record<string, number> = {}
  for (const port of hasNodePorts(spec) ? (spec.ports ?? []) : []) {
    const before = reported.get(row.key)?.ports.find((item) => item.name === (port.name ?? ''))?.nodePort ?? null
    const number = placeNodePort(pass, row, port, before, new Set(Object.values(nodePorts)), wait)
    if (number !== null) nodePorts[portKey(port)] = number
  }
  return { record: { key: row.key, address, nodePorts, spec }, waiting }
}

/** How planned state names a port of a Service. */
export function portKey(port: ServicePort): string {
  return port.name !== undefined && port.name !== '' ? port.name : String(port.port)
}

function hasNodePorts(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
}

/** True when the manifest says where: such Services are placed before those that take what is free. */
export function isExplicit(spec: ServiceSpec | null | undefined): boolean {
  const hasAddress = spec?.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None'
  return hasAddress || (spec?.ports ?? []).some((port) => (port.nodePort ?? 0) > 0)
}

function placeAddress(
  { index, configuration }: Pass,
  row: ServiceRow,
  spec: ServiceSpec,
  reported: string | null,
  wait: (detail: string) => void,
): string | null {
  if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return null
  const isFree = (address: string): boolean => (index.virtualAddresses.get(address) ?? row.key) === row.key
  const wanted = spec.clusterIP ?? ''
  if (wanted !== '') {
    if (isFree(wanted)) return wanted
    wait(`address ${wanted} belongs to ${formatKey(index.virtualAddresses.get(wanted) ?? row.key)}`)
    return null
  }
  const range = parseCidr(configuration.serviceCidr)
  const isUsable = (address: string | null | undefined): address is string =>
    typeof address === 'string' && isFree(address) && range !== null && contains(range, parseAddress(address) ?? -1)
  if (isUsable(row.record?.address)) return row.record.address
  if (isUsable(reported)) return reported
  const chosen =
    range === null ? null : chooseAddress(range, hash32(row.key), (address) => !isFree(formatAddress(address)))
  if (chosen === null) wait(`no address of ${configuration.serviceCidr} is left`)
  return chosen === null ? null : formatAddress(chosen)
}

function placeNodePort(
  { index, configuration }: Pass,
  row: ServiceRow,
  port: ServicePort,
  reported: number | null,
  own: ReadonlySet<number>,
  wait: (detail: string) => void,
): number | null {
  const isFree = (number: number): boolean => (index.nodePorts.get(String(number)) ?? row.key) === row.key
  const wanted = port.nodePort ?? 0
  if (wanted > 0) {
    if (isFree(wanted)) return wanted
    wait(`node port ${wanted} belongs to ${formatKey(index.nodePorts.get(String(wanted)) ?? row.key)}`)
    return null
  }
  const { first, last } = configuration.nodePortRange
  for (const kept of [row.record?.nodePorts[portKey(port)], reported]) {
    if (typeof kept === 'number' && kept >= first && kept <= last && isFree(kept) && !own.has(kept)) return kept
  }
  const size = last - first + 1
  const start = hash32(`${row.key} ${portKey(port)}`)
  for (let i = 0; i < size; i++) {
    const number = first + ((start + i) % size)
    if (!index.nodePorts.has(String(number)) && !own.has(number)) return number
  }
  wait(`no node port from ${first} to ${last} is left`)
  return null
}
