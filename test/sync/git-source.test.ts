/** One suite for every kind of source: by path, over http, through the git program. */
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { GitSource } from '../../src/sync/sources/git-source.js'
import { openSource } from '../../src/sync/sources/open-source.js'
import { SyncError } from '../../src/sync/sync-error.js'
import { type GitFixture, git, makeFixture } from './support/git-fixture.js'
import { type GitServer, serveGit } from './support/git-server.js'

interface Kind {
  readonly name: string
  /** The url of the fixture's bare repository. */
  url(fixture: GitFixture, server: GitServer): string
}

const kinds: readonly Kind[] = [
  { name: 'by path', url: (fixture) => fixture.bare },
  { name: 'by file url', url: (fixture) => `file://${fixture.bare}` },
  { name: 'over http', url: (_fixture, server) => `${server.url}/cluster.git` },
  { name: 'over ssh', url: (fixture) => `ssh://git@example.test${fixture.bare}` },
]

type Run = (fixture: GitFixture, source: GitSource, open: (branch: string) => GitSource) => Promise<void>

async function withSource(kind: Kind, run: Run): Promise<void> {
  const fixture = makeFixture()
  const server = await serveGit(fixture.folder)
  const ssh = path.join(fixture.folder, 'ssh')
  writeFileSync(ssh, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
  chmodSync(ssh, 0o755)
  process.env['GIT_SSH_COMMAND'] = ssh
  const opened: GitSource[] = []
  const open = (branch: string): GitSource => {
    const folder = path.join(fixture.folder, `state-${opened.length}`)
    const source = openSource({ id: 'main', url: kind.url(fixture, server), branch, path: '' }, folder)
    opened.push(source)
    return source
  }
  try {
    await run(fixture, open('main'), open)
  } finally {
    for (const source of opened) source.close()
    delete process.env['GIT_SSH_COMMAND']
    await server.close()
    fixture.remove()
  }
}

async function codeOf(source: GitSource): Promise<string> {
  try {
    return await source.poll()
  } catch (error) {
    assert.ok(error instanceof SyncError, String(error))
    return error.code
  }
}

const read = (source: GitSource, commit: string): string => {
  const repository = source.repository()!
  return repository.blob(repository.entryAt(repository.commit(commit).tree, 'f.yaml')!.oid).toString()
}

for (const kind of kinds) {
  const sources = suite(`source ${kind.name}`)

  sources('gives the tip, readable, and follows it', () =>
    withSource(kind, async (fixture, source) => {
      for (let i = 0; i < 3; i++) {
        const commit = fixture.commit({ 'f.yaml': `n: ${i}\n` })
        assert.is(await source.poll(), commit)
        assert.is(await source.poll(), commit)
        assert.is(read(source, commit), `n: ${i}\n`)
      }
      assert.is(source.repository()!.firstParents(await source.poll(), 10).length, 3)
    }),
  )

  sources('takes a forced push and keeps what was readable', () =>
    withSource(kind, async (fixture, source) => {
      fixture.commit({ 'f.yaml': 'n: 1\n' })
      const second = fixture.commit({ 'f.yaml': 'n: 2\n' })
      assert.is(await source.poll(), second)
      fixture.git('reset', '-q', '--hard', 'HEAD~1')
      const other = fixture.commitOnly({ 'f.yaml': 'n: 3\n' })
      fixture.push('--force', 'HEAD:main')
      assert.is(await source.poll(), other)
      assert.is(read(source, other), 'n: 3\n')
      assert.is(read(source, second), 'n: 2\n')
    }),
  )

  sources('follows its own branch, with slashes too', () =>
    withSource(kind, async (fixture, _source, open) => {
      const first = fixture.commit({ 'f.yaml': 'n: 1\n' })
      fixture.git('checkout', '-q', '-b', 'env/prod')
      const second = fixture.commitOnly({ 'f.yaml': 'n: 2\n' })
      fixture.push('env/prod')
      assert.is(await open('env/prod').poll(), second)
      assert.is(await open('main').poll(), first)
    }),
  )

  sources('tells an empty repository, a missing branch and a missing repository apart', () =>
    withSource(kind, async (fixture, source, open) => {
      assert.is(await codeOf(source), 'empty-repository')
      const first = fixture.commit({ 'f.yaml': 'n: 1\n' })
      assert.is(await codeOf(open('other')), 'missing-branch')
      assert.is(await codeOf(source), first)
      git(fixture.bare, 'update-ref', '-d', 'refs/heads/main')
      assert.is(await codeOf(source), 'empty-repository')
      assert.is(read(source, first), 'n: 1\n')
      renameSync(fixture.bare, `${fixture.bare}.away`)
      assert.is(await codeOf(source), 'missing-repository')
      assert.is(await codeOf(open('main')), 'missing-repository')
      renameSync(`${fixture.bare}.away`, fixture.bare)
      git(fixture.bare, 'update-ref', 'refs/heads/main', first)
      assert.is(await codeOf(source), first)
      rmSync(fixture.bare, { recursive: true })
    }),
  )

  sources.run()
}
