/** Whatever happened to a simulated cluster: its managers' journals replay to the very same plans. */
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { replay } from '../../src/manager/journal/replay.js'
import { runOrdinaryDay } from '../../src/simulation/ordinary-day.js'
import { makeScenario } from '../../src/simulation/scenario/make-scenario.js'
import { runScenario } from '../../src/simulation/scenario/run-scenario.js'
import { filesIn, withJournals } from './journalled-world.js'
import { deployment, makeWorld } from './manifests.js'

const replays = suite('replay')

for (const seed of [1, 2, 3]) {
  replays(`an ordinary day replays plan by plan (seed ${seed})`, async () => {
    const journals = await withJournals(
      async () => {
        await runOrdinaryDay({ seed, nodes: 4, minutes: 6 })
      },
      { segmentMs: 60_000 },
    )
    assert.equal(journals.log, [])
    let plans = 0
    let segments = 0
    for (const directory of journals.directories) {
      const result = await replay({ directory, from: null, to: null, onPlan: () => {} })
      assert.is(result.mismatch, null, JSON.stringify(result.mismatch))
      plans += result.plans
      segments += result.segments.length
    }
    assert.ok(plans > 50, `${plans} plans`)
    assert.ok(segments > journals.directories.length, `${segments} segments`)
    rmSync(path.dirname(journals.directories[0] ?? ''), { recursive: true })
  })
}

for (const seed of [1, 2, 3]) {
  replays(`a scenario with faults replays plan by plan, from every segment (seed ${seed})`, async () => {
    const journals = await withJournals(
      async () => void (await runScenario(makeScenario({ seed, nodes: 4, minutes: 2 }))),
      { segmentMs: 45_000 },
    )
    assert.equal(journals.log, [])
    let plans = 0
    for (const directory of journals.directories) {
      const result = await replay({ directory, from: null, to: null, onPlan: () => {} })
      assert.is(result.mismatch, null, JSON.stringify(result.mismatch))
      plans += result.plans
    }
    assert.ok(plans > 20, `${plans} plans`)
    rmSync(path.dirname(journals.directories[0] ?? ''), { recursive: true })
  })
}

replays('a journal made with a Secret does not hold its value', async () => {
  const value = 'correct horse battery staple'
  const encoded = Buffer.from(value).toString('base64')
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: encoded } }
  const plain = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mail' }, stringData: { password: value } }
  const container = {
    env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
    envFrom: [{ secretRef: { name: 'mail' } }],
  }
  const journals = await withJournals(async () => {
    const world = makeWorld()
    world.commit([secret, plain, deployment('web', { container })])
    await world.converge()
    world.crashManager({ store: 'lost' })
    await world.advance(1_000)
    await world.converge()
  })
  const files = journals.directories.flatMap(filesIn)
  assert.is(files.length, 2)
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    assert.match(text, /secretKeyRef/)
    assert.not.ok(text.includes(encoded), file)
    assert.not.ok(text.includes(value), file)
  }
  rmSync(path.dirname(journals.directories[0] ?? ''), { recursive: true })
})

replays.run()
