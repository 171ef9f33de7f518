/**
 * The manager as the cluster's certificate authority: who is a member, join tokens, and the keys that live as long as
 * the cluster. All of it is in `pki/`, which is not disposable (DESIGN 3): `headway backup` saves it.
 */
import { X509Certificate } from 'node:crypto'
import path from 'node:path'
import type { Instant } from '../../base/instant.js'
import { type CheckedRequest, checkCertificateRequest } from './certificate-request.js'
import {
  type Credentials,
  isIntact,
  makeLeaf,
  publicKeyDigest,
  renewalDue,
  signLeaf,
  spkiDigest,
} from './certificates.js'
import { type ClusterKeys, openClusterKeys } from './cluster-keys.js'
import { formatJoinString } from './join-string.js'
import { type Issue, type Member, putJoined, putRenewed, putRevoked, refusalOf } from './members.js'
import { checkNodeName } from './node-name.js'
import { readIfThere, readJson, writeWhole } from './pki-files.js'
import { addToken, checkToken, type JoinToken, type TokenRecord, useToken } from './tokens.js'

export const NODES_ORGANIZATION = 'headway:nodes'
/** The name agents expect of the manager's certificate, whatever address they dial. */
export const MANAGER_SERVER_NAME = 'headway-manager'

export interface PkiOptions {
  /** For a new cluster; an existing one keeps its own. */
  readonly clusterName: string
  /** Milliseconds since 1970; the machine's clock unless a test says otherwise. */
  readonly now?: () => Instant
}

export interface JoinRequest {
  readonly token: string
  readonly name: string
  /** PKCS #10 in PEM. */
  readonly csr: string
}

/** `reason` says whose fault it is: the request's form, the token, the membership, or the name being in use. */
export type IssueOutcome =
  | { readonly issued: true; readonly certificate: string }
  | {
      readonly issued: false
      readonly reason: 'bad-request' | 'bad-token' | 'not-a-member' | 'name-taken'
      readonly message: string
    }

export interface Pki extends ClusterKeys {
  /** Hex SHA-256 of the authority's SubjectPublicKeyInfo. */
  readonly caDigest: string
  /** The manager's server certificate for these host names and addresses; kept, and made anew when they differ or it is due. */
  serverCredentials(addresses: readonly string[]): Promise<Credentials>
  /** A client certificate for a person: full rights at the API. */
  issueAdmin(commonName: string): Promise<Credentials>
  createToken(ttlMs: number): Promise<JoinToken>
  /** `HOST:PORT/TOKEN.DIGEST`; the address is `HOST:PORT`. */
  joinString(address: string, token: string): string
  /** Makes a member. `isLive` says whether the name's agent is connected now: such a name is not given away. */
  join(request: JoinRequest, isLive: (name: string) => boolean): Promise<IssueOutcome>
  /** A new certificate for a member that shows its present one, given as its public key's digest. */
  renew(name: string, key: string, csr: string): Promise<IssueOutcome>
  /** Null when this public key speaks for the node now, else why not and what to do. */
  refusal(name: string, key: string): string | null
  /** Sorted by name; revoked ones included. */
  members(): readonly Member[]
  /** False when there is no such member. */
  revoke(name: string): Promise<boolean>
}

/** Opens the PKI in a folder, making it on first use. Errors say which file is damaged and what to do. */
export async function openPki(directory: string, options: PkiOptions): Promise<Pki> {
  const now = options.now ?? Date.now
  const keys = await openClusterKeys(directory, options.clusterName, now())
  const members = await readJson<readonly Member[]>(path.join(directory, 'members.json'), [])
  const tokens = await readJson<readonly TokenRecord[]>(path.join(directory, 'tokens.json'), [])
  return new FolderPki(directory, now, keys, { members, tokens })
}

