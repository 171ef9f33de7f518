/** The journal on disk: what goes in, how it ends, what it costs, and what is said of one that is damaged. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Journal, type JournalOptions, openJournal } from '../../../src/manager/journal/journal.js'
import { type ReplayResult, replay, stateAt } from '../../../src/manager/journal/replay.js'
import type { Manifest } from '../../../src/model/desired-state.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'
import { FastAgent, Rig } from '../core/rig.js'

const journals = suite<{ directory: string }>('journal')
journals.before.each((context) => {
  context.directory = mkdtempSync('/tmp/hwjournal-')
})
journals.after.each(({ directory }) => {
  rmSync(directory, { recursive: true, force: true })
})

interface Journalled {
  readonly rig: Rig
  readonly agent: FastAgent
  readonly journal: Journal
  readonly log: string[]
}

/** A cluster of one node whose manager keeps a journal in the folder. */
function journalled(directory: string, options: Partial<JournalOptions> = {}): Journalled {
  const rig = new Rig([], false)
  rig.now = Date.UTC(2026, 10, 21, 10)
  const log: string[] = []
  const journal = openJournal(rig.core, {
    directory,
    clusterId: 'c',
    plannerVersion: '0.1.0',
    now: () => rig.now,
    log: (line) => log.push(line),
    ...options,
  })
  rig.onHandled = (event, now, effects) => journal.handled(event, now, effects)
  const agent = new FastAgent('node1')
  rig.connect(agent)
  return { rig, agent, journal, log }
}

/** Takes a commit of these manifests a second later, and plans until nothing is due. */
function commit({ rig }: Journalled, revision: string, manifests: readonly Manifest[]): void {
  const before = rig.core.desired
  rig.now += 1_000
  const desired = makeDesired(manifests, { revision, ...(before === null ? {} : { before }) })
  rig.handle({ type: 'desired', desired })
  rig.settle()
}

function replayAll(directory: string, from: number | null = null, to: number | null = null): Promise<ReplayResult> {
  return replay({ directory, from, to, onPlan: () => {} })
}

function files(directory: string): readonly string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => path.join(directory, name))
}

function onlyFile(directory: string): string {
  const found = files(directory)
  assert.is(found.length, 1, found.join(' '))
  return found[0]!
}

journals('a journal that was closed replays in full, for its owner only', async ({ directory }) => {
  const cluster = journalled(directory)
  commit(cluster, 'c1', [makeDeployment({ replicas: 3 })])
  commit(cluster, 'c2', [makeDeployment({ replicas: 5 })])
  await cluster.journal.close()
  const result = await replayAll(directory)
  assert.is(result.mismatch, null)
  assert.is(result.plans, cluster.rig.commits)
  assert.ok(result.segments[0]?.isWhole)
  assert.is(statSync(onlyFile(directory)).mode & 0o777, 0o600)
})

journals('events are on disk soon, without closing', async ({ directory }) => {
  const cluster = journalled(directory)
  commit(cluster, 'c1', [makeDeployment()])
  await cluster.journal.flush()
  const result = await replayAll(directory)
  assert.is(result.plans, cluster.rig.commits)
  assert.not(result.segments[0]?.isWhole)
  await cluster.journal.close()
})

journals('heartbeats and idle ticks leave no line; those that end a silence do', async ({ directory }) => {
  const cluster = journalled(directory)
  commit(cluster, 'c1', [makeDeployment()])
  await cluster.journal.flush()
  const { size } = statSync(onlyFile(directory))
  const heartbeat = { type: 'agent-message', node: 'node1', connection: 1, message: { type: 'heartbeat' } } as const
  for (let i = 0; i < 50; i++) {
    cluster.rig.now += 500
    cluster.rig.handle(heartbeat)
    cluster.rig.handle({ type: 'tick' })
  }
  await cluster.journal.flush()
  assert.is(statSync(onlyFile(directory)).size, size)
  cluster.rig.now += 2_500
  cluster.rig.handle({ type: 'tick' })
  assert.is.not(cluster.rig.core.observed.nodes.get('node1')?.silentSince, null)
  cluster.rig.handle(heartbeat)
  commit(cluster, 'c2', [makeDeployment({ replicas: 4 })])
  await cluster.journal.close()
  const result = await replayAll(directory)
  assert.is(result.mismatch, null, JSON.stringify(result.mismatch))
  assert.is(result.plans, cluster.rig.commits)
})

journals('a stall of the manager replays as one', async ({ directory }) => {
  const cluster = journalled(directory)
  commit(cluster, 'c1', [makeDeployment()])
  cluster.rig.now += 60_000
  cluster.rig.handle({ type: 'tick' })
  assert.ok(cluster.rig.log.some((line) => line.startsWith('was stopped for')))
  commit(cluster, 'c2', [makeDeployment({ replicas: 4 })])
  await cluster.journal.close()
  const { core } = await stateAt(directory, cluster.rig.now)
  assert.equal(core.observed, cluster.rig.core.observed)
  assert.is((await replayAll(directory)).mismatch, null)
})

