/**
 * A plan made by one process and held against the cluster by another, as a CI job and a merge queue do: the same bytes,
 * whatever the folder, clock and language of the machine, and a check that names what is another since.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlanView } from '../../src/cli/output/plan-view.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import { compileRevision } from '../../src/sync/compile-revision.js'
import { hosts, snapshotAt } from '../simulation/preview/preview-world.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-checks-'))
/** Whose branch it is, and the clone of a merge queue on another machine. */
const work = path.join(folder, 'work')
const queue = path.join(folder, 'somewhere', 'else', 'queue')
const checks = suite('plans over processes')

function git(at: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return execFileSync('git', ['-C', at, ...identity, ...args], { encoding: 'utf8' }).trim()
}

function deployment(name: string, image: string, replicas = 3): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: ${image}
          env: [{ name: TOKEN, valueFrom: { secretKeyRef: { name: token, key: token } } }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
`
}

const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: { name: token }\nstringData: { token: hunter2 }\n'

function commit(file: string, text: string): void {
  writeFileSync(path.join(work, file), text)
  git(work, 'add', '-A')
  git(work, 'commit', '-q', '-m', file)
}

/** The live state of a cluster at main, with a digest key that only the cluster has. */
async function saveSnapshot(name: string, hostNames: readonly string[]): Promise<string> {
  const revision = git(work, 'rev-parse', 'main')
  const digestKey = new Uint8Array(32).fill(9)
  const desired = await compileRevision({ repository: work, revision, path: '', digestKey, sourceId: 'main' })
  const there = hosts(4).filter((host) => hostNames.includes(host.facts.name))
  const file = path.join(folder, name)
  writeFileSync(file, encodeSnapshot(snapshotAt(desired, there)))
  return file
}

interface Machine {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

const author: Machine = { cwd: work, env: { TZ: 'UTC', LANG: 'C' } }
const merger: Machine = { cwd: queue, env: { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8', HOME: folder } }

interface Answer {
  readonly code: number | null
  readonly out: string
}

function plan({ cwd, env }: Machine, ...args: string[]): Answer {
  const options = { cwd, env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8', timeout: 30_000 } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'plan', '--dir', '/nowhere', ...args], options)
  assert.is(stderr, '')
  return { code: status, out: stdout }
}

let snapshot = ''
let reviewed = ''
const HOSTS = ['node0001', 'node0002', 'node0003']

checks.before(async () => {
  mkdirSync(work)
  git(work, 'init', '-q', '-b', 'main')
  commit('token.yaml', SECRET)
  commit('web.yaml', deployment('web', 'web:1'))
  snapshot = await saveSnapshot('live.snapshot', HOSTS)
  git(work, 'checkout', '-q', '-b', 'change')
  commit('web.yaml', deployment('web', 'web:2'))
  git(work, 'checkout', '-q', 'main')
  git(folder, 'clone', '-q', work, queue)
  git(queue, 'fetch', '-q', 'origin', 'change:change')
  const answer = plan(author, '--snapshot', snapshot, '--head', 'change', '-o', 'json')
  reviewed = (JSON.parse(answer.out) as PlanView).fingerprint
})
checks.after(() => rmSync(folder, { recursive: true, force: true }))

for (const output of ['text', 'json', 'markdown']) {
  checks(`two processes on two clones: the same bytes as ${output}`, () => {
    const args = ['--snapshot', snapshot, '--head', 'change', '-o', output]
    const [one, other] = [plan(author, ...args), plan(merger, ...args)]
    assert.is(one.code, 0)
    assert.ok(one.out.includes(reviewed))
    assert.equal(other, one)
  })
}

function check(file: string, head: string): { readonly code: number | null; readonly view: PlanView } {
  const args = ['--snapshot', file, '--head', head, '--check', reviewed, '-o', 'json']
  const { code, out } = plan(merger, ...args)
  return { code, view: JSON.parse(out) as PlanView }
}

checks('nothing has changed: as reviewed, also as a merge commit of its own', () => {
  assert.equal(check(snapshot, 'change').view.check, { asReviewed: true, changes: [] })
  git(queue, 'checkout', '-q', '--detach', 'origin/main')
  git(queue, 'merge', '-q', '--no-ff', '-m', 'merged', 'change')
  const { code, view } = check(snapshot, 'HEAD')
  assert.equal([code, view.check], [0, { asReviewed: true, changes: [] }])
  assert.not.equal(view.head, git(queue, 'rev-parse', 'change'))
})

checks('a host left: exit 1, and it is named', async () => {
  const { code, view } = check(await saveSnapshot('fewer.snapshot', HOSTS.slice(1)), 'change')
  assert.equal([code, view.check?.asReviewed], [1, false])
  // A host that the cluster has forgotten has no name any more.
  assert.ok(view.check?.changes.includes('a host left'), view.check?.changes.join('; '))
})

checks('a host joined, and pods would go to it: named', async () => {
  const { view } = check(await saveSnapshot('more.snapshot', [...HOSTS, 'node0004']), 'change')
  assert.ok(view.check?.changes.includes('host node0004 has joined'), view.check?.changes.join('; '))
})

checks('the branch was pushed to since: exit 1', () => {
  git(queue, 'checkout', '-q', '--detach', 'change')
  writeFileSync(path.join(queue, 'web.yaml'), deployment('web', 'web:3'))
  git(queue, 'commit', '-q', '-am', 'another')
  const { code, view } = check(snapshot, 'HEAD')
  assert.equal(
    [code, view.check],
    [1, { asReviewed: false, changes: ['the change itself is another than the one that was reviewed'] }],
  )
})

checks('another commit came first: named, and as reviewed all the same where the plan does not change', async () => {
  const before = git(work, 'rev-parse', '--short=12', 'main')
  commit('api.yaml', deployment('api', 'web:1', 1))
  const after = git(work, 'rev-parse', '--short=12', 'main')
  git(queue, 'fetch', '-q', 'origin')
  const { code, view } = check(await saveSnapshot('later.snapshot', HOSTS), 'change')
  assert.is(
    view.check?.changes[0],
    `another commit came first: the plan was made on ${before}, now ${after} is desired`,
  )
  assert.equal(
    [code, view.check?.asReviewed, view.check?.changes.at(-1)],
    [0, true, 'the plan is the same all the same'],
  )
})

checks.run()
