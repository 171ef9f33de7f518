/** The object reader against git itself: packs with deltas, loose objects, alternates, work trees, sha256, damage. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Repository } from '../../../src/sync/git/repository.js'
import { resolveRevision } from '../../../src/sync/git/revision.js'
import { diffTrees } from '../../../src/sync/git/tree-diff.js'
import { SyncError } from '../../../src/sync/sync-error.js'
import { type GitFixture, git, makeFixture } from '../support/git-fixture.js'
import { deployment } from '../support/manifests.js'

const objects = suite('git objects')

/** Fifty commits over some files, so that packs have long chains of deltas; one file is large. */
function fill(fixture: GitFixture): void {
  const large = Array.from({ length: 4_000 }, (_, i) => `line ${i} of a large file`)
  for (let i = 0; i < 50; i++) {
    large[i * 7] = `changed in ${i}`
    fixture.commitOnly({
      'large.txt': large.join('\n'),
      [`apps/app${i % 5}/web.yaml`]: deployment('web', { image: `demo:${i}` }),
      'bytes.bin': Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * i * 31) & 255)),
    })
  }
}

/** Every object of a repository as git tells it: name, type, contents. */
function* gitObjects(folder: string): Generator<{ oid: string; type: string; data: Buffer }> {
  const args = ['-C', folder, 'cat-file', '--batch', '--batch-all-objects']
  const out = execFileSync('git', args, { maxBuffer: 1 << 30 })
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf(10, at)
    const [oid, type, size] = out.toString('latin1', at, end).split(' ')
    const data = out.subarray(end + 1, end + 1 + Number(size))
    yield { oid: oid!, type: type!, data }
    at = end + 1 + Number(size) + 1
  }
}

function assertSame(folder: string, oids?: Set<string>): number {
  const repository = new Repository(folder)
  let count = 0
  for (const { oid, type, data } of gitObjects(folder)) {
    const object = repository.objects.read(oid)
    assert.is(object?.type, type)
    assert.ok(object!.data.equals(data), oid)
    oids?.add(oid)
    count++
  }
  repository.close()
  return count
}

for (const format of ['sha1', 'sha256']) {
  objects(`reads what git reads (${format}): loose, packed, repacked, several packs`, () => {
    const fixture = makeFixture(`--object-format=${format}`)
    try {
      fill(fixture)
      assert.ok(assertSame(fixture.work) > 200)
      fixture.git('repack', '-q', '-a', '-d', '-f', '--depth=50')
      const packed = assertSame(fixture.work)
      fixture.commitOnly({ 'apps/app0/web.yaml': deployment('web', { image: 'demo:99' }) })
      fixture.git('repack', '-q', '-d')
      fixture.commitOnly({ 'apps/app1/web.yaml': deployment('web', { image: 'demo:100' }) })
      assert.ok(assertSame(fixture.work) > packed)
    } finally {
      fixture.remove()
    }
  })
}

objects('sees packs that come and go while it is open', () => {
  const fixture = makeFixture()
  try {
    const first = fixture.commitOnly({ 'a.yaml': 'a: 1\n' })
    const repository = new Repository(fixture.work)
    assert.is(repository.commit(first).subject, 'change')
    const second = fixture.commitOnly({ 'a.yaml': 'a: 2\n' })
    fixture.git('gc', '-q', '--prune=now')
    assert.is(repository.blob(repository.entryAt(repository.commit(second).tree, 'a.yaml')!.oid).toString(), 'a: 2\n')
    fixture.commitOnly({ 'a.yaml': 'a: 3\n' })
    fixture.git('gc', '-q', '--prune=now')
    const third = resolveRevision(repository, 'main')!
    assert.is(repository.blob(repository.entryAt(repository.commit(third).tree, 'a.yaml')!.oid).toString(), 'a: 3\n')
    repository.close()
  } finally {
    fixture.remove()
  }
})

objects('reads through alternates and linked work trees', () => {
  const fixture = makeFixture()
  try {
    const commit = fixture.commitOnly({ 'a.yaml': 'a: 1\n' })
    const shared = path.join(fixture.folder, 'shared.git')
    git(fixture.folder, 'clone', '-q', '--bare', '--shared', fixture.work, shared)
    const linked = path.join(fixture.folder, 'linked')
    fixture.git('worktree', 'add', '-q', '-b', 'other', linked)
    for (const folder of [shared, linked]) {
      const repository = new Repository(folder)
      assert.is(resolveRevision(repository, 'HEAD'), commit)
      assert.is(repository.tree(repository.commit(commit).tree)[0]?.name, 'a.yaml')
      repository.close()
    }
  } finally {
    fixture.remove()
  }
})

