/** Addresses and subnets as texts. */

/** The number of an IPv4 address; null when the text is none. A leading zero is refused, as Go refuses it. */
export function parseIpv4(text: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return null
  let number = 0
  for (const part of match.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return null
    number = number * 256 + Number(part)
  }
  return number
}

/** True for an IPv6 address; an IPv4 address may be its last part. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2 || !text.includes(':')) return false
  let groups = 0
  for (const [h, half] of halves.entries()) {
    const parts = half === '' ? [] : half.split(':')
    for (const [i, part] of parts.entries()) {
      const isLast = h === halves.length - 1 && i === parts.length - 1
      if (isLast && part.includes('.')) {
        if (parseIpv4(part) === null) return false
        groups += 2
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups += 1
      else return false
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8
}

export function isIp(text: string): boolean {
  return parseIpv4(text) !== null || isIpv6(text)
}

/** An IPv4 subnet: first address, and how many there are. */
export interface Subnet {
  readonly first: number
  readonly size: number
  readonly prefixLength: number
}

/** A subnet like `10.244.0.0/16`; null when the text is none or has bits set beyond its prefix. */
export function parseSubnet(text: string): Subnet | null {
  const [address = '', length = '', ...rest] = text.split('/')
  const first = parseIpv4(address)
  if (first === null || rest.length > 0 || !/^\d{1,2}$/.test(length) || Number(length) > 32) return null
  const size = 2 ** (32 - Number(length))
  return first % size === 0 ? { first, size, prefixLength: Number(length) } : null
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.first && address < subnet.first + subnet.size
}

export function overlaps(left: Subnet, right: Subnet): boolean {
  return left.first < right.first + right.size && right.first < left.first + left.size
}
