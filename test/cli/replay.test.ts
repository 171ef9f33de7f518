/** `headway replay` and `headway why --at` on a journal, without a manager. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseInstant } from '../../src/cli/journal-time.js'
import { ManagerCore, type ManagerEvent } from '../../src/manager/core/manager-core.js'
import { openJournal } from '../../src/manager/journal/journal.js'
import { zeroGeneration } from '../../src/model/generation.js'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { makeFacts } from '../support/builders.js'
import { makeDeployment, makeDesired } from '../support/desired.js'
import { checkGolden } from '../support/golden.js'
import { NOW, runCommand } from './run-command.js'

const START = Date.UTC(2026, 10, 21, 9, 50)
const replays = suite<{ directory: string }>('replay')

/** A manager told of a node, a commit, and a minute later another; its agent never answers. */
async function writeJournal(directory: string, plannerVersion: string): Promise<void> {
  let now = START
  const options = { planned: emptyPlannedState, assignments: [], history: [], members: [], isStoreEmpty: false }
  const core = new ManagerCore({ clusterId: 'c', now, ...options })
  const log = (line: string): void => assert.unreachable(line)
  const journal = openJournal(core, { directory, clusterId: 'c', plannerVersion, now: () => now, log })
  const handle = (event: ManagerEvent): void => {
    const effects = core.handle(event, now)
    journal.handled(event, now, effects)
    for (const effect of effects) {
      if (effect.type === 'commit-plan') handle({ type: 'plan-committed', plan: effect.plan.id })
    }
  }
  const images = [{ id: 'sha256:1', names: ['web:v1'], sizeBytes: 1 }]
  const facts = makeFacts('node1', { images })
  const said = { generation: zeroGeneration, networkVersion: 0, pods: [], services: [], podSubnet: '', taints: [] }
  const hello = { type: 'hello', protocols: [1], facts, ...said } as const
  handle({ type: 'agent-message', node: 'node1', connection: 1, message: hello })
  const first = makeDesired([makeDeployment({ replicas: 2 })], { revision: 'a1b2c3d4e5' })
  handle({ type: 'desired', desired: first })
  handle({ type: 'tick' })
  now += 1_000
  const second = makeDesired([makeDeployment({ replicas: 3 })], { revision: '3f2a91c0d4', before: first })
  handle({ type: 'desired', desired: second })
  handle({ type: 'tick' })
  await journal.close()
}

replays.before.each(async (context) => {
  context.directory = mkdtempSync('/tmp/hwcli-')
  await writeJournal(path.join(context.directory, 'journal'), '0.1.0')
})
replays.after.each(({ directory }) => {
  rmSync(directory, { recursive: true, force: true })
})

replays('every plan, in words, and that all came out the same', async ({ directory }) => {
  const { code, out, err } = await runCommand(['replay', '--dir', directory])
  assert.is(err, '')
  checkGolden('golden/cli/replay.txt', out)
  assert.is(code, 0)
})

replays('for programs', async ({ directory }) => {
  const { code, out } = await runCommand(['replay', '--dir', directory, '-o', 'json', '--from', '2026-11-21T09:50:01Z'])
  const answer = JSON.parse(out)
  assert.is(code, 0)
  assert.is(answer.reproduced, true)
  assert.is(answer.mismatch, null)
  assert.is(answer.plans.length, 1)
  assert.is(answer.plans[0].revision, '3f2a91c0d4')
  const schema = JSON.parse(readFileSync('schemas/headway/replay.json', 'utf8')) as object
  const validate = new Ajv2020({ strict: false }).compile(schema)
  const isValid: boolean = validate(answer)
  assert.ok(isValid, JSON.stringify(validate.errors))
  assert.match(answer.plans[0].actions.map((action: { text: string }) => action.text).join(), /create web-/)
})

