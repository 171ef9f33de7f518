/** A real manager on a real repository: its snapshot, history and journal, without the Secret that it holds. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { replay } from '../../../src/manager/journal/replay.js'
import { runManager } from '../../../src/manager/manager.js'
import { decodeSnapshot } from '../../../src/model/snapshot.js'
import type { HistoryDetail, HistoryEntry, StatusView } from '../../../src/model/status-view.js'
import { waitFor } from '../../support/wait-for.js'

const PASSWORD = 'correct-horse-battery-staple'
const ENCODED = Buffer.from(PASSWORD).toString('base64')
const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop }
stringData: { password: ${PASSWORD} }
---
apiVersion: v1
kind: Secret
metadata: { name: mail, namespace: shop }
data: { password: ${ENCODED} }
`

const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-history-'))
const state = path.join(folder, 'state')
const repository = path.join(folder, 'cluster.git')
const work = path.join(folder, 'work')

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { encoding: 'utf8' })
}

function get(
  pathname: string,
  socket = path.join(state, 'manager.sock'),
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath: socket, path: pathname }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    request.on('error', reject)
  })
}

async function getJson<T>(pathname: string, socket?: string): Promise<T> {
  return JSON.parse((await get(pathname, socket)).text) as T
}

const real = suite('history of a real manager')

real.before(() => {
  git('init', '-q', '--bare', '-b', 'main', repository)
  git('init', '-q', '-b', 'main', work)
  writeFileSync(path.join(work, 'all.yaml'), MANIFESTS)
  git('-C', work, 'add', '-A')
  git('-C', work, 'commit', '-q', '-m', 'first')
  git('-C', work, 'push', '-q', repository, 'main')
})
real.after(() => rmSync(folder, { recursive: true, force: true }))

real('snapshot, history, journal and a restart', async () => {
  const options = {
    directory: state,
    sources: [{ id: 'main', url: repository, branch: 'main', path: '' }],
    host: '127.0.0.1',
    port: 0,
    advertise: '127.0.0.1',
    version: 'test',
    localNode: null,
    log: () => {},
  }
  const revision = git('-C', work, 'rev-parse', 'HEAD').trim()
  const isConverged = async (): Promise<boolean> => (await getJson<StatusView>('/v1/status')).converged
  let details: HistoryDetail[] = []
  for (const start of [1, 2]) {
    const manager = await runManager(options)
    try {
      await waitFor(`convergence after start ${start}`, 10_000, isConverged)
      const { text } = await get('/v1/snapshot')
      const snapshot = decodeSnapshot(text)
      assert.is(snapshot.clusterId, manager.clusterId)
      assert.is(snapshot.plannerVersion, 'test')
      assert.is(snapshot.desired?.revision, revision)
      assert.is(snapshot.planned.revision, revision)
      assert.ok(snapshot.desired?.objects.has('Secret./shop/db'))
      for (const value of [PASSWORD, ENCODED]) assert.not.ok(text.includes(value))
      const entries = await getJson<HistoryEntry[]>('/v1/history')
      assert.equal(
        entries.map((entry) => entry.revision),
        [revision],
      )
      details = [...details, await getJson<HistoryDetail>(`/v1/history/${revision.slice(0, 8)}`)]
      const unknown = await get('/v1/history/beef')
      assert.is(unknown.status, 404)
      assert.match(unknown.text, /took no commit beef: see headway history/)
    } finally {
      await manager.close()
    }
  }
  assert.is(details[0]?.outcome, 'converged')
  assert.equal(details[1], details[0])
  const directory = path.join(state, 'journal')
  const result = await replay({ directory, from: null, to: null, onPlan: () => {} })
  assert.is(result.mismatch, null, JSON.stringify(result.mismatch))
  assert.is(result.segments.length, 2)
  assert.ok(result.plans > 0)
  for (const segment of result.segments) assert.ok(segment.isWhole, segment.file)
  const last = path.join(directory, readdirSync(directory).sort().at(-1) ?? '')
  const written = readFileSync(last, 'utf8')
  assert.match(written, /Secret/)
  for (const value of [PASSWORD, ENCODED]) assert.not.ok(written.includes(value))
})

real('of two sources history names the one that a commit came to, by that commit', async () => {
  const [platform, shop] = ['platform', 'shop'].map((name) => path.join(folder, name))
  assert.ok(platform !== undefined && shop !== undefined)
  const commit = (at: string, name: string, value: string): string => {
    writeFileSync(
      path.join(at, 'c.yaml'),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { value: ${value} }\n`,
    )
    git('-C', at, 'add', '-A')
    git('-C', at, 'commit', '-q', '-m', `${name} ${value}`)
    return git('-C', at, 'rev-parse', 'HEAD').trim()
  }
  for (const at of [platform, shop]) git('init', '-q', '-b', 'main', at)
  const first = { platform: commit(platform, 'network', 'one'), shop: commit(shop, 'prices', 'one') }
  const manager = await runManager({
    directory: path.join(folder, 'two'),
    sources: Object.entries({ platform, shop }).map(([id, url]) => ({ id, url, branch: 'main', path: '' })),
    host: '127.0.0.1',
    port: 0,
    advertise: '127.0.0.1',
    version: 'test',
    localNode: null,
    log: () => {},
  })
  const socket = path.join(folder, 'two', 'manager.sock')
  try {
    const isConverged = async (): Promise<boolean> => (await getJson<StatusView>('/v1/status', socket)).converged
    await waitFor('convergence', 10_000, isConverged)
    const second = commit(shop, 'prices', 'two')
    const newest = async (): Promise<HistoryEntry | undefined> =>
      (await getJson<HistoryEntry[]>('/v1/history', socket))[0]
    await waitFor('the commit', 10_000, async () => {
      const entry = await newest()
      return entry?.source === 'shop' && entry.outcome === 'converged'
    })
    const entry = await newest()
    assert.equal([entry?.subject, entry?.commits], ['prices two', { ...first, shop: second }])
    assert.is.not(entry?.revision, second)
    const detail = await getJson<HistoryDetail>(`/v1/history/${second.slice(0, 10)}`, socket)
    assert.is(detail.revision, entry?.revision)
  } finally {
    await manager.close()
  }
})

real.run()
