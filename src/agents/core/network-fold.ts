/** The network table as messages build it up: whole, or what changed since a version. */
import type { NetworkTable } from '../../model/assignment.js'
import { applyNetworkDelta } from '../../model/plan.js'
import { emptyNetworkTable } from '../../model/planned-state.js'
import type { ManagerMessage } from '../../model/protocol.js'

/** The table after a message; null when the message speaks of changes to another version than the one held. */
export function foldNetwork(
  table: NetworkTable | null,
  message: Extract<ManagerMessage, { type: 'network' }>,
): NetworkTable | null {
  if (!message.isFull && message.from !== (table?.version ?? 0)) return null
  const base = message.isFull || table === null ? emptyNetworkTable : table
  return applyNetworkDelta(base, {
    version: message.version,
    podCidr: message.podCidr,
    serviceCidr: message.serviceCidr,
    services: new Map(Object.entries(message.services)),
    routes: new Map(Object.entries(message.routes)),
  })
}
