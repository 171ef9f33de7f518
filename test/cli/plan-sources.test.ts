/** `headway plan` in a cluster of several sources: one of them changes, the others stay as they are. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlanView } from '../../src/cli/output/plan-view.js'
import type { DesiredState } from '../../src/model/desired-state.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import { StateCompiler } from '../../src/sync/compile/compile-state.js'
import { ParseCache } from '../../src/sync/compile/parse-cache.js'
import { openTimeline } from '../../src/sync/compile/source-pipeline.js'
import { Repository } from '../../src/sync/git/repository.js'
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
  const target = path.join(repositories[source], file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text)
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

function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n`
}

function configMap(name: string, value: string, where = 'default'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${where} }\ndata: { value: ${value} }\n`
}

/** Sources at revisions, put together by the very code that the manager does it with. */
async function compileBoth(revisions: Partial<Record<Source, string>> = {}): Promise<DesiredState> {
  const digestKey = new Uint8Array(32).fill(9)
  const sources = Object.entries(repositories).map(([id, folderOf]) => {
    const repository = new Repository(folderOf)
    const timeline = openTimeline({ repository, path: '', cache: new ParseCache(null), digestKey })
    const at = git(id as Source, 'rev-parse', revisions[id as Source] ?? 'main')
    return { id, url: folderOf, branch: 'main', path: '', timeline, commit: at }
  })
  return new StateCompiler({ keep: () => {} }).compile({ sources, isSourceMissing: false })
}

