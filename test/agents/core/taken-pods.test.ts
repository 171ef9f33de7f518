/** What an agent makes of the pods that assignments name, leave out and name again: by table, each on a host where they run. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AssignedPod } from '../../../src/model/assignment.js'
import { FakeNode, makePod } from './fake-node.js'

const tests = suite('taken pods')

const web = makePod('web')
const stop = { reason: 'rollout', graceMs: 5_000 } as const
const stopping: AssignedPod = { ...web, stop }
const elsewhere: AssignedPod = { ...web, address: '10.244.0.6' }
const newer: AssignedPod = { ...web, commit: 'd' }

/** `restart`: the agent is killed, and goes on from its ledger; `lost`: without one. A number: so many ms pass. */
type Step = readonly AssignedPod[] | 'restart' | 'lost' | number

const rows: readonly {
  readonly name: string
  readonly steps: readonly Step[]
  /** Containers that were started, and the addresses of those that run in the end. */
  readonly starts: number
  readonly running: readonly string[]
  /** What is reported of the pod; null when it is gone. */
  readonly stopped: boolean | null
}[] = [
  { name: 'a pod runs', steps: [[web]], starts: 1, running: ['10.244.0.5'], stopped: false },
  {
    name: 'a commit that changes nothing of it',
    steps: [[web], 1_000, [newer]],
    starts: 1,
    running: ['10.244.0.5'],
    stopped: false,
  },
  { name: 'a stop is ordered', steps: [[web], 1_000, [stopping]], starts: 1, running: [], stopped: true },
  { name: 'a pod that is new here comes with its stop', steps: [[stopping]], starts: 0, running: [], stopped: true },
  {
    name: 'the same to an agent that has lost its ledger',
    steps: [[web], 1_000, 'lost', [stopping]],
    starts: 1,
    running: [],
    stopped: true,
  },
  {
    name: 'the order is not remembered by an older store: it holds',
    steps: [[web], 1_000, [stopping], [web]],
    starts: 1,
    running: [],
    stopped: true,
  },
  { name: 'left out: it goes', steps: [[web], 1_000, []], starts: 1, running: [], stopped: null },
  {
    name: 'left out, and named again at once: another one runs after it',
    steps: [[web], 1_000, [], [web]],
    starts: 2,
    running: ['10.244.0.5'],
    stopped: false,
  },
  {
    name: 'left out, and named again once it is gone',
    steps: [[web], 1_000, [], 5_000, [web]],
    starts: 2,
    running: ['10.244.0.5'],
    stopped: false,
  },
  { name: 'left out, named and left out', steps: [[web], 1_000, [], [web], []], starts: 1, running: [], stopped: null },
  {
    name: 'left out, named, and then ordered to stop',
    steps: [[web], 1_000, [], [web], [stopping]],
    starts: 1,
    running: [],
    stopped: true,
  },
  {
    name: 'left out, named, and the agent dies',
    steps: [[web], 1_000, [], [web], 'restart', [web]],
    starts: 2,
    running: ['10.244.0.5'],
    stopped: false,
  },
  {
    name: 'another address: another container',
    steps: [[web], 1_000, [elsewhere]],
    starts: 2,
    running: ['10.244.0.6'],
    stopped: false,
  },
  {
    name: 'left out, and named again with another address',
    steps: [[web], 1_000, [], [elsewhere]],
    starts: 2,
    running: ['10.244.0.6'],
    stopped: false,
  },
  {
    name: 'another address, and back',
    steps: [[web], 1_000, [elsewhere], [web]],
    starts: 2,
    running: ['10.244.0.5'],
    stopped: false,
  },
  {
    name: 'a stop that names another address',
    steps: [[web], 1_000, [{ ...elsewhere, stop }]],
    starts: 1,
    running: [],
    stopped: true,
  },
  {
    name: 'another address while its container is made',
    steps: [[web], 30, [elsewhere]],
    starts: 1,
    running: ['10.244.0.6'],
    stopped: false,
  },
]
for (const row of rows)
  tests(row.name, () => {
    const node = new FakeNode().begin()
    for (const step of row.steps) {
      if (typeof step === 'number') node.advance(step)
      else if (step === 'restart' || step === 'lost') node.restart(step === 'lost' ? null : node.core.ledger())
      else node.assign(step)
    }
    node.advance(60_000)
    assert.equal(
      node.running().map(({ labels }) => labels['dev.headway.address']),
      row.running,
    )
    const seen = node.core.pods(node.now).get(web.uid)
    assert.is(seen?.stopped ?? null, row.stopped)
    if (row.running.length > 0) assert.is(seen?.ready, true)
    const starts = node.operations.flatMap((operation) => (operation.type === 'start' ? [operation.containerId] : []))
    assert.is(new Set(starts).size, row.starts)
  })

tests('while one goes before another, it is never called stopped: its owner need not replace it', () => {
  const node = new FakeNode().begin().assign([web]).advance(1_000)
  node.assign([]).assign([elsewhere]).advance(5_000)
  const reports = node.sent.flatMap((message) => (message.type === 'report' ? message.pods : []))
  assert.not.ok(reports.some(({ stopped }) => stopped))
  assert.equal(
    node.sent.flatMap((message) => (message.type === 'report' ? message.gone : [])),
    [],
  )
})

tests('the configuration of the one to come is fetched while the one before stops', () => {
  const node = new FakeNode().begin().assign([web]).advance(1_000)
  const configs = [{ kind: 'ConfigMap', name: 'c', digest: 'd1' }] as const
  node.assign([]).assign([{ ...web, configs }])
  const asked = node.sent.flatMap((message) => (message.type === 'fetch-config' ? message.digests : []))
  assert.equal(asked, ['d1'])
  node.handle({ type: 'config-arrived', digests: ['d1'] })
  node.advance(5_000)
  assert.not.ok(node.effects.some((effect) => effect.type === 'forget-config'))
  assert.is(node.running().length, 1)
})

tests.run()