journals('another plan in the store replays, with the state that came with it', async ({ directory }) => {
  const cluster = journalled(directory)
  commit(cluster, 'c1', [makeDeployment()])
  const { rig } = cluster
  const { planned, assignments } = rig.core
  rig.isCommitting = false
  commit(cluster, 'c2', [makeDeployment({ replicas: 5 })])
  rig.isCommitting = true
  rig.handle({ type: 'plan-conflict', planned, assignments })
  rig.settle()
  assert.ok(rig.core.isConverged)
  await cluster.journal.close()
  assert.is((await replayAll(directory)).mismatch, null)
  const { core } = await stateAt(directory, rig.now)
  assert.equal(core.planned, rig.core.planned)
  assert.equal(core.assignments, rig.core.assignments)
  assert.equal(core.history, rig.core.history)
})

journals('a commit costs what it changed', async ({ directory }) => {
  const cluster = journalled(directory)
  const many = Array.from({ length: 300 }, (_, i) => makeDeployment({ name: `web${i}`, replicas: 0 }))
  commit(cluster, 'c1', many)
  await cluster.journal.flush()
  const before = statSync(onlyFile(directory)).size
  commit(cluster, 'c2', [...many.slice(0, 299), makeDeployment({ name: 'web299', replicas: 1 })])
  await cluster.journal.close()
  const text = readFileSync(onlyFile(directory), 'utf8')
  const desired = text.split('\n').filter((line) => line.includes('"type":"desired"'))
  assert.is(desired.length, 2)
  assert.ok(desired[1]!.length < desired[0]!.length / 50, `${desired[1]!.length} of ${desired[0]!.length}`)
  assert.ok(before > 50_000)
  assert.equal((await stateAt(directory, cluster.rig.now)).core.desired, cluster.rig.core.desired)
})

journals(
  'a new segment begins with the state and replays alone; the closed one is compressed',
  async ({ directory }) => {
    const cluster = journalled(directory, { segmentMs: 5_000 })
    commit(cluster, 'c1', [makeDeployment()])
    for (let i = 2; i < 30; i++) commit(cluster, `c${i}`, [makeDeployment({ replicas: i % 4 })])
    await cluster.journal.close()
    const all = files(directory)
    assert.ok(all.length > 3, `${all.length} segments`)
    assert.ok(all.slice(0, -1).every((file) => file.endsWith('.jsonl.gz')))
    assert.ok(all.at(-1)?.endsWith('.jsonl'))
    const whole = await replayAll(directory)
    assert.is(whole.mismatch, null)
    assert.is(whole.plans, cluster.rig.commits)
    for (const file of all.slice(0, -1)) rmSync(file)
    const last = await replayAll(directory)
    assert.is(last.mismatch, null)
    assert.is(last.segments.length, 1)
    assert.equal((await stateAt(directory, cluster.rig.now)).core.planned, cluster.rig.core.planned)
  },
)

journals('the oldest segments go when there are too many bytes, or too old ones', async ({ directory }) => {
  const cluster = journalled(directory, { segmentMs: 5_000, totalBytes: 12_000 })
  for (let i = 1; i < 60; i++) commit(cluster, `c${i}`, [makeDeployment({ replicas: i % 4 })])
  await cluster.journal.close()
  const closed = files(directory).filter((file) => file.endsWith('.gz'))
  const bytes = closed.reduce((sum, file) => sum + statSync(file).size, 0)
  assert.ok(bytes <= 12_000, `${bytes} bytes`)
  assert.ok((await replayAll(directory)).mismatch === null)
})

journals(
  'a crash cuts the last line off: the rest replays, and the next manager compresses the file',
  async ({ directory }) => {
    const first = journalled(directory)
    commit(first, 'c1', [makeDeployment()])
    await first.journal.flush()
    const file = onlyFile(directory)
    appendFileSync(file, '{"event":{"at":17639')
    const result = await replayAll(directory)
    assert.is(result.mismatch, null)
    assert.is(result.plans, first.rig.commits)
    const second = journalled(directory)
    await second.journal.close()
    assert.not(existsSync(file))
    assert.ok(existsSync(`${file}.gz`))
    assert.is((await replayAll(directory)).segments.length, 2)
    await first.journal.close()
  },
)

