/** The LMDB store: the conformance suite, what outlives the process, and SIGKILL at any moment. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeManualClock } from '../../src/store/clock.js'
import { openEmbeddedStore } from '../../src/store/embedded-store.js'
import { type Store, StoreError } from '../../src/store/store.js'
import { storeSuite } from '../conformance/store.js'
import { waitFor } from '../support/wait-for.js'

const scratch = mkdtempSync(path.join(os.tmpdir(), 'headway-store-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
let count = 0
const freshDirectory = (): string => path.join(scratch, `store-${++count}`)

storeSuite({ name: 'embedded', open: (options) => openEmbeddedStore(freshDirectory(), options), skip: [] })

const embedded = suite('embedded store')

async function put(store: Store, key: string, value: string, lease = 0): Promise<void> {
  await store.transact({ compare: [], changes: [{ type: 'put', key, value, lease }] })
}

embedded('records, revision and lease numbers outlive the process', async () => {
  const directory = freshDirectory()
  const first = await openEmbeddedStore(directory)
  await first.raiseRevision(2 ** 32)
  await put(first, 'a', '1')
  await put(first, 'a', '2')
  const lease = await first.grantLease(60_000)
  await first.close()
  const second = await openEmbeddedStore(directory)
  assert.equal(await second.get('a'), {
    key: 'a',
    value: '2',
    createRevision: 2 ** 32 + 1,
    modRevision: 2 ** 32 + 2,
    version: 2,
    lease: 0,
  })
  assert.is(await second.revision(), 2 ** 32 + 2)
  assert.ok((await second.grantLease(60_000)) > lease)
  await second.close()
})

embedded('after opening, a watch from before must list again; one from the present goes on', async () => {
  const directory = freshDirectory()
  const first = await openEmbeddedStore(directory)
  await put(first, 'a', '1')
  await put(first, 'a', '2')
  await first.close()
  const second = await openEmbeddedStore(directory)
  const old = second.watch('', 1).events[Symbol.asyncIterator]().next()
  assert.is(await old.catch((error: StoreError) => error.code), 'compacted')
  const present = second.watch('', 2).events[Symbol.asyncIterator]().next()
  await put(second, 'a', '3')
  assert.is((await present).value?.[0]?.record.value, '3')
  await second.close()
})

embedded('leases go on after opening, with their full time, and still take their records along', async () => {
  const directory = freshDirectory()
  const first = await openEmbeddedStore(directory, { clock: makeManualClock() })
  const lease = await first.grantLease(1_000)
  await put(first, 'bound', '1', lease)
  await put(first, 'free', '1')
  await first.close()
  const clock = makeManualClock()
  const second = await openEmbeddedStore(directory, { clock })
  clock.advance(999)
  assert.is((await second.get('bound'))?.lease, lease)
  await second.renewLease(lease)
  clock.advance(1_000)
  await waitFor('the record to vanish', 2_000, async () => (await second.get('bound')) === null)
  assert.is((await second.get('free'))?.value, '1')
  await second.close()
  const third = await openEmbeddedStore(directory)
  const failure = await third.renewLease(lease).catch((error: StoreError) => error.code)
  assert.is(failure, 'lease-not-found')
  await third.close()
})

embedded('a file that is no database, or one cut short, is refused with what to do', async () => {
  const good = freshDirectory()
  const store = await openEmbeddedStore(good)
  await put(store, 'a', 'x'.repeat(100_000))
  await store.close()
  const bytes = readFileSync(path.join(good, 'data.mdb'))
  const rows: readonly (readonly [string, Uint8Array | string, boolean])[] = [
    ['whole', bytes, true],
    ['empty', '', true],
    ['text', 'this is no database'.repeat(1_000), false],
    ['cut by a page', bytes.subarray(0, bytes.length - 4_096), false],
    ['only a meta page', bytes.subarray(0, 4_096), false],
    ['a few bytes', bytes.subarray(0, 100), false],
    ['zeros', new Uint8Array(1_000_000), false],
  ]
  for (const [name, content, isGood] of rows) {
    const directory = freshDirectory()
    mkdirSync(directory)
    writeFileSync(path.join(directory, 'data.mdb'), content)
    const opened = await openEmbeddedStore(directory).catch((error: unknown) => error)
    if (isGood) await (opened as Store).close()
    else {
      assert.instance(opened, StoreError, name)
      assert.is((opened as StoreError).code, 'io', name)
      assert.match((opened as StoreError).message, 'delete the directory')
    }
  }
})

embedded('a directory that cannot be made is refused', async () => {
  const file = freshDirectory()
  writeFileSync(file, '')
  const failure = await openEmbeddedStore(path.join(file, 'store')).catch((error: StoreError) => error.code)
  assert.is(failure, 'io')
})

embedded('SIGKILL while writing loses nothing acknowledged and tears nothing', async () => {
  const directory = freshDirectory()
  let revisionBefore = 0
  for (let round = 0; round < 5; round++) {
    const acknowledged = await writeUntilKilled(directory, 60 + round * 45)
    const store = await openEmbeddedStore(directory)
    for (const [lane, number] of acknowledged) {
      const last = Number((await store.get(`last/${lane}`))?.value)
      assert.ok(last >= number, `lane ${lane}: acknowledged ${number}, found ${last}`)
      // At most one transaction of a lane is under way, so what is found is the acknowledged one or the next.
      assert.ok(last <= number + 1, `lane ${lane}: acknowledged ${number}, found ${last}`)
      for (let slot = 0; slot < 50; slot++) {
        const left = await store.get(`left/${lane}/${slot}`)
        const right = await store.get(`right/${lane}/${slot}`)
        assert.is(left?.value, right?.value)
        assert.is(left?.modRevision, right?.modRevision)
      }
    }
    const revision = await store.revision()
    assert.ok(revision > revisionBefore)
    revisionBefore = revision
    await store.close()
  }
})

/** Runs the writer, kills it after `transactions` acknowledgements; gives the last acknowledged number by lane. */
async function writeUntilKilled(directory: string, transactions: number): Promise<ReadonlyMap<number, number>> {
  const script = fileURLToPath(new URL('./write-until-killed.js', import.meta.url))
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const ended = new Promise((resolve) => child.on('close', resolve))
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.split('\n').length > transactions) child.kill('SIGKILL')
  })
  await ended
  const last = new Map<number, number>()
  for (const line of output.split('\n').slice(0, -1)) {
    const [lane = 0, number = 0] = line.split(' ').map(Number)
    last.set(lane, number)
  }
  assert.is(last.size, 3)
  return last
}

embedded.run()
