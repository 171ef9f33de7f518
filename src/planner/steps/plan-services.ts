/**
 * Services: an address each, and endpoints that are ready, on a heard node and not on their way out. What changed goes out
 * as one new version of the network table, together with the routes to nodes' subnets.
 */
import { isEqual } from '../../base/equal.js'
import { compareText } from '../../base/ordered.js'
import type { NodeRoute, ServiceEndpoint, ServicePortTable, ServiceTable } from '../../model/assignment.js'
import type { ServicePort, ServiceSpec } from '../../model/generated/kubernetes.js'
import type { ObjectKey } from '../../model/keys.js'
import type { PlannedService } from '../../model/planned-state.js'
import { formatCidr, parseCidr, subnetAt } from '../cidr.js'
import { inOrder, type Pass, report } from '../pass.js'
import type { PodRow, ServiceRow } from '../plan-index.js'
import { setServiceRecord, setTable } from '../service-rows.js'
import { isExplicit, placeService, portKey, type ReportedServices } from './place-services.js'
import { isHeld } from './prune-objects.js'

/** Kubernetes' default for ClientIP affinity: three hours. */
const AFFINITY_SECONDS = 10_800

export function planServices(pass: Pass): void {
  const { index } = pass
  const rows = inOrder(new Set([...index.dirtyServices, ...index.addressless]), (row) => row.key)
  const isGone = (row: ServiceRow): boolean => row.desired === null && !isHeld(pass, row.key)
  for (const row of rows.filter(isGone)) removeService(pass, row)
  const staying = rows.filter((row) => !isGone(row))
  const isNew = staying.some((row) => row.record === null)
  const reported = isNew ? reportedServices(pass) : new Map<ObjectKey, ServiceTable>()
  for (const row of staying.filter((item) => isExplicit(item.spec))) planService(pass, row, reported)
  for (const row of staying.filter((item) => !isExplicit(item.spec))) planService(pass, row, reported)
  index.dirtyServices.clear()
  for (const row of inOrder(index.addressless, (item) => item.key)) pass.waiting.push(...row.waiting)
  planNetwork(pass)
  report(pass, 'plan-services', { looked: rows.length, changed: pass.network?.services.size ?? 0 })
}

function removeService(pass: Pass, row: ServiceRow): void {
  setServiceRecord(pass.index, row, null)
  setTable(pass.index, row, null)
  pass.index.addressless.delete(row)
}

function planService(pass: Pass, row: ServiceRow, reported: ReportedServices): void {
  const { index } = pass
  const { record, waiting } = placeService(pass, row, reported)
  row.waiting = waiting
  if (waiting.length > 0) index.addressless.add(row)
  else index.addressless.delete(row)
  if (!isEqual(record, row.record)) setServiceRecord(index, row, record)
  const isServed = row.spec?.type !== 'ExternalName' && (record.address !== null || row.spec?.clusterIP === 'None')
  const table = isServed ? makeTable(pass, row, record, row.spec ?? {}) : null
  if (isEqual(table, row.table)) return
  setTable(index, row, table)
  const endpoints = table?.ports[0]?.endpoints.length ?? 0
  pass.actions.push({ type: 'update-service', key: row.key, endpoints })
}

/** The table of the newest version that an agent has. */
function reportedServices({ index }: Pass): ReportedServices {
  let newest: readonly ServiceTable[] = []
  let version = -1
  for (const { observed } of inOrder(index.nodes.values(), (row) => row.name)) {
    if (observed?.services === undefined || observed.networkVersion <= version) continue
    newest = observed.services
    version = observed.networkVersion
  }
  return new Map(newest.map((table) => [table.key, table]))
}

