/** Events: what committed plans did and what began to wait, counted, for an hour. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HOUR_MS } from '../../../src/base/instant.js'
import { EventLog } from '../../../src/manager/core/event-log.js'
import type { EventView } from '../../../src/model/event-view.js'
import type { Waiting } from '../../../src/model/waiting.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'
import { FastAgent, Rig } from './rig.js'

const events = suite('events')

interface Watched {
  readonly rig: Rig
  readonly log: EventLog
}

function start(): Watched {
  const rig = new Rig([], false)
  const log = new EventLog(rig.core)
  rig.onHandled = (event, now, effects) => log.handled(event, now, effects)
  rig.connect(new FastAgent('node1'))
  rig.settle()
  return { rig, log }
}

function apply({ rig }: Watched, ...manifests: Parameters<typeof makeDesired>[0]): void {
  rig.handle({ type: 'desired', desired: makeDesired(manifests) })
  rig.settle()
}

/** `Scheduled Pod./default/web-x: Successfully assigned …`, names of pods without their hashes. */
function texts(list: readonly EventView[]): string[] {
  return list.map(({ type, reason, object, message }) =>
    `${type} ${reason} ${object}: ${message}`.replaceAll(/web-[a-z0-9-]+/g, 'web-x'),
  )
}

events('a rollout is told as Kubernetes tells it', () => {
  const watched = start()
  apply(watched, makeDeployment({ replicas: 1 }))
  assert.equal(texts(watched.log.list(watched.rig.now)), [
    'Normal ScalingReplicaSet Deployment.apps/default/web: Scaled up replica set web-x from 0 to 1',
    'Normal SuccessfulCreate ReplicaSet.apps/default/web-x: Created pod: web-x',
    'Normal Scheduled Pod./default/web-x: Successfully assigned default/web-x to node1',
  ])
  const owners = watched.log.list(watched.rig.now).map(({ owner }) => owner)
  assert.equal(owners, [null, 'Deployment.apps/default/web', 'Deployment.apps/default/web'])
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } }
  apply(watched, makeDeployment({ replicas: 0 }), service)
  apply(watched, makeDeployment({ replicas: 0 }))
  assert.equal(texts(watched.log.list(watched.rig.now)).slice(3), [
    'Normal ScalingReplicaSet Deployment.apps/default/web: Scaled down replica set web-x from 1 to 0',
    'Normal Killing Pod./default/web-x: Stopping on node node1 (scale-down, grace 30 s)',
    'Normal Pruned Service./default/web: No manifest of it is left',
  ])
})

events('a pod that fits nowhere has the very detail of the waiting list, and no second event while it waits', () => {
  const watched = start()
  const { rig, log } = watched
  const spec = { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'main', image: 'web:v1' }] }
  const lone = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lone' }, spec }
  apply(watched, lone)
  const wait = rig.core.waiting.find(({ on }) => on === 'scheduling')!
  const failed = (): readonly EventView[] => log.list(rig.now).filter(({ reason }) => reason === 'FailedScheduling')
  assert.equal(
    failed().map(({ type, message, object, count }) => ({ type, message, object, count })),
    [{ type: 'Warning', message: wait.detail, object: wait.key, count: 1 }],
  )
  assert.is(log.list(rig.now).at(-1)?.reason, 'FailedScheduling', 'what a plan leaves waiting comes after what it did')
  rig.now += 5_000
  rig.settle()
  assert.is(failed()[0]?.count, 1)
})

events('a plan that the store did not take is no event', () => {
  const watched = start()
  const { rig, log } = watched
  rig.isCommitting = false
  rig.handle({ type: 'desired', desired: makeDesired([makeDeployment({ replicas: 1 })]) })
  rig.handle({ type: 'tick' })
  assert.ok(rig.core.isPlanInFlight)
  rig.handle({ type: 'plan-conflict', planned: rig.core.planned, assignments: [] })
  assert.equal(log.list(rig.now), [])
})

/** A log of what waits, as it is set. */
function waitingLog(): { readonly log: EventLog; set(waiting: readonly Waiting[], now: number): void } {
  const ground = { planned: new Rig([], false).core.planned, waiting: [] as readonly Waiting[] }
  const log = new EventLog(ground)
  return {
    log,
    set(waiting, now) {
      ground.waiting = waiting
      log.handled({ type: 'tick' }, now, [])
    },
  }
}

function unready(name: string): Waiting {
  return { on: 'readiness', key: `Pod./default/${name}`, detail: 'not ready: web' }
}

events('what begins again is counted, and moves to the end', () => {
  const { log, set } = waitingLog()
  set([unready('a')], 1_000)
  set([unready('a'), unready('b')], 2_000)
  set([unready('b')], 3_000)
  set([unready('a'), unready('b')], 4_000)
  assert.equal(
    log.list(5_000).map(({ object, firstSeen, lastSeen, count }) => [object, firstSeen, lastSeen, count]),
    [
      ['Pod./default/b', 2_000, 2_000, 1],
      ['Pod./default/a', 1_000, 4_000, 2],
    ],
  )
})

for (const [ago, is] of [
  [HOUR_MS - 1, 1],
  [HOUR_MS, 0],
] as const)
  events(`after ${ago} ms there are ${is}`, () => {
    const { log, set } = waitingLog()
    set([unready('a')], 1_000)
    assert.is(log.list(1_000 + ago).length, is)
  })

events('what begins again after an hour is new', () => {
  const { log, set } = waitingLog()
  set([unready('a')], 1_000)
  set([], 2_000)
  set([unready('a')], 1_000 + HOUR_MS)
  assert.equal(
    log.list(1_000 + HOUR_MS).map(({ firstSeen, count }) => [firstSeen, count]),
    [[1_000 + HOUR_MS, 1]],
  )
})

events('what every rollout passes through is none', () => {
  const { log, set } = waitingLog()
  for (const on of ['ready-replicas', 'termination', 'container-start', 'node-report', 'min-ready-seconds'] as const)
    set([{ on, key: 'Pod./default/a', detail: 'as it goes' }], 1_000)
  assert.equal(log.list(1_000), [])
})

events('the newest 2,000 are kept', () => {
  const { log, set } = waitingLog()
  for (let i = 0; i < 3; i++)
    set(
      Array.from({ length: 1_000 }, (_, k) => unready(`pod-${i}-${k}`)),
      1_000 + i,
    )
  const list = log.list(2_000)
  assert.is(list.length, 2_000)
  assert.is(list[0]?.object, 'Pod./default/pod-1-0')
})

events.run()
