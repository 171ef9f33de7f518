/**
 * A process for the crash test: writes pairs of records and prints the number of each acknowledged transaction, until
 * it is killed. Argument: the store's directory.
 */
import { writeSync } from 'node:fs'
import { openEmbeddedStore } from '../../src/store/embedded-store.js'

const store = await openEmbeddedStore(process.argv[2]!)
const start = (await store.revision()) + 1

async function writer(lane: number): Promise<void> {
  for (let i = start; ; i++) {
    const value = `${i} ${'x'.repeat((i * 977) % 30_000)}`
    await store.transact({
      compare: [],
      changes: [
        { type: 'put', key: `left/${lane}/${i % 50}`, value },
        { type: 'put', key: `right/${lane}/${i % 50}`, value },
        { type: 'put', key: `last/${lane}`, value: `${i}` },
      ],
    })
    writeSync(1, `${lane} ${i}\n`)
  }
}

await Promise.all([writer(0), writer(1), writer(2)])