function makeTable(pass: Pass, row: ServiceRow, record: PlannedService, spec: ServiceSpec): ServiceTable {
  const pods = endpointPods(pass, row, spec)
  const affinity = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS
  return {
    key: row.key,
    address: record.address,
    ports: (spec.ports ?? []).map(
      (port): ServicePortTable => ({
        name: port.name ?? '',
        protocol: port.protocol === 'UDP' || port.protocol === 'SCTP' ? port.protocol : 'TCP',
        port: port.port,
        nodePort: record.nodePorts[portKey(port)] ?? null,
        endpoints: pods.flatMap((pod) => endpointOf(pod, port)),
      }),
    ),
    sessionAffinitySeconds: spec.sessionAffinity === 'ClientIP' ? affinity : null,
  }
}

function endpointPods({ index }: Pass, row: ServiceRow, spec: ServiceSpec): PodRow[] {
  const pods: PodRow[] = []
  for (const set of index.selectors.setsOf(row.key)) {
    for (const pod of index.replicaSets.get(set)?.pods.values() ?? []) {
      const isIn = index.endpoints.get(pod.uid)?.has(row.key) === true
      if (isEndpoint(pod, spec.publishNotReadyAddresses === true, isIn)) pods.push(pod)
    }
  }
  return pods.sort((left, right) => compareText(left.uid, right.uid))
}

/** A manager that has just begun concludes nothing from nodes it has not heard yet: what is in the table stays. */
function isEndpoint({ planned, observed, node, replicaSet }: PodRow, takesUnready: boolean, isIn: boolean): boolean {
  if (node === null || (planned.stop !== null && planned.stop.phase !== 'replacing')) return false
  if (node.isAwaited) return isIn
  if (!node.isHeard) return false
  return observed?.ready === true || (takesUnready && replicaSet.waiting.length === 0)
}

function endpointOf({ uid, planned, node, replicaSet }: PodRow, port: ServicePort): ServiceEndpoint[] {
  const address = planned.address ?? node?.observed?.facts.address
  const target = targetPort(port, replicaSet.facts?.spec.containers ?? [])
  if (address === undefined || target === null || node === null) return []
  return [{ uid, node: node.name, address, port: target }]
}

/** A number as it is, a name as the port of the container that has it; without either the Service's own port. */
function targetPort(
  port: ServicePort,
  containers: readonly {
    readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[]
  }[],
): number | null {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target === 0 ? port.port : target
  if (/^\d+$/.test(target)) return Number(target)
  const protocol = port.protocol ?? 'TCP'
  for (const container of containers)
    for (const item of container.ports ?? [])
      if (item.name === target && (item.protocol ?? 'TCP') === protocol) return item.containerPort
  return null
}

function planNetwork(pass: Pass): void {
  const { index, input, configuration } = pass
  const before = input.planned.network
  const services = new Map<ObjectKey, ServiceTable | null>()
  for (const row of inOrder(index.touchedServices, (item) => item.key))
    if (row.table !== row.parentTable) services.set(row.key, row.table)
  const routes = routeChanges(pass)
  const isOlder = pass.networkVersion > before.version + 1
  const { podCidr, serviceCidr } = configuration
  const isSame = before.podCidr === podCidr && before.serviceCidr === serviceCidr && before.version > 0
  if (services.size === 0 && routes.size === 0 && isSame && !isOlder) return
  pass.network = { version: pass.networkVersion, podCidr, serviceCidr, services, routes }
}

function routeChanges({ index, input, configuration }: Pass): Map<string, NodeRoute | null> {
  const changes = new Map<string, NodeRoute | null>()
  const before = input.planned.network.routes
  const range = parseCidr(configuration.podCidr)
  for (const row of inOrder(index.touchedNodes, (item) => item.name)) {
    const old = before.get(row.name)
    if (row.record === null || range === null) {
      if (old !== undefined) changes.set(row.name, null)
      continue
    }
    const address = row.observed?.facts.address ?? old?.address
    if (address === undefined) continue
    const podSubnet = formatCidr(subnetAt(range, configuration.nodePrefixLength, row.record.subnet))
    if (old?.address === address && old.podSubnet === podSubnet) continue
    changes.set(row.name, { node: row.name, address, podSubnet })
  }
  return changes
}
