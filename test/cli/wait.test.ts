/** `headway wait`: what each course of a rollout means for the exit code, and what is printed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RevisionAnswer } from '../../src/model/admin-api.js'
import { checkGolden } from '../support/golden.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { HEAD, makeRevision } from './fixtures.js'
import { runCommand } from './run-command.js'

const wait = suite('wait')
let fake: FakeManager
wait.before(async () => {
  fake = await startFakeManager({})
})
wait.after(() => fake.close())
wait.before.each(() => {
  fake.requests.length = 0
})

const readiness = { on: 'readiness', key: 'Deployment.apps/shop/web', detail: '2 of 3 pods are ready' } as const
const pod = (name: string, detail: string) => ({ on: 'scheduling', key: `Pod./shop/${name}`, detail }) as const
const full = '0/1 nodes are available: 1 Too many pods'
const owners = { 'Pod./shop/web-a': readiness.key, 'Pod./shop/web-b': readiness.key, 'Pod./shop/web-c': readiness.key }
const brake = { on: 'delete-brake', key: null, detail: '2 objects wait for a confirmation' } as const
const problem = {
  severity: 'error',
  code: 'unknown-field',
  file: 'apps/greeter/deployment.yaml',
  line: 12,
  column: 7,
  path: 'spec.replica',
  message: 'unknown field, did you mean replicas?',
} as const

const plan = { commit: HEAD, fingerprint: 'p1.a' }
const changes = [
  'host node2 left, or is silent',
  'the plan differs: 4 restarts (3 when reviewed), 0 pods created (0), 0 deleted (0)',
]

interface Row {
  readonly name: string
  readonly golden: string
  readonly answers: readonly Partial<RevisionAnswer>[]
  readonly timeout?: string
  readonly code: number
}

const rows: readonly Row[] = [
  { name: 'healthy already', golden: 'healthy', answers: [{}], code: 0 },
  {
    name: 'healthy after a while',
    golden: 'after-a-while',
    answers: [{ taken: false, converged: false }, { converged: false, waiting: [readiness] }, {}],
    code: 0,
  },
  {
    name: 'healthy, and not as reviewed',
    golden: 'not-as-reviewed',
    answers: [{ reviewed: { ...plan, outcome: 'differs', changes } }],
    code: 0,
  },
  {
    name: 'healthy before it is compared',
    golden: 'as-reviewed',
    answers: [
      { reviewed: { ...plan, outcome: 'checking', changes: [] } },
      { reviewed: { ...plan, outcome: 'as-reviewed', changes: [] }, converged: false },
    ],
    code: 0,
  },
  {
    name: 'healthy, and its trailer is no fingerprint',
    golden: 'unreadable-plan',
    answers: [
      { reviewed: { ...plan, outcome: 'unreadable', changes: ["p1. is not a plan's fingerprint: copy it whole"] } },
    ],
    code: 0,
  },
  {
    name: 'held',
    golden: 'held',
    answers: [{ converged: false, heldApps: ['main:apps/greeter'], problems: [problem] }],
    code: 1,
  },
  {
    name: 'held by an older commit until this one is taken',
    golden: 'held-before',
    answers: [{ taken: false, converged: false, heldApps: ['main:apps/greeter'], problems: [problem] }, {}],
    code: 0,
  },
  {
    name: 'not there in time',
    golden: 'timeout',
    answers: [{ converged: false, waiting: [readiness] }],
    timeout: '300ms',
    code: 1,
  },
  {
    name: 'pods with one reason take one line, and a look prints only what is new',
    golden: 'many-pods',
    answers: [
      { converged: false, waiting: [pod('web-a', full), readiness, pod('web-b', full), pod('other-x', full)], owners },
      {
        converged: false,
        waiting: [pod('web-a', full), pod('web-b', full), pod('web-c', 'no node'), readiness],
        owners,
      },
      {},
    ],
    code: 0,
  },
  {
    name: 'a commit nobody has',
    golden: 'unknown',
    answers: [{ known: false, taken: false, converged: false }],
    code: 1,
  },
  { name: 'only deletions wait', golden: 'brake', answers: [{ converged: false, waiting: [brake] }], code: 1 },
]

for (const row of rows)
  wait(row.name, async () => {
    fake.answers = {
      fetch: { sources: [{ id: 'main', tip: HEAD, error: '' }] },
      revisions: row.answers.map((changes) => makeRevision(changes)),
    }
    // Each look at a revision is followed by a change, but for the last one: that lasts.
    const looks = (): number => fake.requests.filter((request) => request.includes('/revisions/')).length
    const changes = setInterval(() => {
      if (looks() < row.answers.length) fake.change()
    }, 20)
    const result = await runCommand(['wait', '--timeout', row.timeout ?? '20s', '--dir', fake.directory])
    clearInterval(changes)
    assert.is(result.code, row.code, result.err)
    checkGolden(`golden/cli/wait-${row.golden}.txt`, `${result.out}---\n${result.err}`)
    assert.is(fake.requests[0], 'POST /v1/fetch')
    assert.is(fake.requests[1], `GET /v1/revisions/${HEAD}`)
  })

wait('in JSON the waiting list and the outcome', async () => {
  fake.answers = {
    fetch: { sources: [{ id: 'main', tip: HEAD, error: '' }] },
    revisions: [makeRevision({ converged: false, waiting: [readiness] })],
  }
  const result = await runCommand(['wait', '-o', 'json', '--timeout', '200ms', '--dir', fake.directory])
  assert.is(result.code, 1)
  const answer = JSON.parse(result.out)
  assert.is(answer.outcome, 'timeout')
  assert.equal(answer.waiting, [readiness])
  assert.is(result.err, '')
})

wait('a source that cannot be reached', async () => {
  fake.answers = { fetch: { sources: [{ id: 'main', tip: '', error: 'fetch: connection refused: check the URL' }] } }
  const result = await runCommand(['wait', '--dir', fake.directory])
  assert.is(result.code, 3)
  assert.match(result.err, /source main cannot be read: fetch: connection refused/)
})

wait('Ctrl-C ends it as a signal does', async () => {
  fake.answers = {
    fetch: { sources: [{ id: 'main', tip: HEAD, error: '' }] },
    revisions: [makeRevision({ converged: false })],
  }
  const interrupt = new AbortController()
  setTimeout(() => interrupt.abort(new Error('interrupted')), 50)
  const result = await runCommand(['wait', '--dir', fake.directory], { interrupt: interrupt.signal })
  assert.is(result.code, 130)
})

wait.run()
