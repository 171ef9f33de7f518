/** All that may go wrong. */
import { agentFaults } from './agent-faults.js'
import { clockFaults } from './clock-faults.js'
import { diskFaults } from './disk-faults.js'
import { engineFaults } from './engine-faults.js'
import type { FaultFamily, FaultKind } from './fault-family.js'
import { hostFaults } from './host-faults.js'
import { imageFaults } from './image-faults.js'
import { managerFaults } from './manager-faults.js'
import { membershipFaults } from './membership-faults.js'
import { networkFaults } from './network-faults.js'

export const faultFamilies: readonly FaultFamily[] = [
  agentFaults,
  managerFaults,
  hostFaults,
  networkFaults,
  imageFaults,
  engineFaults,
  clockFaults,
  diskFaults,
  membershipFaults,
]

/** The kind a fault is of; undefined when there is none of that name (a file of an older version). */
export function findKind(family: string, kind: string): FaultKind | undefined {
  return faultFamilies.find(({ name }) => name === family)?.kinds.find(({ name }) => name === kind)
}
