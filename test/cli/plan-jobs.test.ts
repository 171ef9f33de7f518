/**
 * The CI jobs of docs/pull-requests.md, run as they stand there: their shell scripts, the real `headway plan` and jq, and
 * a forge that keeps comments in a file behind `gh` and `curl`. Each comments once, and then updates that comment.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadAll } from 'js-yaml'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MARKDOWN_MARK } from '../../src/cli/output/plan-markdown.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import { compileRevision } from '../../src/sync/compile-revision.js'
import { hosts, snapshotAt } from '../simulation/preview/preview-world.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-jobs-'))
const work = path.join(folder, 'work')
const headway = path.join(folder, 'headway')
const programs = path.join(folder, 'bin')
const forge = path.join(folder, 'comments.json')
const jobs = suite('CI jobs')

interface Comment {
  readonly id: number
  readonly body: string
}

/** `gh api` and `curl` as far as the jobs use them, on a list of comments in a file. */
const FORGE = `#!/usr/bin/env node
const { copyFileSync, readFileSync, writeFileSync } = require('node:fs')
const args = process.argv.slice(2)
const after = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
const comments = JSON.parse(readFileSync(process.env.FORGE, 'utf8'))
const isGh = process.argv[1].endsWith('gh')
const url = args.find((arg) => /^(http|repos)/.test(arg))
const method = after('--method') ?? after('--request') ?? 'GET'
if (!isGh && url === process.env.SNAPSHOT_URL) {
  copyFileSync(process.env.SNAPSHOT, after('--output'))
  process.exit()
}
const id = Number(url.match(/(?:comments|notes)\\/(\\d+)$/)?.[1] ?? 0)
if (method === 'GET') {
  if (isGh) for (const { id, body } of comments) if (body.startsWith('${MARKDOWN_MARK}')) console.log(id)
  if (!isGh) console.log(JSON.stringify(comments))
} else {
  const file = (after('--field') ?? after('--data')).replace(/^(body=)?@/, '')
  const text = readFileSync(file, 'utf8')
  const body = isGh ? text : JSON.parse(text).body
  const known = comments.find((comment) => comment.id === id)
  if (known) known.body = body
  else comments.push({ id: comments.length + 1, body })
  if (id && !known) process.exit(22)
  writeFileSync(process.env.FORGE, JSON.stringify(comments))
}
`

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main']
  return execFileSync('git', [...identity, ...args], { cwd: work, encoding: 'utf8' }).trim()
}

