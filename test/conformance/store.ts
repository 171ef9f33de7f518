/** The suite that every store adapter passes: it says what the port means. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ManualClock, makeManualClock, type StoreClock } from '../../src/store/clock.js'
import {
  type Store,
  StoreError,
  type StoreEvent,
  type StoreTransaction,
  type StoreWatch,
} from '../../src/store/store.js'
import type { HistoryLimits } from '../../src/store/watch-hub.js'
import { waitFor } from '../support/wait-for.js'

export interface StoreSuiteOptions {
  readonly name: string
  /** Opens an empty store of its own. */
  open(options: { readonly clock: StoreClock; readonly history?: HistoryLimits }): Promise<Store>
  readonly skip: readonly { readonly test: string; readonly reason: string }[]
}

interface Context {
  readonly store: Store
  readonly clock: ManualClock
}

type Test = (context: Context) => Promise<void>

/** Registers and runs the suite. */
export function storeSuite({ name, open, skip }: StoreSuiteOptions): void {
  const tests = suite(`store: ${name}`)
  for (const [title, test] of Object.entries({ ...recordTests, ...rangeTests, ...watchTests, ...leaseTests })) {
    const skipped = skip.find((item) => item.test === title)
    const register = skipped === undefined ? tests : tests.skip
    register(skipped === undefined ? title : `${title} (${skipped.reason})`, async () => {
      const clock = makeManualClock()
      const store = await open({ clock })
      try {
        await test({ store, clock })
      } finally {
        await store.close()
      }
    })
  }
  tests('a watcher that falls behind the history is told to list again', async () => {
    const store = await open({ clock: makeManualClock(), history: { batches: 10, characters: 1_000_000 } })
    const slow = store.watch('', 0)
    for (let i = 0; i < 40; i++) await put(store, `k${i}`, 'v')
    await rejects(take(slow, 1), 'compacted')
    await rejects(take(store.watch('', 5), 1), 'compacted')
    assert.is((await take(store.watch('', 39), 1)).length, 1)
    await store.close()
  })
  tests('history is bounded by size too, and always holds the newest change', async () => {
    const store = await open({ clock: makeManualClock(), history: { batches: 1_000, characters: 10_000 } })
    for (let i = 0; i < 10; i++) await put(store, `k${i}`, 'x'.repeat(6_000))
    await rejects(take(store.watch('', 7), 1), 'compacted')
    assert.is((await take(store.watch('', 9), 1)).length, 1)
    await store.close()
  })
  tests.run()
}

