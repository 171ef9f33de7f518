/** `backup` and `restore`, and the archive they use: what goes in comes out, and a bad archive changes nothing. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTar, readTar } from '../../src/cli/tar.js'
import { runCommand } from './run-command.js'

const backup = suite('backup')
let folder = ''
backup.before.each(() => {
  folder = mkdtempSync('/tmp/hwbak-')
})
backup.after.each(() => rmSync(folder, { recursive: true, force: true }))

/** A state directory as `up` leaves it, with a real repository of one commit. */
function makeState(): string {
  const state = path.join(folder, 'state')
  mkdirSync(path.join(state, 'pki'), { recursive: true, mode: 0o700 })
  writeFileSync(path.join(state, 'pki', 'ca.key'), 'secret key', { mode: 0o600 })
  const git = (...args: readonly string[]): string => {
    const person = ['-c', 'user.name=a', '-c', 'user.email=a@b']
    const result = spawnSync('git', [...person, ...args], { encoding: 'utf8', cwd: folder })
    assert.is(result.status, 0, result.stderr)
    return result.stdout.trim()
  }
  const bare = path.join(state, 'cluster.git')
  git('init', '--quiet', '--bare', '--initial-branch=main', bare)
  git('clone', '--quiet', bare, 'clone')
  writeFileSync(path.join(folder, 'clone', 'a.yaml'), 'a: 1\n')
  git('-C', 'clone', 'add', '.')
  git('-C', 'clone', 'commit', '--quiet', '-m', 'one')
  git('-C', 'clone', 'push', '--quiet', 'origin', 'HEAD:main')
  const settings = {
    version: 1,
    sources: [
      { id: 'main', url: bare, branch: 'main', path: '', tokenFile: '' },
      { id: 'other', url: 'https://git.example.com/x.git', branch: 'main', path: '', tokenFile: '' },
    ],
    host: '127.0.0.1',
    port: 7443,
    nodeName: 'node1',
    nodeAddress: '',
    owner: '',
    service: false,
  }
  writeFileSync(path.join(state, 'cluster.json'), JSON.stringify(settings))
  return state
}

backup('a restored state directory has keys, settings and a repository that git accepts', async () => {
  const state = makeState()
  const file = path.join(folder, 'b.tar')
  const saved = await runCommand(['backup', file, '--dir', state])
  assert.is(saved.code, 0, saved.err)
  assert.match(saved.out, /not in it: https:\/\/git\.example\.com\/x\.git/)
  assert.is(statSync(file).mode & 0o777, 0o600)
  const target = path.join(folder, 'restored')
  const restored = await runCommand(['restore', file, '--dir', target])
  assert.is(restored.code, 0, restored.err)
  assert.is(readFileSync(path.join(target, 'pki/ca.key'), 'utf8'), 'secret key')
  assert.is(statSync(path.join(target, 'pki/ca.key')).mode & 0o777, 0o600)
  assert.is(statSync(path.join(target, 'pki')).mode & 0o777, 0o700)
  const settings = JSON.parse(readFileSync(path.join(target, 'cluster.json'), 'utf8'))
  assert.is(settings.sources[0].url, path.join(target, 'cluster.git'))
  assert.is(settings.sources[1].url, 'https://git.example.com/x.git')
  const log = spawnSync('git', ['-C', path.join(target, 'cluster.git'), 'log', '--format=%s', 'main'], {
    encoding: 'utf8',
  })
  assert.is(log.stdout, 'one\n', log.stderr)
  const check = spawnSync('git', ['-C', path.join(target, 'cluster.git'), 'fsck', '--full'], { encoding: 'utf8' })
  assert.is(check.status, 0, check.stderr)
})

