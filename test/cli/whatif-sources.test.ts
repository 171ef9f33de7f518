/** `headway whatif --apply` in a cluster of several sources: which one a revision is of, and what is said when that is not clear. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stableHash } from '../../src/base/hash.js'
import { sortedMap } from '../../src/base/ordered.js'
import type { DesiredState } from '../../src/model/desired-state.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import type { WhatIfAnswer } from '../../src/planner/what-if.js'
import { compileRevision } from '../../src/sync/compile-revision.js'
import { hosts, snapshotAt } from '../simulation/preview/preview-world.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { runCommand } from './run-command.js'

const whatIf = suite('whatif in several sources')
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-whatif-sources-'))
const repositories = { platform: path.join(folder, 'platform'), shop: path.join(folder, 'shop') }
type Source = keyof typeof repositories
let fake: FakeManager

function git(source: Source, ...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main']
  return execFileSync('git', [...identity, ...args], { cwd: repositories[source], encoding: 'utf8' }).trim()
}

function commit(source: Source, file: string, text: string): void {
  writeFileSync(path.join(repositories[source], file), text)
  git(source, 'add', '-A')
  git(source, 'commit', '-q', '-m', `${file} of ${source}`)
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

/** Both sources at main. */
async function compileBoth(): Promise<DesiredState> {
  const digestKey = new Uint8Array(32).fill(9)
  const compile = (sourceId: Source) =>
    compileRevision({ repository: repositories[sourceId], revision: 'main', path: '', digestKey, sourceId })
  const [platform, shop] = [await compile('platform'), await compile('shop')]
  const sources = [...platform.sources, ...shop.sources].map((source) => ({ ...source, branch: 'main' }))
  return {
    ...platform,
    revision: stableHash(sources.map(({ id, commit: at }) => `${id}=${at}`)),
    sources,
    objects: sortedMap([...platform.objects, ...shop.objects]),
    apps: sortedMap([...platform.apps, ...shop.apps]),
  }
}

whatIf.before(async () => {
  for (const source of ['platform', 'shop'] as const) {
    mkdirSync(repositories[source])
    git(source, 'init', '-q')
  }
  commit('platform', 'agent.yaml', deployment('log-shipper'))
  commit('shop', 'web.yaml', deployment('web'))
  const live = await compileBoth()
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

whatIf.after(async () => {
  await fake.close()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (args: readonly string[], cwd = folder) => runCommand(['whatif', '--dir', fake.directory, ...args], { cwd })

interface Row {
  readonly name: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** Owners of pods that start and go: two each. */
  readonly starts: readonly string[]
  readonly goes?: readonly string[]
}

const rows: readonly Row[] = [
  { name: 'by its name', args: ['--apply', 'shop:change'], starts: ['web'], goes: ['web'] },
  {
    name: 'the other by its name',
    args: ['--apply', 'platform:change'],
    starts: ['log-shipper'],
    goes: ['log-shipper'],
  },
  { name: 'what only one of them has', args: ['--apply', 'half'], starts: ['half'] },
  { name: 'what only the other has', args: ['--apply', 'other-half'], starts: ['other'] },
  {
    name: 'the one whose checkout one stands in',
    args: ['--apply', 'change'],
    cwd: repositories.shop,
    starts: ['web'],
    goes: ['web'],
  },
  {
    name: 'the one that --repo names',
    args: ['--apply', 'change', '--repo', repositories.platform],
    starts: ['log-shipper'],
    goes: ['log-shipper'],
  },
  {
    name: 'another than the checkout, by its name',
    args: ['--apply', 'shop:half'],
    cwd: repositories.platform,
    starts: ['half'],
  },
  { name: 'what is live', args: ['--apply', 'shop:main'], starts: [] },
]
for (const { name, args, cwd, starts, goes = [] } of rows)
  whatIf(`one source changes, the other stays: ${name}`, async () => {
    const { out, err, code } = await ask([...args, '-o', 'json'], cwd)
    assert.is(code, 0, err)
    const answer = JSON.parse(out) as WhatIfAnswer
    const owners = (pods: WhatIfAnswer['placed']): string[] => pods.map(({ owner }) => owner)
    const twice = (names: readonly string[]): string[] =>
      names.flatMap((of) => Array<string>(2).fill(`Deployment.apps/default/${of}`))
    assert.equal(owners(answer.placed), twice(starts))
    assert.equal(owners(answer.gone), twice(goes))
    assert.equal(answer.stranded, [])
  })

whatIf('a revision with hosts that are lost', async () => {
  const { out, code } = await ask(['--apply', 'shop:half', '--lose', 'node0001', 'node0002', '-o', 'json'])
  assert.is(code, 1)
  assert.is((JSON.parse(out) as WhatIfAnswer).stranded.length, 1)
})

for (const { name, args, cwd, says } of [
  {
    name: 'a branch of both',
    args: ['--apply', 'change'],
    says: /change is a revision of several sources: write platform:change or shop:change$/,
  },
  {
    name: 'a branch of both, in a folder that is no checkout of either',
    args: ['--apply', 'main'],
    cwd: path.join(folder, 'elsewhere'),
    says: /main is a revision of several sources: write platform:main or shop:main$/,
  },
  { name: 'a branch of the other, in a checkout', args: ['--apply', 'half'], cwd: repositories.platform, says: /half/ },
  { name: 'a branch of none', args: ['--apply', 'nowhere'], says: /nowhere/ },
  { name: 'no such source', args: ['--apply', 'warehouse:main'], says: /one of the sources platform, shop/ },
  { name: 'no revision', args: ['--apply', 'shop:'], says: /names no revision of a source/ },
  { name: 'a revision that the source has not', args: ['--apply', 'platform:half'], says: /half/ },
])
  whatIf(`wrong: ${name}`, async () => {
    if (cwd !== undefined) mkdirSync(cwd, { recursive: true })
    const { code, err, out } = await ask(args, cwd)
    assert.is(code, 2)
    assert.is(out, '')
    assert.match(err.trim(), says)
  })

whatIf('two sources in one repository: a revision is of both, so that one must be named', async () => {
  // The checkout of shop has platform's commit too.
  git('shop', 'fetch', '-q', repositories.platform, 'main:platform-main')
  const ambiguous = await ask(['--apply', 'change'], repositories.shop)
  assert.is(ambiguous.code, 2)
  assert.match(ambiguous.err, /change is a revision of several sources: write platform:change or shop:change/)
  const named = await ask(['--apply', 'shop:change', '-o', 'json'], repositories.shop)
  assert.is(named.code, 0, named.err)
})

whatIf.run()
