/** The Deployment controller in a small world (Kubernetes: semantics §5.1). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import { makeKey } from '../../../src/model/keys.js'
import { reconcileDeployment } from '../../../src/reconcile/controllers/deployment.js'
import { deployment, FakeWorld, rollingUpdate } from '../fake-world.js'

const KEY = makeKey('Deployment', 'default', 'web')

function world(desired: DesiredObject): FakeWorld {
  return new FakeWorld(reconcileDeployment, desired, KEY)
}

function settled(desired: DesiredObject): FakeWorld {
  const it = world(desired)
  it.settle()
  return it
}

const rollout = suite('deployment rollout')

rollout('a new one gets its pods in the first pass', () => {
  const it = world(deployment('a'))
  const output = it.pass()
  assert.equal(it.census(), 'a×3')
  assert.equal(output.record?.progressReason, 'NewReplicaSetCreated')
  assert.equal(output.waiting, [{ on: 'ready-replicas', key: KEY, detail: '0 of 3 replicas are ready' }])
  assert.equal(it.pass().intents, [], 'before anything is observed there is nothing more to do')
})

rollout('is complete when all are available, and stays quiet', () => {
  const it = settled(deployment('a'))
  assert.equal(it.record?.progressReason, 'NewReplicaSetAvailable')
  assert.equal(it.record?.counts, { desired: 3, total: 3, updated: 3, ready: 3, available: 3 })
  const output = it.pass()
  assert.equal([output.intents, output.waiting, output.requeueAt], [[], [], null])
  assert.is(output.record, it.record)
})

rollout('the trace of ten', () => {
  const it = settled(deployment('a', { replicas: 10 }))
  it.desired = deployment('b', { replicas: 10 })
  it.pass()
  assert.equal(it.census(), 'a×8 b×5')
  it.makeReady('b', 1)
  it.pass()
  assert.equal(it.census(), 'a×7 b×6')
  it.makeReady('b')
  it.pass()
  assert.equal(it.census(), 'a×2 b×10')
  it.makeReady('b')
  const output = it.pass()
  assert.equal(it.census(), 'b×10')
  assert.equal(output.record?.progressReason, 'NewReplicaSetAvailable')
})

rollout('one at a time when the manifest says so', () => {
  const it = settled(deployment('a', rollingUpdate(1, 0)))
  it.desired = deployment('b', rollingUpdate(1, 0))
  const output = it.pass()
  assert.equal(it.census(), 'a×3 b×1')
  assert.equal(output.waiting[0]?.on, 'ready-replicas')
  assert.is(output.waiting[0]?.detail, '0 of 3 new replicas are ready, 3 old ones remain; at most 0 may be unavailable')
  it.makeReady()
  it.pass()
  assert.equal(it.census(), 'a×2 b×2')
  assert.is(it.readyCount(), 3)
})

rollout('a broken image holds; old pods serve; the next commit supersedes at once', () => {
  const it = settled(deployment('a', rollingUpdate(1, 0)))
  it.desired = deployment('broken', rollingUpdate(1, 0))
  it.pass()
  for (let i = 0; i < 5; i++) {
    it.now += 60_000
    it.pass()
  }
  assert.equal(it.census(), 'a×3 broken×1')
  it.desired = deployment('c', rollingUpdate(1, 0))
  it.pass()
  assert.equal(it.census(), 'a×3 c×1')
  it.settle()
  assert.equal(it.census(), 'c×3')
})

rollout('a revert in the middle brings the old set back under a new revision number', () => {
  const it = settled(deployment('a', rollingUpdate(1, 0)))
  const first = [...it.sets.keys()][0]!
  it.desired = deployment('broken', rollingUpdate(1, 0))
  it.pass()
  it.desired = deployment('a', rollingUpdate(1, 0), 'revert')
  const output = it.pass()
  assert.equal(it.census(), 'a×3')
  assert.is(it.sets.size, 2)
  assert.equal([it.sets.get(first)?.revision, it.sets.get(first)?.commit], [3, 'revert'])
  assert.is(output.intents.filter((intent) => intent.type === 'create-pods').length, 0, 'no pod is made for it')
})

rollout('a change outside the template touches no pod', () => {
  const it = settled(deployment('a'))
  const before = [...it.pods.keys()]
  it.desired = deployment('a', { revisionHistoryLimit: 3, progressDeadlineSeconds: 90 }, 'later')
  const output = it.pass()
  assert.equal(output.intents, [])
  assert.equal([...it.pods.keys()], before)
  assert.is(output.record?.generation, 2)
})
rollout.run()

const strategies = suite('deployment strategies')

strategies('Recreate: all old ones are gone before the first new one comes', () => {
  const recreate = { strategy: { type: 'Recreate' } }
  const it = settled(deployment('a', recreate))
  it.desired = deployment('b', recreate)
  const output = it.pass()
  assert.equal(it.census(), '')
  assert.equal(output.waiting[0], {
    on: 'termination',
    key: KEY,
    detail: '3 pods of older revisions must be gone before new ones start',
  })
  assert.equal(it.pass().intents, [])
  const [one, ...others] = [...it.pods.keys()]
  for (const uid of others) it.pods.delete(uid)
  it.pass()
  assert.equal(it.census(), '', 'one that still stops holds the new ones')
  it.pods.delete(one!)
  it.pass()
  assert.equal(it.census(), 'b×3')
})

for (const [what, manifest, reason] of [
  ['goes with the others', { strategy: { type: 'Recreate' } }, 'recreate'],
  ['stays until it is replaced while the rollout is paused', { strategy: { type: 'Recreate' }, paused: true }, 'drain'],
  ['stays until it is replaced under a rolling update', {}, 'drain'],
] as const)
  strategies(`Recreate: an old pod that moves to another node ${what}`, () => {
    const it = settled(deployment('a', { ...manifest, paused: false, replicas: 1 }))
    const [uid] = [...it.pods.keys()]
    const pod = it.pods.get(uid!)!
    const stop = { reason: 'drain', since: it.now, graceMs: 0, phase: 'replacing', networkVersion: 0 } as const
    pod.planned = { ...pod.planned, stop }
    it.desired = deployment('b', { ...manifest, replicas: 1 })
    it.pass()
    assert.is(it.pods.get(uid!)?.planned.stop?.reason, reason)
  })

strategies('Recreate: a pod given up with its node holds nothing', () => {
  const recreate = { strategy: { type: 'Recreate' } }
  const it = settled(deployment('a', { ...recreate, replicas: 1 }))
  it.desired = deployment('b', { ...recreate, replicas: 1 })
  it.stop([...it.pods.keys()][0]!, 'node-lost')
  it.pass()
  assert.equal(it.census(), 'b×1')
})

strategies('paused: a new template waits, scaling acts, resuming rolls', () => {
  const it = settled(deployment('a'))
  it.desired = deployment('b', { paused: true })
  const output = it.pass()
  assert.equal(output.intents, [])
  assert.equal(output.record?.progressReason, 'DeploymentPaused')
  assert.equal(
    output.waiting.map((w) => w.on),
    ['paused'],
  )
  it.desired = deployment('b', { paused: true, replicas: 5 })
  it.pass()
  assert.equal(it.census(), 'a×5')
  it.desired = deployment('b', { replicas: 5 })
  it.settle()
  assert.equal(it.census(), 'b×5')
})

strategies('paused in the middle: both sets keep their share of a scaling', () => {
  const it = settled(deployment('a', { replicas: 10 }))
  it.desired = deployment('b', { replicas: 10 })
  it.pass()
  assert.equal(it.census(), 'a×8 b×5')
  it.desired = deployment('b', { replicas: 15, paused: true })
  it.pass()
  // 15 + 4 in all: 8 and 5 of 13 become 12 and 7 of 19.
  assert.equal(it.census(), 'a×12 b×7')
})

strategies('scaling alone scales the one set at once, both ways', () => {
  const it = settled(deployment('a'))
  it.desired = deployment('a', { replicas: 7 })
  const output = it.pass()
  assert.equal(it.census(), 'a×7')
  assert.is(output.record?.progressReason, 'NewReplicaSetAvailable', 'not judged once complete')
  it.settle()
  it.desired = deployment('a', { replicas: 0 })
  it.pass()
  assert.equal(it.census(), '')
  it.settle()
  assert.equal(it.record?.counts.total, 0)
})

strategies('a commit that brings a template and more replicas starts no pod of the old template', () => {
  const it = settled(deployment('a', { replicas: 2 }))
  it.desired = deployment('b', { replicas: 8 })
  it.pass()
  assert.equal(it.census(), 'a×2 b×8')
  it.settle()
  assert.equal(it.census(), 'b×8')
})

strategies('a commit that brings a template and fewer replicas', () => {
  const it = settled(deployment('a', { replicas: 8 }))
  it.desired = deployment('b', { replicas: 2, ...rollingUpdate(1, 0) })
  it.pass()
  assert.equal(it.census(), 'a×2 b×1')
  it.settle()
  assert.equal(it.census(), 'b×2')
})
strategies.run()

const time = suite('deployment and time')

time('minReadySeconds: ready is not available yet, and the pass asks to be called again', () => {
  const slow = { minReadySeconds: 10, ...rollingUpdate(1, 0) }
  const it = world(deployment('a', slow))
  it.pass()
  it.makeReady()
  const output = it.pass()
  assert.equal(output.record?.counts, { desired: 3, total: 3, updated: 3, ready: 3, available: 0 })
  assert.equal(
    output.waiting.map((w) => w.on),
    ['min-ready-seconds'],
  )
  assert.is(output.requeueAt, it.now + 10_000)
  it.now += 9_999
  assert.is(it.pass().record?.counts.available, 0)
  it.now += 1
  const done = it.pass()
  assert.is(done.record?.counts.available, 3)
  assert.is(done.requeueAt, null)
})

time('the progress deadline: just inside, at it, and progress after it', () => {
  const it = settled(deployment('a', { progressDeadlineSeconds: 60, ...rollingUpdate(1, 0) }))
  it.desired = deployment('b', { progressDeadlineSeconds: 60, ...rollingUpdate(1, 0) })
  const first = it.pass()
  assert.is(first.requeueAt, it.now + 60_000)
  it.now += 59_999
  assert.is(it.pass().record?.progressReason, 'NewReplicaSetCreated')
  it.now += 1
  const late = it.pass()
  assert.is(late.record?.progressReason, 'ProgressDeadlineExceeded')
  assert.is(late.requeueAt, null)
  assert.equal(
    late.waiting.map((w) => w.on),
    ['progress-deadline'],
  )
  assert.equal(it.census(), 'a×3 b×1', 'it holds and the old pods serve')
  it.makeReady()
  assert.is(it.pass().record?.progressReason, 'ReplicaSetUpdated')
})

time('the progress deadline of what was found running and is wanted again counts from then', () => {
  const manifest = { replicas: 1, progressDeadlineSeconds: 60 }
  const it = settled(deployment('a', manifest))
  const [uid] = [...it.pods.keys()]
  const pod = it.pods.get(uid!)!
  pod.observed = { ...pod.observed!, ready: false, readySince: null }
  it.record = { ...it.record!, progressReason: '', counts: { ...it.record!.counts, ready: 0, available: 0 } }
  it.now += 70_000
  const first = it.pass()
  assert.is(first.record?.progressReason, 'ReplicaSetUpdated')
  assert.is(first.requeueAt, it.now + 60_000)
  it.now += 59_999
  assert.is(it.pass().record?.progressReason, 'ReplicaSetUpdated')
  it.now += 1
  assert.is(it.pass().record?.progressReason, 'ProgressDeadlineExceeded')
})

time('revision history: the oldest empty sets beyond the limit go, and only after completion', () => {
  const it = settled(deployment('v1', { revisionHistoryLimit: 2 }))
  for (const image of ['v2', 'v3']) {
    it.desired = deployment(image, { revisionHistoryLimit: 2 })
    it.settle()
  }
  assert.is(it.sets.size, 3)
  it.desired = deployment('v4', { revisionHistoryLimit: 2 })
  it.pass()
  assert.is(it.sets.size, 4, 'none goes while the rollout is on its way')
  it.settle()
  assert.equal(
    [...it.sets.values()].map((set) => set.template.spec?.containers[0]?.image),
    ['v2', 'v3', 'v4'],
  )
  it.desired = deployment('v4', { revisionHistoryLimit: 0 })
  it.settle()
  assert.is(it.sets.size, 1)
})

time('a pod that failed by itself is replaced at once, and after 10 s when the next one fails too', () => {
  const it = settled(deployment('a'))
  const failOne = (): void => {
    const pod = it.live().at(-1)!
    it.observe(pod.planned.uid, 'Failed', false, { reason: 'Evicted' })
  }
  it.now += 1_000
  failOne()
  it.pass()
  assert.equal([it.census(), it.record?.failures], ['a×3', 1])
  it.now += 1_000
  failOne()
  const second = it.pass()
  assert.equal([it.census(), it.record?.failures], ['a×2', 2])
  assert.is(second.requeueAt, it.now + 10_000)
  assert.equal(second.waiting[0], {
    on: 'crash-loop',
    key: KEY,
    detail: '1 pod is to be created in 10s, since 2 failed in a row',
  })
  it.now += 9_999
  it.pass()
  assert.equal(it.census(), 'a×2')
  it.now += 1
  it.pass()
  assert.equal(it.census(), 'a×3')
  it.settle()
  assert.equal([it.record?.failures, it.record?.createAfter], [0, null], 'one that became ready ends the row')
})

time('a pod on a silent node is not ready and not replaced; given up with its node it is replaced at once', () => {
  const it = settled(deployment('a'))
  const pod = it.live()[0]!
  pod.isNodeHeard = false
  const silent = it.pass()
  assert.equal(silent.intents, [])
  assert.is(silent.record?.counts.ready, 2)
  it.stop(pod.planned.uid, 'node-lost')
  it.pass()
  assert.equal([it.census(), it.record?.failures], ['a×3', 0])
})

time('a drained pod that serves on is replaced at once, and stops with the last of its set', () => {
  const it = settled(deployment('a', rollingUpdate(1, 0)))
  const drained = it.live()[0]!
  it.stop(drained.planned.uid, 'drain')
  drained.planned = { ...drained.planned, stop: { ...drained.planned.stop!, phase: 'replacing' } }
  it.pass()
  assert.equal(it.census(), 'a×3')
  it.desired = deployment('b', rollingUpdate(1, 0))
  for (let i = 0; i < 12; i++) {
    it.now += 1_000
    it.makeReady()
    it.pass()
    if (it.live('a').length > 0) assert.is(drained.planned.stop?.phase, 'replacing')
  }
  assert.equal(it.census(), 'b×3')
  assert.equal([drained.planned.stop?.phase, drained.planned.stop?.reason], ['stopping', 'rollout'])
})

time('adopted in the middle of a rollout with pods missing: no old set grows', () => {
  const it = settled(deployment('a', { replicas: 10 }))
  it.desired = deployment('b', { replicas: 10 })
  it.pass()
  assert.equal(it.census(), 'a×8 b×5')
  for (const pod of it.live('a').slice(0, 4)) it.pods.delete(pod.planned.uid)
  for (const set of it.sets.values()) {
    const replicas = [...it.pods.values()].filter(
      (pod) => pod.planned.replicaSet === set.key && !pod.planned.stop,
    ).length
    it.sets.set(set.key, { ...set, replicas, desiredAtScale: replicas, maxReplicasAtScale: replicas, revision: 1 })
  }
  it.record = null
  it.pass()
  assert.equal(it.census(), 'a×4 b×9')
})
time.run()
