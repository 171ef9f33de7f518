/** What holds of every preview, over random clusters and changes. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeSnapshot, encodeSnapshot } from '../../../src/model/snapshot.js'
import { previewChange } from '../../../src/simulation/preview/preview-change.js'
import { desiredOf, hosts, snapshotAt, web } from './preview-world.js'

const properties = suite('preview properties')

const app = fc.record({
  replicas: fc.integer({ min: 0, max: 5 }),
  image: fc.constantFrom('web:1', 'web:2', 'web:3'),
  cpu: fc.constantFrom('10m', '900m', '1500m'),
  hasProbe: fc.boolean(),
})
const apps = fc.record({ a: app, b: app, c: app })
type Apps = typeof apps extends fc.Arbitrary<infer T> ? T : never
const manifests = (state: Apps) => Object.entries(state).map(([name, options]) => web(name, options))

properties('the same snapshot and states give the same bytes, through a file too', () => {
  fc.assert(
    fc.property(apps, apps, fc.integer({ min: 1, max: 4 }), (before, after, count) => {
      const base = desiredOf(manifests(fitting(before)))
      const head = desiredOf(manifests(after), 'head', base)
      const snapshot = snapshotAt(base, hosts(count))
      const first = JSON.stringify(previewChange({ snapshot, base, head }))
      assert.is(JSON.stringify(previewChange({ snapshot, base, head })), first)
      const copy = decodeSnapshot(encodeSnapshot(snapshot))
      assert.is(JSON.stringify(previewChange({ snapshot: copy, base, head })), first)
    }),
    { numRuns: 25, seed: 7 },
  )
})

properties('pods add up, and only workloads whose template changed restart', () => {
  fc.assert(
    fc.property(apps, apps, (before, after) => {
      const old = fitting(before)
      const base = desiredOf(manifests(old))
      const head = desiredOf(manifests(after), 'head', base)
      const result = previewChange({ snapshot: snapshotAt(base, hosts(3)), base, head })
      for (const name of ['a', 'b', 'c'] as const) {
        const pods = result.pods.filter(({ owner }) => owner === `Deployment.apps/default/${name}`)
        const count = (...actions: string[]): number => pods.filter(({ action }) => actions.includes(action)).length
        if (pods.length > 0 && result.converges) {
          assert.is(count('replace', 'move', 'delete', 'keep'), old[name].replicas)
          assert.is(count('replace', 'move', 'create', 'keep'), after[name].replicas)
        }
        const { replicas: _before, ...template } = old[name]
        const { replicas: _after, ...other } = after[name]
        if (JSON.stringify(template) === JSON.stringify(other)) assert.is(count('replace', 'move'), 0)
      }
      const failed = result.risks.some(({ severity }) => severity === 'fail')
      assert.is(result.verdict === 'fail', failed)
      assert.is(result.converges || failed, true)
    }),
    { numRuns: 40, seed: 11 },
  )
})

/** The cluster begins at rest: everything fits. */
function fitting(state: Apps): Apps {
  const fit = (item: Apps['a']): Apps['a'] => ({ ...item, cpu: '10m' })
  return { a: fit(state.a), b: fit(state.b), c: fit(state.c) }
}

properties.run()
