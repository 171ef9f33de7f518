/** `headway snapshot` and `headway history REV` against a manager's answers. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { HistoryDetail } from '../../src/model/status-view.js'
import type { PodTimeline } from '../../src/model/timeline.js'
import { checkGolden } from '../support/golden.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { HEAD } from './fixtures.js'
import { NOW, runCommand } from './run-command.js'

const TEXT = '{"headway":"snapshot","version":1}\n{"at":[],"value":{}}\n{"end":true}\n'

const commands = suite('snapshot and history of a commit')
let fake: FakeManager
commands.before.each(async () => {
  fake = await startFakeManager({ snapshot: TEXT })
})
commands.after.each(() => fake.close())

commands('a snapshot goes into a file for its owner only, also over an older one', async () => {
  const file = path.join(fake.directory, 'live.snapshot')
  writeFileSync(file, 'older', { mode: 0o644 })
  const result = await runCommand(['snapshot', '-o', file, '--dir', fake.directory])
  assert.is(result.err, '')
  assert.is(result.code, 0)
  assert.match(result.out, /live\.snapshot: \d+B, no secret values/)
  assert.is(readFileSync(file, 'utf8'), TEXT)
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.not.ok(existsSync(`${file}.next`))
})

commands('or to standard output', async () => {
  assert.is((await runCommand(['snapshot', '-o', '-', '--dir', fake.directory])).out, TEXT)
})

commands('a snapshot that breaks off, no file, no manager', async () => {
  const dir = ['--dir', fake.directory]
  assert.is((await runCommand(['snapshot', ...dir])).code, 2)
  const nowhere = await runCommand(['snapshot', '-o', '/nowhere/live', ...dir])
  assert.is(nowhere.code, 2)
  assert.match(nowhere.err, /write \/nowhere\/live: .*name another file/)
  fake.answers = { snapshot: TEXT.slice(0, -8) }
  const broken = await runCommand(['snapshot', '-o', '-', ...dir])
  assert.is(broken.code, 3)
  assert.match(broken.err, /broke off/)
  assert.is((await runCommand(['snapshot', '-o', '-', '--dir', '/nowhere'])).code, 3)
})

function makePod(name: string, changes: Partial<PodTimeline>): PodTimeline {
  const steps = { createdMs: null, boundMs: null, startedMs: null, readyMs: null, stopOrderedMs: null, goneMs: null }
  const pod = { uid: name, pod: `shop/${name}`, workload: 'Deployment.apps/shop/web', node: 'node1', reason: 'rollout' }
  return { ...pod, ...steps, ...changes }
}

const up = { createdMs: 0, boundMs: 40, startedMs: 400, readyMs: 2_400 }
const down = { stopOrderedMs: 2_500, goneMs: 3_000 }
const detail: HistoryDetail = {
  revision: HEAD,
  author: 'Ada Lovelace',
  subject: 'web: v2',
  committedAt: NOW - 70_000,
  takenAt: NOW - 65_000,
  outcome: 'converged',
  convergedAt: NOW - 61_400,
  created: 2,
  stopped: 1,
  replaced: 1,
  predictedMs: 3_000,
  deviation: 0.2,
  predicted: { pods: [makePod('web-new', up), makePod('web-old', down)], omitted: 0, replaced: 1, convergedMs: 3_000 },
  actual: {
    pods: [
      makePod('web-new', { ...up, node: 'node2', readyMs: 2_900 }),
      makePod('web-old', { stopOrderedMs: 3_000, goneMs: 3_600 }),
      makePod('web-also', { createdMs: 100, reason: 'node-lost' }),
    ],
    omitted: 4,
    replaced: 1,
    convergedMs: 3_600,
  },
  note: '',
}

commands('whether it did what its reviewed plan said', async () => {
  const plan = { commit: HEAD, fingerprint: 'p1.a' }
  const changes = ['host node2 left, or is silent', 'the plan is the same all the same']
  const rows = [
    [{ ...plan, outcome: 'as-reviewed', changes }, /\n {2}as reviewed: host node2 left, or is silent; the plan is the/],
    [{ ...plan, outcome: 'differs', changes: ['a host left'] }, /\n {2}not as reviewed: a host left\n/],
    [{ ...plan, outcome: 'unreadable', changes: ['it is none'] }, /reviewed plan unknown: the Headway-Plan trailer of/],
    [{ ...plan, outcome: 'unchecked', changes: ['too late'] }, /not compared with its reviewed plan: too late/],
    [{ ...plan, outcome: 'checking', changes: [] }, /being compared/],
  ] as const
  for (const [reviewed, text] of rows) {
    fake.answers = { historyDetail: { ...detail, reviewed } }
    const { out, code } = await runCommand(['history', HEAD, '--dir', fake.directory])
    assert.is(code, 0)
    assert.match(out, text)
  }
})

commands('both timelines of a commit, side by side', async () => {
  fake.answers = { historyDetail: detail }
  const { out, code } = await runCommand(['history', HEAD.slice(0, 8), '--dir', fake.directory])
  assert.is(code, 0)
  checkGolden('golden/cli/history-commit.txt', out)
  assert.ok(fake.requests.includes(`GET /v1/history/${HEAD.slice(0, 8)}`), fake.requests.join('\n'))
  const json = await runCommand(['history', HEAD, '-o', 'json', '--dir', fake.directory])
  assert.equal(JSON.parse(json.out), detail)
})

commands('without a prediction, and without a timeline', async () => {
  const { predictedMs, deviation, ...plain } = detail
  fake.answers = { historyDetail: { ...plain, predicted: null, note: 'the manager had just started' } }
  const without = await runCommand(['history', HEAD, '--dir', fake.directory])
  assert.match(without.out, /no prediction: the manager had just started/)
  assert.match(without.out, /created +shop\/web-new +node2 +- +0\.0s +rollout/)
  fake.answers = {
    historyDetail: { ...plain, predicted: null, actual: null, note: 'its timeline is not kept any more' },
  }
  assert.match((await runCommand(['history', HEAD, '--dir', fake.directory])).out, /not kept any more\n$/)
})

const never = { pods: [], omitted: 0, replaced: 0, restarts: 0, convergedMs: null }
const headlines: readonly (readonly [name: string, changes: Partial<HistoryDetail>, line: RegExp])[] = [
  [
    'containers, of pods with several',
    { restarts: 3, predicted: { ...never, restarts: 2 } },
    /; 3 restarts, predicted 2$/,
  ],
  [
    'overtaken',
    { outcome: 'superseded', convergedAt: null, deviation: null },
    /^ {2}superseded, predicted 3\.0s; 1 restart, predicted 1$/,
  ],
  [
    'held, as it was foreseen',
    { outcome: 'held', convergedAt: null, deviation: null, predicted: never },
    /^ {2}held, predicted that it would not converge; 1 restart, predicted 0$/,
  ],
  ['too short to tell', { deviation: null }, /^ {2}converged after 3\.6s, predicted 3\.0s; /],
]
for (const [name, changes, line] of headlines) {
  commands(`the headline of a commit: ${name}`, async () => {
    fake.answers = { historyDetail: { ...detail, ...changes } }
    const { out } = await runCommand(['history', HEAD, '--dir', fake.directory])
    assert.match(out.split('\n')[2] ?? '', line)
  })
}

commands('in a cluster of several sources commits are named with their source, and asked for by it', async () => {
  const commit = 'bee5'.repeat(10)
  const several = { source: 'shop', commits: { platform: 'a'.repeat(40), shop: commit } }
  const { actual, predicted, note, ...entry } = detail
  fake.answers = { history: [{ ...entry, ...several }], historyDetail: { ...detail, ...several } }
  const list = await runCommand(['history', '--dir', fake.directory])
  assert.match(list.out, /\nshop:bee5bee5 +65s /)
  const file = path.join(fake.directory, 'cluster.json')
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { readonly sources: readonly object[] }
  const sources = ['platform', 'shop'].map((id) => ({ ...settings.sources[0], id }))
  writeFileSync(file, JSON.stringify({ ...settings, sources }))
  for (const asked of [`shop:${commit.slice(0, 8)}`, commit.slice(0, 8)]) {
    const { out } = await runCommand(['history', asked, '--dir', fake.directory])
    assert.match(out, /^shop:bee5bee5 web: v2\n/)
    assert.is(fake.requests.at(-1), `GET /v1/history/${commit.slice(0, 8)}`)
  }
})

commands('a commit that was never taken', async () => {
  const error = { status: 404, error: 'the manager took no commit beef: see headway history' }
  fake.answers = { errors: { 'GET /v1/history/beef': error } }
  const { code, err } = await runCommand(['history', 'beef', '--dir', fake.directory])
  assert.is(code, 1)
  assert.match(err, /took no commit beef/)
})

commands.run()