class FolderPki implements Pki {
  readonly clusterId: string
  readonly clusterName: string
  readonly caCertificate: string
  readonly digestKey: Uint8Array
  readonly storeKey: Uint8Array
  readonly caDigest: string
  private readonly authority: Credentials
  private memberList: readonly Member[]
  private tokenList: readonly TokenRecord[]
  /** Changes of the records, one after the other. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly directory: string,
    private readonly now: () => Instant,
    keys: ClusterKeys & { readonly caKey: string },
    records: { readonly members: readonly Member[]; readonly tokens: readonly TokenRecord[] },
  ) {
    this.clusterId = keys.clusterId
    this.clusterName = keys.clusterName
    this.caCertificate = keys.caCertificate
    this.digestKey = keys.digestKey
    this.storeKey = keys.storeKey
    this.caDigest = publicKeyDigest(keys.caCertificate)
    this.authority = { certificate: keys.caCertificate, key: keys.caKey }
    this.memberList = records.members
    this.tokenList = records.tokens
  }

  serverCredentials(addresses: readonly string[]): Promise<Credentials> {
    return this.inTurn(async () => {
      const names = [...new Set([MANAGER_SERVER_NAME, 'localhost', '127.0.0.1', '::1', ...addresses])].sort()
      const files = {
        certificate: this.file('server.crt'),
        key: this.file('server.key'),
        names: this.file('server.json'),
      }
      const certificate = await readIfThere(files.certificate)
      const key = await readIfThere(files.key)
      const madeFor = await readJson<readonly string[]>(files.names, [])
      if (certificate !== null && key !== null && madeFor.join() === names.join()) {
        const isDue = this.now() >= renewalDueOf(certificate)
        if (!isDue && isIntact(this.caCertificate, { certificate, key })) return { certificate, key }
      }
      const subject = { commonName: MANAGER_SERVER_NAME, organization: 'headway:managers' }
      const made = await makeLeaf(this.authority, { subject, use: 'server', addresses: names, now: this.now() })
      await writeWhole(files.key, made.key)
      await writeWhole(files.certificate, made.certificate)
      await writeWhole(files.names, `${JSON.stringify(names)}\n`)
      return made
    })
  }

  issueAdmin(commonName: string): Promise<Credentials> {
    const subject = { commonName, organization: 'system:masters' }
    return makeLeaf(this.authority, { subject, use: 'client', addresses: [], now: this.now() })
  }

  createToken(ttlMs: number): Promise<JoinToken> {
    return this.inTurn(async () => {
      const { made, records } = addToken(this.tokenList, ttlMs, this.now())
      await this.saveTokens(records)
      return made
    })
  }

  joinString(address: string, token: string): string {
    return formatJoinString({ address, token, digest: this.caDigest })
  }

  join({ token, name, csr }: JoinRequest, isLive: (name: string) => boolean): Promise<IssueOutcome> {
    return this.inTurn(async () => {
      const request = await checkCertificateRequest(csr)
      if (!request.valid) return refuse('bad-request', request.message)
      const nameProblem = checkNodeName(name)
      if (nameProblem !== null) return refuse('bad-request', nameProblem)
      const user = { node: name, key: spkiDigest(request.spki) }
      const check = checkToken(this.tokenList, token, user, this.now())
      if (!check.good) return refuse('bad-token', check.message)
      if (isLive(name)) {
        const advice = `stop the agent that runs as ${name}, or give this one another name with --name`
        return refuse('name-taken', `a node named ${name} is connected; ${advice}`)
      }
      const { certificate, issue } = await this.sign(name, request)
      // The token is used up before the certificate leaves; the same agent may ask again.
      await this.saveTokens(useToken(this.tokenList, check.record, user))
      await this.saveMembers(putJoined(this.memberList, issue))
      return { issued: true, certificate }
    })
  }

  renew(name: string, key: string, csr: string): Promise<IssueOutcome> {
    return this.inTurn(async () => {
      const refusal = this.refusal(name, key)
      if (refusal !== null) return refuse('not-a-member', refusal)
      const request = await checkCertificateRequest(csr)
      if (!request.valid) return refuse('bad-request', request.message)
      const { certificate, issue } = await this.sign(name, request)
      await this.saveMembers(putRenewed(this.memberList, key, issue))
      return { issued: true, certificate }
    })
  }

  refusal(name: string, key: string): string | null {
    return refusalOf(this.memberList, name, key)
  }

  members(): readonly Member[] {
    return this.memberList
  }

  revoke(name: string): Promise<boolean> {
    return this.inTurn(async () => {
      if (!this.memberList.some((member) => member.name === name)) return false
      await this.saveMembers(putRevoked(this.memberList, name))
      return true
    })
  }

  private async sign(
    name: string,
    request: CheckedRequest & { readonly valid: true },
  ): Promise<{ readonly certificate: string; readonly issue: Issue }> {
    const now = this.now()
    const subject = { commonName: nodeCommonName(name), organization: NODES_ORGANIZATION }
    const certificate = await signLeaf(this.authority, { subject, use: 'client', addresses: [], now }, request.spki)
    const expiresAt = Date.parse(new X509Certificate(certificate).validTo)
    return { certificate, issue: { name, key: spkiDigest(request.spki), now, expiresAt } }
  }

  private async saveTokens(records: readonly TokenRecord[]): Promise<void> {
    await writeWhole(this.file('tokens.json'), `${JSON.stringify(records, null, 2)}\n`)
    this.tokenList = records
  }

  private async saveMembers(members: readonly Member[]): Promise<void> {
    await writeWhole(this.file('members.json'), `${JSON.stringify(members, null, 2)}\n`)
    this.memberList = members
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work)
    this.last = turn.catch(() => {})
    return turn
  }

  private file(name: string): string {
    return path.join(this.directory, name)
  }
}

/** The common name of a node's certificate. */
export function nodeCommonName(node: string): string {
  return `node:${node}`
}

function refuse(reason: (IssueOutcome & { readonly issued: false })['reason'], message: string): IssueOutcome {
  return { issued: false, reason, message }
}

function renewalDueOf(certificate: string): Instant {
  try {
    return renewalDue(new X509Certificate(certificate))
  } catch {
    return 0
  }
}
