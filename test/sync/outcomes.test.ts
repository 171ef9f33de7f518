/** What goes wrong with a local repository: each has a defined outcome that keeps the last good state. */
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openSync } from '../../src/sync/sync.js'
import { waitFor } from '../support/wait-for.js'
import { type GitFixture, git, makeFixture } from './support/git-fixture.js'
import { configMap, deployment, namespace, secret } from './support/manifests.js'
import { DIGEST_KEY, localSource, startSync, type TestSync } from './support/open-sync.js'

const outcomes = suite('sync: outcomes')

async function withRepository(
  run: (fixture: GitFixture, open: (state?: string) => Promise<TestSync>) => Promise<void>,
) {
  const fixture = makeFixture()
  const opened: TestSync[] = []
  const open = async (state?: string): Promise<TestSync> => {
    const sync = await startSync([localSource(fixture.bare)], state)
    opened.push(sync)
    return sync
  }
  try {
    await run(fixture, open)
  } finally {
    for (const { sync, stateDirectory } of opened) {
      await sync.close()
      rmSync(stateDirectory, { recursive: true, force: true })
    }
    fixture.remove()
  }
}

outcomes('an empty repository waits for its first commit', () =>
  withRepository(async (fixture, open) => {
    const { sync, views, reach } = await open()
    assert.is(sync.desired(), null)
    assert.match(views()[0]!.error, /is empty: push a commit to branch main/)
    await reach(fixture.commit({ 'a.yaml': configMap('a', {}) }))
    await waitFor('a clean view', 2_000, () => views()[0]!.error === '')
  }),
)

outcomes('a commit with no manifests is a state with no objects', () =>
  withRepository(async (fixture, open) => {
    const commit = fixture.commit({ 'README.md': 'hi\n' })
    const { sync } = await open()
    assert.is(sync.desired()!.revision, commit)
    assert.is(sync.desired()!.objects.size, 0)
  }),
)

outcomes('a repository that is not there yet is found when it comes', () =>
  withRepository(async (fixture, open) => {
    const commit = fixture.commit({ 'a.yaml': configMap('a', {}) })
    renameSync(fixture.bare, `${fixture.bare}.away`)
    const { sync, views, reach } = await open()
    assert.match(views()[0]!.error, /there is no git repository at .*cluster\.git: check the path/)
    renameSync(`${fixture.bare}.away`, fixture.bare)
    await reach(commit)
    assert.is(sync.desired()!.objects.size, 1)
  }),
)

outcomes('a deleted branch and a removed repository keep the last good state, over a restart too', () =>
  withRepository(async (fixture, open) => {
    const commit = fixture.commit({ 'a.yaml': configMap('a', {}) })
    const { sync, views, states, stateDirectory } = await open()
    git(fixture.bare, 'update-ref', 'refs/heads/other', commit)
    git(fixture.bare, 'update-ref', '-d', 'refs/heads/main')
    await waitFor('an error', 2_000, () => /has no branch main: push it/.test(views()[0]!.error))
    assert.is(sync.desired()!.revision, commit)
    assert.is(states.length, 1)
    await sync.close()
    const again = await open(stateDirectory)
    assert.is(again.sync.desired()!.revision, commit)
    assert.match(again.views()[0]!.error, /has no branch main/)
    renameSync(fixture.bare, `${fixture.bare}.away`)
    await waitFor('another error', 2_000, () => /there is no git repository/.test(again.views()[0]!.error))
    assert.is(again.sync.desired()!.revision, commit)
  }),
)

outcomes('another repository in the same place is opened anew', () =>
  withRepository(async (fixture, open) => {
    fixture.commit({ 'a.yaml': configMap('a', {}) })
    const { reach } = await open()
    const copy = `${fixture.bare}.copy`
    cpSync(fixture.bare, copy, { recursive: true })
    fixture.git('remote', 'set-url', 'origin', copy)
    const commit = fixture.commit({ 'a.yaml': configMap('a', { v: '2' }) })
    rmSync(fixture.bare, { recursive: true })
    renameSync(copy, fixture.bare)
    await reach(commit)
  }),
)