const recordTests: Readonly<Record<string, Test>> = {
  'an empty store': async ({ store }) => {
    assert.is(await store.get('a'), null)
    assert.is(await store.revision(), 0)
    assert.equal(await store.range({ prefix: '' }), { revision: 0, records: [], hasMore: false })
  },
  'put, change, delete and put again': async ({ store }) => {
    assert.equal(await put(store, 'a', '1'), { committed: true, revision: 1 })
    const first = { key: 'a', value: '1', createRevision: 1, modRevision: 1, version: 1, lease: 0 }
    assert.equal(await store.get('a'), first)
    await put(store, 'b', 'x')
    await put(store, 'a', '2')
    assert.equal(await store.get('a'), { ...first, value: '2', modRevision: 3, version: 2 })
    assert.equal(await remove(store, 'a'), { committed: true, revision: 4 })
    assert.is(await store.get('a'), null)
    await put(store, 'a', '3')
    assert.equal(await store.get('a'), { ...first, value: '3', createRevision: 5, modRevision: 5 })
  },
  'deleting what is not there takes no revision': async ({ store }) => {
    await put(store, 'a', '1')
    assert.equal(await remove(store, 'b'), { committed: true, revision: 1 })
    assert.is(await store.revision(), 1)
  },
  'one revision for all changes of a transaction': async ({ store }) => {
    await put(store, 'c', '1')
    const result = await store.transact({
      compare: [],
      changes: [
        { type: 'put', key: 'a', value: '1' },
        { type: 'put', key: 'b', value: '2' },
        { type: 'delete', key: 'c' },
      ],
    })
    assert.equal(result, { committed: true, revision: 2 })
    const { records } = await store.range({ prefix: '' })
    assert.equal(
      records.map((record) => [record.key, record.modRevision]),
      [
        ['a', 2],
        ['b', 2],
      ],
    )
  },
  'a comparison that fails changes nothing': async ({ store }) => {
    await put(store, 'a', '1')
    const result = await store.transact({
      compare: [
        { key: 'a', field: 'value', equals: '1' },
        { key: 'a', field: 'version', equals: 2 },
      ],
      changes: [{ type: 'put', key: 'a', value: 'no' }],
    })
    assert.equal(result, { committed: false, revision: 1 })
    assert.is((await store.get('a'))?.value, '1')
  },
  'compares every field, and what is missing': async ({ store }) => {
    await put(store, 'other', '')
    await put(store, 'a', 'x')
    await put(store, 'a', 'y')
    const rows = [
      ['a', 'value', 'y', true],
      ['a', 'value', 'x', false],
      ['a', 'value', '', false],
      ['a', 'version', 2, true],
      ['a', 'version', 1, false],
      ['a', 'version', 0, false],
      ['a', 'createRevision', 2, true],
      ['a', 'createRevision', 3, false],
      ['a', 'modRevision', 3, true],
      ['a', 'modRevision', 2, false],
      ['missing', 'version', 0, true],
      ['missing', 'createRevision', 0, true],
      ['missing', 'modRevision', 0, true],
      ['missing', 'version', 1, false],
      ['missing', 'value', '', false],
      ['other', 'value', '', true],
    ] as const
    for (const [key, field, equals, holds] of rows) {
      const compare = [{ key, field, equals }] as StoreTransaction['compare']
      const { committed } = await store.transact({ compare, changes: [] })
      assert.is(committed, holds, `${key}.${field} = ${equals}`)
    }
    assert.is(await store.revision(), 3)
  },
  'of many that compare with the same revision one wins': async ({ store }) => {
    await put(store, 'a', '0')
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.transact({
          compare: [{ key: 'a', field: 'modRevision', equals: 1 }],
          changes: [{ type: 'put', key: 'a', value: `${i}` }],
        }),
      ),
    )
    assert.is(results.filter((result) => result.committed).length, 1)
    assert.is(await store.revision(), 2)
  },
  'transactions take effect in the order they were asked for': async ({ store }) => {
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => put(store, 'a', `${i}`)))
    assert.equal(
      results.map((result) => result.revision),
      Array.from({ length: 200 }, (_, i) => i + 1),
    )
    assert.is((await store.get('a'))?.value, '199')
  },
  'values of a megabyte and of every character': async ({ store }) => {
    const large = 'häß𝄞'.repeat(200_000)
    await put(store, 'large', large)
    await put(store, 'empty', '')
    await put(store, 'control', '\0\n\u{ffff}"\\')
    assert.ok((await store.get('large'))?.value === large)
    assert.is((await store.get('empty'))?.value, '')
    assert.is((await store.get('control'))?.value, '\0\n\u{ffff}"\\')
    assert.ok((await store.range({ prefix: 'large' })).records[0]?.value === large)
  },
  'refuses keys that not every adapter can hold, and a key changed twice': async ({ store }) => {
    for (const key of ['', 'x'.repeat(1_025), '\ud800']) {
      await fails(put(store, key, ''), /key/)
      await fails(store.get(key), /key/)
    }
    await put(store, 'x'.repeat(1_024), 'longest')
    assert.is((await store.get('x'.repeat(1_024)))?.value, 'longest')
    const twice = { type: 'put', key: 'a', value: '' } as const
    await fails(store.transact({ compare: [], changes: [twice, twice] }), /twice/)
  },
  'raises its revision and never lowers it': async ({ store }) => {
    await put(store, 'a', '1')
    await store.raiseRevision(2 ** 32)
    assert.is(await store.revision(), 2 ** 32)
    await store.raiseRevision(5)
    assert.is(await store.revision(), 2 ** 32)
    assert.equal(await put(store, 'b', '1'), { committed: true, revision: 2 ** 32 + 1 })
    assert.is((await store.get('a'))?.modRevision, 1)
    await store.raiseRevision(7 * 2 ** 32)
    await put(store, 'b', '2')
    assert.is((await store.get('b'))?.modRevision, 7 * 2 ** 32 + 1)
  },
  'everything is refused once closed': async ({ store }) => {
    const watch = take(store.watch('', 0), 1)
    await store.close()
    await store.close()
    await rejects(watch, 'closed')
    await rejects(store.get('a'), 'closed')
    await rejects(put(store, 'a', ''), 'closed')
    await rejects(store.grantLease(1_000), 'closed')
    await rejects(store.revision(), 'closed')
    assert.throws(() => store.watch('', 0), /closed/)
  },
  'agrees with a plain map under random changes': async ({ store }) => {
    const key = fc.constantFrom('a', 'ab', 'abc', 'b', 'b/1', 'b/2', 'é', '𝄞', '\u{fffd}')
    const change = fc.record({ key, value: fc.option(fc.string({ maxLength: 5 })) })
    const model = new Map<string, string>()
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), key, async (changes, prefix) => {
        for (const item of changes) {
          if (item.value === null) {
            await remove(store, item.key)
            model.delete(item.key)
          } else {
            await put(store, item.key, item.value)
            model.set(item.key, item.value)
          }
        }
        const expected = [...model]
          .filter(([name]) => name.startsWith(prefix))
          .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
        const { records } = await store.range({ prefix })
        assert.equal(
          records.map((record) => [record.key, record.value]),
          expected,
        )
      }),
      { numRuns: 40, seed: 1 },
    )
  },
}

