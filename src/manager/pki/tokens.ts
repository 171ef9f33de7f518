/**
 * Join tokens: 128 random bits, kept as hashes, good once and for a limited time. An agent whose answer was lost may
 * ask again with the same token, name and key.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../../base/instant.js'

export interface TokenRecord {
  /** Hex SHA-256 of the token. */
  readonly hash: string
  readonly expiresAt: Instant
  /** Who used it up: node name and digest of its public key. */
  readonly usedBy: { readonly node: string; readonly key: string } | null
}

export interface JoinToken {
  readonly token: string
  readonly expiresAt: Instant
}

/** Used and expired tokens are remembered for a day, to say which of the two it was. */
const MEMORY_MS = 86_400_000

/** A new token and the records with it; records that are past saying anything about are left out. */
export function addToken(
  records: readonly TokenRecord[],
  ttlMs: number,
  now: Instant,
): { readonly made: JoinToken; readonly records: readonly TokenRecord[] } {
  const token = randomBytes(16).toString('hex')
  const expiresAt = now + ttlMs
  const kept = records.filter((record) => now < record.expiresAt + MEMORY_MS)
  return { made: { token, expiresAt }, records: [...kept, { hash: hashToken(token), expiresAt, usedBy: null }] }
}

export type TokenCheck =
  | { readonly good: true; readonly record: TokenRecord }
  | { readonly good: false; readonly message: string }

/** Whether a token may be used by this node with this key. Looks at every record, in time that does not depend on the token. */
export function checkToken(
  records: readonly TokenRecord[],
  token: string,
  user: { readonly node: string; readonly key: string },
  now: Instant,
): TokenCheck {
  const hash = Buffer.from(hashToken(token), 'hex')
  let found: TokenRecord | null = null
  for (const record of records) {
    const other = Buffer.from(record.hash, 'hex')
    if (other.length === hash.length && timingSafeEqual(other, hash)) found = record
  }
  const advice = 'make a new one on the manager with headway token'
  if (found === null) return { good: false, message: `the join token is not known here; ${advice}` }
  if (now >= found.expiresAt) return { good: false, message: `the join token has expired; ${advice}` }
  const { usedBy } = found
  if (usedBy !== null && (usedBy.node !== user.node || usedBy.key !== user.key)) {
    return { good: false, message: `the join token was already used; ${advice}` }
  }
  return { good: true, record: found }
}

/** The records with one marked as used. */
export function useToken(
  records: readonly TokenRecord[],
  used: TokenRecord,
  user: { readonly node: string; readonly key: string },
): readonly TokenRecord[] {
  return records.map((record) => (record === used ? { ...record, usedBy: user } : record))
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