outcomes('a forced push is taken at once and recorded', () =>
  withRepository(async (fixture, open) => {
    fixture.commit({ 'a.yaml': configMap('a', {}) })
    const second = fixture.commit({ 'a.yaml': configMap('a', { v: '2' }) })
    const { sync, reach, log, stateDirectory } = await open()
    fixture.git('reset', '-q', '--hard', 'HEAD~1')
    const other = fixture.commitOnly({ 'b.yaml': configMap('b', {}) })
    fixture.push('--force', 'HEAD:main')
    await reach(other)
    assert.ok(log.some((line) => line.includes(`${other} does not descend from ${second}`)))
    assert.match(readFileSync(path.join(stateDirectory, 'sources/main/tips'), 'utf8'), new RegExp(`${other} forced`))
    assert.is(await sync.resolve('HEAD'), other)
  }),
)

outcomes('a packed branch, a branch with slashes and a work tree are watched', async () => {
  const fixture = makeFixture()
  const first = fixture.commitOnly({ 'a.yaml': configMap('a', {}) })
  fixture.git('checkout', '-q', '-b', 'env/prod/eu')
  const { sync, reach, stateDirectory } = await startSync([localSource(fixture.work, { branch: 'env/prod/eu' })])
  try {
    assert.is(sync.desired()!.revision, first)
    await reach(fixture.commitOnly({ 'a.yaml': configMap('a', { v: '2' }) }))
    fixture.git('pack-refs', '--all', '--prune')
    await reach(fixture.commitOnly({ 'a.yaml': configMap('a', { v: '3' }) }))
    fixture.git('gc', '-q')
    await reach(fixture.commitOnly({ 'a.yaml': configMap('a', { v: '4' }) }))
  } finally {
    await sync.close()
    fixture.remove()
    rmSync(stateDirectory, { recursive: true, force: true })
  }
})

/** Overwrites an object of the bare repository with rubbish. */
function damage(fixture: GitFixture, revision: string): void {
  const oid = git(fixture.bare, 'rev-parse', revision)
  const file = path.join(fixture.bare, 'objects', oid.slice(0, 2), oid.slice(2))
  chmodSync(file, 0o644)
  writeFileSync(file, 'rubbish')
}

/** Moves main to a new commit of which one object is damaged; gives the commit. */
function moveToDamaged(fixture: GitFixture, part: string): string {
  git(fixture.bare, 'config', 'receive.unpackLimit', '1000')
  const files = { 'a/a.yaml': configMap('a', { v: '2' }), 'b/b.yaml': configMap('b', { v: '2' }) }
  const commit = fixture.commitOnly(files)
  fixture.push('HEAD:incoming')
  damage(fixture, `${commit}${part}`)
  writeFileSync(path.join(fixture.bare, 'refs/heads/main'), `${commit}\n`)
  return commit
}

outcomes('a corrupt blob holds its app', () =>
  withRepository(async (fixture, open) => {
    const first = fixture.commit({ 'a/a.yaml': configMap('a', {}), 'b/b.yaml': configMap('b', {}) })
    const { reach } = await open()
    const second = moveToDamaged(fixture, ':a/a.yaml')
    const state = await reach(second)
    assert.is(state.apps.get('main:a')!.revision, first)
    assert.is(state.apps.get('main:b')!.revision, second)
    assert.match(state.problems[0]!.message, /object [0-9a-f]{40} .* is corrupt .*git fsck/)
    assert.ok(state.hasUnreadable)
  }),
)

for (const [what, part] of [
  ['tree', '^{tree}'],
  ['commit', ''],
] as const) {
  outcomes(`a corrupt ${what} keeps the last good state until a good commit comes`, () =>
    withRepository(async (fixture, open) => {
      const first = fixture.commit({ 'a/a.yaml': configMap('a', {}), 'b/b.yaml': configMap('b', {}) })
      const { sync, views, states } = await open()
      const second = moveToDamaged(fixture, part)
      await waitFor('an error', 3_000, () => /is corrupt .*git fsck/.test(views()[0]!.error))
      assert.is(views()[0]!.tip, second)
      assert.is(views()[0]!.commit, first)
      assert.is(sync.desired(), states[0])
      assert.equal((await sync.fetchNow()).sources[0]!.tip, second)
      assert.match((await sync.fetchNow()).sources[0]!.error, /is corrupt/)
      writeFileSync(path.join(fixture.bare, 'refs/heads/main'), `${first}\n`)
      await waitFor('no error', 3_000, () => views()[0]!.error === '')
      assert.is(sync.desired()!.revision, first)
      assert.is(states.length, 1)
    }),
  )
}

