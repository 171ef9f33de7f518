/**
 * Contents of ConfigMaps and Secrets by keyed digest, for agents that ask. Current ones come from sync; those that an
 * older template revision still names are kept encrypted in the store, so that an old replica set which comes back on
 * another node gets its old values (DESIGN 16, 18).
 */
import type { ConfigContents } from '../model/protocol.js'
import type { Store } from '../store/store.js'

const PREFIX = '/config/'

export interface ConfigVault {
  /** Contents for those digests that are known. */
  find(digests: readonly string[]): Promise<readonly ConfigContents[]>
  /** Keeps what a plan names before its assignments go out. */
  keep(digests: Iterable<string>): Promise<void>
  /** Drops what nothing names any more. */
  collect(live: ReadonlySet<string>): Promise<void>
}

/** `store` must encrypt what it is given; `current` is sync's own vault. */
export function openConfigVault(store: Store, current: (digest: string) => ConfigContents | null): ConfigVault {
  const kept = new Set<string>()
  return {
    async find(digests) {
      const found: ConfigContents[] = []
      for (const digest of digests) {
        const contents = current(digest) ?? (await read(store, digest))
        if (contents !== null) found.push(contents)
      }
      return found
    },
    async keep(digests) {
      for (const digest of digests) {
        if (kept.has(digest)) continue
        const contents = current(digest)
        if (contents === null) continue
        const change = { type: 'put', key: `${PREFIX}${digest}`, value: JSON.stringify(contents) } as const
        await store.transact({ compare: [], changes: [change] })
        kept.add(digest)
      }
    },
    async collect(live) {
      const { records } = await store.range({ prefix: PREFIX })
      for (const { key } of records) {
        const digest = key.slice(PREFIX.length)
        if (live.has(digest)) continue
        await store.transact({ compare: [], changes: [{ type: 'delete', key }] })
        kept.delete(digest)
      }
    },
  }
}

async function read(store: Store, digest: string): Promise<ConfigContents | null> {
  const record = await store.get(`${PREFIX}${digest}`)
  return record === null ? null : (JSON.parse(record.value) as ConfigContents)
}
