/** Commits of our own: reverts as git makes them, trailers, seeds; onto local and remote branches. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SyncError } from '../../src/sync/sync-error.js'
import { type BranchTarget, commitTrailers, revertCommits, seedRepository } from '../../src/sync/writer.js'
import { type GitFixture, git, makeFixture } from './support/git-fixture.js'
import { serveGit } from './support/git-server.js'
import { deployment } from './support/manifests.js'

const writer = suite('sync: writer')

const author = { name: 'Grace', email: 'grace@example.com' }
const now = 1_761_000_000_000

async function withFixture(run: (fixture: GitFixture, target: BranchTarget) => Promise<void>): Promise<void> {
  const fixture = makeFixture()
  try {
    await run(fixture, { url: fixture.bare, branch: 'main' })
  } finally {
    fixture.remove()
  }
}

/** Tree that `git revert` makes of the same. */
function revertByGit(fixture: GitFixture, ...revisions: string[]): string {
  fixture.git('checkout', '-q', '-B', 'compare', 'origin/main')
  fixture.git('revert', '--no-edit', ...revisions)
  const tree = fixture.git('rev-parse', 'HEAD^{tree}')
  fixture.git('checkout', '-q', 'main')
  return tree
}

async function refused(action: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  try {
    await action
  } catch (error) {
    assert.ok(error instanceof SyncError, String(error))
    assert.is(error.code, code)
    return assert.match(error.message, message)
  }
  assert.unreachable(`expected ${code}`)
}

writer('a revert of the tip is what git makes', () =>
  withFixture(async (fixture, target) => {
    fixture.commit({ 'a/web.yaml': deployment('web'), 'keep.yaml': 'x: 1\n' })
    const second = fixture.commit(
      { 'a/web.yaml': deployment('web', { image: 'demo:2' }), 'b/new.yaml': 'n: 1\n', 'keep.yaml': null },
      'second',
    )
    const tree = revertByGit(fixture, second)
    const answer = await revertCommits({ target, revision: 'HEAD', author, now, trailers: ['Headway-Rollback: yes'] })
    assert.equal(answer.files, ['a/web.yaml', 'b/new.yaml', 'keep.yaml'])
    assert.is(answer.parent, second)
    assert.is(git(fixture.bare, 'rev-parse', 'main'), answer.commit)
    assert.is(git(fixture.bare, 'rev-parse', 'main^{tree}'), tree)
    assert.is(
      git(fixture.bare, 'log', '-1', '--format=%an <%ae>|%B', 'main'),
      `Grace <grace@example.com>|Revert "second"

This reverts commit ${second}.

Headway-Rollback: yes`,
    )
    git(fixture.bare, 'fsck', '--strict')
  }),
)

writer('an older commit is reverted under later changes, of other lines of the same file too', () =>
  withFixture(async (fixture, target) => {
    fixture.commit({ 'a/web.yaml': deployment('web') })
    const second = fixture.commit({ 'a/web.yaml': deployment('web', { image: 'demo:2' }) })
    fixture.commit({ 'a/web.yaml': deployment('web', { image: 'demo:2', replicas: 5 }), 'c.yaml': 'c: 1\n' })
    const tree = revertByGit(fixture, second)
    await revertCommits({ target, revision: second, author, now })
    assert.is(git(fixture.bare, 'rev-parse', 'main^{tree}'), tree)
    assert.is(git(fixture.bare, 'show', 'main:a/web.yaml').trimEnd(), deployment('web', { replicas: 5 }).trimEnd())
  }),
)

writer('a range goes back in one commit that names them all', () =>
  withFixture(async (fixture, target) => {
    const first = fixture.commit({ 'a.yaml': 'a: 1\n' })
    const rest = [2, 3, 4].map((i) =>
      fixture.commit({ 'a.yaml': `a: ${i}\n`, [`n${i}.yaml`]: 'n: 1\n' }, `change ${i}`),
    )
    const { commit } = await revertCommits({ target, revision: `${first}..main`, author, now })
    assert.is(git(fixture.bare, 'rev-parse', 'main^{tree}'), git(fixture.bare, 'rev-parse', `${first}^{tree}`))
    const message = git(fixture.bare, 'log', '-1', '--format=%B', commit)
    assert.match(message, /^Revert 3 commits to before "change 2"/)
    for (const one of rest) assert.ok(message.includes(`This reverts commit ${one}.`))
  }),
)

writer('conflicts, nothing to do, unknown revisions and wrong ranges are refused, and nothing moves', () =>
  withFixture(async (fixture, target) => {
    const first = fixture.commit({ 'a.yaml': 'a: 1\n' })
    const second = fixture.commit({ 'a.yaml': 'a: 2\n' })
    const third = fixture.commit({ 'a.yaml': 'a: 3\n' })
    const revert = (revision: string): Promise<unknown> => revertCommits({ target, revision, author, now })
    await refused(revert(second), 'conflict', /later commits changed the same lines of a\.yaml/)
    await refused(revert('nothing'), 'unknown-revision', /there is no revision nothing/)
    await refused(revert(`${third}..${first}`), 'unknown-revision', /is not among the commits before/)
    await refused(revert(`${third}..main`), 'nothing-to-do', /has no commits/)
    assert.is(git(fixture.bare, 'rev-parse', 'main'), third)
    await revert(third)
    await refused(revert(third), 'nothing-to-do', /already taken back/)
    const missing = { target: { ...target, branch: 'other' }, revision: 'HEAD', author, now }
    await refused(revertCommits(missing), 'missing-branch', /has no branch other/)
  }),
)