outcomes('damage in old history does not stop new commits', () =>
  withRepository(async (fixture, open) => {
    git(fixture.bare, 'config', 'receive.unpackLimit', '1000')
    const first = fixture.commit({ 'a/a.yaml': configMap('a', {}), 'b/b.yaml': configMap('b', {}) })
    fixture.commit({ 'a/a.yaml': configMap('a', { v: '2' }) })
    const third = fixture.commit({ 'b/b.yaml': 'a: [\n' })
    damage(fixture, `${first}:a`)
    const { sync, reach } = await open()
    assert.is(sync.desired()!.revision, third)
    assert.ok(sync.desired()!.apps.get('main:b')!.held)
    assert.ok(sync.desired()!.objects.has('ConfigMap./default/b'))
    damage(fixture, first)
    fixture.commitOnly({ 'c/c.yaml': configMap('c', {}) }, 'Revert\n\nThis reverts commit nothing.')
    const fourth = fixture.git('rev-parse', 'HEAD')
    cpSync(path.join(fixture.work, '.git/objects'), path.join(fixture.bare, 'objects'), {
      recursive: true,
      force: false,
    })
    writeFileSync(path.join(fixture.bare, 'refs/heads/main'), `${fourth}\n`)
    const state = await reach(fourth)
    assert.ok(state.objects.has('ConfigMap./default/c'))
  }),
)

outcomes('a huge file and an alias bomb hold their apps with a clear problem', () =>
  withRepository(async (fixture, open) => {
    const first = fixture.commit({
      'a/a.yaml': configMap('a', {}),
      'b/b.yaml': configMap('b', {}),
      'c/c.yaml': configMap('c', {}),
    })
    const { reach } = await open()
    const bomb = Array.from(
      { length: 12 },
      (_, i) => `k${i}: &k${i} [${i === 0 ? 'x' : `${`*k${i - 1}, `.repeat(9)}*k${i - 1}`}]`,
    )
    const second = fixture.commit({
      'a/huge.yaml': Buffer.alloc(50 << 20, '# nothing but a comment\n'),
      'b/bomb.yaml': bomb.join('\n'),
      'c/c.yaml': configMap('c', { v: '2' }),
    })
    const state = await reach(second, 20_000)
    assert.equal(
      [...state.apps.values()].map(({ id, revision, held }) => [id, revision, held]),
      [
        ['main:a', first, true],
        ['main:b', first, true],
        ['main:c', second, false],
      ],
    )
    assert.match(state.apps.get('main:a')!.problems[0]!.message, /50\.0 MiB, more than 3 MiB/)
    assert.match(state.apps.get('main:b')!.problems[0]!.message, /behind aliases/)
  }),
)

outcomes('the newest commit wins: those pushed while one is read are passed over', () =>
  withRepository(async (fixture, open) => {
    fixture.commit({ 'a/a.yaml': deployment('a') })
    const { sync, states, reach } = await open()
    for (let i = 0; i < 60; i++) fixture.commitOnly({ [`many/m${i}.yaml`]: deployment(`m${i}`) }, `${i}`)
    fixture.push('HEAD:main')
    const last = fixture.commit({ 'a/a.yaml': deployment('a', { image: 'demo:9' }) })
    await reach(last)
    assert.ok(states.length <= 3)
    assert.is(sync.desired()!.objects.size, 61)
  }),
)

