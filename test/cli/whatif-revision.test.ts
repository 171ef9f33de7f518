/** `headway whatif --apply REV` on a saved snapshot and a repository: alone, with lost and added hosts, and asked wrongly. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import type { WhatIfAnswer } from '../../src/planner/what-if.js'
import { compileRevision } from '../../src/sync/compile-revision.js'
import { hosts, snapshotAt } from '../simulation/preview/preview-world.js'
import { runCommand } from './run-command.js'

const whatIf = suite('whatif at a revision')
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-whatif-'))
const repository = path.join(folder, 'work')
const snapshotFile = path.join(folder, 'live.snapshot')

function git(...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return execFileSync('git', ['-C', repository, ...identity, ...args], { encoding: 'utf8', env }).trim()
}

/** A web of so many pods of 3 cpu: a host of 4 takes one. */
function commitWeb(replicas: number): string {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: main, image: "web:1", resources: { requests: { cpu: "3" } } }]
`
  writeFileSync(path.join(repository, 'web.yaml'), text)
  git('add', '-A')
  git('commit', '-q', '-m', `${replicas} of web`)
  return git('rev-parse', 'HEAD')
}

whatIf.before(async () => {
  mkdirSync(repository)
  git('init', '-q', '-b', 'main')
  const revision = commitWeb(2)
  for (const [name, replicas] of [
    ['three', 3],
    ['four', 4],
  ] as const) {
    git('checkout', '-q', '-b', name, 'main')
    commitWeb(replicas)
  }
  git('checkout', '-q', 'main')
  const digestKey = new Uint8Array(32).fill(9)
  const desired = await compileRevision({ repository, revision, path: '', digestKey, sourceId: 'main' })
  writeFileSync(snapshotFile, encodeSnapshot(snapshotAt(desired, hosts(3))))
})
whatIf.after(() => rmSync(folder, { recursive: true, force: true }))

const ask = (...args: string[]) =>
  runCommand(['whatif', ...args, '--snapshot', snapshotFile, '--repo', repository, '--dir', folder])

for (const { args, code, bound, stranded } of [
  { args: ['--apply', 'main'], code: 0, bound: 2, stranded: 0 },
  { args: ['--apply', 'three'], code: 0, bound: 3, stranded: 0 },
  { args: ['--apply', 'four'], code: 1, bound: 3, stranded: 1 },
  { args: ['--apply', 'four', '--add', '1xnode0001'], code: 0, bound: 4, stranded: 0 },
  { args: ['--apply', 'three', '--lose', 'node0001'], code: 1, bound: 2, stranded: 1 },
  { args: ['--apply', 'four', '--lose', 'node0001', '--add', '2xnode0001'], code: 0, bound: 4, stranded: 0 },
  { args: ['--apply', 'four', '--lose', 'node0001', '--add', '1xnode0001'], code: 1, bound: 3, stranded: 1 },
])
  whatIf(`${args.join(' ')}: ${bound} have a host, ${stranded} none`, async () => {
    const result = await ask(...args, '-o', 'json')
    assert.is(result.code, code, result.err)
    const answer = JSON.parse(result.out) as WhatIfAnswer
    assert.is(answer.isSettled, true)
    assert.is(answer.stranded.length, stranded)
    const after = answer.nodes.reduce((sum, node) => sum + Math.max(0, node.after), 0)
    assert.is(after, bound)
    for (const { why } of answer.stranded) assert.match(why, /nodes are available: .*Insufficient cpu/)
  })

for (const { args, says } of [
  { args: ['--apply', 'nowhere'], says: /nowhere/ },
  {
    args: ['--apply', 'three', '--lose', 'node9'],
    says: /there is no node node9: the nodes are node0001, node0002, node0003/,
  },
  { args: ['--apply', 'three', '--add', '1xnode9'], says: /there is no node node9 to make others like it/ },
  { args: ['--apply', 'three', '--add', '1xcpu=-1,memory=1Gi'], says: /"-1" in .* is no amount of cpu/ },
])
  whatIf(`wrong: ${args.join(' ')}`, async () => {
    const { code, err, out } = await ask(...args)
    assert.is(out, '')
    assert.ok(code > 0)
    assert.match(err, says)
  })

whatIf.run()
