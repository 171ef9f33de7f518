/** `headway plan` in a cluster of several sources: one of them changes, the others stay as they are. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stableHash } from '../../src/base/hash.js'
import { sortedMap } from '../../src/base/ordered.js'
import type { PlanView } from '../../src/cli/output/plan-view.js'
import type { DesiredState } from '../../src/model/desired-state.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import { compileRevision } from '../../src/sync/compile-revision.js'
import { hosts, snapshotAt } from '../simulation/preview/preview-world.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { runCommand } from './run-command.js'

const plan = suite('plan of several sources')
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-sources-'))
const repositories = { platform: path.join(folder, 'platform'), shop: path.join(folder, 'shop') }
type Source = keyof typeof repositories
let fake: FakeManager
let live: DesiredState

function git(source: Source, ...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main']
  return execFileSync('git', [...identity, ...args], { cwd: repositories[source], encoding: 'utf8' }).trim()
}

function commit(source: Source, file: string, text: string): string {
  writeFileSync(path.join(repositories[source], file), text)
  git(source, 'add', '-A')
  git(source, 'commit', '-q', '-m', `${file} of ${source}`)
  return git(source, 'rev-parse', 'HEAD')
}

function deployment(name: string, image = 'web:1', cpu = '100m'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: ${image}
          resources: { requests: { cpu: ${cpu} } }
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
`
}

/** Both sources at their commits, as the manager would put them together. */
async function compileBoth(): Promise<DesiredState> {
  const digestKey = new Uint8Array(32).fill(9)
  const states: DesiredState[] = []
  for (const [sourceId, repository] of Object.entries(repositories))
    states.push(await compileRevision({ repository, revision: 'main', path: '', digestKey, sourceId }))
  const [platform, shop] = states
  assert.ok(platform !== undefined && shop !== undefined)
  const sources = [...platform.sources, ...shop.sources].map((source) => ({ ...source, branch: 'main' }))
  return {
    ...platform,
    revision: stableHash(sources.map(({ id, commit: at }) => `${id}=${at}`)),
    sources,
    objects: sortedMap([...platform.objects, ...shop.objects]),
    apps: sortedMap([...platform.apps, ...shop.apps]),
  }
}

plan.before(async () => {
  for (const source of ['platform', 'shop'] as const) {
    mkdirSync(repositories[source])
    git(source, 'init', '-q')
  }
  const configuration = 'apiVersion: headway.dev/v1\nkind: ClusterConfiguration\nmetadata: { name: cluster }\n'
  commit('platform', 'cluster.yaml', `${configuration}spec: { podCIDR: 10.197.0.0/16, serviceCIDR: 10.196.0.0/16 }\n`)
  commit('platform', 'agent.yaml', deployment('log-shipper'))
  commit('shop', 'web.yaml', deployment('web'))
  live = await compileBoth()
  for (const source of ['platform', 'shop'] as const) git(source, 'checkout', '-q', '-b', 'change')
  commit('platform', 'agent.yaml', deployment('log-shipper', 'web:2'))
  commit('shop', 'web.yaml', deployment('web', 'web:2'))
  git('shop', 'checkout', '-q', '-b', 'half', 'main')
  commit('shop', 'half.yaml', deployment('half', 'web:1', '3500m'))
  git('platform', 'checkout', '-q', '-b', 'other-half', 'main')
  commit('platform', 'other.yaml', deployment('other', 'web:1', '3500m'))
  fake = await startFakeManager({ snapshot: encodeSnapshot(snapshotAt(live, hosts(3))) }, repositories.platform)
  const file = path.join(fake.directory, 'cluster.json')
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { readonly sources: readonly object[] }
  const sources = Object.entries(repositories).map(([id, url]) => ({ ...settings.sources[0], id, url }))
  writeFileSync(file, JSON.stringify({ ...settings, sources }))
})

plan.after(async () => {
  await fake.close()
  rmSync(folder, { recursive: true, force: true })
})

async function view(args: readonly string[], cwd = folder): Promise<PlanView> {
  const { out, err } = await runCommand(['plan', '-o', 'json', '--dir', fake.directory, ...args], { cwd })
  assert.is(err, '')
  return JSON.parse(out) as PlanView
}

interface Row {
  readonly name: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly source: Source
  readonly branch: string
  readonly key: string
}

const rows: readonly Row[] = [
  { name: 'by its name', args: ['--head', 'shop:change'], source: 'shop', branch: 'change', key: 'web' },
  { name: 'the first, unnamed', args: ['--head', 'change'], source: 'platform', branch: 'change', key: 'log-shipper' },
  {
    name: 'the one whose checkout one stands in',
    args: ['--head', 'change'],
    cwd: repositories.shop,
    source: 'shop',
    branch: 'change',
    key: 'web',
  },
  {
    name: 'the one that --repo names',
    args: ['--head', 'change', '--repo', repositories.shop],
    source: 'shop',
    branch: 'change',
    key: 'web',
  },
  {
    name: 'another than the checkout, by its name',
    args: ['--head', 'platform:change'],
    cwd: repositories.shop,
    source: 'platform',
    branch: 'change',
    key: 'log-shipper',
  },
]
for (const { name, args, cwd, source, branch, key } of rows) {
  plan(`a change in one source: ${name}`, async () => {
    const result = await view(args, cwd)
    assert.equal(
      result.objects.map((object) => object.key),
      [`Deployment.apps/default/${key}`],
    )
    assert.equal([result.restarts, result.kept, result.verdict], [2, 2, 'ok'])
    assert.is(result.base, git(source, 'rev-parse', 'main'))
    assert.is(result.head, git(source, 'rev-parse', branch))
    assert.equal(result.pendingNotYours, [])
  })
}

plan('base and head of one source; a plain base is in the head’s', async () => {
  const back = await view(['--head', 'shop:main', '--base', 'change'])
  assert.equal(
    back.objects.map(({ key, fields }) => [key, fields[0]?.after]),
    [['Deployment.apps/default/web', '"web:1"']],
  )
  const { code, err } = await runCommand(
    ['plan', '--dir', fake.directory, '--head', 'shop:change', '--base', 'platform:main'],
    { cwd: folder },
  )
  assert.is(code, 2)
  assert.match(err, /--base is of source platform and --head of source shop: name a base in shop/)
})

plan('branches of two sources beside each other', async () => {
  const apart = await view(['--head', 'shop:change', '--with', 'platform:change'])
  assert.equal([apart.together?.others[0]?.verdict, apart.restarts], ['apart', 2])
  const half = await view(['--head', 'shop:half', '--with', 'platform:other-half'])
  assert.is(half.together?.others[0]?.verdict, 'conflict')
  assert.match(half.together?.others[0]?.newRisks.join() ?? '', /fits on no host/)
})

plan('a comment in one source is cosmetic', async () => {
  git('shop', 'checkout', '-q', '--detach', 'main')
  const head = commit('shop', 'web.yaml', `# a comment\n${deployment('web')}`)
  const result = await view(['--head', `shop:${head}`])
  assert.equal(
    result.objects.map(({ key, cosmetic }) => [key, cosmetic]),
    [['Deployment.apps/default/web', true]],
  )
})

for (const text of ['warehouse:main', 'shop:']) {
  plan(`no such source: ${text}`, async () => {
    const { code, err } = await runCommand(['plan', '--dir', fake.directory, '--head', text], { cwd: folder })
    assert.is(code, 2)
    assert.match(err, /names no revision of a source: .* one of the sources platform, shop/)
  })
}

plan.run()