const rangeTests: Readonly<Record<string, Test>> = {
  'ranges by prefix, in order of UTF-8 bytes': async ({ store }) => {
    // In UTF-16, 𝄞 (a surrogate pair) would stand before U+FFFD.
    for (const key of ['p/𝄞', 'p/\u{fffd}', 'p/é', 'p/z', 'p/a', 'p0', 'p', 'o/z', 'p/']) await put(store, key, key)
    const { records } = await store.range({ prefix: 'p/' })
    assert.equal(
      records.map((record) => record.key),
      ['p/', 'p/a', 'p/z', 'p/é', 'p/\u{fffd}', 'p/𝄞'],
    )
    assert.equal((await store.range({ prefix: 'p/𝄞' })).records.length, 1)
    assert.equal((await store.range({ prefix: 'q' })).records, [])
    assert.is((await store.range({ prefix: '' })).records.length, 9)
  },
  'limits, and goes on after a key': async ({ store }) => {
    for (let i = 0; i < 10; i++) await put(store, `k/${i}`, '')
    await put(store, 'l', '')
    const rows = [
      // limit, after -> first key, number, more
      { limit: 4, after: undefined, first: 'k/0', count: 4, hasMore: true },
      { limit: 4, after: 'k/3', first: 'k/4', count: 4, hasMore: true },
      { limit: 2, after: 'k/7', first: 'k/8', count: 2, hasMore: false },
      { limit: 10, after: undefined, first: 'k/0', count: 10, hasMore: false },
      { limit: 9, after: undefined, first: 'k/0', count: 9, hasMore: true },
      { limit: 5, after: 'k/9', first: undefined, count: 0, hasMore: false },
      { limit: 5, after: 'k/35', first: 'k/4', count: 5, hasMore: true },
      { limit: 1, after: 'a', first: 'k/0', count: 1, hasMore: true },
      { limit: 1, after: 'z', first: undefined, count: 0, hasMore: false },
    ]
    for (const { limit, after, first, count, hasMore } of rows) {
      const page = await store.range({ prefix: 'k/', limit, ...(after === undefined ? {} : { after }) })
      assert.is(page.records[0]?.key, first, `after ${after}`)
      assert.is(page.records.length, count, `after ${after}`)
      assert.is(page.hasMore, hasMore, `after ${after}`)
      assert.is(page.revision, 11)
    }
  },
}