plan.before(async () => {
  for (const source of ['platform', 'shop'] as const) {
    mkdirSync(repositories[source])
    git(source, 'init', '-q')
  }
  const configuration = 'apiVersion: headway.dev/v1\nkind: ClusterConfiguration\nmetadata: { name: cluster }\n'
  commit('platform', 'cluster.yaml', `${configuration}spec: { podCIDR: 10.197.0.0/16, serviceCIDR: 10.196.0.0/16 }\n`)
  commit('platform', 'agent.yaml', deployment('log-shipper'))
  commit('platform', 'namespaces.yaml', namespace('team'))
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

plan('another commit came first: the source it came to is named', async () => {
  const { fingerprint } = await view(['--head', 'platform:change'])
  const was = git('shop', 'rev-parse', 'main').slice(0, 8)
  git('shop', 'checkout', '-q', '--detach', 'main')
  const is = commit('shop', 'settings.yaml', configMap('settings', 'a'))
  const later = path.join(folder, 'later.snapshot')
  writeFileSync(later, encodeSnapshot(snapshotAt(await compileBoth({ shop: is }), hosts(3))))
  const { check } = await view(['--snapshot', later, '--head', 'platform:change', '--check', fingerprint])
  assert.equal(check, {
    asReviewed: true,
    changes: [
      `another commit came first in source shop: the plan was made on ${was}, now ${is.slice(0, 8)} is desired`,
      'the plan is the same all the same',
    ],
  })
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

interface SharedRow {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** Keys without their kind's group and the default namespace, of what changes. */
  readonly changes: readonly string[]
  /** What is said of the app that is held; null when none is. */
  readonly held: RegExp | null
  /** The other source's app is held too, as it is. */
  readonly isShared?: boolean
}

const shared: readonly SharedRow[] = [
  {
    name: 'a key of the other source holds the app at what it was: both are named',
    files: { 'web.yaml': `${deployment('web', 'web:2')}---\n${deployment('log-shipper', 'web:2')}` },
    changes: [],
    held: /root folder of source shop would be held back at its last good version: web\.yaml:16: Deployment\.apps\/default\/log-shipper is also defined at agent\.yaml:1 of source platform: remove one of them/,
    isShared: true,
  },
  {
    name: 'the same text in both is no better',
    files: { 'copy/agent.yaml': deployment('log-shipper') },
    changes: [],
    held: /the app in copy of source shop would not be applied, it has no good version: copy\/agent\.yaml:1: .* agent\.yaml:1 of source platform/,
    isShared: true,
  },
  {
    name: 'only the app that has the key is held',
    files: { 'copy/agent.yaml': deployment('log-shipper'), 'web.yaml': deployment('web', 'web:2') },
    changes: ['Deployment.apps/default/web'],
    held: /the app in copy of source shop would not be applied/,
    isShared: true,
  },
  {
    name: 'another namespace is another key',
    files: {
      'team.yaml': deployment('log-shipper').replace('name: log-shipper', 'name: log-shipper, namespace: team'),
    },
    changes: ['Deployment.apps/team/log-shipper'],
    held: null,
  },
  {
    name: 'a namespace of the other source is there',
    files: { 'team.yaml': configMap('settings', 'a', 'team') },
    changes: ['ConfigMap./team/settings'],
    held: null,
  },
  {
    name: 'a namespace that no source has is not',
    files: { 'nowhere/team.yaml': configMap('settings', 'a', 'nobody') },
    changes: [],
    held: /namespace "nobody" is not defined/,
  },
]
for (const { name, files, changes, held, isShared = false } of shared) {
  plan(`two sources, one cluster: ${name}`, async () => {
    git('shop', 'checkout', '-q', '--detach', 'main')
    for (const [file, text] of Object.entries(files)) commit('shop', file, text)
    const head = git('shop', 'rev-parse', 'HEAD')
    const result = await view(['--head', `shop:${head}`])
    assert.equal(
      result.objects.map(({ key }) => key),
      changes,
    )
    const texts = result.risks.filter(({ code }) => code === 'held-app').map(({ text }) => text)
    assert.is(texts.length, Number(held !== null) + Number(isShared), texts.join('; '))
    if (held !== null)
      assert.ok(
        texts.some((text) => held.test(text)),
        texts.join('; '),
      )
    assert.is(result.verdict, held === null ? 'ok' : 'fail')
    // The sync itself comes to the same.
    const merged = await compileBoth({ shop: head })
    const after = [...merged.objects.values()].filter(({ key, hash }) => live.objects.get(key)?.hash !== hash)
    assert.equal(
      after.map(({ key }) => key),
      changes,
    )
    assert.equal(
      [...live.objects.keys()].filter((key) => !merged.objects.has(key)),
      [],
    )
    const isHeld = (source: Source) => [...merged.apps.values()].some((app) => app.source === source && app.held)
    assert.equal([isHeld('shop'), isHeld('platform')], [held !== null, isShared])
  })
}

/** Both apps are held in the cluster already: whoever takes the key away lets the other one go as well. */
const ends: readonly (readonly [name: string, text: string, held: readonly string[]])[] = [
  ['renamed, both are free again', deployment('courier'), []],
  ['still there, both stay held', `# still\n${deployment('log-shipper')}`, ['platform:', 'shop:copy']],
]
for (const [name, text, held] of ends) {
  plan(`a key of two sources that is in the cluster: ${name}`, async () => {
    git('shop', 'checkout', '-q', '--detach', 'main')
    const broken = commit('shop', 'copy/agent.yaml', deployment('log-shipper'))
    const desired = await compileBoth({ shop: broken })
    assert.equal(heldApps(desired), ['platform:', 'shop:copy'])
    const snapshot = path.join(folder, 'held.snapshot')
    writeFileSync(snapshot, encodeSnapshot({ ...snapshotAt(live, hosts(3)), desired }))
    const head = commit('shop', 'copy/agent.yaml', text)
    const merged = await compileBoth({ shop: head })
    assert.equal(heldApps(merged), held)
    const result = await view(['--snapshot', snapshot, '--head', `shop:${head}`])
    assert.equal(
      result.objects.map(({ action, key }) => `${action} ${key}`),
      held.length > 0 ? [] : ['create Deployment.apps/default/courier'],
    )
    // What was held before is nothing that the change is to blame for.
    assert.equal(result.risks, [])
  })
}

function heldApps(state: DesiredState): readonly string[] {
  return [...state.apps.values()].filter((app) => app.held).map(({ id }) => id)
}

plan('two branches that add the same key, each to its own source: a conflict, though both say the same', async () => {
  for (const source of ['platform', 'shop'] as const) {
    git(source, 'checkout', '-q', '-b', 'same', 'main')
    commit(source, 'settings.yaml', configMap('settings', 'a'))
  }
  const result = await view(['--head', 'shop:same', '--with', 'platform:same'])
  assert.is(result.verdict, 'ok')
  assert.equal(result.together?.others[0]?.conflicts, ['ConfigMap./default/settings'])
})

for (const text of ['warehouse:main', 'shop:']) {
  plan(`no such source: ${text}`, async () => {
    const { code, err } = await runCommand(['plan', '--dir', fake.directory, '--head', text], { cwd: folder })
    assert.is(code, 2)
    assert.match(err, /names no revision of a source: .* one of the sources platform, shop/)
  })
}

plan.run()
