/** POST /v1/evict of a real manager on loopback, with agents that joined it: who goes, who stays, and what is answered. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Manager, runManager } from '../../src/manager/manager.js'
import type { StatusView } from '../../src/model/status-view.js'
import { waitFor } from '../support/wait-for.js'
import { type LinkedAgent, linkAgent } from './linked-agent.js'

const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-evict-'))
const repository = path.join(folder, 'cluster.git')
const work = path.join(folder, 'work')
const socketPath = path.join(folder, 'state', 'manager.sock')
let manager: Manager
let agents: readonly LinkedAgent[] = []

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { stdio: 'ignore' })
}

/** A Deployment whose pods stay on a silent host for ten minutes, with budgets over them: name and bounds. */
function app(name: string, replicas: number, budgets: Readonly<Record<string, string>>): string {
  const toleration =
    '{ key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 600 }'
  const documents = Object.entries(budgets).map(
    ([budget, bounds]) =>
      `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: ${budget}, namespace: default }\nspec: { ${bounds}, selector: { matchLabels: { app: ${name} } } }\n`,
  )
  const spec = `{ tolerations: [${toleration}], containers: [{ name: main, image: 'web:v1' }] }`
  const template = `{ metadata: { labels: { app: ${name} } }, spec: ${spec} }`
  documents.unshift(
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: default }\nspec: { replicas: ${replicas}, selector: { matchLabels: { app: ${name} } }, template: ${template} }\n`,
  )
  return documents.join('---\n')
}

interface Answer {
  readonly status: number
  readonly error: string
  readonly pod: string
}

function call(
  method: string,
  pathname: string,
  body?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path: pathname }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

async function evict(pod: unknown): Promise<Answer> {
  const { status, text } = await call('POST', '/v1/evict', JSON.stringify({ pod }))
  return { status, error: '', pod: '', ...JSON.parse(text) }
}

async function status(): Promise<StatusView> {
  return JSON.parse((await call('GET', '/v1/status')).text) as StatusView
}

async function converged(): Promise<StatusView> {
  return waitFor('convergence', 20_000, async () => {
    const view = await status()
    return view.converged && view
  })
}

function podsOf(view: StatusView, owner: string): readonly StatusView['pods'][number][] {
  return view.pods.filter(({ key }) => key.includes(`/${owner}`))
}

function writeApps(): void {
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: alone, namespace: default }\nspec: { containers: [{ name: main, image: "web:v1" }] }\n'
  const files = {
    'web.yaml': app('web', 4, { web: 'minAvailable: 3' }),
    'full.yaml': app('full', 2, { full: 'maxUnavailable: 0' }),
    'twice.yaml': app('twice', 2, { first: 'minAvailable: 0', second: 'minAvailable: 0' }),
    'free.yaml': app('free', 2, {}),
    'alone.yaml': pod,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(work, name), text)
}

function push(subject: string): void {
  git('-C', work, 'add', '-A')
  git('-C', work, 'commit', '-q', '-m', subject)
  git('-C', work, 'push', '-q', repository, 'main')
}

const evictions = suite('evictions over HTTP')

evictions.before(async () => {
  git('init', '-q', '--bare', '-b', 'main', repository)
  git('init', '-q', '-b', 'main', work)
  writeFileSync(path.join(work, 'README.md'), 'apps\n')
  push('first')
  manager = await runManager({
    directory: path.join(folder, 'state'),
    sources: [{ id: 'main', url: repository, branch: 'main', path: '' }],
    host: '127.0.0.1',
    port: 0,
    advertise: '127.0.0.1',
    version: 'test',
    localNode: null,
    log: () => {},
  })
  agents = await Promise.all(['node1', 'node2'].map((name) => linkAgent(manager, name)))
  await waitFor('both hosts', 10_000, async () => (await status()).nodes.filter(({ ready }) => ready).length === 2)
  writeApps()
  push('apps')
  await call('POST', '/v1/fetch')
  await waitFor('the pods', 20_000, async () => (await converged()).pods.length === 11)
})

evictions.after(async () => {
  for (const agent of agents) agent.close()
  await manager.close()
  rmSync(folder, { recursive: true, force: true })
})

evictions(
  'a pod that its budget lets go is on its way out when the answer comes, and another takes its place',
  async () => {
    const [pod] = podsOf(await converged(), 'web-')
    const answer = await evict(pod!.uid)
    assert.equal([answer.status, answer.pod, answer.error], [200, pod!.uid, ''])
    const after = podsOf(await status(), 'web-').find(({ uid }) => uid === pod!.uid)
    assert.ok(after === undefined || after.status === 'Terminating', JSON.stringify(after))
    const view = await converged()
    assert.is(podsOf(view, 'web-').length, 4)
    assert.not.ok(view.pods.some(({ uid }) => uid === pod!.uid))
  },
)

evictions('of all asked at once as many go as the budget allows, and only they are answered with yes', async () => {
  const pods = podsOf(await converged(), 'web-')
  const answers = await Promise.all(pods.map(({ uid }) => evict(uid)))
  const gone = answers.filter(({ status: code }) => code === 200).map(({ pod }) => pod)
  for (const { status: code, error } of answers)
    if (code !== 200)
      assert.match(error, /^not evicted: budget web allows 0 more: 3 of \d healthy, 3 needed; try again later$/)
  const view = await converged()
  const left = podsOf(view, 'web-').map(({ uid }) => uid)
  assert.equal(
    pods.map(({ uid }) => uid).filter((uid) => !left.includes(uid)),
    gone,
  )
  assert.ok(gone.length >= 1)
})

for (const [name, pattern] of [
  ['full', /^not evicted: budget full allows 0 more: 2 of 2 healthy, 2 needed; try again later$/],
  ['twice', /^not evicted: budgets first, second all select it, .*: let one select it$/],
] as const)
  evictions(`409 names the budget: ${name}`, async () => {
    const pods = podsOf(await converged(), `${name}-`)
    const answer = await evict(pods[0]!.uid)
    assert.is(answer.status, 409)
    assert.match(answer.error, pattern)
    assert.equal(
      podsOf(await converged(), `${name}-`).map(({ uid }) => uid),
      pods.map(({ uid }) => uid),
    )
  })

evictions('a Pod manifest goes and comes back, as the repository wants it', async () => {
  const [pod] = podsOf(await converged(), 'alone')
  assert.is((await evict(pod!.uid)).status, 200)
  const view = await waitFor('another pod of the name', 10_000, async () => {
    const now = await status()
    const [other] = podsOf(now, 'alone')
    return other !== undefined && other.uid !== pod!.uid && now.converged && now
  })
  assert.is(podsOf(view, 'alone').length, 1)
})

evictions('what names no pod is told what to do', async () => {
  const before = await converged()
  for (const [body, code, pattern] of [
    ['{"pod":"0123456789abcdef"}', 404, /^not evicted: there is no such pod .*headway status$/],
    ['{"pod":""}', 400, /^pod must be a text that is not empty$/],
    ['{"pod":7}', 400, /^pod must be a text/],
    ['{}', 400, /^pod must be a text/],
    ['[', 400, /must be a JSON object/],
    [`{"pod":"${'x'.repeat(1 << 20)}"}`, 413, /larger than 1 MiB/],
  ] as const) {
    const { status: got, text } = await call('POST', '/v1/evict', body)
    assert.is(got, code, text)
    assert.match((JSON.parse(text) as { readonly error: string }).error, pattern)
  }
  assert.is((await call('GET', '/v1/evict')).status, 404)
  assert.equal(
    (await status()).pods.map(({ uid }) => uid),
    before.pods.map(({ uid }) => uid),
  )
})

evictions(
  'there is no token: nobody but the owner may open the socket, and the port of agents evicts nobody',
  async () => {
    assert.is(statSync(socketPath).mode & 0o777, 0o600)
    const error = await fetch(`http://127.0.0.1:${manager.port}/v1/evict`, { method: 'POST', body: '{}' }).then(
      () => null,
      (reason: Error) => reason,
    )
    assert.ok(error !== null, 'it speaks TLS only')
  },
)

