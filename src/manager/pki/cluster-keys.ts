/** What lives as long as the cluster: its id, its authority, and its two secret keys. Made once, in one piece. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Instant } from '../../base/instant.js'
import { isIntact, makeAuthority } from './certificates.js'
import { makePrivateFolder, readIfThere, readJson, syncFolder, writeWhole } from './pki-files.js'

export interface ClusterKeys {
  /** 16 hexadecimal digits, random: what is labelled with another id is never touched (DESIGN 10). */
  readonly clusterId: string
  readonly clusterName: string
  /** PEM. */
  readonly caCertificate: string
  /** 32 bytes, for keyed digests of configuration (DESIGN 16). */
  readonly digestKey: Uint8Array
  /** 32 bytes, encrypts secret contents in store and ledgers (DESIGN 18). */
  readonly storeKey: Uint8Array
}

interface ClusterFile {
  readonly clusterId: string
  readonly clusterName: string
}

interface KeysFile {
  readonly digestKey: string
  readonly storeKey: string
}

/** Reads the folder, or fills it when it is missing or empty. A damaged one is an error, never replaced. */
export async function openClusterKeys(
  directory: string,
  clusterName: string,
  now: Instant,
): Promise<ClusterKeys & { readonly caKey: string }> {
  if (await isAbsent(directory)) await makeClusterKeys(directory, clusterName, now)
  const damaged = (what: string): Error =>
    new Error(`open ${directory}: ${what}; bring the folder back with headway restore`)
  const caCertificate = await readIfThere(path.join(directory, 'ca.crt'))
  const caKey = await readIfThere(path.join(directory, 'ca.key'))
  if (caCertificate === null || caKey === null) throw damaged('the authority (ca.crt, ca.key) is missing')
  if (!isIntact(caCertificate, { certificate: caCertificate, key: caKey })) {
    throw damaged('ca.crt and ca.key do not belong together')
  }
  const cluster = await readJson<Partial<ClusterFile>>(path.join(directory, 'cluster.json'), {})
  const { clusterId, clusterName: name } = cluster
  if (clusterId === undefined || !/^[0-9a-f]{16}$/.test(clusterId)) throw damaged('cluster.json has no cluster id')
  const keys = await readJson<Partial<KeysFile>>(path.join(directory, 'keys.json'), {})
  const digestKey = Buffer.from(keys.digestKey ?? '', 'hex')
  const storeKey = Buffer.from(keys.storeKey ?? '', 'hex')
  if (digestKey.length !== 32 || storeKey.length !== 32) throw damaged('keys.json lacks a key')
  await makePrivateFolder(directory)
  return { clusterId, clusterName: name ?? clusterName, caCertificate, caKey, digestKey, storeKey }
}

/** Fills a folder beside it and moves that into place, so that a crash leaves all or nothing. */
async function makeClusterKeys(directory: string, clusterName: string, now: Instant): Promise<void> {
  const parent = path.dirname(path.resolve(directory))
  await makePrivateFolder(directory)
  const draft = await mkdtemp(path.join(parent, '.pki-new-'))
  try {
    const clusterId = randomBytes(8).toString('hex')
    const authority = await makeAuthority(clusterName, clusterId, now)
    const keys: KeysFile = { digestKey: randomBytes(32).toString('hex'), storeKey: randomBytes(32).toString('hex') }
    await writeWhole(path.join(draft, 'cluster.json'), `${JSON.stringify({ clusterId, clusterName }, null, 2)}\n`)
    await writeWhole(path.join(draft, 'keys.json'), `${JSON.stringify(keys, null, 2)}\n`)
    await writeWhole(path.join(draft, 'ca.key'), authority.key)
    await writeWhole(path.join(draft, 'ca.crt'), authority.certificate)
    await rename(draft, directory)
    await syncFolder(parent)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw new Error(`make ${directory}: ${(error as Error).message}`, { cause: error })
  }
}

async function isAbsent(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw new Error(`open ${directory}: ${(error as Error).message}`, { cause: error })
  }
}