const watchTests: Readonly<Record<string, Test>> = {
  'a watch brings what came after its revision, in order, one batch a revision': async ({ store }) => {
    await put(store, 'w/a', '1')
    const watch = store.watch('w/', 1)
    const batches = take(watch, 3)
    await put(store, 'x/a', 'not mine')
    await store.transact({
      compare: [],
      changes: [
        { type: 'put', key: 'w/b', value: '2' },
        { type: 'put', key: 'x/b', value: 'not mine' },
        { type: 'delete', key: 'w/a' },
      ],
    })
    await put(store, 'w/b', '3')
    await remove(store, 'w/b')
    assert.equal(await batches, [
      [
        { type: 'put', record: { key: 'w/b', value: '2', createRevision: 3, modRevision: 3, version: 1, lease: 0 } },
        { type: 'delete', key: 'w/a', modRevision: 3 },
      ],
      [{ type: 'put', record: { key: 'w/b', value: '3', createRevision: 3, modRevision: 4, version: 2, lease: 0 } }],
      [{ type: 'delete', key: 'w/b', modRevision: 5 }],
    ])
  },
  'a watch from an older revision replays': async ({ store }) => {
    for (let i = 1; i <= 5; i++) await put(store, 'a', `${i}`)
    const batches = await take(store.watch('a', 2), 3)
    assert.equal(batches.map(revisionOf), [3, 4, 5])
  },
  'a watch from a revision to come waits for it': async ({ store }) => {
    const batch = take(store.watch('', 2), 1)
    for (let i = 1; i <= 3; i++) await put(store, 'a', `${i}`)
    assert.equal((await batch).map(revisionOf), [3])
  },
  'many watchers see the same, under concurrent writers': async ({ store }) => {
    const all = Array.from({ length: 5 }, () => take(store.watch('', 0), 100))
    await Promise.all(Array.from({ length: 100 }, (_, i) => put(store, `k${i % 7}`, `${i}`)))
    for (const batches of await Promise.all(all)) {
      assert.equal(
        batches.map(revisionOf),
        Array.from({ length: 100 }, (_, i) => i + 1),
      )
    }
  },
  'closing a watch ends its iteration': async ({ store }) => {
    const watch = store.watch('', 0)
    const all = collect(watch)
    await put(store, 'a', '1')
    await waitFor('the first batch', 2_000, () => all.batches.length === 1)
    watch.close()
    await all.ended
    await put(store, 'a', '2')
    assert.is(all.batches.length, 1)
  },
  'a raised revision sends watchers of before back to list': async ({ store }) => {
    await put(store, 'a', '1')
    await store.raiseRevision(2 ** 32)
    await rejects(take(store.watch('', 1), 1), 'compacted')
    const batch = take(store.watch('', 2 ** 32), 1)
    await put(store, 'a', '2')
    assert.equal((await batch).map(revisionOf), [2 ** 32 + 1])
  },
  'a refused transaction is no event': async ({ store }) => {
    const batch = take(store.watch('', 0), 1)
    await store.transact({
      compare: [{ key: 'a', field: 'version', equals: 1 }],
      changes: [{ type: 'put', key: 'a', value: 'no' }],
    })
    await put(store, 'b', 'yes')
    assert.equal((await batch).map(revisionOf), [1])
  },
}