outcomes('the vault has the contents by digest, old ones too, and nothing else has values', () =>
  withRepository(async (fixture, open) => {
    fixture.commit({ 'a/s.yaml': secret('s', { password: 'hunter2' }), 'a/c.yaml': configMap('c', { file: 'naïve' }) })
    const { sync, reach, stateDirectory } = await open()
    const digest = sync.desired()!.objects.get('Secret./default/s')!.config!.digest
    assert.equal(sync.config(digest), {
      digest,
      kind: 'Secret',
      secretType: 'Opaque',
      data: { password: Buffer.from('hunter2').toString('base64') },
    })
    const config = sync.config(sync.desired()!.objects.get('ConfigMap./default/c')!.config!.digest)!
    assert.is(Buffer.from(config.data['file']!, 'base64').toString(), 'naïve')
    const next = await reach(fixture.commit({ 'a/s.yaml': secret('s', { password: 'correct horse' }) }))
    assert.is.not(next.objects.get('Secret./default/s')!.config!.digest, digest)
    assert.ok(sync.config(digest) !== null)
    assert.is(sync.config('0'.repeat(64)), null)
    await sync.close()
    const written = readdirSync(stateDirectory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    assert.ok(written.some((text) => text.includes('na')))
    for (const value of ['hunter2', 'correct horse']) {
      for (const text of [value, Buffer.from(value).toString('base64')]) {
        assert.not.ok(
          written.some((one) => one.includes(text)),
          value,
        )
      }
    }
  }),
)

outcomes('the parse cache gives the same state, and a damaged one is dropped', () =>
  withRepository(async (fixture, open) => {
    fixture.commit({ 'a/a.yaml': deployment('a'), 'b/b.yaml': `${configMap('b', {})}---\n${namespace('shop')}` })
    const one = await open()
    const state = one.sync.desired()!
    await one.sync.close()
    const file = path.join(one.stateDirectory, 'parse-cache')
    const text = readFileSync(file, 'utf8')
    assert.is(text.trim().split('\n').length, 3)
    const two = await open(one.stateDirectory)
    assert.equal([...two.sync.desired()!.objects], [...state.objects])
    await two.sync.close()
    for (const damaged of [text.replaceAll('}', ''), text.slice(0, 300), 'headway parse cache 0\n', '']) {
      writeFileSync(file, damaged)
      const three = await open(one.stateDirectory)
      assert.equal([...three.sync.desired()!.objects], [...state.objects])
      await three.sync.close()
    }
  }),
)

outcomes(
  'several sources: one state, a key in both holds both, and a source that cannot be read removes nothing',
  async () => {
    const left = makeFixture()
    const right = makeFixture()
    const first = left.commit({ 'a/a.yaml': configMap('a', {}, 'shop') })
    right.commit({ 'ns.yaml': namespace('shop') })
    const sources = [localSource(left.bare), localSource(right.bare, { id: 'platform' })]
    renameSync(right.bare, `${right.bare}.away`)
    const { sync, reach, stateDirectory } = await startSync(sources)
    const revisionAfter = async (change: () => void): Promise<void> => {
      const before = sync.desired()!.revision
      change()
      await waitFor('another revision', 5_000, () => sync.desired()!.revision !== before)
    }
    try {
      await reach(first)
      assert.ok(sync.desired()!.hasUnreadable)
      assert.ok(sync.desired()!.apps.get('main:a')!.held)
      await revisionAfter(() => renameSync(`${right.bare}.away`, right.bare))
      const state = sync.desired()!
      assert.equal([...state.objects.keys()], ['ConfigMap./shop/a', 'Namespace.//shop'])
      assert.equal([...state.apps.keys()], ['main:a', 'platform:'])
      assert.equal(
        state.sources.map((source) => source.id),
        ['main', 'platform'],
      )
      assert.not.ok(state.hasUnreadable)
      await revisionAfter(() => void right.commit({ 'x/a.yaml': configMap('a', { v: '2' }, 'shop') }))
      const twice = sync.desired()!
      assert.ok(twice.apps.get('main:a')!.held)
      assert.ok(twice.apps.get('platform:x')!.held)
      assert.is(twice.objects.get('ConfigMap./shop/a'), state.objects.get('ConfigMap./shop/a'))
    } finally {
      await sync.close()
      left.remove()
      right.remove()
      rmSync(stateDirectory, { recursive: true, force: true })
    }
  },
)

outcomes('options that cannot work are refused', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-state-'))
  const refuse = async (sources: Parameters<typeof startSync>[0], message: RegExp): Promise<void> => {
    try {
      await openSync({
        sources,
        stateDirectory: folder,
        digestKey: DIGEST_KEY,
        now: () => 0,
        log: () => {},
        onState: () => {},
        onSource: () => {},
      })
    } catch (error) {
      return assert.match((error as Error).message, message)
    }
    assert.unreachable(String(message))
  }
  await refuse([], /there is no source/)
  await refuse([localSource('/x', { id: '../x' })], /source id/)
  await refuse([localSource('/x'), localSource('/y')], /is there twice/)
  await refuse([localSource('/x', { branch: '' })], /names no branch/)
  await refuse([localSource('ftp://host/x')], /is no repository url/)
  rmSync(folder, { recursive: true })
})

outcomes.run()
