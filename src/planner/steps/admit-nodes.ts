/**
 * Membership: every node that reports gets a place in the plan and a subnet of the pod range for its life; one that is no
 * member any more and runs nothing is forgotten, and its subnet is free again.
 */
import { zeroGeneration } from '../../model/generation.js'
import { makeKey } from '../../model/keys.js'
import type { PlannedNode } from '../../model/planned-state.js'
import { type Cidr, parseAddress, parseCidr, subnetCount, subnetIndexOf } from '../cidr.js'
import { describeNode, isHeardAt, silentSince } from '../node-view.js'
import { inOrder, type Pass, report } from '../pass.js'
import type { NodeRow } from '../plan-index.js'
import { isAdoptingOnly } from '../refresh-index.js'

export function admitNodes(pass: Pass): void {
  const { index, configuration } = pass
  const unknown: NodeRow[] = []
  for (const row of index.nodes.values()) if (row.record === null && row.observed !== null) unknown.push(row)
  let admitted = 0
  if (unknown.length > 0) {
    const range = parseCidr(configuration.podCidr)
    const used = new Set<number>()
    for (const row of index.nodes.values()) if (row.record !== null) used.add(row.record.subnet)
    // Those that have a subnet already come first, so that no newcomer takes it: also those that are yet to be heard.
    const rows = inOrder(unknown, (row) => row.name).map((row) => ({ row, has: reportedSubnet(pass, row, range) }))
    const isTooSoon = isAdoptingOnly(pass.input) && pass.input.observed.unheard.length > 0
    const newcomers = isTooSoon ? [] : rows.filter(({ has }) => has < 0)
    for (const { row, has } of [...rows.filter(({ has }) => has >= 0), ...newcomers])
      if (admit(pass, row, chooseSubnet(pass, range, used, has), used)) admitted += 1
  }
  report(pass, 'admit-nodes', { admitted, forgotten: forgetNodes(pass) })
}

function admit(pass: Pass, row: NodeRow, subnet: number, used: Set<number>): boolean {
  const { index, configuration } = pass
  if (subnet < 0) {
    const detail = `no subnet of ${configuration.podCidr} is left for node ${row.name}: give the cluster configuration a larger podCidr`
    pass.waiting.push({ on: 'address', key: makeKey('Node', '', row.name), detail })
    return false
  }
  used.add(subnet)
  const record: PlannedNode = {
    name: row.name,
    pods: [],
    subnet,
    generation: zeroGeneration,
    assignmentHash: '',
    resolve: [],
    unreachableSince: null,
  }
  row.record = record
  index.touchedNodes.add(row)
  index.dirtyAssignments.add(row)
  describeNode(index, row, configuration)
  return true
}

/** The subnet the agent has, by its own word or by the addresses of its pods; -1 when it has none of this range. */
function reportedSubnet({ configuration }: Pass, row: NodeRow, range: Cidr | null): number {
  if (range === null || row.observed === null) return -1
  const { podSubnet, pods } = row.observed
  const texts = podSubnet === undefined || podSubnet === '' ? [] : [podSubnet.split('/')[0]!]
  for (const { assigned } of pods.values()) if (assigned.spec.hostNetwork !== true) texts.push(assigned.address)
  for (const text of texts) {
    const index = subnetIndexOf(range, configuration.nodePrefixLength, parseAddress(text) ?? -1)
    if (index >= 0) return index
  }
  return -1
}

function chooseSubnet(
  { configuration }: Pass,
  range: Cidr | null,
  used: ReadonlySet<number>,
  reported: number,
): number {
  if (range === null) return -1
  if (reported >= 0 && !used.has(reported)) return reported
  const count = subnetCount(range, configuration.nodePrefixLength)
  for (let index = 0; index < count; index++) if (!used.has(index)) return index
  return -1
}

/** Those that hold no certificate any more, say nothing, and have no pod left. */
function forgetNodes(pass: Pass): number {
  const { index, input, configuration } = pass
  let forgotten = 0
  if (isAdoptingOnly(input)) return forgotten
  for (const row of index.silent) {
    if (row.record === null || row.observed !== null || row.pods.size > 0) continue
    if (input.observed.unheard.includes(row.name)) continue
    if (isHeardAt(silentSince(row.name, null, input.observed), input.now, configuration)) continue
    row.record = null
    index.touchedNodes.add(row)
    index.resolving.delete(row)
    forgotten += 1
  }
  return forgotten
}