backup('neither overwrites what is there', async () => {
  const state = makeState()
  const file = path.join(folder, 'b.tar')
  writeFileSync(file, 'precious')
  assert.is((await runCommand(['backup', file, '--dir', state])).code, 2)
  assert.is(readFileSync(file, 'utf8'), 'precious')
  const other = path.join(folder, 'c.tar')
  await runCommand(['backup', other, '--dir', state])
  const again = await runCommand(['restore', other, '--dir', state])
  assert.is(again.code, 2)
  assert.match(again.err, /is there already: restore into an empty state directory/)
})

backup('a backup into a folder that is not there names it, and restore names the folder to start from', async () => {
  const state = makeState()
  const lost = await runCommand(['backup', path.join(folder, 'nowhere/b.tar'), '--dir', state])
  assert.is(lost.code, 2)
  assert.match(lost.err, /^headway: write \/.*\/nowhere\/b\.tar: ENOENT.*: name another file\n$/)
  const file = path.join(folder, 'b.tar')
  const saved = JSON.parse((await runCommand(['backup', file, '-o', 'json', '--dir', state])).out)
  const target = path.join(folder, 'restored')
  const restored = await runCommand(['restore', file, '--dir', target])
  assert.is(
    restored.out,
    `restored ${saved.files} files to ${target}: start the cluster with "headway up --dir ${target}"\n`,
  )
})

const damaged: readonly { readonly name: string; readonly make: (file: string) => void; readonly says: RegExp }[] = [
  { name: 'no archive', make: (file) => writeFileSync(file, 'x'.repeat(2_000)), says: /not a tar archive/ },
  { name: 'cut short', make: (file) => writeFileSync(file, 'x'.repeat(100)), says: /ends too early/ },
  {
    name: 'another archive',
    make: (file) => {
      const tar = createTar(file, 0)
      tar.add({ name: 'a', data: Buffer.from('b'), mode: 0o644 })
      tar.close()
    },
    says: /was not made by "headway backup"/,
  },
  {
    name: 'a path that leads out',
    make: (file) => {
      const tar = createTar(file, 0)
      const mark = { headwayBackup: 1, directory: '/x', madeAt: 0 }
      tar.add({ name: 'headway-backup.json', data: Buffer.from(JSON.stringify(mark)), mode: 0o600 })
      tar.add({ name: 'pki/../../evil', data: Buffer.from('b'), mode: 0o644 })
      tar.close()
    },
    says: /holds pki\/\.\.\/\.\.\/evil/,
  },
]
for (const row of damaged)
  backup(`restore refuses ${row.name}`, async () => {
    const file = path.join(folder, 'd.tar')
    row.make(file)
    const target = path.join(folder, 'target')
    const result = await runCommand(['restore', file, '--dir', target])
    assert.is(result.code, 2)
    assert.match(result.err, row.says)
    assert.not.ok(existsSync(path.join(folder, 'evil')))
    assert.not.ok(existsSync(path.join(target, 'cluster.json')))
  })

backup('a backup needs a cluster', async () => {
  assert.is((await runCommand(['backup', path.join(folder, 'x.tar'), '--dir', folder])).code, 3)
})

backup('archives hold any files, and tar reads them', () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,40}$/)
  const entry = fc.record(
    {
      name: fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')),
      data: fc.uint8Array({ maxLength: 1_500 }).map((data) => Buffer.from(data)),
      mode: fc.constantFrom(0o600, 0o644, 0o755),
    },
    { noNullPrototype: true },
  )
  let count = 0
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ name: key }) => key, maxLength: 6 }), (entries) => {
      const file = path.join(folder, `p${count++}.tar`)
      const tar = createTar(file, 1_700_000_000_000)
      for (const item of entries) tar.add(item)
      tar.close()
      assert.equal([...readTar(file)], entries)
      const listed = spawnSync('tar', ['-tf', file], { encoding: 'utf8' })
      assert.is(listed.status, 0, listed.stderr)
      assert.equal(
        listed.stdout.split('\n').filter((line) => line !== ''),
        entries.map((item) => item.name),
      )
    }),
    { numRuns: 25 },
  )
})

backup.run()
