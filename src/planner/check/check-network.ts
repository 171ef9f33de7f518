/** The network table grows in version, names only pods that serve, and gives no address or port twice. */
import type { ServiceTable } from '../../model/assignment.js'
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
  const changed = survey.plan.delta.network?.services
  for (const [uid, { before, after }] of survey.changes) {
    if (before === null || isLeaving(before) || (after !== null && !isLeaving(after))) continue
    // The tables that change are looked through as a whole; what is left are those that should have changed.
    const tables = [...survey.standing.servicesOf(uid)]
    if (tables.some((key) => changed?.has(key) !== true))
      fatal(survey, 'endpoint', `pod ${before.name} goes and stays in the endpoints of ${tables.join(', ')}`)
    if (tables.length > 0 && after?.stop?.phase === 'stopping')
      fatal(survey, 'acknowledgement', `pod ${before.name} is told to stop while nodes send it requests`)
  }
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
