/**
 * The record of members: which node names hold a certificate, and which public keys speak for them. Certificates are
 * judged by this record at every connection, so that revoking takes effect at once and without revocation lists.
 */
import type { Instant } from '../../base/instant.js'
import { sortedBy } from '../../base/ordered.js'

export interface Member {
  readonly name: string
  readonly joinedAt: Instant
  /** Of the newest certificate. */
  readonly issuedAt: Instant
  readonly expiresAt: Instant
  readonly revoked: boolean
  /** Digests of the public keys that are accepted: the newest last; two while a renewal may not have arrived. */
  readonly keys: readonly string[]
}

export interface Issue {
  readonly name: string
  /** Digest of the public key of the new certificate. */
  readonly key: string
  readonly now: Instant
  readonly expiresAt: Instant
}

/** The members after a join: whoever held the name before no longer speaks for it. */
export function putJoined(members: readonly Member[], { name, key, now, expiresAt }: Issue): readonly Member[] {
  const joined: Member = { name, joinedAt: now, issuedAt: now, expiresAt, revoked: false, keys: [key] }
  return put(members, joined)
}

/** The members after a renewal: the key that asked stays good, in case the answer is lost. */
export function putRenewed(members: readonly Member[], asking: string, issue: Issue): readonly Member[] {
  const before = members.find((member) => member.name === issue.name)
  if (before === undefined) return members
  const keys = asking === issue.key ? [issue.key] : [asking, issue.key]
  return put(members, { ...before, issuedAt: issue.now, expiresAt: issue.expiresAt, keys })
}

/** The members with one marked as revoked; its name stays, so that a new join is a choice. */
export function putRevoked(members: readonly Member[], name: string): readonly Member[] {
  return members.map((member) => (member.name === name ? { ...member, revoked: true } : member))
}

/** Null when the key speaks for the name, else why not and what to do. */
export function refusalOf(members: readonly Member[], name: string, key: string): string | null {
  const member = members.find((item) => item.name === name)
  const advice = 'join again with a new token (headway token)'
  if (member === undefined) return `${name} is not a member of this cluster; ${advice}`
  if (member.revoked) return `the membership of ${name} was revoked; ${advice}`
  if (!member.keys.includes(key)) return `the certificate of ${name} was replaced by a newer one; ${advice}`
  return null
}

function put(members: readonly Member[], member: Member): readonly Member[] {
  return sortedBy([...members.filter((item) => item.name !== member.name), member], (item) => item.name)
}
