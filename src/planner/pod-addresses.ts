/** Addresses for the pods that a step binds: one of the node's subnet that nobody has. */
import { hash32 } from '../base/hash.js'
import { type Cidr, chooseAddress, formatAddress, hostsOf, parseCidr, subnetAt } from './cidr.js'
import type { Pass } from './pass.js'
import type { NodeRow } from './plan-index.js'
import type { NodeTable } from './scheduler/node-table.js'
import { FITS, type RowFilter, UNSCHEDULABLE } from './scheduler/plug-in.js'

/** After so many looks through a node's pods for one address its addresses are read into a set. */
const LOOKS_MAX = 4

export class PodAddresses {
  readonly #range: Cidr | null
  readonly #prefixLength: number
  /** How often a node's pods were looked through, then the set. */
  readonly #used = new Map<NodeRow, number | Set<string>>()

  constructor({ configuration }: Pass) {
    this.#range = parseCidr(configuration.podCidr)
    this.#prefixLength = configuration.nodePrefixLength
  }

  /** An address of the node's subnet that no pod has, those that are on their way out included; null when there is none. */
  take(node: NodeRow, uid: string): string | null {
    if (this.#range === null || node.record === null) return null
    const used = this.#usedOn(node)
    const subnet = subnetAt(this.#range, this.#prefixLength, node.record.subnet)
    const isUsed = (candidate: number): boolean =>
      used === null ? hasAddress(node, formatAddress(candidate)) : used.has(formatAddress(candidate))
    const address = chooseAddress(subnet, hash32(uid), isUsed)
    if (address === null) return null
    const text = formatAddress(address)
    used?.add(text)
    return text
  }

  /** True when `take` would find one. */
  hasFree(node: NodeRow | undefined): boolean {
    if (this.#range === null || !node?.record) return false
    const { record, pods, strays } = node
    const subnet = subnetAt(this.#range, this.#prefixLength, record.subnet)
    if (pods.size + strays.size < hostsOf(subnet)) return true
    const used = readAddresses(node)
    return chooseAddress(subnet, 0, (candidate) => used.has(formatAddress(candidate))) !== null
  }

  /** Null while the node's pods themselves are looked through. */
  #usedOn(node: NodeRow): Set<string> | null {
    const known = this.#used.get(node) ?? 0
    if (typeof known !== 'number') return known
    if (known < LOOKS_MAX) {
      this.#used.set(node, known + 1)
      return null
    }
    const used = readAddresses(node)
    this.#used.set(node, used)
    return used
  }
}

function readAddresses(node: NodeRow): Set<string> {
  const used = new Set<string>()
  for (const { planned } of node.podsInOrder) if (planned.address !== null) used.add(planned.address)
  for (const { assigned } of node.strays.values()) used.add(assigned.address)
  return used
}

function hasAddress(node: NodeRow, address: string): boolean {
  for (const { planned } of node.podsInOrder) if (planned.address === address) return true
  for (const { assigned } of node.strays.values()) if (assigned.address === address) return true
  return false
}

const REASONS: readonly string[] = ['node(s) had no free pod address']
const MISSES: readonly string[] = ['lacks a free pod address']

/** As a filter, for a diagnosis: a node that all rules allow may have given away all addresses of its subnet. */
export function addressFilter({ names }: NodeTable, hasFree: (node: string) => boolean): RowFilter {
  return {
    check: (row) => (hasFree(names[row]!) ? FITS : UNSCHEDULABLE),
    explain: () => REASONS,
    misses: () => MISSES,
  }
}