journals('a damaged line is named by file and line', async ({ directory }) => {
  const cluster = journalled(directory)
  commit(cluster, 'c1', [makeDeployment()])
  await cluster.journal.close()
  const file = onlyFile(directory)
  const lines = readFileSync(file, 'utf8').split('\n')
  const at = lines.findLastIndex((line) => line.startsWith('{"event"'))
  const damaged = lines.with(at, lines[at]!.slice(0, -9))
  writeFileSync(file, damaged.join('\n'))
  const error = await replayAll(directory).catch((reason: unknown) => reason)
  assert.instance(error, Error)
  assert.ok((error as Error).message.startsWith(`${file}:${at + 1}: `), (error as Error).message)
  assert.match((error as Error).message, /damaged from here/)
  // So is a file that gzip itself finds damaged.
  const packed = gzipSync(lines.join('\n'))
  packed[packed.length >> 1] = packed[packed.length >> 1]! ^ 0xff
  writeFileSync(`${file}.gz`, packed)
  assert.throws(() => gunzipSync(packed))
  const other = await replayAll(directory).catch((reason: unknown) => reason)
  assert.match(String(other), /jsonl\.gz:\d+: .*damaged/)
})

journals('a plan that comes out otherwise is named, and ends the segment', async ({ directory }) => {
  const cluster = journalled(directory)
  commit(cluster, 'c1', [makeDeployment()])
  commit(cluster, 'c2', [makeDeployment({ replicas: 4 })])
  await cluster.journal.close()
  const file = onlyFile(directory)
  const text = readFileSync(file, 'utf8')
  const plans = [...text.matchAll(/"plan":\{"digest":"[0-9a-f]+","id":"([0-9a-f]+)"/g)].map((match) => match[1]!)
  const changed = plans.at(-1)!
  writeFileSync(
    file,
    text.replaceAll(
      changed,
      changed.replace(/^./, (letter) => (letter === '0' ? '1' : '0')),
    ),
  )
  const { mismatch } = await replayAll(directory)
  assert.is(mismatch?.made, changed)
  assert.ok((mismatch?.line ?? 0) > 1)
  assert.match(mismatch?.detail ?? '', /in the replay/)
})

journals(
  'a plan that lists other things that wait is named; a journal from before they were kept replays',
  async ({ directory }) => {
    const cluster = journalled(directory)
    commit(cluster, 'c1', [makeDeployment()])
    await cluster.journal.close()
    const file = onlyFile(directory)
    const text = readFileSync(file, 'utf8')
    const waits = /,"waits":"[0-9a-f]{32}"/g
    assert.ok((text.match(waits) ?? []).length > 0)
    writeFileSync(file, text.replace(waits, `,"waits":"${'0'.repeat(32)}"`))
    const { mismatch } = await replayAll(directory)
    assert.is(mismatch?.made, mismatch?.recorded)
    assert.match(mismatch?.detail ?? '', /lists other things that wait$/)
    writeFileSync(file, text.replaceAll(waits, ''))
    assert.is((await replayAll(directory)).mismatch, null)
  },
)

journals('what was asked for is found, and what is not there is said', async ({ directory }) => {
  const nothing = await replayAll(directory).catch((reason: unknown) => reason)
  assert.match(String(nothing), /there is no journal in/)
  const cluster = journalled(directory)
  const start = cluster.rig.now
  commit(cluster, 'c1', [makeDeployment()])
  commit(cluster, 'c2', [makeDeployment({ replicas: 5 })])
  await cluster.journal.close()
  assert.is((await stateAt(directory, start + 1_500)).core.desired?.revision, 'c1')
  assert.is((await stateAt(directory, start + 2_000)).core.desired?.revision, 'c2')
  const early = await stateAt(directory, start - 1).catch((reason: unknown) => reason)
  assert.match(String(early), /begins at 2026-11-21T10:00:00.000Z: ask for a later time/)
  const later = await replayAll(directory, start + 2_000)
  const all = await replayAll(directory)
  assert.ok(later.plans > 0 && later.plans < all.plans)
})

journals('a journal that cannot be written says so once, and the manager goes on', async ({ directory }) => {
  const file = path.join(directory, 'file')
  writeFileSync(file, '')
  const cluster = journalled(path.join(file, 'journal'))
  commit(cluster, 'c1', [makeDeployment()])
  await cluster.journal.flush()
  commit(cluster, 'c2', [makeDeployment({ replicas: 1 })])
  await cluster.journal.close()
  assert.is(cluster.log.length, 1, cluster.log.join('\n'))
  assert.match(cluster.log[0]!, /^journal: .*nothing more is written/)
  assert.ok(cluster.rig.core.isConverged)
})

journals('no secret value is in it', async ({ directory }) => {
  const cluster = journalled(directory)
  // As sync hands Secrets to the core: by keyed digest.
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: 'digest-of-it' } }
  commit(cluster, 'c1', [makeDeployment(), secret])
  const message = { type: 'fetch-config', digests: ['digest-of-it'] } as const
  cluster.rig.handle({ type: 'agent-message', node: 'node1', connection: 1, message })
  await cluster.journal.close()
  const text = readFileSync(onlyFile(directory), 'utf8')
  assert.match(text, /digest-of-it/)
  assert.not.match(text, /fetch-config/)
})

journals.run()
