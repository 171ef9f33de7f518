/**
 * A store whose values are encrypted under some prefixes (AES-256-GCM, a fresh nonce each, bound to their key, so that
 * values cannot be swapped). Keys, revisions and sizes stay readable. For records that carry contents of Secrets (DESIGN 18).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { assert } from '../base/assert.js'
import {
  type Store,
  type StoreCompare,
  StoreError,
  type StoreEvent,
  type StoreRecord,
  type StoreTransaction,
  type TransactionResult,
} from './store.js'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const MARK = 'e1:'

export interface EncryptedStoreOptions {
  /** 32 bytes. */
  readonly key: Uint8Array
  /** Values of keys with one of these prefixes are encrypted; `['']` for all. */
  readonly prefixes: readonly string[]
}

/** Wraps a store; closing it closes the store. A value that was written under another key reads as StoreError `io`. */
export function openEncryptedStore(store: Store, { key, prefixes }: EncryptedStoreOptions): Store {
  assert(key.length === 32, `an encryption key has 32 bytes, not ${key.length}`)
  const isSecret = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix))
  const open = (record: StoreRecord): StoreRecord =>
    isSecret(record.key) ? { ...record, value: decryptValue(key, record.key, record.value) } : record
  const openEvent = (event: StoreEvent): StoreEvent =>
    event.type === 'put' ? { type: 'put', record: open(event.record) } : event
  const get = async (name: string): Promise<StoreRecord | null> => {
    const record = await store.get(name)
    return record === null ? null : open(record)
  }
  return {
    ...delegated(store),
    get,
    async range(options) {
      const result = await store.range(options)
      return { ...result, records: result.records.map(open) }
    },
    transact(transaction) {
      const changes = transaction.changes.map((change) =>
        change.type === 'put' && isSecret(change.key)
          ? { ...change, value: encryptValue(key, change.key, change.value) }
          : change,
      )
      return transactByRevision(store, { compare: transaction.compare, changes }, { get, isSecret })
    },
    watch(prefix, fromRevision) {
      const watch = store.watch(prefix, fromRevision)
      const decrypt = async function* (): AsyncGenerator<readonly StoreEvent[]> {
        for await (const events of watch.events) yield events.map(openEvent)
      }
      return { events: decrypt(), close: () => watch.close() }
    },
  }
}

function delegated(store: Store): Omit<Store, 'get' | 'range' | 'transact' | 'watch'> {
  return {
    grantLease: (ttlMs) => store.grantLease(ttlMs),
    renewLease: (lease) => store.renewLease(lease),
    revokeLease: (lease) => store.revokeLease(lease),
    revision: () => store.revision(),
    raiseRevision: (atLeast) => store.raiseRevision(atLeast),
    close: () => store.close(),
  }
}

/**
 * The same text encrypts differently each time, so a comparison of values becomes one of the revision at which the
 * value was seen; when only that revision moved in between, it is looked at again.
 */
async function transactByRevision(
  store: Store,
  transaction: StoreTransaction,
  records: { readonly get: (key: string) => Promise<StoreRecord | null>; readonly isSecret: (key: string) => boolean },
): Promise<TransactionResult> {
  for (;;) {
    const compare: StoreCompare[] = []
    const seen: StoreCompare[] = []
    for (const item of transaction.compare) {
      if (item.field !== 'value' || !records.isSecret(item.key)) {
        compare.push(item)
        continue
      }
      const record = await records.get(item.key)
      if (record === null || record.value !== item.equals) return { committed: false, revision: await store.revision() }
      seen.push({ key: item.key, field: 'modRevision', equals: record.modRevision })
    }
    const result = await store.transact({ compare: [...compare, ...seen], changes: transaction.changes })
    if (result.committed || seen.length === 0) return result
    const isMoved = await Promise.all(
      seen.map(async (item) => ((await store.get(item.key))?.modRevision ?? 0) !== item.equals),
    )
    if (!isMoved.includes(true)) return result
  }
}

function encryptValue(key: Uint8Array, name: string, value: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(name))
  const bytes = Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return MARK + bytes.toString('base64')
}

function decryptValue(key: Uint8Array, name: string, text: string): string {
  try {
    assert(text.startsWith(MARK), 'it is not encrypted')
    const bytes = Buffer.from(text.slice(MARK.length), 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
    const middle = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)
    return Buffer.concat([decipher.update(middle), decipher.final()]).toString('utf8')
  } catch (error) {
    throw new StoreError(
      'io',
      `decrypt ${name}: the store was written with another key; the store is disposable: delete its directory and start again`,
      { cause: error },
    )
  }
}