function commit(image: string, cpu = '100m'): void {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: main
          image: ${image}
          resources: { requests: { cpu: ${cpu} } }
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
`
  writeFileSync(path.join(work, 'web.yaml'), text)
  git('add', 'web.yaml')
  git('commit', '-q', '-m', image)
}

function program(name: string, text: string): void {
  writeFileSync(path.join(programs, name), text, { mode: 0o755 })
}

jobs.before(async () => {
  for (const name of [work, headway, programs]) mkdirSync(name)
  for (const name of ['gh', 'curl']) program(name, FORGE)
  program('apt-get', '#!/bin/sh\n')
  git('init', '-q', headway)
  writeFileSync(path.join(headway, 'headway'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, {
    mode: 0o755,
  })
  git('-C', headway, 'add', '-A')
  git('-C', headway, 'commit', '-q', '-m', 'headway')
  git('init', '-q')
  commit('web:1')
  const digestKey = new Uint8Array(32).fill(9)
  const revision = git('rev-parse', 'HEAD')
  const desired = await compileRevision({ repository: work, revision, path: '', digestKey, sourceId: 'main' })
  writeFileSync(path.join(folder, 'live.snapshot'), encodeSnapshot(snapshotAt(desired, hosts(2))))
})
jobs.after(() => rmSync(folder, { recursive: true, force: true }))

interface Job {
  readonly forge: string
  readonly script: string
}

/** The scripts in docs/pull-requests.md, in the order of the page. */
function readJobs(): readonly Job[] {
  const page = readFileSync('docs/pull-requests.md', 'utf8')
  const texts = [...page.matchAll(/## (\w+)\n[^#]*?```yaml\n([\s\S]*?)```/g)]
  return texts.map(([, name = '', text = '']) => ({ forge: name, script: scriptOf(loadAll(text)[0]) }))
}

interface Steps {
  readonly jobs?: { readonly plan: { readonly steps: readonly { readonly run?: string }[] } }
  readonly 'headway-plan'?: { readonly script: readonly string[] }
}

function scriptOf(document: unknown): string {
  const { jobs: forgeJobs, 'headway-plan': gitLabJob } = document as Steps
  const scripts = gitLabJob?.script ?? (forgeJobs?.plan.steps ?? []).flatMap(({ run }) => run ?? [])
  for (const item of scripts) assert.type(item, 'string', `a step that is no text: ${JSON.stringify(item)}`)
  return scripts.join('\n')
}

/** As the forge puts in a value before the shell sees it. */
const expression = (name: string): string => `\${{ ${name} }}`

/** Runs a job on what is checked out, in a folder for temporary files of its own. */
function run({ script }: Job): { readonly code: number | null; readonly said: string } {
  const temporary = mkdtempSync(path.join(folder, 'run-'))
  const outputs = path.join(temporary, 'outputs')
  writeFileSync(outputs, '')
  const here = script
    .replaceAll('/opt/headway', path.join(temporary, 'headway'))
    .replaceAll(expression('steps.plan.outputs.code'), `$(sed -n s/^code=//p "${outputs}")`)
    .replaceAll(expression('github.repository'), 'ops/cluster')
  assert.not.match(here, /\$\{\{/, 'an expression that only the forge knows')
  const env = {
    PATH: `${programs}:${process.env['PATH'] ?? ''}`,
    HOME: temporary,
    RUNNER_TEMP: temporary,
    GITHUB_OUTPUT: outputs,
    HEADWAY_REPOSITORY: headway,
    SNAPSHOT_URL: 'https://snapshots.example.com/live',
    SNAPSHOT: path.join(folder, 'live.snapshot'),
    FORGE: forge,
    PLAN_TOKEN: 'token',
    COMMENTS: 'repos/ops/cluster/issues/7/comments',
    API: 'https://git.example.com/api/v1/repos/ops/cluster/issues',
    NUMBER: '7',
    CI_API_V4_URL: 'https://git.example.com/api/v4',
    CI_PROJECT_ID: '1',
    CI_MERGE_REQUEST_IID: '7',
    CI_COMMIT_SHA: git('rev-parse', 'HEAD'),
  }
  const result = spawnSync('bash', ['-e', '-c', here], { cwd: work, env, encoding: 'utf8', timeout: 60_000 })
  return { code: result.status, said: result.stdout + result.stderr }
}

const comments = (): readonly Comment[] => JSON.parse(readFileSync(forge, 'utf8')) as Comment[]
const hasJq = spawnSync('jq', ['--version']).status === 0
const all = readJobs()

jobs('there is one for each forge', () => {
  assert.equal(
    all.map((job) => job.forge),
    ['GitHub', 'GitLab', 'Gitea'],
  )
})

for (const job of all) {
  const test = job.script.includes('jq ') && !job.script.includes('gh api') && !hasJq ? jobs.skip : jobs
  test(`${job.forge}: comments once, updates that comment, and fails with the plan`, () => {
    git('checkout', '-q', '-B', 'change', 'main')
    writeFileSync(forge, JSON.stringify([{ id: 1, body: 'looks good' }]))
    commit('web:2')
    const first = run(job)
    assert.is(first.code, 0, first.said)
    assert.is(comments().length, 2)
    assert.match(comments()[1]?.body ?? '', /^<!-- headway-plan -->\n### ✅ headway plan: converges in .*"web:2"/s)
    commit('web:3', '9')
    const second = run(job)
    assert.is(second.code, 1, second.said)
    const [other, plan, ...more] = comments()
    assert.equal([other?.body, more], ['looks good', []])
    assert.match(plan?.body ?? '', /^<!-- headway-plan -->\n### ❌ headway plan: .*"web:3"/s)
  })
}

jobs.run()
