/** Which of a container's runs is the current one, by table: what the engine shows, one after another, and what is held then. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { containerLabels } from '../../../src/agents/core/container-names.js'
import { showContainer } from '../../../src/agents/core/container-runs.js'
import { settlePod, takeResult } from '../../../src/agents/core/pod-machine.js'
import { newPodRecord } from '../../../src/agents/core/pod-record.js'
import type { RuntimeContainer } from '../../../src/agents/runtime.js'
import { CLUSTER, FakeNode, makePod } from './fake-node.js'

const tests = suite('container runs')
const NOW = 1_000_000

type State = RuntimeContainer['state']

function shownAs(attempt: number, state: State): RuntimeContainer {
  return {
    id: `app#${attempt}`,
    name: `app#${attempt}`,
    labels: containerLabels(CLUSTER, makePod('web'), 'app', attempt),
    imageId: 'sha256:1',
    state,
    startedAt: state === 'created' ? null : NOW,
    finishedAt: state === 'exited' ? NOW : null,
    exitCode: state === 'exited' ? 1 : null,
    oomKilled: false,
    error: '',
    pid: null,
  }
}

const rows: readonly {
  readonly name: string
  readonly shown: readonly (readonly [attempt: number, state: State])[]
  readonly current: readonly [attempt: number, state: State]
  readonly older: readonly (readonly [attempt: number, state: State])[]
}[] = [
  {
    name: 'the newest of two that ended',
    shown: [
      [0, 'exited'],
      [1, 'exited'],
    ],
    current: [1, 'exited'],
    older: [[0, 'exited']],
  },
  {
    name: 'in any order',
    shown: [
      [1, 'exited'],
      [0, 'exited'],
    ],
    current: [1, 'exited'],
    older: [[0, 'exited']],
  },
  {
    name: 'the newest of two that run',
    shown: [
      [0, 'running'],
      [1, 'running'],
    ],
    current: [1, 'running'],
    older: [[0, 'running']],
  },
  {
    name: 'one that runs, not a newer one never started',
    shown: [
      [0, 'running'],
      [1, 'created'],
    ],
    current: [0, 'running'],
    older: [[1, 'created']],
  },
  {
    name: 'the same the other way round',
    shown: [
      [1, 'created'],
      [0, 'running'],
    ],
    current: [0, 'running'],
    older: [[1, 'created']],
  },
  {
    name: 'a paused one counts as one that runs',
    shown: [
      [1, 'created'],
      [0, 'paused'],
    ],
    current: [0, 'paused'],
    older: [[1, 'created']],
  },
  {
    name: 'a newer one never started, beside a dead one',
    shown: [
      [0, 'exited'],
      [1, 'created'],
    ],
    current: [1, 'created'],
    older: [[0, 'exited']],
  },
  {
    name: 'the newest of two never started',
    shown: [
      [0, 'created'],
      [1, 'created'],
    ],
    current: [1, 'created'],
    older: [[0, 'created']],
  },
  {
    name: 'the older of them begins to run',
    shown: [
      [0, 'created'],
      [1, 'created'],
      [0, 'running'],
    ],
    current: [0, 'running'],
    older: [[1, 'created']],
  },
  {
    name: 'one left behind begins to run: it stays a stray',
    shown: [
      [0, 'running'],
      [1, 'created'],
      [1, 'running'],
    ],
    current: [0, 'running'],
    older: [[1, 'running']],
  },
  {
    name: 'late news of the current run',
    shown: [
      [0, 'running'],
      [0, 'created'],
    ],
    current: [0, 'running'],
    older: [],
  },
  {
    name: 'late news of an older run',
    shown: [
      [0, 'exited'],
      [1, 'created'],
      [0, 'running'],
    ],
    current: [1, 'created'],
    older: [[0, 'exited']],
  },
]
for (const row of rows)
  tests(row.name, () => {
    const [container] = newPodRecord(makePod('web')).containers
    if (container === undefined) throw new Error('a pod without containers')
    for (const [attempt, state] of row.shown) showContainer(container, shownAs(attempt, state))
    const idOf = ({ id, state }: Pick<RuntimeContainer, 'id' | 'state'>): string => `${id} ${state}`
    assert.is(
      container.current && idOf(container.current),
      idOf({ id: `app#${row.current[0]}`, state: row.current[1] }),
    )
    assert.equal(
      container.older.map(idOf),
      row.older.map(([attempt, state]) => idOf({ id: `app#${attempt}`, state })),
    )
    assert.is(container.attempt, row.current[0], 'restarts are counted of what ran')
  })

tests('a start that fails speaks of its own container only', () => {
  const pod = newPodRecord(makePod('web'))
  const [container] = pod.containers
  if (container === undefined) throw new Error('a pod without containers')
  showContainer(container, shownAs(1, 'created'))
  container.operation = { id: 1, operation: { type: 'start', containerId: 'app#1' } }
  showContainer(container, shownAs(0, 'running'))
  const refused = { ok: false, code: 'invalid', message: 'no', retryable: false } as const
  assert.ok(takeResult(pod, container, { type: 'start', containerId: 'app#1' }, refused, NOW), 'asks for the list')
  settlePod(pod, NOW)
  assert.equal([container.current?.id, container.current?.state, container.startError], ['app#0', 'running', ''])
})

tests('an agent that finds one left behind keeps what runs, and what it knows of it', () => {
  for (const keepsLedger of [true, false]) {
    const web = makePod('web', { containers: [{ name: 'app', image: 'app:1', readinessProbe: { periodSeconds: 60 } }] })
    const node = new FakeNode().begin().assign([web]).advance(61_000)
    const [before] = node.running()
    if (before === undefined) throw new Error('it does not run')
    const left = { ...before, id: 'left', name: 'web/app/1', state: 'created' as const, startedAt: null }
    const labels = containerLabels(CLUSTER, web, 'app', 1)
    node.containers.clear()
    // The engine lists what is newest first.
    node.containers.set(left.id, { ...left, labels }).set(before.id, before)
    node.restart(keepsLedger ? node.core.ledger() : null)
    if (!keepsLedger) node.assign([web])
    if (keepsLedger) assert.is(node.core.pods(node.now).get('web-uid')?.ready, true, 'no endpoint leaves for nothing')
    node.advance(61_000)
    assert.equal([...node.containers.keys()], [before.id])
    const seen = node.core.pods(node.now).get('web-uid')
    assert.equal([seen?.ready, seen?.containers[0]?.restarts], [true, 0])
  }
})

tests.run()
