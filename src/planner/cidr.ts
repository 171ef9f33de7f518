/** IPv4 ranges as numbers: subnets of nodes, addresses of pods and Services. */

export interface Cidr {
  /** The network's address as an unsigned 32-bit number. */
  readonly base: number
  readonly prefix: number
  /** How many addresses it holds, network and broadcast included. */
  readonly size: number
}

/** The ranges read last: a pass reads the same few again and again. */
const KEPT_MAX = 16
const kept = new Map<string, Cidr | null>()

/** `10.244.0.0/16` as numbers; null when the text is no IPv4 range. Host bits are dropped. */
export function parseCidr(text: string): Cidr | null {
  const known = kept.get(text)
  if (known !== undefined) return known
  const read = readCidr(text)
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(text, read)
  return read
}

function readCidr(text: string): Cidr | null {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text)
  const address = match === null ? null : parseAddress(match[1]!)
  const prefix = Number(match?.[2] ?? 33)
  if (address === null || prefix > 32) return null
  const size = 2 ** (32 - prefix)
  return { base: address - (address % size), prefix, size }
}

/** `10.244.3.7` as an unsigned number; null when it is no IPv4 address. */
export function parseAddress(text: string): number | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let value = 0
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    value = value * 256 + Number(part)
  }
  return value
}

/** The text of an address. */
export function formatAddress(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** The text of a range: `10.244.3.0/24`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`
}

/** True when the address lies in the range. */
export function contains(cidr: Cidr, address: number): boolean {
  return address >= cidr.base && address < cidr.base + cidr.size
}

/** How many subnets of a prefix length a range is cut into. */
export function subnetCount(cidr: Cidr, prefix: number): number {
  return prefix < cidr.prefix ? 0 : 2 ** (prefix - cidr.prefix)
}

/** The subnet with an index, from 0. */
export function subnetAt(cidr: Cidr, prefix: number, index: number): Cidr {
  const size = 2 ** (32 - prefix)
  return { base: cidr.base + index * size, prefix, size }
}

/** The index of the subnet an address lies in; -1 when it lies outside of the range. */
export function subnetIndexOf(cidr: Cidr, prefix: number, address: number): number {
  return contains(cidr, address) ? Math.floor((address - cidr.base) / 2 ** (32 - prefix)) : -1
}

/** How many addresses pods can have: all but the network's own, the gateway's and the broadcast address. */
export function hostsOf({ size }: Cidr): number {
  return Math.max(0, size - 3)
}

/**
 * A free address of the range: network, gateway (the first host) and broadcast are never given. The search begins at a
 * hash, so that an address that was just freed is seldom the next one given. Null when the range is full.
 */
export function chooseAddress(cidr: Cidr, hash: number, isUsed: (address: number) => boolean): number | null {
  const hosts = hostsOf(cidr)
  if (hosts <= 0) return null
  for (let i = 0; i < hosts; i++) {
    const address = cidr.base + 2 + ((hash + i) % hosts)
    if (!isUsed(address)) return address
  }
  return null
}
