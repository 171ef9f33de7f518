/** Remotes over http: one clone, cheap polls, tokens, and what happens when the remote fails. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HttpTransport } from '../../src/sync/sources/http-transport.js'
import { RemoteSource } from '../../src/sync/sources/remote-source.js'
import { waitFor } from '../support/wait-for.js'
import { type GitFixture, git, makeFixture } from './support/git-fixture.js'
import { type GitServer, serveGit } from './support/git-server.js'
import { configMap, deployment } from './support/manifests.js'
import { localSource, startSync, type TestSync } from './support/open-sync.js'

const remote = suite('sync: remote repository')

interface Remote {
  readonly fixture: GitFixture
  readonly server: GitServer
  readonly url: string
  open(pollMs?: number, tokenFile?: string, stateDirectory?: string): Promise<TestSync>
}

async function withRemote(run: (remote: Remote) => Promise<void>, ...initArgs: string[]): Promise<void> {
  const fixture = makeFixture(...initArgs)
  const server = await serveGit(fixture.folder)
  const opened: TestSync[] = []
  const url = `${server.url}/cluster.git`
  const state = mkdtempSync(path.join(os.tmpdir(), 'headway-state-'))
  const open = async (pollMs = 60_000, tokenFile?: string, stateDirectory = state): Promise<TestSync> => {
    const token = tokenFile === undefined ? {} : { tokenFile }
    const sync = await startSync([localSource(url, { pollMs, ...token })], stateDirectory)
    opened.push(sync)
    return sync
  }
  try {
    await run({ fixture, server, url, open })
  } finally {
    for (const { sync } of opened) await sync.close()
    await server.close()
    fixture.remove()
    rmSync(state, { recursive: true, force: true })
  }
}

remote('reads, follows, and polls an unchanged remote with one request', () =>
  withRemote(async ({ fixture, server, open }) => {
    const first = fixture.commit({ 'a/a.yaml': deployment('a') })
    const { sync, reach, views } = await open(50)
    await reach(first)
    assert.is(views()[0]!.error, '')
    server.requests.length = 0
    await waitFor('three polls', 5_000, () => server.requests.length >= 3)
    assert.ok(server.requests.every((request) => !request.includes('receive-pack')))
    // One ls-refs a poll; no object is asked for.
    assert.equal([...new Set(server.requests)], ['POST /cluster.git/git-upload-pack'])
    for (let i = 2; i < 6; i++) await reach(fixture.commit({ 'a/a.yaml': deployment('a', { image: `demo:${i}` }) }))
    assert.is((await sync.fetchNow()).sources[0]!.error, '')
  }),
)

remote('never clones twice, also over a restart, and starts without the remote', () =>
  withRemote(async ({ fixture, server, open }) => {
    const first = fixture.commit({ 'a/a.yaml': deployment('a') })
    const one = await open()
    await one.reach(first)
    await one.sync.close()
    const folder = path.join(one.stateDirectory, 'sources', 'main', 'repository.git', 'objects', 'pack')
    const packs = readdirSync(folder).length
    server.requests.length = 0
    const two = await open()
    assert.is(two.sync.desired()!.revision, first)
    assert.is(readdirSync(folder).length, packs)
    assert.is(server.requests.filter((request) => request.includes('upload-pack')).length, 1)
    await two.sync.close()
    server.status = 503
    const three = await open()
    assert.is(three.sync.desired()!.revision, first)
    assert.match(three.views()[0]!.error, /cannot reach http:.*: check the url and the network/)
    server.status = null
    const second = fixture.commit({ 'b/b.yaml': configMap('b', {}) })
    assert.equal((await three.sync.fetchNow()).sources, [{ id: 'main', tip: second, error: '' }])
    assert.is(three.sync.desired()!.revision, second)
  }),
)

remote('where a token is needed and none is given, that is said', () =>
  withRemote(async ({ fixture, server, open }) => {
    fixture.commit({ 'a/a.yaml': deployment('a') })
    server.token = 'tok-secret-1'
    const { views } = await open(60_000)
    assert.match(
      views()[0]!.error,
      /needs a token \(401\): name a file with one by --token-file, or put it into HEADWAY_GIT_TOKEN$/,
    )
    server.token = null
  }),
)

remote('a refused token is told, and a new one in the file is taken', () =>
  withRemote(async ({ fixture, server, open }) => {
    const first = fixture.commit({ 'a/a.yaml': deployment('a') })
    const tokenFile = path.join(fixture.folder, 'token')
    writeFileSync(tokenFile, 'tok-secret-1\n')
    server.token = 'tok-secret-1'
    const { sync, views, log, reach } = await open(60_000, tokenFile)
    await reach(first)
    server.token = 'tok-secret-2'
    const second = fixture.commit({ 'a/a.yaml': deployment('a', { image: 'demo:2' }) })
    await sync.fetchNow()
    assert.is(sync.desired()!.revision, first)
    assert.match(views()[0]!.error, /refuses the token \(401; it may have expired\): put a token .* into .*token/)
    writeFileSync(tokenFile, 'tok-secret-2')
    await sync.fetchNow()
    assert.is(sync.desired()!.revision, second)
    assert.is(views()[0]!.error, '')
    assert.not.match(JSON.stringify([log, views()]), /tok-secret/)
    server.status = 403
    await sync.fetchNow()
    assert.match(views()[0]!.error, /\(403; it may have expired\)/)
    rmSync(tokenFile)
    await sync.fetchNow()
    assert.match(views()[0]!.error, /cannot read the token file/)
    assert.is(sync.desired()!.revision, second)
  }),
)

remote('a token in the url or in the environment works and never shows', () =>
  withRemote(async ({ fixture, server, url }) => {
    const first = fixture.commit({ 'a/a.yaml': deployment('a') })
    server.token = 'tok-secret-3'
    const inUrl = await startSync([localSource(url.replace('://', '://me:tok-secret-3@'))])
    assert.is(inUrl.sync.desired()?.revision, first)
    assert.not.match(JSON.stringify([inUrl.views(), inUrl.sync.desired()!.sources]), /tok-secret/)
    await inUrl.sync.close()
    const config = readFileSync(path.join(inUrl.stateDirectory, 'sources/main/repository.git/config'), 'utf8')
    assert.not.match(config, /tok-secret/)
    process.env['HEADWAY_GIT_TOKEN'] = 'tok-secret-3'
    const inEnvironment = await startSync([localSource(url)])
    delete process.env['HEADWAY_GIT_TOKEN']
    assert.is(inEnvironment.sync.desired()?.revision, first)
    await inEnvironment.sync.close()
  }),
)

remote('a missing remote, an empty one, a missing and a deleted branch', () =>
  withRemote(async ({ fixture, server, open, url }) => {
    const nowhere = await startSync([localSource(`${url}x`)])
    assert.match(nowhere.views()[0]!.error, /there is no repository at .*clusterx?\.gitx/)
    assert.is(nowhere.sync.desired(), null)
    await nowhere.sync.close()
    const { sync, views } = await open()
    assert.match(views()[0]!.error, /is empty: push a commit to branch main/)
    fixture.commitOnly({ 'a/a.yaml': deployment('a') })
    fixture.push('HEAD:other')
    await sync.fetchNow()
    assert.match(views()[0]!.error, /has no branch main: push it, or name another branch/)
    const first = fixture.commit({ 'a/a.yaml': deployment('a', { image: 'demo:2' }) })
    await sync.fetchNow()
    assert.is(sync.desired()!.revision, first)
    git(fixture.bare, 'update-ref', '-d', 'refs/heads/main')
    await sync.fetchNow()
    assert.match(views()[0]!.error, /has no branch main/)
    assert.is(sync.desired()!.revision, first)
    await server.close()
    await sync.fetchNow()
    assert.match(views()[0]!.error, /cannot reach .*(?:ECONN|hang up)/)
    assert.is(sync.desired()!.revision, first)
  }),
)

remote('a forced push is taken at once', () =>
  withRemote(async ({ fixture, open }) => {
    fixture.commit({ 'a/a.yaml': deployment('a') })
    const second = fixture.commit({ 'a/a.yaml': deployment('a', { image: 'demo:2' }) })
    const { sync, log, stateDirectory } = await open()
    fixture.git('reset', '-q', '--hard', 'HEAD~1')
    const other = fixture.commitOnly({ 'b/b.yaml': configMap('b', {}) })
    fixture.push('--force', 'HEAD:main')
    await sync.fetchNow()
    assert.is(sync.desired()!.revision, other)
    assert.ok(log.some((line) => line.includes(`does not descend from ${second}`)))
    const tips = readFileSync(path.join(stateDirectory, 'sources/main/tips'), 'utf8')
    assert.match(tips, new RegExp(`${second} first\n.* ${other} forced\n$`))
    assert.ok(await sync.isAncestor(second, second))
    assert.not.ok(await sync.isAncestor(second, other))
  }),
)

remote('a sha256 remote goes through the git program', () =>
  withRemote(async ({ fixture, open }) => {
    const first = fixture.commit({ 'a/a.yaml': deployment('a') })
    assert.is(first.length, 64)
    const { sync, reach } = await open(50)
    await reach(first)
    const second = fixture.commit({ 'a/a.yaml': deployment('a', { image: 'demo:2' }) })
    await reach(second)
    assert.is(await sync.resolve('main~1'), first)
  }, '--object-format=sha256'),
)

remote('a clone that was cut off while it was made is made again', () =>
  withRemote(async ({ fixture, open }) => {
    const first = fixture.commit({ 'a/a.yaml': deployment('a') })
    const one = await open()
    await one.sync.close()
    const clone = path.join(one.stateDirectory, 'sources/main/repository.git')
    rmSync(path.join(clone, 'HEAD'))
    const two = await open()
    assert.is(two.sync.desired()?.revision, first)
    await two.sync.close()
    rmSync(path.join(clone, 'objects/pack'), { recursive: true })
    const three = await open()
    assert.is(three.sync.desired()?.revision, first)
    assert.ok(existsSync(path.join(clone, 'HEAD')))
  }),
)

for (const [what, limits] of [
  ['repacked', { repackAbove: 3, cloneAbove: 1_000 }],
  ['made anew', { repackAbove: 1_000, cloneAbove: 3 }],
] as const) {
  remote(`a clone that has collected packs is ${what}, and reads go on`, () =>
    withRemote(async ({ fixture, url }) => {
      git(fixture.bare, 'config', 'receive.unpackLimit', '1')
      const folder = path.join(fixture.folder, 'state', 'repository.git')
      const transport = new HttpTransport({ url, branch: 'main' })
      const source = new RemoteSource({ url, branch: 'main', pollMs: undefined, folder, transport, limits })
      const first = fixture.commit({ 'a.yaml': configMap('a', {}) })
      for (let i = 0; i < 8; i++) {
        const commit = fixture.commit({ 'a.yaml': configMap('a', { i: `${i}` }) })
        assert.is(await source.poll(), commit)
        const repository = source.repository()!
        assert.match(
          repository.blob(repository.entryAt(repository.commit(commit).tree, 'a.yaml')!.oid).toString(),
          `"${i}"`,
        )
        assert.ok(repository.objects.packCount() <= 4)
        assert.ok(repository.isAncestor(first, commit))
      }
      assert.equal(readdirSync(path.dirname(folder)), ['repository.git'])
      source.close()
    }),
  )
}

remote.run()
