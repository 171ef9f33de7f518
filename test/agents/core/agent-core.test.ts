/** The core on a simulated host: what it starts, keeps, restarts and stops, and that faults do not change where it ends. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AgentMessage } from '../../../src/model/protocol.js'
import { CLUSTER, FakeNode, facts, makePod } from './fake-node.js'

const core = suite('agent core')

const pod = (node: FakeNode, name: string) => node.core.pods(node.now).get(`${name}-uid`)
const reports = (node: FakeNode) =>
  node.sent.filter((m): m is Extract<AgentMessage, { type: 'report' }> => m.type === 'report')

core('runs what is assigned and reports it ready', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  assert.is(node.running().length, 1)
  assert.equal(
    { phase: pod(node, 'web')?.phase, ready: pod(node, 'web')?.ready, type: node.sent[0]?.type },
    { phase: 'Running', ready: true, type: 'hello' },
  )
  assert.is(reports(node).at(-1)?.pods[0]?.ready, true)
})

core('the same assignment again does nothing', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  const done = node.operations.length
  node.assign([makePod('web')]).advance(60_000)
  assert.is(node.operations.length, done)
})

core('a restarted agent adopts what runs, with its ledger or without', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web'), makePod('two', { containers: [{ name: 'a' }, { name: 'b' }] })])
  node.advance(2000)
  const before = node.running().map((c) => c.id)
  assert.is(before.length, 4)
  node.restart().advance(5000)
  assert.equal(
    node.running().map((c) => c.id),
    before,
  )
  assert.is(pod(node, 'web')?.ready, true)
  node.restart(null).advance(5000)
  assert.equal(
    node.running().map((c) => c.id),
    before,
    'nothing is stopped before an assignment is accepted',
  )
  node.assign([makePod('web'), makePod('two', { containers: [{ name: 'a' }, { name: 'b' }] })]).advance(5000)
  assert.equal(
    node.running().map((c) => c.id),
    before,
  )
  assert.is(pod(node, 'two')?.ready, true)
})

core('a restarted agent that has not seen the engine yet says of its pods what its ledger says', () => {
  const node = new FakeNode().begin().assign([makePod('web')])
  node.advance(2000).restart()
  const hello = node.sent.findLast((message) => message.type === 'hello')
  const [pod] = hello?.pods ?? []
  // Ready and Pending at once would count as not started: a drain could take it without asking a budget.
  assert.equal([pod?.ready, pod?.phase], [true, 'Running'])
})

for (const [what, pods] of [
  ['is told to stop', [makePod('web', {}, { stop: { reason: 'drain', graceMs: 5_000 } })]],
  ['is left out', []],
] as const)
  core(`a pod that ${what} before a restarted agent has seen the engine is not called stopped: it runs`, () => {
    const node = new FakeNode().begin().assign([makePod('web')])
    node.advance(2000).restart(node.core.ledger(), facts.bootId, false)
    node.assign(pods)
    const stopped = (): boolean | undefined => node.core.pods(node.now).get('web-uid')?.stopped
    const reports = () => node.sent.flatMap((message) => (message.type === 'report' ? message.pods : []))
    node.advance(1_000)
    assert.is(node.running().length, 1)
    assert.is(stopped(), false)
    assert.not(reports().some((pod) => pod.stopped))
    node.list()
    node.advance(10_000)
    assert.is(node.running().length, 0)
    assert.is(stopped(), pods.length === 0 ? undefined : true)
  })

core('what no assignment names is stopped and removed, but never what is of another cluster', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  const other = { ...node.running()[0]!, id: 'foreign', labels: { 'dev.headway.cluster': 'another' } }
  node.containers.set('foreign', other)
  node.restart(null).assign([]).advance(5000)
  assert.equal([...node.containers.keys()], ['foreign'])
})

core('an older generation is refused with the one that was seen', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')], { epoch: 2, counter: 5 })
    .advance(1000)
  node.assign([], { epoch: 2, counter: 4 }).assign([], { epoch: 1, counter: 9 }).advance(1000)
  const refusals = node.sent.filter((m) => m.type === 'refuse')
  assert.equal(refusals, [
    { type: 'refuse', offered: { epoch: 2, counter: 4 }, seen: { epoch: 2, counter: 5 } },
    { type: 'refuse', offered: { epoch: 1, counter: 9 }, seen: { epoch: 2, counter: 5 } },
  ])
  assert.is(node.running().length, 1)
})

core('init containers run in order, sidecars gate what comes after, the sandbox is first', () => {
  const spec = {
    initContainers: [{ name: 'one' }, { name: 'side', restartPolicy: 'Always' }, { name: 'two' }],
    containers: [{ name: 'app' }],
  }
  const node = new FakeNode({ exits: (name) => (name === 'one' || name === 'two' ? 0 : null) })
  node
    .begin()
    .assign([makePod('web', spec)])
    .advance(3000)
  const created = node.operations.flatMap((op) => (op.type === 'create' ? [op.plan.container] : []))
  assert.equal(created, ['_sandbox', 'one', 'side', 'two', 'app'])
  assert.is(pod(node, 'web')?.ready, true)
})

core('a crash restarts at once, then after 10 s, then 20 s; one dead container is kept', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  const starts: number[] = []
  for (let crash = 0; crash < 4; crash++) {
    const dies = node.now
    node.die(node.running()[0]!.id, 1)
    const limit = dies + 60_000
    do node.advance(100)
    while (node.running().length === 0 && node.now < limit)
    starts.push(Math.floor((node.now - dies) / 1000))
    node.advance(500)
  }
  assert.equal(starts, [0, 10, 20, 40])
  assert.is(pod(node, 'web')?.containers[0]?.restarts, 4)
  assert.is(node.containers.size, 2)
})

core('the words while it waits are kubelet’s', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  node.die(node.running()[0]!.id, 1)
  node.advance(1000).die(node.running()[0]!.id, 1)
  node.advance(1000)
  const container = pod(node, 'web')?.containers[0]
  assert.equal([container?.phase, container?.reason], ['waiting', 'CrashLoopBackOff'])
  assert.match(container?.message ?? '', /^back-off 10s restarting failed container=app .*: ended with exit code 1$/)
})

core('a container with another address than its pod has now is not adopted', () => {
  const rows = [
    { name: 'the same address', address: '10.0.0.2', runs: 1 },
    { name: 'another', address: '10.0.0.3', runs: 2 },
  ]
  for (const { name, address, runs } of rows) {
    const node = new FakeNode()
      .begin()
      .assign([makePod('web', {}, { address: '10.0.0.2' })])
      .advance(2000)
    const before = node.running()[0]?.id
    node
      .restart(null)
      .assign([makePod('web', {}, { address })])
      .advance(60_000)
    assert.is(node.running().length, 1, name)
    assert.is(node.running()[0]?.id === before, runs === 1, name)
    assert.is(node.running()[0]?.labels['dev.headway.address'], address, name)
  }
})

core('a container that runs and is not ready says what its probe said', () => {
  const readinessProbe = { periodSeconds: 1, tcpSocket: { port: 80 } }
  const node = new FakeNode({ probe: () => 'failure' })
    .begin()
    .assign([makePod('web', { containers: [{ name: 'app', readinessProbe }] })])
    .advance(8000)
  const container = pod(node, 'web')?.containers[0]
  assert.equal([container?.phase, container?.ready, container?.reason], ['running', false, ''])
  assert.is(container?.message, 'Readiness probe failed: failure')
})

core('restart policies: what runs again and what the pod comes to', () => {
  const rows = [
    { policy: 'Never', exit: 0, phase: 'Succeeded', runs: 1 },
    { policy: 'Never', exit: 3, phase: 'Failed', runs: 1 },
    { policy: 'OnFailure', exit: 0, phase: 'Succeeded', runs: 1 },
    { policy: 'OnFailure', exit: 3, phase: 'Running', runs: 2 },
    { policy: 'Always', exit: 0, phase: 'Running', runs: 2 },
  ]
  for (const row of rows) {
    const node = new FakeNode({ exits: () => row.exit }).begin()
    node.assign([makePod('job', { restartPolicy: row.policy })]).advance(5000)
    const runs = node.operations.filter((op) => op.type === 'start').length
    assert.equal({ phase: pod(node, 'job')?.phase, runs }, { phase: row.phase, runs: row.runs }, JSON.stringify(row))
  }
})

core('an order to stop makes the pod unready at once, stops it, and frees everything', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  node.assign([makePod('web', {}, { stop: { reason: 'rollout', graceMs: 5000 } })])
  assert.is(pod(node, 'web')?.ready, false)
  node.advance(2000)
  assert.is(pod(node, 'web')?.stopped, true)
  assert.is(node.containers.size, 0)
  const stop = node.operations.find((op) => op.type === 'stop')
  assert.equal(stop?.type === 'stop' && [stop.signal, stop.graceMs], ['SIGTERM', 5000])
  node.assign([]).advance(100)
  assert.equal(reports(node).at(-1)?.gone, ['web-uid'])
})

core('app containers stop together, sidecars after them in reverse', () => {
  const spec = {
    initContainers: ['s1', 's2'].map((name) => ({ name, restartPolicy: 'Always' })),
    containers: [{ name: 'a' }, { name: 'b' }],
  }
  const node = new FakeNode()
    .begin()
    .assign([makePod('web', spec)])
    .advance(5000)
  const names = new Map(node.running().map((c) => [c.id, c.labels['dev.headway.container']]))
  node.assign([]).advance(5000)
  const stopped = node.operations.flatMap((op) => (op.type === 'stop' ? [names.get(op.containerId)] : []))
  assert.equal(stopped, ['a', 'b', 's2', 's1'])
  assert.is(node.containers.size, 0)
})

core('a liveness failure stops the container with the probe’s grace and runs it again', () => {
  let healthy = true
  const spec = {
    containers: [
      {
        name: 'app',
        livenessProbe: {
          periodSeconds: 1,
          failureThreshold: 2,
          terminationGracePeriodSeconds: 7,
          tcpSocket: { port: 1 },
        },
      },
    ],
  }
  const node = new FakeNode({ probe: () => (healthy ? 'success' : 'failure') }).begin()
  node.assign([makePod('web', spec)]).advance(5000)
  healthy = false
  node.advance(2100)
  healthy = true
  node.advance(3000)
  const stop = node.operations.find((op) => op.type === 'stop')
  assert.is(stop?.type === 'stop' && stop.graceMs, 7000)
  assert.is(pod(node, 'web')?.containers[0]?.restarts, 1)
  assert.is(pod(node, 'web')?.ready, true)
})

core('a dead sandbox takes the pod with it, and all of it begins again', () => {
  const node = new FakeNode({ exits: (name) => (name === 'init' ? 0 : null) }).begin()
  const spec = { initContainers: [{ name: 'init' }], containers: [{ name: 'a' }, { name: 'b' }] }
  node.assign([makePod('web', spec)]).advance(3000)
  const before = new Set(node.running().map((c) => c.id))
  const sandbox = node.running().find((c) => c.labels['dev.headway.container'] === '_sandbox')
  node.die(sandbox!.id, 137)
  node.advance(20_000)
  assert.is(node.running().length, 3)
  assert.not(node.running().some((c) => before.has(c.id)))
  assert.is(node.operations.filter((op) => op.type === 'create' && op.plan.container === 'init').length, 2)
  assert.is(pod(node, 'web')?.ready, true)
})

core('after a boot of the host init containers run again, in either form', () => {
  for (const containers of [[{ name: 'a' }], [{ name: 'a' }, { name: 'b' }]]) {
    const node = new FakeNode({ exits: (name) => (name === 'init' ? 0 : null) }).begin()
    node.assign([makePod('web', { initContainers: [{ name: 'init' }], containers })]).advance(3000)
    const ledger = node.core.ledger()
    for (const container of node.running()) node.die(container.id, 255, false)
    node.restart(ledger, 'boot-2').advance(30_000)
    const inits = node.operations.filter((op) => op.type === 'create' && op.plan.container === 'init')
    assert.is(inits.length, 2, `${containers.length} containers`)
    assert.is(pod(node, 'web')?.ready, true)
    assert.is(pod(node, 'web')?.containers[1]?.restarts, 1)
  }
})

core('a later order with less grace hastens the stop in flight', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  const stop = (graceMs: number) => node.assign([makePod('web', {}, { stop: { reason: 'drain', graceMs } })])
  stop(30_000)
  stop(60_000)
  assert.not(node.effects.some((e) => e.type === 'hasten-stop'))
  stop(5_000)
  const hasten = node.effects.find((e) => e.type === 'hasten-stop')
  assert.is(hasten?.type === 'hasten-stop' && hasten.graceMs, 5_000)
})

core('a pod past its deadline fails and stops', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web', { activeDeadlineSeconds: 60 })])
    .advance(59_000)
  assert.is(pod(node, 'web')?.phase, 'Running')
  node.advance(3_000)
  assert.equal([pod(node, 'web')?.phase, pod(node, 'web')?.reason], ['Failed', 'DeadlineExceeded'])
  assert.is(node.running().length, 0)
  assert.is(node.containers.size, 1, 'the dead container stays for its logs')
})

core('an image that cannot be pulled: ErrImagePull, ImagePullBackOff, again after 10 s and 20 s', () => {
  const node = new FakeNode({ pullFails: () => true })
    .begin()
    .assign([makePod('web')])
    .advance(100)
  const reason = () => pod(node, 'web')?.containers[0]?.reason
  assert.is(reason(), 'ErrImagePull')
  node.advance(2_000)
  assert.is(reason(), 'ImagePullBackOff')
  assert.is(reports(node).at(-1)?.pods[0]?.containers[0]?.reason, 'ImagePullBackOff')
  const pulls = () => node.operations.filter((op) => op.type === 'ensure-image').length
  const counts = [8_500, 19_000, 2_000].map((ms) => {
    node.advance(ms)
    return pulls()
  })
  assert.equal(counts, [2, 2, 3])
})

core('the network table is folded, applied one at a time, and acknowledged; a gap asks for a new connection', () => {
  const node = new FakeNode().begin().assign([]).advance(10)
  const say = (isFull: boolean, from: number, version: number) =>
    node.handle({
      type: 'network',
      message: { type: 'network', isFull, from, version, podCidr: '', serviceCidr: '', services: {}, routes: {} },
    })
  say(true, 0, 4)
  say(false, 4, 5)
  say(false, 5, 6)
  node.advance(100)
  const applied = node.effects.flatMap((e) => (e.type === 'apply-network' ? [e.table.version] : []))
  assert.equal(applied, [4, 6])
  assert.is(reports(node).at(-1)?.networkVersion, 6)
  say(false, 7, 8)
  assert.ok(node.effects.some((e) => e.type === 'reconnect'))
})

core('missing contents are fetched, and the pod waits for them', () => {
  const node = new FakeNode().begin()
  node.assign([makePod('web', {}, { configs: [{ kind: 'ConfigMap', name: 'c', digest: 'd1' }] })]).advance(1000)
  assert.equal(
    node.sent.filter((m) => m.type === 'fetch-config'),
    [{ type: 'fetch-config', digests: ['d1'] }],
  )
  assert.is(node.running().length, 0)
  node.handle({ type: 'config-arrived', digests: ['d1'] })
  node.advance(1000)
  assert.is(node.running().length, 1)
  node.assign([]).advance(3000)
  assert.ok(node.effects.some((e) => e.type === 'forget-config'))
})

core('at most four creates and starts are in flight', () => {
  const node = new FakeNode().begin()
  node.assign(Array.from({ length: 20 }, (_, i) => makePod(`p${i}`)))
  node.advance(4000)
  assert.is(node.running().length, 20)
  assert.is(node.startsMost, 4)
})

core('faults do not change where it ends: every pod runs once', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }), (seed, turns) => {
      const specs = [
        {},
        { containers: [{ name: 'a' }, { name: 'b' }] },
        {
          initContainers: [{ name: 'init' }],
          containers: [{ name: 'app', readinessProbe: { periodSeconds: 1, tcpSocket: { port: 80 } } }],
        },
      ]
      const pods = specs.map((spec, i) => makePod(`p${i}`, spec))
      const node = new FakeNode({ seed, faults: 0.15, exits: (name) => (name === 'init' ? 0 : null) })
        .begin()
        .assign(pods)
      for (const turn of turns) {
        node.advance(node.random.integer(1, 400))
        if (turn === 0) node.restart(node.random.chance(0.5) ? undefined : null).assign(pods)
        if (turn === 1) node.die(node.running()[0]?.id ?? '', 1, false)
        if (turn === 2) node.handle({ type: 'engine-lost' })
        if (turn === 3) node.assign(pods.slice(0, 2)).assign(pods.slice(0, 2))
        if (turn === 4) for (const c of node.running()) node.die(c.id, 255, false)
        node.list()
      }
      node.faults = 0
      node.list()
      node.assign(pods).advance(700_000)
      node.assign(pods.filter((p) => node.core.pods(node.now).get(p.uid)?.stopped !== true)).advance(700_000)
      for (const [uid, observed] of node.core.pods(node.now))
        assert.ok(observed.ready, `${uid} ${JSON.stringify(observed)}`)
      const names = node
        .running()
        .map((c) => `${c.labels['dev.headway.pod-name']}/${c.labels['dev.headway.container']}`)
      assert.is(new Set(names).size, names.length)
      const expected = [...node.core.pods(node.now).values()].flatMap(
        (p) => p.assigned.spec.containers.length + (p.assigned.spec.containers.length > 1 ? 1 : 0),
      )
      assert.is(
        names.length,
        expected.reduce((sum, n) => sum + n, 0),
      )
    }),
    { numRuns: 150 },
  )
})

core('a disk that refuses the ledger is told as a taint, once, and in every hello until it is over', () => {
  const node = new FakeNode()
    .begin()
    .assign([makePod('web')])
    .advance(1000)
  const before = reports(node).length
  const tainted = [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }]
  node.handle({ type: 'ledger', trouble: 'ENOSPC: no space left on device' })
  node.handle({ type: 'ledger', trouble: 'ENOSPC: no space left on device' })
  assert.equal(
    reports(node)
      .slice(before)
      .map(({ taints }) => taints),
    [tainted],
  )
  // It goes on with its work meanwhile.
  node.assign([makePod('web'), makePod('more')]).advance(1000)
  assert.is(pod(node, 'more')?.ready, true)
  assert.is(
    reports(node).some(({ taints }, i) => i > before && taints !== undefined),
    false,
  )
  node.handle({ type: 'link-closed' })
  node.handle({ type: 'link-opened' })
  const hello = node.sent.at(-1)
  assert.equal(hello?.type === 'hello' && hello.taints, tainted)
  node.handle({ type: 'welcome', clusterId: CLUSTER, epoch: 1 })
  node.handle({ type: 'ledger', trouble: null })
  assert.equal(reports(node).at(-1)?.taints, [])
})

core('a restarted agent says which table it will obey before any other, and obeys it', () => {
  const table = { podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12', services: {}, routes: {} }
  const node = new FakeNode().begin().assign([makePod('web')])
  node.handle({ type: 'network', message: { type: 'network', version: 5, from: 0, isFull: true, ...table } })
  node.advance(1_000)
  node.restart()
  const hello = node.sent.findLast((m) => m.type === 'hello')
  assert.is(hello?.networkVersion, 5, 'a manager that has lost its store must give its tables higher versions')
  const applied = (): readonly number[] =>
    node.effects.flatMap((effect) => (effect.type === 'apply-network' ? [effect.table.version] : []))
  assert.equal(applied(), [5, 5])
  // A newer one that comes while it is applied is not obeyed yet.
  node.handle({ type: 'network', message: { type: 'network', version: 6, from: 5, isFull: false, ...table } })
  node.handle({ type: 'facts', facts: { ...facts, agentVersion: '1' } })
  assert.is(reports(node).at(-1)?.networkVersion, 5)
  node.advance(1_000)
  assert.equal(applied(), [5, 5, 6])
  assert.is(reports(node).at(-1)?.networkVersion, 6)
})

core('another subnet of pods has the table applied anew, while it is being applied too', () => {
  const table = { podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/12', services: {}, routes: {} }
  const node = new FakeNode().begin().assign([])
  node.handle({ type: 'network', message: { type: 'network', version: 5, from: 0, isFull: true, ...table } })
  const assignment = {
    node: 'node1',
    generation: { epoch: 1, counter: 99 },
    pods: [],
    podSubnet: '10.244.7.0/24',
    resolve: [],
    hash: 'x',
  }
  node.handle({ type: 'assignment', assignment })
  node.advance(1_000)
  const subnets = node.effects.flatMap((effect) => (effect.type === 'apply-network' ? [effect.podSubnet] : []))
  assert.equal(subnets, ['10.244.0.0/24', '10.244.7.0/24'])
})

core.run()
