/** `validate`, `diff`, `rollback` and `blame` on a real repository: the example, with a few commits on top. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../src/cli/context.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { makePod, makeStatus, makeWorkload } from './fixtures.js'
import { runCommand } from './run-command.js'

const repository = suite('repository')
const folder = mkdtempSync('/tmp/hwrepo-')
const bare = path.join(folder, 'cluster.git')
const clone = path.join(folder, 'clone')
const commits: string[] = []
let fake: FakeManager

function git(...args: readonly string[]): string {
  const person = ['-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.com']
  const result = spawnSync('git', [...person, ...args], { encoding: 'utf8', cwd: folder })
  assert.is(result.status, 0, result.stderr)
  return result.stdout.trim()
}

function commit(subject: string, file: string, from: string, to: string): void {
  const full = path.join(clone, file)
  const text = readFileSync(full, 'utf8')
  assert.ok(text.includes(from), `${file} holds ${from}`)
  writeFileSync(full, text.replace(from, to))
  git('-C', clone, 'add', '--all')
  git('-C', clone, 'commit', '--quiet', '--message', subject)
  git('-C', clone, 'push', '--quiet', 'origin', 'HEAD:main')
  commits.push(git('-C', clone, 'rev-parse', 'HEAD'))
}

repository.before(async () => {
  git('init', '--quiet', '--bare', '--initial-branch=main', bare)
  git('clone', '--quiet', bare, clone)
  cpSync(path.join(packageRoot, 'cluster-repo-example'), clone, { recursive: true })
  commit('begin', 'README.md', '# A cluster repository', '# Ours')
  commit('web: v2', 'apps/web/deployment.yaml', 'web:v1', 'web:v2')
  commit('broken greeter', 'apps/greeter/greeter.yaml', '  replicas: 1', '  replica: 1')
  fake = await startFakeManager({}, bare)
})
repository.after(async () => {
  await fake.close()
  rmSync(folder, { recursive: true, force: true })
})

const dir = (): readonly string[] => ['--dir', fake.directory]

repository('the example is valid, by folder and by revision', async () => {
  const byFolder = await runCommand(['validate', path.join(packageRoot, 'cluster-repo-example')])
  assert.is(byFolder.code, 0, byFolder.out)
  assert.match(byFolder.out, /^valid: \d+ objects in 3 apps, 0 warnings\n$/)
  assert.is((await runCommand(['validate', '--revision', 'main~1', ...dir()])).code, 0)
})

repository('a broken manifest: exit 1, file, line, column and the nearest name', async () => {
  const result = await runCommand(['validate'], { cwd: clone })
  assert.is(result.code, 1)
  assert.match(result.out, /^apps\/greeter\/greeter\.yaml:9:\d+: spec.*replica.*replicas/m)
  assert.match(result.out, /not valid: 1 error, 0 warnings; 1 app would be held: main:apps\/greeter/)
  const json = JSON.parse((await runCommand(['validate', '-o', 'json', '--revision', 'main', ...dir()])).out)
  assert.is(json.valid, false)
  assert.equal(
    json.apps.filter((app: { readonly held: boolean }) => app.held).map((app: { readonly id: string }) => app.id),
    ['main:apps/greeter'],
  )
  assert.is(json.problems[0].file, 'apps/greeter/greeter.yaml')
})

repository('diff names object, place and field; exit 1 when anything differs', async () => {
  const result = await runCommand(['diff', 'main~2', 'main~1', ...dir()])
  assert.is(result.code, 1, result.err)
  assert.match(result.out, /^~ change deployment\/web in demo \(apps\/web\/deployment\.yaml:1\)$/m)
  assert.match(result.out, /containers\[0\]\.image: "headway-demo\/web:v1" -> "headway-demo\/web:v2"/)
  assert.is((await runCommand(['diff', 'main', 'main', ...dir()])).code, 0)
})

const mistakes = [
  { name: 'a revision that is not there', args: ['diff', 'nope', 'main'], code: 2, says: /nope/ },
  { name: 'a folder that is not there', args: ['validate', '/nowhere'], code: 2, says: /is not a folder/ },
  { name: 'a folder and a revision', args: ['validate', '.', '--revision', 'main'], code: 2, says: /not both/ },
] as const
for (const { name, args, code, says } of mistakes)
  repository(name, async () => {
    const result = await runCommand([...args, ...dir()])
    assert.is(result.code, code, result.err)
    assert.match(result.err, says)
  })

repository('blame of a pod: the commit of its template, though others came after', async () => {
  const workload = 'Deployment.apps/demo/web'
  const pod = makePod('web-1', { key: 'demo/web-1', workload, commit: commits[1]! })
  fake.answers = {
    status: makeStatus({ pods: [pod], workloads: [makeWorkload({ key: workload, namespace: 'demo' })] }),
    object: {
      commit: commits[2],
      origin: { source: 'main', file: 'apps/web/deployment.yaml', line: 1, document: 0 },
      manifest: {},
    },
  }
  const answer = JSON.parse((await runCommand(['blame', 'pod/web-1', '-o', 'json', ...dir()])).out)
  assert.is(answer.commit, commits[1])
  assert.is(answer.author, 'Ada Lovelace <ada@example.com>')
  assert.is(answer.subject, 'web: v2')
  assert.is(answer.file, 'apps/web/deployment.yaml')
  const deployment = JSON.parse((await runCommand(['blame', 'deployment/web', '-o', 'json', ...dir()])).out)
  assert.is(deployment.commit, commits[1], 'the newest commit that changed a line of the document')
})

repository('rollback takes back the newest commit, then one that is named', async () => {
  const newest = await runCommand(['rollback', '-o', 'json', ...dir()])
  assert.is(newest.code, 0, newest.err)
  const answer = JSON.parse(newest.out)
  assert.equal(answer.files, ['apps/greeter/greeter.yaml'])
  assert.is(git('-C', bare, 'rev-parse', 'main'), answer.commit)
  assert.is(answer.parent, commits[2])
  assert.is((await runCommand(['rollback', commits[1]!.slice(0, 8), ...dir()])).code, 0)
  assert.match(git('-C', bare, 'show', 'main:apps/web/deployment.yaml'), /web:v1/)
  assert.match(git('-C', bare, 'log', '-1', '--format=%s', 'main'), /web: v2/)
  const again = await runCommand(['rollback', commits[1]!.slice(0, 8), ...dir()])
  assert.is(again.code, 1)
  assert.match(again.err, /already taken back/)
})

repository('a repository that is gone: exit 3', async () => {
  rmSync(bare, { recursive: true })
  for (const command of [['wait'], ['diff', 'a', 'b'], ['rollback'], ['validate', '--revision', 'main']]) {
    const result = await runCommand([...command, ...dir()])
    assert.is(result.code, 3, `${command.join(' ')}: ${result.err}`)
  }
})

repository.run()
