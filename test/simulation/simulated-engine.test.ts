/** The simulated engine: containers behave as their profile says, and a host's chance is its own. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Operation } from '../../src/agents/core/agent-effect.js'
import type { OperationResult, ProbeOutcome } from '../../src/agents/core/agent-event.js'
import type { RuntimeContainer } from '../../src/agents/runtime.js'
import { makeRandom } from '../../src/base/random.js'
import type { AssignedPod } from '../../src/model/assignment.js'
import { imageId } from '../../src/simulation/image-profile.js'
import { SimulatedEngine } from '../../src/simulation/simulated-engine.js'
import { SimulatedTime } from '../../src/simulation/simulated-time.js'
import { images } from './manifests.js'

const engines = suite('simulated engine')

function makeEngine(seed = 1) {
  const time = new SimulatedTime(0)
  const trace: string[] = []
  const engine = new SimulatedEngine({
    clusterId: 'c0ffee',
    time,
    random: makeRandom(seed).split('engine node1'),
    images: new Map(images.map((image) => [image.reference, image])),
    trace: (what) => trace.push(`${time.now} ${what}`),
  })
  const changed: RuntimeContainer[] = []
  const removed: string[] = []
  engine.listener = {
    changed: (container) => changed.push(container),
    removed: (id) => removed.push(id),
    lost: () => {},
  }
  const operate = async (operation: Operation): Promise<OperationResult> => {
    let result: OperationResult | undefined
    engine.operate(operation, (answer) => {
      result = answer
    })
    while (result === undefined && time.nextAt() !== null) await time.step()
    assert.ok(result !== undefined, `${operation.type} was never answered`)
    return result as OperationResult
  }
  const advance = async (ms: number): Promise<void> => {
    const end = time.now + ms
    for (let next = time.nextAt(); next !== null && next <= end; next = time.nextAt()) await time.step()
    time.moveTo(end)
  }
  return { engine, time, trace, changed, removed, operate, advance }
}

type Fixture = ReturnType<typeof makeEngine>

function createOperation(reference: string, attempt = 0): Operation {
  const pod = { uid: 'uid-1', namespace: 'default', name: 'web', templateHash: 'v1-0' } as AssignedPod
  const image = imageId(reference)
  const plan = {
    pod,
    container: 'main',
    attempt,
    form: 'single',
    sandboxId: null,
    image,
    imageUser: '',
    stopSignal: '',
  } as const
  return { type: 'create', plan }
}

async function run({ operate }: Fixture, reference: string, attempt = 0): Promise<string> {
  const made = await operate(createOperation(reference, attempt))
  assert.ok(made.ok)
  const containerId = (made.ok ? made.container?.id : '') ?? ''
  const started = await operate({ type: 'start', containerId })
  assert.is(started.ok && started.container?.state, 'running')
  return containerId
}

function stop(containerId: string, graceMs: number): Operation {
  return { type: 'stop', containerId, signal: '', graceMs, preStop: null, address: '' }
}

engines('create, start, stop and remove, with an event for the end', async () => {
  const fixture = makeEngine()
  const { engine, operate, changed, removed, advance } = fixture
  const id = await run(fixture, 'web:1')
  assert.is(engine.running().length, 1)
  assert.ok((await operate(stop(id, 10_000))).ok)
  assert.is(engine.inspect(id)?.exitCode, 143)
  await advance(5)
  assert.equal(
    changed.map((container) => container.state),
    ['exited'],
  )
  assert.ok((await operate({ type: 'remove', containerId: id })).ok)
  await advance(5)
  assert.equal(removed, [id])
  assert.is(engine.inspect(id), null)
  assert.ok((await operate({ type: 'remove', containerId: id })).ok)
})

engines('what ignores TERM ends with its grace period, or sooner when it is hastened', async () => {
  const fixture = makeEngine()
  const { engine, time, operate } = fixture
  const first = await run(fixture, 'web:ignores-term')
  const begun = time.now
  await operate(stop(first, 4_000))
  assert.is(time.now - begun, 4_000)
  assert.is(engine.inspect(first)?.exitCode, 137)
  const second = await run(fixture, 'web:ignores-term', 1)
  const again = time.now
  let isAnswered = false
  engine.operate(stop(second, 30_000), () => {
    isAnswered = true
  })
  engine.hastenStop(second, 1_000)
  await fixture.advance(1_000)
  assert.ok(isAnswered)
  assert.is(engine.inspect(second)?.finishedAt, again + 1_000)
})

engines('a crash happens in every run, or once only', async () => {
  for (const [image, ends] of [
    ['web:crash-loop', [1, 1]],
    ['web:crash-once', [1, null]],
    ['web:exits-0', [0, 0]],
    ['web:1', [null, null]],
  ] as const) {
    const fixture = makeEngine()
    const codes: (number | null)[] = []
    for (const attempt of [0, 1]) {
      const id = await run(fixture, image, attempt)
      await fixture.advance(2_000)
      codes.push(fixture.engine.inspect(id)?.exitCode ?? null)
    }
    assert.equal(codes, ends, image)
  }
})

engines('probes follow the profile', async () => {
  const probe = async (
    image: string,
    afterMs: number,
    kind: 'readiness' | 'liveness',
  ): Promise<ProbeOutcome | null> => {
    const fixture = makeEngine()
    const containerId = await run(fixture, image)
    await fixture.advance(afterMs)
    let outcome: ProbeOutcome | null = null
    const request = { containerId, kind, probe: {}, address: '', timeoutMs: 1_000 } as const
    fixture.engine.probe(request, (answer) => {
      outcome = answer
    })
    await fixture.advance(10)
    return outcome
  }
  assert.is(await probe('web:1', 0, 'readiness'), 'failure')
  assert.is(await probe('web:1', 300, 'readiness'), 'success')
  assert.is(await probe('web:never-ready', 60_000, 'readiness'), 'failure')
  assert.is(await probe('web:never-ready', 60_000, 'liveness'), 'success')
  assert.is(await probe('web:exits-0', 1_000, 'liveness'), 'error')
})

engines('images: present, pulled once, or nowhere', async () => {
  const { time, operate } = makeEngine()
  const pull = async (reference: string) => {
    const begun = time.now
    const pinned = { id: '', digest: '' }
    const result = await operate({ type: 'ensure-image', reference, pinned, policy: 'IfNotPresent', pullSecrets: [] })
    return { ok: result.ok, ms: time.now - begun }
  }
  assert.equal(await pull('web:1'), { ok: true, ms: 4 })
  assert.equal(await pull('web:3'), { ok: true, ms: 1_500 })
  assert.equal(await pull('web:3'), { ok: true, ms: 4 })
  assert.not((await pull('web:missing')).ok)
  assert.not((await pull('unheard:of')).ok)
})

engines('a power cut ends everything and answers nothing', async () => {
  const fixture = makeEngine()
  const id = await run(fixture, 'web:1')
  let answers = 0
  fixture.engine.operate(stop(id, 30_000), () => answers++)
  fixture.engine.operate(createOperation('web:2', 1), () => answers++)
  fixture.engine.powerOff()
  await fixture.advance(60_000)
  assert.is(answers, 0)
  assert.equal(fixture.changed, [])
  assert.is(fixture.engine.running().length, 0)
  assert.is(fixture.engine.inspect(id)?.exitCode, 137)
})

engines('a name can be taken once', async () => {
  const { operate } = makeEngine()
  assert.ok((await operate(createOperation('web:1'))).ok)
  const second = await operate(createOperation('web:1'))
  assert.is(second.ok ? '' : second.code, 'conflict')
})

engines('the same seed takes the same time, another another', async () => {
  const timeOf = async (seed: number): Promise<readonly string[]> => {
    const fixture = makeEngine(seed)
    for (let attempt = 0; attempt < 5; attempt++) await run(fixture, 'web:1', attempt)
    return fixture.trace
  }
  assert.equal(await timeOf(3), await timeOf(3))
  assert.is.not((await timeOf(3)).join(), (await timeOf(4)).join())
})

engines.run()
