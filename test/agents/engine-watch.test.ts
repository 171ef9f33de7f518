/** The engine watch: events that are told, events that never come, and what a glance costs when nothing differs. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AgentEvent } from '../../src/agents/core/agent-event.js'
import { LABEL_CLUSTER } from '../../src/agents/core/container-names.js'
import { EngineWatch } from '../../src/agents/engine-watch.js'
import type { PodVolumes } from '../../src/agents/pod-volumes.js'
import type { RuntimeContainer, RuntimeEvent } from '../../src/agents/runtime.js'
import { waitFor } from '../support/wait-for.js'
import { fakeRuntime } from './fake-runtime.js'

const CLUSTER = 'c1'
const tests = suite('engine watch')

function container(id: string, state: RuntimeContainer['state']): RuntimeContainer {
  const hasEnded = state === 'exited'
  return {
    id,
    name: id,
    labels: { [LABEL_CLUSTER]: CLUSTER },
    imageId: 'i',
    state,
    startedAt: 1,
    finishedAt: hasEnded ? 2 : null,
    exitCode: hasEnded ? 3 : null,
    oomKilled: false,
    error: '',
    pid: hasEnded ? null : 7,
  }
}

/** An engine whose events the test sends, or swallows. */
function makeWatch(glanceEveryMs: number) {
  const engine = new Map([container('a', 'running'), container('b', 'running')].map((one) => [one.id, one]))
  const calls = { list: 0, glance: 0, inspect: 0 }
  const events: AgentEvent[] = []
  let tell: (event: RuntimeEvent) => void = () => undefined
  let isAway = false
  const answer = <T>(call: keyof typeof calls, value: () => T): Promise<T> => {
    calls[call]++
    return isAway ? Promise.reject(new Error('away')) : Promise.resolve(value())
  }
  const runtime = fakeRuntime({
    watch: (listener) => {
      tell = listener
      return () => undefined
    },
    list: () => answer('list', () => [...engine.values()]),
    glance: () => answer('glance', () => [...engine.values()].map(({ id, state }) => ({ id, state }))),
    inspect: (id) => answer('inspect', () => engine.get(id) ?? null),
  })
  const volumes = { list: async () => [] } as Partial<PodVolumes> as PodVolumes
  const log = { info: () => undefined, warning: () => undefined }
  const dispatch = (event: AgentEvent): void => void events.push(event)
  const watch = new EngineWatch({ runtime, volumes, clusterId: CLUSTER, log, dispatch, glanceEveryMs })
  return {
    engine,
    calls,
    events,
    watch,
    tell: (event: RuntimeEvent) => tell(event),
    setAway: (value: boolean) => {
      isAway = value
    },
  }
}

const told = (events: readonly AgentEvent[]): readonly string[] =>
  events.map((event) =>
    event.type === 'container'
      ? `${event.container.id} ${event.container.state} ${event.container.exitCode}`
      : event.type === 'container-removed'
        ? `${event.containerId} removed`
        : event.type,
  )

tests('a glance that finds nothing new asks and tells nothing more', async () => {
  const { calls, events, watch } = makeWatch(5)
  await watch.start()
  await waitFor('three glances', 5_000, () => calls.glance >= 3)
  watch.close()
  assert.equal([calls.list, calls.inspect, told(events)], [1, 0, ['containers']])
})

tests('an exit, a removal and a start whose events never come are noticed, each inspected once', async () => {
  const { engine, calls, events, watch } = makeWatch(5)
  await watch.start()
  engine.set('a', container('a', 'exited'))
  engine.delete('b')
  engine.set('c', container('c', 'running'))
  await waitFor('the core to hear of all three', 5_000, () => events.length >= 4)
  const seen = calls.glance
  await waitFor('two more glances', 5_000, () => calls.glance >= seen + 2)
  watch.close()
  assert.equal(told(events), ['containers', 'b removed', 'a exited 3', 'c running null'])
  assert.equal([calls.list, calls.inspect], [1, 3])
})

tests('what an event has told is not told again by the next glance', async () => {
  const { engine, calls, events, watch, tell } = makeWatch(20)
  await watch.start()
  engine.set('a', container('a', 'exited'))
  tell({ type: 'died', containerId: 'a', labels: { [LABEL_CLUSTER]: CLUSTER }, exitCode: 3 })
  engine.delete('b')
  tell({ type: 'removed', containerId: 'b', labels: { [LABEL_CLUSTER]: CLUSTER }, exitCode: null })
  await waitFor('two glances', 5_000, () => calls.glance >= 2)
  watch.close()
  assert.equal(told(events).slice().sort(), ['a exited 3', 'b removed', 'containers'])
})

tests('an engine that is away is looked at again', async () => {
  const { engine, calls, events, watch, setAway } = makeWatch(5)
  await watch.start()
  setAway(true)
  await waitFor('two failed glances', 5_000, () => calls.glance >= 2)
  assert.equal(told(events), ['containers'])
  engine.set('a', container('a', 'exited'))
  setAway(false)
  await waitFor('the exit', 5_000, () => events.length === 2)
  watch.close()
  assert.equal(told(events), ['containers', 'a exited 3'])
})

tests.run()