evictions('a pod of a silent host is replaced at once, and waits to be stopped until its host is heard', async () => {
  const view = await converged()
  const gone = podsOf(view, 'free-').find(({ node }) => node === 'node2')
  const kept = podsOf(view, 'full-').find(({ node }) => node === 'node2')
  assert.ok(gone !== undefined && kept !== undefined, 'pods are spread over both')
  agents[1]!.close()
  await waitFor('node2 to be silent', 10_000, async () =>
    (await status()).nodes.some(({ name, ready }) => name === 'node2' && !ready),
  )
  const refused = await evict(kept.uid)
  assert.is(refused.status, 409)
  assert.match(refused.error, /^not evicted: budget full allows 0 more: 1 of 2 healthy, 2 needed; try again later$/)
  assert.is((await evict(gone.uid)).status, 200)
  const after = await waitFor('its replacement', 10_000, async () => {
    const now = await status()
    return podsOf(now, 'free-').filter(({ node, ready }) => node === 'node1' && ready).length === 2 && now
  })
  const waits = after.waiting.filter(({ key }) => key?.endsWith(`/${gone.key.split('/').at(-1)}`))
  assert.ok(
    waits.some(({ detail }) => /node2 is silent/.test(detail)),
    JSON.stringify(waits),
  )
})

evictions.run()
