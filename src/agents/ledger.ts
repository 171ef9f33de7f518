/**
 * The agent's ledger on disk: small files, each replaced in one step (write beside, fsync, rename), so that a crash
 * leaves the old or the new one. Contents of ConfigMaps and Secrets are encrypted with a key beside them (mode 0600):
 * that keeps them out of backups and greps, not from root. Writes are gathered: the newest of each file wins. What the
 * disk refuses is kept and written again, until the disk takes it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { compareText } from '../base/ordered.js'
import type { Assignment, NetworkTable, PodUid } from '../model/assignment.js'
import type { ConfigContents } from '../model/protocol.js'
import type { AgentLog } from './clock.js'
import type { LedgerSnapshot, PodLedger } from './core/ledger-snapshot.js'
import { LedgerWriter, replaceFile } from './ledger-writer.js'

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

export interface Ledger {
  /** What was on disk when it was opened. */
  readonly snapshot: LedgerSnapshot
  /** Contents of a ConfigMap or Secret by digest; null when they are not here. */
  contents(digest: string): ConfigContents | null
  saveAssignment(assignment: Omit<Assignment, 'pods'>): void
  saveNetwork(table: NetworkTable): void
  /** Null forgets the pod. */
  savePod(uid: PodUid, pod: PodLedger | null): void
  saveContents(contents: readonly ConfigContents[]): void
  forgetContents(digests: readonly string[]): void
  saveBootId(bootId: string): void
  /** Calls `listener` when the disk begins to refuse, with why in a line, and with null when all is written again. */
  watch(listener: (trouble: string | null) => void): void
  /** Resolves when everything saved so far is on disk. Throws when the disk refuses; what it refused is kept and tried again. */
  flush(): Promise<void>
}

export interface LedgerOptions {
  /** After this what the disk refused is tried again; default 5 s. */
  readonly retryMs?: number
}

/** Opens the ledger, making its directory. A file that cannot be read is set aside with a warning: the rest still holds. */
export async function openLedger(directory: string, log: AgentLog, options: LedgerOptions = {}): Promise<Ledger> {
  for (const part of ['', 'pods', 'configs']) await mkdir(path.join(directory, part), { recursive: true, mode: 0o700 })
  const key = await openKey(path.join(directory, 'key'))
  const reader = new LedgerReader(directory, log)
  const contents = await reader.readContents(key)
  const writer = new LedgerWriter(directory, log, options.retryMs)
  return {
    snapshot: await reader.readSnapshot([...contents.keys()]),
    contents: (digest) => contents.get(digest) ?? null,
    saveAssignment: (assignment) => writer.put('assignment.json', () => toBytes(assignment)),
    saveNetwork: (table) => writer.put('network.json', () => toBytes(encodeNetwork(table))),
    savePod: (uid, pod) =>
      writer.put(path.join('pods', `${fileName(uid)}.json`), pod === null ? null : () => toBytes(pod)),
    saveContents(arrived) {
      for (const item of arrived) {
        contents.set(item.digest, item)
        writer.put(path.join('configs', fileName(item.digest)), () => encrypt(key, toBytes(item)))
      }
    },
    forgetContents(digests) {
      for (const digest of digests) {
        contents.delete(digest)
        writer.put(path.join('configs', fileName(digest)), null)
      }
    },
    saveBootId: (bootId) => writer.put('boot.json', () => toBytes({ bootId })),
    watch: (listener) => writer.watch(listener),
    flush: () => writer.flush(),
  }
}

/** Names come from the manager: nothing of them may leave the directory. */
function fileName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_.-]/g, '_').replace(/^\.+/, '_')
}

function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

async function openKey(file: string): Promise<Buffer> {
  try {
    const key = await readFile(file)
    if (key.length === 32) return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const key = randomBytes(32)
  await replaceFile(file, key)
  return key
}

/** AES-256-GCM: initialisation vector, tag, text. */
function encrypt(key: Buffer, text: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv)
  const body = Buffer.concat([cipher.update(text), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body])
}

function decrypt(key: Buffer, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
}

class LedgerReader {
  constructor(
    private readonly directory: string,
    private readonly log: AgentLog,
  ) {}

  async readSnapshot(configs: readonly string[]): Promise<LedgerSnapshot> {
    const pods: PodLedger[] = []
    for (const name of await this.names('pods')) {
      const pod = await this.readJson<PodLedger>(path.join('pods', name))
      if (pod !== null) pods.push(pod)
    }
    const network = await this.readJson<EncodedNetwork>('network.json')
    return {
      assignment: await this.readJson('assignment.json'),
      pods: pods.sort((a, b) => compareText(a.assigned.uid, b.assigned.uid)),
      network: network === null ? null : decodeNetwork(network),
      configs,
      bootId: (await this.readJson<{ bootId: string }>('boot.json'))?.bootId ?? '',
    }
  }

  async readContents(key: Buffer): Promise<Map<string, ConfigContents>> {
    const contents = new Map<string, ConfigContents>()
    for (const name of await this.names('configs')) {
      const item = await this.read(path.join('configs', name), (bytes) => JSON.parse(decrypt(key, bytes).toString()))
      if (item !== null) contents.set((item as ConfigContents).digest, item as ConfigContents)
    }
    return contents
  }

  private async names(folder: string): Promise<string[]> {
    const all = await readdir(path.join(this.directory, folder))
    return all.filter((name) => !name.endsWith('.new') && !name.endsWith('.unreadable')).sort()
  }

  private readJson<T>(name: string): Promise<T | null> {
    return this.read(name, (bytes) => JSON.parse(bytes.toString()) as T)
  }

  private async read<T>(name: string, decode: (bytes: Buffer) => T): Promise<T | null> {
    const file = path.join(this.directory, name)
    try {
      return decode(await readFile(file))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      this.log.warning(
        `${file} cannot be read (${(error as Error).message}): set aside, the manager will send it again`,
      )
      await rename(file, `${file}.unreadable`).catch(() => {})
      return null
    }
  }
}

type EncodedNetwork = Omit<NetworkTable, 'services' | 'routes'> & {
  readonly services: readonly (readonly [
    string,
    NetworkTable['services'] extends ReadonlyMap<string, infer V> ? V : never,
  ])[]
  readonly routes: readonly (readonly [
    string,
    NetworkTable['routes'] extends ReadonlyMap<string, infer V> ? V : never,
  ])[]
}

function encodeNetwork(table: NetworkTable): EncodedNetwork {
  return { ...table, services: [...table.services], routes: [...table.routes] }
}

function decodeNetwork(encoded: EncodedNetwork): NetworkTable {
  return { ...encoded, services: new Map(encoded.services), routes: new Map(encoded.routes) }
}
