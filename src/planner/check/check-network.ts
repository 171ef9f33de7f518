/** The network table grows in version, names only pods that serve, and gives no address or port twice. */
import type { ServiceTable } from '../../model/assignment.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { fatal, isLeaving, type Survey } from './survey.js'

export function checkNetwork(survey: Survey, scope: 'touched' | 'all'): void {
  const { plan, input } = survey
  const { network } = plan.delta
  if (network !== null) {
    if (network.version <= input.planned.network.version)
      fatal(survey, 'network-version', `version ${network.version} is not above ${input.planned.network.version}`)
    for (const table of network.services.values()) if (table !== null) checkTable(survey, table)
  }
  if (scope === 'all' || plan.delta.services.size > 0) checkServiceAddresses(survey)
  checkLeaving(survey)
}

function checkTable(survey: Survey, table: ServiceTable): void {
  for (const port of table.ports)
    for (const endpoint of port.endpoints) {
      const pod = survey.after.nodes.get(endpoint.node)?.pods.find((item) => item.uid === endpoint.uid)
      if (pod === undefined || isLeaving(pod))
        fatal(survey, 'endpoint', `${table.key} sends requests to pod ${endpoint.uid}, which is not to serve`)
      else if (pod.address !== null && pod.address !== endpoint.address)
        fatal(survey, 'endpoint', `${table.key} sends requests for pod ${pod.name} to ${endpoint.address}`)
    }
}

/** Pods on their way out, or gone, are in no table; those that were in one have left it before they are told to stop. */
function checkLeaving(survey: Survey): void {
  const left = new Map<string, PlannedPod>()
  const hasty = new Map<string, PlannedPod>()
  for (const [uid, { before, after }] of survey.changes) {
    if (before !== null && (after === null || (isLeaving(after) && !isLeaving(before)))) left.set(uid, before)
    if (before !== null && after?.stop?.phase === 'stopping' && !isLeaving(before)) hasty.set(uid, before)
  }
  if (left.size === 0) return
  for (const uid of endpointsAmong(survey.after.network.services.values(), left))
    fatal(survey, 'endpoint', `pod ${left.get(uid)?.name} goes and stays in the endpoints`)
  for (const uid of endpointsAmong(survey.input.planned.network.services.values(), hasty))
    fatal(survey, 'acknowledgement', `pod ${hasty.get(uid)?.name} is told to stop while nodes send it requests`)
}

function endpointsAmong(tables: Iterable<ServiceTable>, pods: ReadonlyMap<string, PlannedPod>): Set<string> {
  const found = new Set<string>()
  if (pods.size === 0) return found
  for (const { ports } of tables)
    for (const { endpoints } of ports) for (const { uid } of endpoints) if (pods.has(uid)) found.add(uid)
  return found
}

function checkServiceAddresses(survey: Survey): void {
  const addresses = new Map<string, string>()
  const ports = new Map<number, string>()
  for (const { key, address, nodePorts } of survey.after.services.values()) {
    if (address !== null) {
      const other = addresses.get(address)
      if (other !== undefined) fatal(survey, 'unique-service-address', `${other} and ${key} both have ${address}`)
      addresses.set(address, key)
    }
    for (const port of Object.values(nodePorts)) {
      const other = ports.get(port)
      if (other !== undefined && other !== key)
        fatal(survey, 'unique-node-port', `${other} and ${key} both have node port ${port}`)
      ports.set(port, key)
    }
  }
}
