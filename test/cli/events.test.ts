/** `events` against a fake manager: which are shown, and how. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EventView } from '../../src/model/event-view.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { NOW, runCommand } from './run-command.js'

const suiteOfEvents = suite('events')

function event(changes: Partial<EventView>): EventView {
  const seen = { firstSeen: NOW - 120_000, lastSeen: NOW - 60_000, count: 1 }
  return { type: 'Normal', reason: 'Scheduled', object: null, owner: null, message: 'as it is', ...seen, ...changes }
}

const pod = 'Pod./shop/api-1'
const all: readonly EventView[] = [
  event({ object: 'Deployment.apps/default/web', reason: 'ScalingReplicaSet', message: 'Scaled up' }),
  event({ object: pod, owner: 'Deployment.apps/shop/api', type: 'Warning', reason: 'FailedScheduling', count: 3 }),
  event({ type: 'Warning', reason: 'DeletionHeld' }),
]
let fake: FakeManager
suiteOfEvents.before(async () => {
  fake = await startFakeManager({ events: all })
})
suiteOfEvents.after(() => fake.close())
suiteOfEvents.before.each(() => {
  fake.answers = { events: all }
})

suiteOfEvents('a table as kubectl has it, with what came several times counted', async () => {
  const { code, out, err } = await runCommand(['events', '--dir', fake.directory])
  assert.is(code, 0, err)
  assert.is(
    out.replaceAll(/ +/g, ' '),
    [
      'LAST SEEN TYPE REASON OBJECT MESSAGE',
      '60s Normal ScalingReplicaSet deployment/web Scaled up',
      '60s (x3 over 2m) Warning FailedScheduling pod/api-1 in shop as it is',
      '60s Warning DeletionHeld cluster as it is',
      '',
    ].join('\n'),
  )
})

for (const [what, args, reasons] of [
  ['of a workload with its pods', ['deployment/api'], ['FailedScheduling']],
  ['of a pod', ['pod/api-1'], ['FailedScheduling']],
  ['of a namespace', ['-n', 'default'], ['ScalingReplicaSet']],
  ['warnings', ['--warnings'], ['FailedScheduling', 'DeletionHeld']],
  ['of an object in another namespace', ['deployment/api', '-n', 'default'], []],
] as const)
  suiteOfEvents(`only those ${what}`, async () => {
    const { code, out } = await runCommand(['events', ...args, '-o', 'json', '--dir', fake.directory])
    assert.is(code, 0)
    assert.equal(
      (JSON.parse(out) as EventView[]).map(({ reason }) => reason),
      [...reasons],
    )
  })

suiteOfEvents('nothing to show is said, with how far back it is looked', async () => {
  const { code, out } = await runCommand(['events', 'deployment/web', '--warnings', '--dir', fake.directory])
  assert.is(code, 0)
  assert.is(out, 'no warning of deployment/web within the last hour, or since the manager started\n')
})

suiteOfEvents('a kind that is none is wrong usage', async () => {
  assert.is((await runCommand(['events', 'thing/web', '--dir', fake.directory])).code, 2)
})

suiteOfEvents.run()
