/** Durations in the store: what was saved is loaded, of every form that there was. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadDurations, saveDurations } from '../../../src/manager/history/history-records.js'
import { noDurations, type RecordedDurations } from '../../../src/model/recorded-durations.js'
import { openMemoryStore } from '../../../src/store/memory-store.js'

const records = suite('history records')

const before: RecordedDurations = {
  images: new Map([['web:v1', { pull: [1_500] }]]),
  templates: new Map([['Deployment.apps/default/web@v1', { start: [300, 400] }]]),
}
const starts = new Map([['n1', [{ workload: 'Deployment.apps/default/web', count: 2, underWayMs: [100, 300] }]]])
for (const [name, durations] of [
  ['none', noDurations],
  ['without starts of hosts, as once', before],
  ['with them', { ...before, starts }],
] as const) {
  records(`durations: ${name}`, async () => {
    const store = openMemoryStore()
    await saveDurations(store, durations)
    assert.equal(await loadDurations(store), durations)
  })
}

records('an empty store has none', async () => assert.equal(await loadDurations(openMemoryStore()), noDurations))

records.run()
