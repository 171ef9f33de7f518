/** A prediction gives back what was recorded: each step alone, starts in company, and starts beside stops. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Manifest } from '../../../src/model/desired-state.js'
import type { HostStarts, RecordedDurations } from '../../../src/model/recorded-durations.js'
import type { PodTimeline } from '../../../src/model/timeline.js'
import { predictTimeline } from '../../../src/simulation/preview/preview-change.js'
import { desiredOf, hosts, snapshotAt, web } from './preview-world.js'

const WEB = 'Deployment.apps/default/web'
/** Messages, and times rounded to milliseconds. */
const SLACK_MS = 15
const times = suite('preview times')

interface Recorded {
  readonly ready?: number
  readonly stop?: number
  readonly starts?: readonly HostStarts[]
}

function durations({ ready = 10, stop = 80, starts = [] }: Recorded): RecordedDurations {
  return {
    images: new Map(),
    templates: new Map([[`${WEB}@v1`, { start: [300], ready: [ready], stop: [stop] }]]),
    starts: new Map([['node0001', starts]]),
  }
}

/** The pods of a change on one host. */
function change(recorded: Recorded, before: readonly Manifest[], after: readonly Manifest[]): readonly PodTimeline[] {
  const base = desiredOf(before)
  const snapshot = snapshotAt(base, hosts(1), durations(recorded))
  const { pods, convergedMs } = predictTimeline(snapshot, desiredOf(after, 'head', base))
  assert.is.not(convergedMs, null)
  return pods
}

function started(pods: readonly PodTimeline[]): readonly number[] {
  return pods.flatMap(({ boundMs, startedMs }) => (boundMs === null || startedMs === null ? [] : [startedMs - boundMs]))
}

function near(actual: number | null | undefined, expected: number, what: string): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= SLACK_MS, `${what}: ${actual}, not ${expected} ms`)
}

const starts = (underWayMs: readonly number[], count: number): HostStarts[] =>
  Array.from({ length: 5 }, () => ({ workload: WEB, count, underWayMs }))

for (const recorded of [
  { start: 400, ready: 12, stop: 45 },
  { start: 250, ready: 180, stop: 130 },
  { start: 900, ready: 1_012, stop: 2_500 },
  { start: 900, ready: 3_260, stop: 800 },
  { start: 300, ready: 5, stop: 60 },
]) {
  const { start, ready, stop } = recorded
  times(`alone: start ${start}, ready ${ready}, stop ${stop} ms`, () => {
    const options = { replicas: 1, spec: { strategy: { type: 'Recreate' } } }
    const all = { ...recorded, starts: starts([start], 1) }
    const pods = change(all, [web('web', options)], [web('web', { ...options, image: 'web:2' })])
    const [made, others] = [pods.filter((pod) => pod.boundMs !== null), pods.filter((pod) => pod.goneMs !== null)]
    assert.equal([made.length, others.length], [1, 1])
    near(started(made)[0], start, 'start')
    near((made[0]?.readyMs ?? 0) - (made[0]?.startedMs ?? 0), ready, 'ready')
    near((others[0]?.goneMs ?? 0) - (others[0]?.stopOrderedMs ?? 0), stop, 'stop')
  })
}

for (const slowdown of [0, 0.25, 0.8]) {
  times(`in company, on a host where each other start adds a share of ${slowdown}`, () => {
    const four = 300 * (1 + 3 * slowdown)
    const seen = [...starts([300], 1), ...starts([0, 0, 0, four], 4), ...starts([300], 1)]
    const pods = change({ starts: seen }, [], [web('web', { replicas: 8 })])
    const took = [...started(pods)].sort((left, right) => left - right)
    assert.is(took.length, 8)
    for (const [i, ms] of took.entries()) {
      const expected = i < 4 ? four : 2 * four
      assert.ok(Math.abs(ms - expected) <= expected * 0.12, `start ${i} takes ${ms}, not ${expected} ms`)
    }
  })
}

times('a start beside stops is slower, by what the engine does for them', () => {
  const recorded = { starts: starts([300], 1), stop: 80 }
  const change6 = (replicas: number): number => {
    const after = [web('api', { replicas: 1 }), web('web', { replicas })]
    const [ms = 0] = started(change(recorded, [web('web', { replicas: 7 })], after))
    return ms
  }
  const alone = change6(7)
  const beside = change6(1)
  // Six stops of 80 ms, which take four times as long beside each other and the start, in which it does 80 ms of its own.
  assert.ok(beside >= alone + 200 && beside <= alone + 500, `${alone} ms, beside stops ${beside} ms`)
})

times('a program that takes its time to stop does not hold the engine up meanwhile', () => {
  const before = [web('web', { replicas: 7 })]
  const after = [web('api', { replicas: 1 }), web('web', { replicas: 1 })]
  const [ms] = started(change({ starts: starts([300], 1), stop: 4_000 }, before, after))
  near(ms, 300, 'start')
})

times.run()