replays(
  'a segment that is still being written is said to be one, unless the time asked is over before its end',
  async ({ directory }) => {
    const folder = path.join(directory, 'journal')
    const file = path.join(folder, readdirSync(folder)[0] ?? '')
    // Without its last line, which closes it.
    writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1).join('\n')}\n`)
    const all = await runCommand(['replay', '--journal', folder])
    assert.match(
      all.out,
      /jsonl ends at 2026-11-21T09:50:01\.000Z: it is still being written, or its manager was killed\n2 plans, every/,
    )
    const part = await runCommand(['replay', '--journal', folder, '--to', '2026-11-21T09:50:00.500Z'])
    assert.not.match(part.out, /still being written/)
    assert.match(part.out, /\n1 plan, every one reproduced\n$/)
    assert.equal([all.code, part.code], [0, 0])
  },
)

replays('exit 1 names the first plan that differs', async ({ directory }) => {
  const folder = path.join(directory, 'journal')
  const file = path.join(folder, readdirSync(folder)[0] ?? '')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('"replicas":2', '"replicas":1'))
  const { code, out } = await runCommand(['replay', '--journal', folder])
  assert.is(code, 1)
  assert.match(out, /not as it was made/)
  assert.match(out, /not reproduced: at 2026-11-21T09:50:00.000Z plan .* \(\/.*jsonl:\d+\)/)
})

replays('a journal of another version is said to be one', async ({ directory }) => {
  const folder = path.join(directory, 'other')
  await writeJournal(folder, '9.9.9')
  const { code, out } = await runCommand(['replay', '--journal', folder])
  assert.is(code, 0)
  assert.match(out, /written by headway 9\.9\.9, this is/)
})

const mistakes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['no journal', ['replay', '--journal', '/nowhere'], 1, /there is no journal in \/nowhere/],
  ['no time', ['replay', '--from', 'soon'], 2, /"soon" is no time: write/],
  ['no time of day', ['replay', '--from', '24:00'], 2, /"24:00" is no time/],
  ['no minute', ['replay', '--from', '10:60'], 2, /"10:60" is no time/],
  [
    'a time to come',
    ['why', 'deployment/web', '--at', '2999-01-01T00:00:00Z'],
    2,
    /2999-01-01T00:00:00.000Z is to come/,
  ],
  ['a number alone', ['replay', '--from', '2026'], 2, /"2026" is no time/],
  [
    'an end before the beginning',
    ['replay', '--from', '5m', '--to', '10m'],
    2,
    /--from .* is after --to .*: swap them/,
  ],
  ['too early', ['replay', '--to', '2026-11-21T09:00:00Z'], 1, /begins at 2026-11-21T09:50:00.000Z/],
]
for (const [name, args, exitCode, message] of mistakes) {
  replays(`said and done: ${name}`, async ({ directory }) => {
    const { code, err } = await runCommand([...args, '--dir', directory])
    assert.match(err, message)
    assert.is(code, exitCode)
  })
}

replays('a time in which nothing was planned is told, with what was run', async ({ directory }) => {
  const { code, out } = await runCommand(['replay', '--dir', directory, '--from', '5m'])
  assert.is(code, 0)
  const run = 'events from 2026-11-21T09:50:00.000Z to 2026-11-21T09:50:01.000Z were run'
  assert.is(out, `no plan was made in that time (${run})\n`)
})

/** NOW is 10:00 UTC; the time zone is that of the machine. */
const local = (minutes: number): string => new Date(NOW + minutes * 60_000).toTimeString().slice(0, 5)
const times: readonly (readonly [name: string, text: string, minutes: number])[] = [
  ['now', local(0), 0],
  ['an hour ago', local(-60), -60],
  ['a little ahead', local(60), 60],
  ['far ahead is yesterday', local(61), 61 - 24 * 60],
  ['twenty hours ago', local(-20 * 60), -20 * 60],
]
for (const [name, text, minutes] of times) {
  replays(`time of day: ${name}`, () => {
    assert.is(
      new Date(parseInstant({ now: () => NOW }, text)).toISOString(),
      new Date(NOW + minutes * 60_000).toISOString(),
    )
  })
}

replays('why, at a time that is over', async ({ directory }) => {
  const ask = (at: string) => runCommand(['why', 'deployment/web', '--at', at, '--dir', directory])
  const [first, second] = [await ask('2026-11-21T09:50:00.5Z'), await ask('9m ago')]
  assert.match(first.out, /replicas +2 wanted/)
  assert.match(second.out, /replicas +3 wanted/)
  const absent = await runCommand(['why', 'deployment/api', '--at', '9m', '--dir', directory])
  assert.is(absent.code, 1)
  assert.match(absent.err, /there was no deployment\/api at 2026-11-21T09:51:00.000Z/)
})

replays.run()
