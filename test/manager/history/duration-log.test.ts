/** The last few measurements of each step; and what a pod's reports tell of its start. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DurationLog } from '../../../src/manager/history/duration-log.js'
import { startOf } from '../../../src/manager/history/measure-pods.js'
import { noDurations } from '../../../src/model/recorded-durations.js'
import { makeReportedPod } from '../../support/builders.js'

const durations = suite('duration log')

durations('the last nine count, of each step', () => {
  const log = new DurationLog(noDurations)
  for (let i = 1; i <= 12; i++) log.addImage('web:v1', 'pull', i + 0.4)
  log.addImage('web:v1', 'ready', -5)
  assert.equal(log.image('web:v1'), { pull: [4, 5, 6, 7, 8, 9, 10, 11, 12], ready: [0] })
  assert.is(log.template('Deployment.apps/default/web@v1'), undefined)
})

durations('sorted, the same until something is added, and going on from what was', () => {
  const log = new DurationLog(noDurations)
  log.addImage('b', 'start', 1)
  log.addImage('a', 'start', 2)
  const before = log.durations()
  assert.is(log.durations(), before)
  assert.equal([...before.images.keys()], ['a', 'b'])
  const next = new DurationLog(before)
  next.addTemplate('k', 'stop', 3)
  assert.is.not(next.durations(), before)
  assert.equal(next.durations().images, before.images)
  assert.equal(next.durations().templates, new Map([['k', { stop: [3] }]]))
})

durations('the entries measured longest ago go first', () => {
  const log = new DurationLog(noDurations)
  for (let i = 0; i < 2_000; i++) log.addImage(`image${i}`, 'start', 1)
  log.addImage('image0', 'start', 2)
  log.addImage('one-more', 'start', 1)
  const { images } = log.durations()
  assert.is(images.size, 2_000)
  assert.ok(images.has('image0'))
  assert.not.ok(images.has('image1'))
})

const starts24 = { workload: 'Deployment.apps/default/web', underWayMs: [300] }

durations('of a host the last 24 bursts of starts count', () => {
  const log = new DurationLog(noDurations)
  assert.is(log.durations().starts, undefined)
  for (let count = 1; count <= 26; count++) log.addStarts('n1', { ...starts24, count })
  log.addStarts('n0', { ...starts24, count: 1 })
  const { starts } = new DurationLog(log.durations()).durations()
  assert.equal([...(starts?.keys() ?? [])], ['n0', 'n1'])
  assert.equal(
    starts?.get('n1')?.map(({ count }) => count),
    Array.from({ length: 24 }, (_, i) => i + 3),
  )
})

durations('of very many hosts each keeps fewer, and those idle for longest are forgotten', () => {
  const log = new DurationLog(noDurations)
  for (let round = 1; round <= 6; round++)
    for (let i = 0; i < 1_001; i++) log.addStarts(`n${i}`, { ...starts24, count: round })
  const { starts = new Map() } = log.durations()
  assert.is(starts.size, 1_000)
  assert.not.ok(starts.has('n0'))
  let all = 0
  for (const list of starts.values()) all += list.length
  assert.ok(all <= 4_000, `${all} bursts`)
})

const container = {
  name: 'main',
  type: 'app',
  phase: 'running',
  reason: '',
  message: '',
  ready: true,
  restarts: 0,
  containerId: 'c',
  imageId: 'sha256:1',
  exitCode: null,
  startedAgoMs: 500,
  finishedAgoMs: null,
} as const
const starts = [
  { name: 'the last app container counts', containers: [container, { ...container, startedAgoMs: 200 }], start: 9_800 },
  {
    name: 'until all have started there is none',
    containers: [container, { ...container, startedAgoMs: null }],
    start: null,
  },
  {
    name: 'init containers do not count',
    containers: [{ ...container, type: 'init', startedAgoMs: null }, container],
    start: 9_500,
  },
  { name: 'without containers the pod tells', containers: [], start: 8_000 },
] as const
for (const { name, containers, start } of starts) {
  durations(`when a pod started: ${name}`, () => {
    assert.is(startOf(makeReportedPod('a', { containers, startedAgoMs: 2_000 }), 10_000), start)
  })
}

durations.run()