const leaseTests: Readonly<Record<string, Test>> = {
  'records vanish with their lease, in one revision': async ({ store, clock }) => {
    const lease = await store.grantLease(1_000)
    const batches = take(store.watch('', 0), 3)
    await put(store, 'b', '1', lease)
    await put(store, 'a', '1', lease)
    assert.is((await store.get('a'))?.lease, lease)
    clock.advance(999)
    assert.is((await store.get('a'))?.value, '1')
    clock.advance(1)
    assert.equal((await batches)[2], [
      { type: 'delete', key: 'a', modRevision: 3 },
      { type: 'delete', key: 'b', modRevision: 3 },
    ])
    assert.is(await store.get('a'), null)
    await rejects(store.renewLease(lease), 'lease-not-found')
  },
  'renewing keeps them': async ({ store, clock }) => {
    const lease = await store.grantLease(1_000)
    await put(store, 'a', '1', lease)
    for (let i = 0; i < 5; i++) {
      clock.advance(999)
      await store.renewLease(lease)
    }
    assert.is((await store.get('a'))?.value, '1')
    const gone = take(store.watch('', 1), 1)
    clock.advance(1_000)
    assert.is((await gone)[0]?.[0]?.type, 'delete')
  },
  'leases run out one by one': async ({ store, clock }) => {
    const long = await store.grantLease(3_000)
    const short = await store.grantLease(1_000)
    await put(store, 'long', '1', long)
    await put(store, 'short', '1', short)
    const gone = take(store.watch('', 2), 2)
    clock.advance(1_000)
    await waitFor('the short one to go', 2_000, async () => (await store.get('short')) === null)
    assert.is((await store.get('long'))?.value, '1')
    clock.advance(2_000)
    assert.equal((await gone).map(revisionOf), [3, 4])
  },
  'revoking deletes at once': async ({ store }) => {
    const lease = await store.grantLease(1_000)
    await put(store, 'a', '1', lease)
    await store.revokeLease(lease)
    assert.is(await store.get('a'), null)
    await rejects(store.revokeLease(lease), 'lease-not-found')
    await rejects(store.renewLease(lease), 'lease-not-found')
  },
  'an unknown or expired lease is refused, and nothing is changed': async ({ store, clock }) => {
    await rejects(put(store, 'a', '1', 77), 'lease-not-found')
    const lease = await store.grantLease(1_000)
    clock.advance(1_000)
    await rejects(put(store, 'a', '1', lease), 'lease-not-found')
    assert.is(await store.get('a'), null)
    assert.is(await store.revision(), 0)
    await rejects(store.renewLease(77), 'lease-not-found')
  },
  'a refused transaction among others refuses only itself': async ({ store }) => {
    const results = await Promise.allSettled([put(store, 'a', '1'), put(store, 'b', '1', 77), put(store, 'c', '1')])
    assert.equal(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.is(await store.revision(), 2)
    assert.is(await store.get('b'), null)
  },
  'a put without the lease frees the record of it; a deleted one too': async ({ store, clock }) => {
    const lease = await store.grantLease(1_000)
    await put(store, 'freed', '1', lease)
    await put(store, 'freed', '2')
    await put(store, 'deleted', '1', lease)
    await remove(store, 'deleted')
    await put(store, 'deleted', 'again')
    await put(store, 'bound', '1', lease)
    const gone = take(store.watch('', 6), 1)
    clock.advance(1_000)
    assert.equal(await gone, [[{ type: 'delete', key: 'bound', modRevision: 7 }]])
    assert.is((await store.get('freed'))?.lease, 0)
    assert.is((await store.get('deleted'))?.value, 'again')
  },
  'of two that want a lock, one gets it; the other when the lease has run out': async ({ store, clock }) => {
    const free = [{ key: 'leader', field: 'version', equals: 0 }] as const
    const [first, second] = [await store.grantLease(1_000), await store.grantLease(5_000)]
    const take1 = { type: 'put', key: 'leader', value: '1', lease: first } as const
    const take2 = { type: 'put', key: 'leader', value: '2', lease: second } as const
    assert.ok((await store.transact({ compare: free, changes: [take1] })).committed)
    assert.not((await store.transact({ compare: free, changes: [take2] })).committed)
    const gone = take(store.watch('leader', 1), 1)
    clock.advance(1_000)
    await gone
    assert.ok((await store.transact({ compare: free, changes: [take2] })).committed)
  },
}

function put(store: Store, key: string, value: string, lease?: number) {
  const change = { type: 'put', key, value, ...(lease === undefined ? {} : { lease }) } as const
  return store.transact({ compare: [], changes: [change] })
}

function remove(store: Store, key: string) {
  return store.transact({ compare: [], changes: [{ type: 'delete', key }] })
}

function revisionOf(events: readonly StoreEvent[]): number {
  const [first] = events
  return first === undefined ? -1 : first.type === 'put' ? first.record.modRevision : first.modRevision
}

function collect(watch: StoreWatch) {
  const batches: (readonly StoreEvent[])[] = []
  const ended = (async () => {
    for await (const events of watch.events) batches.push(events)
  })()
  return { batches, ended }
}

/** The next `count` batches; fails when they do not come. */
async function take(watch: StoreWatch, count: number): Promise<(readonly StoreEvent[])[]> {
  const { batches, ended } = collect(watch)
  let failure: unknown
  ended.catch((error: unknown) => {
    failure = error
  })
  await waitFor(`${count} batches`, 5_000, () => batches.length >= count || failure !== undefined)
  watch.close()
  if (failure !== undefined) throw failure
  return batches
}

async function rejects(promise: Promise<unknown>, code: StoreError['code']): Promise<void> {
  try {
    await promise
  } catch (error) {
    assert.instance(error, StoreError)
    assert.is((error as StoreError).code, code)
    return
  }
  assert.unreachable(`no error; expected ${code}`)
}

async function fails(promise: Promise<unknown>, message: RegExp): Promise<void> {
  try {
    await promise
  } catch (error) {
    assert.match((error as Error).message, message)
    return
  }
  assert.unreachable(`no error; expected one like ${message}`)
}