writer('a trailer goes into an empty commit', () =>
  withFixture(async (fixture, target) => {
    const first = fixture.commit({ 'a.yaml': 'a: 1\n' })
    const trailers = ['Headway-Confirm-Delete: deadbeef\nX: y']
    const { commit, files } = await commitTrailers({ target, subject: 'Confirm', author, now, trailers })
    assert.equal(files, [])
    assert.is(git(fixture.bare, 'rev-parse', `${commit}^`), first)
    assert.is(git(fixture.bare, 'rev-parse', `${commit}^{tree}`), git(fixture.bare, 'rev-parse', `${first}^{tree}`))
    assert.is(git(fixture.bare, 'log', '-1', '--format=%B', commit), 'Confirm\n\nHeadway-Confirm-Delete: deadbeef X: y')
  }),
)

writer('a branch under a work tree is left alone', () =>
  withFixture(async (fixture) => {
    fixture.commit({ 'a.yaml': 'a: 1\n' })
    const target = { url: fixture.work, branch: 'main' }
    await refused(commitTrailers({ target, subject: 's', author, now, trailers: [] }), 'conflict', /is checked out in/)
    fixture.git('branch', 'other')
    const { commit } = await commitTrailers({
      target: { ...target, branch: 'other' },
      subject: 's',
      author,
      now,
      trailers: [],
    })
    assert.is(fixture.git('rev-parse', 'other'), commit)
  }),
)

writer('a held lock is told, and two writers at once lose nothing', () =>
  withFixture(async (fixture, target) => {
    fixture.commit({ 'a.yaml': 'a: 1\n' })
    const write = (subject: string): Promise<string> =>
      commitTrailers({ target, subject, author, now, trailers: [] }).then(
        () => 'done',
        (error: SyncError) => error.code,
      )
    const results = await Promise.all(['1', '2', '3', '4'].map(write))
    assert.ok(
      results.every((result) => result === 'done' || result === 'moved'),
      results.join(),
    )
    const done = results.filter((result) => result === 'done').length
    assert.is(Number(git(fixture.bare, 'rev-list', '--count', 'main')), 1 + done)
    writeFileSync(path.join(fixture.bare, 'refs/heads/main.lock'), '')
    assert.is(await write('5'), 'conflict')
  }),
)

writer('a remote branch is moved by push, with compare and set', async () => {
  const fixture = makeFixture()
  git(fixture.bare, 'config', 'http.receivepack', 'true')
  const server = await serveGit(fixture.folder)
  try {
    const first = fixture.commit({ 'a.yaml': 'a: 1\n' })
    const second = fixture.commit({ 'a.yaml': 'a: 2\n' })
    const target = { url: `${server.url}/cluster.git`, branch: 'main' }
    const { commit } = await revertCommits({ target, revision: 'HEAD', author, now })
    assert.is(git(fixture.bare, 'rev-parse', 'main'), commit)
    assert.is(git(fixture.bare, 'rev-parse', `${commit}^`), second)
    assert.is(git(fixture.bare, 'rev-parse', `${commit}^{tree}`), git(fixture.bare, 'rev-parse', `${first}^{tree}`))
    server.token = 'x'
    await refused(
      revertCommits({ target, revision: 'HEAD', author, now }),
      'credentials',
      /needs a token.*--token-file/,
    )
  } finally {
    await server.close()
    fixture.remove()
  }
})

writer('a seeded repository has the folder, with modes, and takes pushes', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-seed-'))
  try {
    const from = path.join(folder, 'example')
    mkdirSync(path.join(from, 'apps/web'), { recursive: true })
    mkdirSync(path.join(from, 'empty'))
    writeFileSync(path.join(from, 'apps/web/web.yaml'), deployment('web'))
    writeFileSync(path.join(from, 'apps.yaml'), 'a: 1\n')
    writeFileSync(path.join(from, 'run.sh'), '#!/bin/sh\n')
    chmodSync(path.join(from, 'run.sh'), 0o755)
    symlinkSync('run.sh', path.join(from, 'link'))
    const bareDirectory = path.join(folder, 'cluster.git')
    const seed = { bareDirectory, fromFolder: from, branch: 'main', author, now }
    const commit = await seedRepository(seed)
    git(bareDirectory, 'fsck', '--strict')
    assert.is(git(bareDirectory, 'rev-parse', 'HEAD'), commit)
    assert.equal(git(bareDirectory, 'ls-tree', '-r', 'HEAD', '--format=%(objectmode) %(path)').split('\n'), [
      '100644 apps.yaml',
      '100644 apps/web/web.yaml',
      '120000 link',
      '100755 run.sh',
    ])
    const clone = path.join(folder, 'clone')
    git(folder, 'clone', '-q', bareDirectory, clone)
    git(clone, 'commit', '-q', '--allow-empty', '-m', 'next')
    git(clone, 'push', '-q')
    assert.is(git(bareDirectory, 'rev-parse', 'main'), git(clone, 'rev-parse', 'HEAD'))
    await refused(seedRepository(seed), 'options', /is not empty/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

writer.run()