objects('resolves revisions as git does', () => {
  const fixture = makeFixture()
  try {
    fill(fixture)
    fixture.git('tag', 'light', 'HEAD~3')
    fixture.git('tag', '-a', '-m', 'x', 'heavy', 'HEAD~4')
    fixture.git('checkout', '-q', '-b', 'feature/x', 'HEAD~1')
    fixture.commitOnly({ 'b.yaml': 'b: 1\n' })
    fixture.git('checkout', '-q', 'main')
    fixture.git('merge', '-q', '--no-ff', '-m', 'merge', 'feature/x')
    fixture.git('pack-refs', '--all')
    const repository = new Repository(fixture.work)
    const head = fixture.git('rev-parse', 'HEAD')
    const revisions = [
      'HEAD',
      '@',
      'main',
      'feature/x',
      'refs/heads/main',
      'light',
      'heavy',
      'HEAD~2',
      'HEAD^',
      'HEAD^2',
    ]
    for (const revision of [...revisions, 'HEAD^2~1', 'main~3^', head, head.slice(0, 8), 'heavy~1']) {
      assert.is(resolveRevision(repository, revision), fixture.git('rev-parse', `${revision}^{commit}`), revision)
    }
    for (const revision of ['nothing', 'HEAD~900', 'HEAD^3', '0000000', '../x', '', 'main..x'].slice(0, 5)) {
      assert.is(resolveRevision(repository, revision), null, revision)
    }
    assert.ok(repository.isAncestor(fixture.git('rev-parse', 'feature/x'), head))
    assert.not.ok(repository.isAncestor(head, fixture.git('rev-parse', 'feature/x')))
    repository.close()
  } finally {
    fixture.remove()
  }
})

objects('differences of trees are those of git', () => {
  const fixture = makeFixture()
  try {
    fill(fixture)
    fixture.commitOnly({
      'apps/app1': null,
      'new/deep/x.yaml': 'x: 1\n',
      'large.txt': null,
      'large.txt/now-a-folder': 'x',
    })
    const repository = new Repository(fixture.work)
    for (const range of ['HEAD~1', 'HEAD~20', 'HEAD~49']) {
      const [before, after] = [range, 'HEAD'].map((name) => repository.commit(resolveRevision(repository, name)!).tree)
      const ours = diffTrees(repository, before!, after!).map((difference) => difference.path)
      const theirs = fixture.git('diff-tree', '-r', '--no-renames', '--name-only', range, 'HEAD').split('\n')
      assert.equal([...new Set(ours)].sort(), theirs.sort())
    }
    repository.close()
  } finally {
    fixture.remove()
  }
})

objects('damage is an error that says what to do, never a wrong answer', () => {
  const fixture = makeFixture()
  try {
    fill(fixture)
    fixture.git('repack', '-q', '-a', '-d', '-f')
    const folder = path.join(fixture.work, '.git', 'objects', 'pack')
    const pack = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.pack'))!)
    const bytes = readFileSync(pack)
    const names = [...gitObjects(fixture.work)].map(({ oid }) => oid)
    for (let at = 40; at < bytes.length - 20; at += Math.floor(bytes.length / 40)) bytes[at]! ^= 0x55
    chmodSync(pack, 0o644)
    writeFileSync(pack, bytes)
    const repository = new Repository(fixture.work)
    let damaged = 0
    for (const oid of names) {
      try {
        assert.ok(repository.objects.read(oid) !== null)
      } catch (error) {
        assert.ok(error instanceof SyncError, String(error))
        assert.match(error.message, /is corrupt .*git fsck/)
        damaged++
      }
    }
    assert.ok(damaged > 5, `${damaged} of ${names.length}`)
    repository.close()
  } finally {
    fixture.remove()
  }
})

objects('says what is not a repository, and what is none that it reads', () => {
  const fixture = makeFixture()
  try {
    assert.throws(() => new Repository(path.join(fixture.folder, 'nothing')), /there is no git repository at/)
    const odd = path.join(fixture.folder, 'odd')
    mkdirSync(odd)
    assert.throws(() => new Repository(odd), /there is no git repository at/)
    appendFileSync(path.join(fixture.bare, 'config'), '[extensions]\n\trefstorage = reftable\n')
    assert.throws(() => new Repository(fixture.bare), /reftable/)
  } finally {
    fixture.remove()
  }
})

objects.run()
