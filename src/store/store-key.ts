/** Keys of the store: texts ordered by their UTF-8 bytes, which is the order of code points (not of JavaScript's code units). */
import { assert } from '../base/assert.js'

/** LMDB takes 1,978 bytes; half of that is more than any key of ours needs and leaves room for an adapter's own prefix. */
export const KEY_BYTES_MAX = 1_024

const LONE_SURROGATE = /\p{Surrogate}/u

/** Refuses a key that not every adapter can hold: empty, too long, or not a well-formed text. */
export function checkKey(key: string): void {
  assert(key.length > 0, 'a store key must not be empty')
  assert(
    Buffer.byteLength(key) <= KEY_BYTES_MAX,
    `a store key has more than ${KEY_BYTES_MAX} bytes: ${key.slice(0, 80)}…`,
  )
  assert(!LONE_SURROGATE.test(key), `a store key has half a surrogate pair: ${JSON.stringify(key.slice(0, 80))}`)
}

/** Orders two well-formed texts by their UTF-8 bytes. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a === b) continue
    // A surrogate stands for a code point above U+FFFF, so it comes after U+E000 to U+FFFF.
    const isASurrogate = a >= 0xd800 && a <= 0xdfff
    const isBSurrogate = b >= 0xd800 && b <= 0xdfff
    if (isASurrogate !== isBSurrogate) return isASurrogate ? 1 : -1
    return a - b
  }
  return left.length - right.length
}

/** Where the first key that is not below `key` stands in sorted keys: an index from 0 to their number. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeys(keys[middle]!, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The bytes that follow every key with the prefix; null when there are none above (an empty prefix). */
export function prefixEnd(prefix: string): Buffer | null {
  const bytes = Buffer.from(prefix)
  // UTF-8 has no byte 0xff, so the last byte can always grow.
  if (bytes.length === 0) return null
  bytes[bytes.length - 1]! += 1
  return bytes
}
