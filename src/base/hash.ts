/**
 * Stable hashes: the same value gives the same hash on every machine and in every version. Not for secrets: keyed
 * digests of configuration are made in the shell, with real cryptography.
 *
 * The function is MurmurHash3 x86 128 (public domain, Austin Appleby) over UTF-16 code units, little endian.
 */

/** Canonical JSON: object keys sorted, undefined properties left out. Equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const record = value as Record<string, unknown>
  const parts: string[] = []
  for (const key of Object.keys(record).sort()) {
    const item = record[key]
    if (item !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(item)}`)
  }
  return `{${parts.join(',')}}`
}

/** 32 hexadecimal digits over the canonical JSON of a value. */
export function stableHash(value: unknown): string {
  return hashText(canonicalJson(value))
}

/** 32 hexadecimal digits over a text. */
export function hashText(text: string): string {
  // A pod's uid and its name are hashes of one text, asked for one after the other.
  if (text === lastText) return lastDigest
  const [a, b, c, d] = murmur128(text, 0)
  lastText = text
  lastDigest = hex(a) + hex(b) + hex(c) + hex(d)
  return lastDigest
}

let lastText = ''
let lastDigest = '00000000000000000000000000000000'
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** An unsigned 32-bit hash of a text: for ordering ties and for buckets. */
export function hash32(text: string, seed = 0): number {
  let h = seed | 0
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    h ^= Math.imul(k, 0x1b873593)
    h = (h << 13) | (h >>> 19)
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  return mix(h ^ text.length) >>> 0
}

/** Letters and digits that make no words, as Kubernetes uses in generated names. */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** A short suffix for a name, of `length` letters, from a text. */
export function nameSuffix(text: string, length: number): string {
  const digest = hashText(text)
  let out = ''
  for (let i = 0; i < length; i++) {
    out += SAFE_ALPHABET[Number.parseInt(digest.slice(i * 2, i * 2 + 2), 16) % SAFE_ALPHABET.length]
  }
  return out
}

function hex(n: number): string {
  return BYTES[n >>> 24]! + BYTES[(n >>> 16) & 255]! + BYTES[(n >>> 8) & 255]! + BYTES[n & 255]!
}

function mix(value: number): number {
  let h = value
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

const C1 = 0x239b961b
const C2 = 0xab0e9789 | 0
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93 | 0

function word(text: string, at: number): number {
  return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)
}

function murmur128(text: string, seed: number): [number, number, number, number] {
  let h1 = seed
  let h2 = seed
  let h3 = seed
  let h4 = seed
  // A block is 16 bytes: eight code units.
  const blocks = text.length >> 3
  for (let i = 0; i < blocks; i++) {
    const at = i << 3
    h1 ^= Math.imul(rotate(Math.imul(word(text, at), C1), 15), C2)
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0
    h2 ^= Math.imul(rotate(Math.imul(word(text, at + 2), C2), 16), C3)
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0
    h3 ^= Math.imul(rotate(Math.imul(word(text, at + 4), C3), 17), C4)
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0
    h4 ^= Math.imul(rotate(Math.imul(word(text, at + 6), C4), 18), C1)
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0
  }
  const rest = text.slice(blocks << 3)
  const tail = [0, 0, 0, 0]
  for (let i = 0; i < rest.length; i++) tail[i >> 1]! |= rest.charCodeAt(i) << ((i & 1) * 16)
  if (rest.length > 6) h4 ^= Math.imul(rotate(Math.imul(tail[3]!, C4), 18), C1)
  if (rest.length > 4) h3 ^= Math.imul(rotate(Math.imul(tail[2]!, C3), 17), C4)
  if (rest.length > 2) h2 ^= Math.imul(rotate(Math.imul(tail[1]!, C2), 16), C3)
  if (rest.length > 0) h1 ^= Math.imul(rotate(Math.imul(tail[0]!, C1), 15), C2)
  const length = text.length * 2
  h1 ^= length
  h2 ^= length
  h3 ^= length
  h4 ^= length
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = (h2 + h1) | 0
  h3 = (h3 + h1) | 0
  h4 = (h4 + h1) | 0
  h1 = mix(h1)
  h2 = mix(h2)
  h3 = mix(h3)
  h4 = mix(h4)
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = (h2 + h1) | 0
  h3 = (h3 + h1) | 0
  h4 = (h4 + h1) | 0
  return [h1, h2, h3, h4]
}
