/** History: commits, differences of states field by field, and blame held to git's own. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileFolder, compileRevision } from '../../src/sync/compile-revision.js'
import { diffLines, mergeLines, splitLines } from '../../src/sync/git/line-diff.js'
import { blameObject, changesBetween, linesOfObject, listCommits } from '../../src/sync/history.js'
import { type GitFixture, makeFixture } from './support/git-fixture.js'
import { configMap, deployment, secret } from './support/manifests.js'
import { DIGEST_KEY } from './support/open-sync.js'

const history = suite('sync: history')

async function withFixture(run: (fixture: GitFixture) => Promise<void>): Promise<void> {
  const fixture = makeFixture()
  try {
    await run(fixture)
  } finally {
    fixture.remove()
  }
}

history('lists commits newest first, merges included', () =>
  withFixture(async (fixture) => {
    fixture.commitOnly({ 'a.yaml': 'a: 1\n' }, 'first line\nwraps\n\nbody')
    fixture.git('checkout', '-q', '-b', 'side')
    fixture.commitOnly({ 'b.yaml': 'b: 1\n' }, 'side')
    fixture.git('checkout', '-q', 'main')
    fixture.commitOnly({ 'c.yaml': 'c: 1\n' }, 'main')
    fixture.git('merge', '-q', '--no-ff', '-m', 'merged', 'side')
    const commits = await listCommits({ repository: fixture.work, revision: 'main', limit: 10 })
    assert.equal(
      commits.map((commit) => commit.id),
      fixture.git('rev-list', '--date-order', 'main').split('\n'),
    )
    assert.equal(
      commits.map((commit) => commit.subject),
      ['merged', 'main', 'side', 'first line wraps'],
    )
    assert.is(commits[0]!.author, 'Ada <ada@example.com>')
    assert.is(commits[0]!.parents.length, 2)
    assert.is(commits[0]!.committedAt, Number(fixture.git('log', '-1', '--format=%ct')) * 1000)
    assert.is((await listCommits({ repository: fixture.work, revision: 'main', limit: 2 })).length, 2)
  }),
)

history('tells what changed, field by field, secrets by digest', () =>
  withFixture(async (fixture) => {
    const at = async (revision: string) =>
      compileRevision({ repository: fixture.work, revision, path: '', digestKey: DIGEST_KEY })
    fixture.commitOnly({
      'a.yaml': deployment('web'),
      's.yaml': secret('s', { password: 'hunter2' }),
      'gone.yaml': configMap('gone', {}),
      'same.yaml': configMap('same', { k: 'v' }),
    })
    fixture.commitOnly({
      'a.yaml': deployment('web', { image: 'demo:2', replicas: 4 }),
      's.yaml': secret('s', { password: 'correct horse' }),
      'gone.yaml': null,
      'new.yaml': configMap('new', {}),
      'same.yaml': `# moved down\n${configMap('same', { k: 'v' })}`,
    })
    const changes = changesBetween(await at('HEAD~1'), await at('HEAD'))
    assert.equal(
      changes.map(({ action, key, file }) => [action, key, file]),
      [
        ['delete', 'ConfigMap./default/gone', 'gone.yaml'],
        ['create', 'ConfigMap./default/new', 'new.yaml'],
        ['change', 'Deployment.apps/default/web', 'a.yaml'],
        ['change', 'Secret./default/s', 's.yaml'],
      ],
    )
    assert.equal(changes[2]!.fields, [
      { path: 'spec.replicas', before: 1, after: 4 },
      { path: 'spec.template.spec.containers[0].image', before: 'demo:1', after: 'demo:2' },
    ])
    assert.is(changes[3]!.fields[0]!.path, 'data.password')
    assert.not.match(JSON.stringify(changes), /hunter2|correct horse/)
    assert.is(changesBetween(null, await at('HEAD')).length, 4)
  }),
)

history('a folder compiles as its commit does, and a broken one tells its problems', () =>
  withFixture(async (fixture) => {
    fixture.commitOnly({
      'a/a.yaml': deployment('a'),
      'b/bad.yaml': 'a: [\n',
      '.headwayignore': 'skipped\n',
      'skipped/x.yaml': 'no\n',
    })
    const folder = await compileFolder({ folder: fixture.work, digestKey: DIGEST_KEY })
    const commit = await compileRevision({
      repository: fixture.work,
      revision: 'HEAD',
      path: '',
      digestKey: DIGEST_KEY,
    })
    assert.equal(folder.problems, commit.problems)
    assert.equal(
      [...folder.objects.values()].map(({ key, hash }) => [key, hash]),
      [...commit.objects.values()].map(({ key, hash }) => [key, hash]),
    )
    assert.is(folder.revision, 'working-tree')
    assert.is(folder.problems[0]!.file, 'b/bad.yaml')
  }),
)

history('blame is that of git', () =>
  withFixture(async (fixture) => {
    const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`)
    fixture.commitOnly({ 'old/f.yaml': text(lines) })
    for (let i = 0; i < 12; i++) {
      lines[(i * 7) % lines.length] = `changed in ${i}`
      if (i % 3 === 0) lines.splice((i * 5) % lines.length, 0, `added in ${i}`)
      if (i % 4 === 1) lines.splice((i * 11) % lines.length, 2)
      fixture.commitOnly({ 'old/f.yaml': text(lines) })
    }
    fixture.git('mv', 'old', 'new')
    fixture.commitOnly({})
    fixture.git('checkout', '-q', '-b', 'side', 'HEAD~1')
    fixture.git('mv', 'old', 'new')
    lines[0] = 'from the side'
    fixture.commitOnly({ 'new/f.yaml': text(lines) })
    fixture.git('checkout', '-q', 'main')
    fixture.git('merge', '-q', '--no-ff', '-m', 'merge', 'side')
    const theirs = fixture
      .git('blame', '-l', '-s', '--root', 'new/f.yaml')
      .split('\n')
      .map((line) => line.slice(0, 40))
    for (const [i, expected] of theirs.entries()) {
      const blame = await blameObject({
        repository: fixture.work,
        revision: 'HEAD',
        file: 'new/f.yaml',
        firstLine: i + 1,
        lastLine: i + 1,
      })
      assert.is(blame?.commit.id, expected, `line ${i + 1}`)
    }
    const all = await blameObject({
      repository: fixture.work,
      revision: 'HEAD',
      file: 'new/f.yaml',
      firstLine: 1,
      lastLine: 30,
    })
    assert.is(all?.commit.id, fixture.git('rev-parse', 'side'))
    const input = { repository: fixture.work, revision: 'HEAD', firstLine: 1, lastLine: 1 }
    assert.is(await blameObject({ ...input, file: 'nowhere.yaml' }), null)
  }),
)

history('an object ends before the next document', () =>
  withFixture(async (fixture) => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n  - apiVersion: v1\n    kind: Secret\n'
    fixture.commitOnly({
      'f.yaml': `# head\n${configMap('a', {})}\n# about b\n---\n\n${configMap('b', {})}---\n${list}`,
    })
    const range = async (document: number): Promise<string | null> => {
      const lines = await linesOfObject({ repository: fixture.work, revision: 'HEAD', file: 'f.yaml', document })
      return lines && `${lines.firstLine}-${lines.lastLine}`
    }
    assert.equal(await Promise.all([0, 1, 2, 3, 4].map(range)), ['2-5', '10-13', '18-19', '20-21', null])
  }),
)

const someLines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n'), { maxLength: 12 })

history('hunks turn one text into the other', () => {
  fc.assert(
    fc.property(someLines, someLines, (before, after) => {
      let text = ''
      let at = 0
      for (const hunk of diffLines(before, after)) {
        assert.equal(before.slice(at, hunk.beforeStart).length, hunk.beforeStart - at)
        text += before.slice(at, hunk.beforeStart).join('') + after.slice(hunk.afterStart, hunk.afterEnd).join('')
        at = hunk.beforeEnd
      }
      assert.is(text + before.slice(at).join(''), after.join(''))
    }),
  )
})

history('a merge with one side unchanged is the other side', () => {
  fc.assert(
    fc.property(someLines, someLines, (base, changed) => {
      const [from, to] = [base.join(''), changed.join('')]
      assert.is(mergeLines(from, from, to), to)
      assert.is(mergeLines(from, to, from), to)
      assert.is(mergeLines(from, to, to), to)
    }),
  )
  assert.equal(splitLines('a\nb'), ['a\n', 'b'])
  assert.is(mergeLines('a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n'), 'A\nb\nC\n')
  assert.is(mergeLines('a\nb\n', 'A\nb\n', 'a\nB\n'), null)
})

history.run()
