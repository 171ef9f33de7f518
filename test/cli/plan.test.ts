/** `headway plan` against a real repository and a snapshot: text and markdown to the letter, JSON by its schema. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MARKDOWN_LETTERS_MAX, MARKDOWN_MARK } from '../../src/cli/output/plan-markdown.js'
import type { PlanView } from '../../src/cli/output/plan-view.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import { compileRevision } from '../../src/sync/compile-revision.js'
import { hosts, snapshotAt } from '../simulation/preview/preview-world.js'
import { checkGolden } from '../support/golden.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { runCommand } from './run-command.js'

const plan = suite('plan')
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-plan-'))
const repository = path.join(folder, 'work')
const snapshotFile = path.join(folder, 'live.snapshot')
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(
  JSON.parse(readFileSync('schemas/headway/plan.json', 'utf8')) as object,
)
let fake: FakeManager

/** Commits have fixed times and names: their ids are the same on every machine. */
function git(...args: string[]): string {
  const env = {
    ...process.env,
    GIT_AUTHOR_DATE: '2026-11-21T09:00:00Z',
    GIT_COMMITTER_DATE: '2026-11-21T09:00:00Z',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  }
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return execFileSync('git', ['-C', repository, ...identity, ...args], { encoding: 'utf8', env }).trim()
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(repository, file)), { recursive: true })
  writeFileSync(path.join(repository, file), text)
}

function commit(subject: string): string {
  git('add', '-A')
  git('commit', '-q', '-m', subject)
  return git('rev-parse', 'HEAD')
}

/** A branch with one change for the time of a test. */
async function onBranch(change: () => void, run: (head: string) => Promise<void>): Promise<void> {
  git('checkout', '-q', '--detach', 'main')
  try {
    change()
    await run(commit('for a test'))
  } finally {
    git('checkout', '-q', 'main')
  }
}

interface App {
  readonly image?: string
  readonly replicas?: number
  readonly cpu?: string
}

function deployment(name: string, { image = 'web:1', replicas = 3, cpu = '100m' }: App = {}): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: ${image}
          resources: { requests: { cpu: ${cpu} } }
          env:
            - { name: TOKEN, valueFrom: { secretKeyRef: { name: token, key: token } } }
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
`
}

/** All at once, whatever the tag means then, and ready as soon as it runs. */
function careless(): string {
  return deployment('web', { image: 'web:latest' })
    .replace('replicas: 3\n', 'replicas: 3\n  strategy: { type: Recreate }\n')
    .replace(/ {10}readinessProbe.*\n/, '')
}

const secret = (value: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: token }\nstringData: { token: ${value}, spare: unused }\n`

function branch(name: string, change: () => void): void {
  git('checkout', '-q', '-b', name, 'main')
  change()
  commit(name)
  git('checkout', '-q', 'main')
}

plan.before(async () => {
  mkdirSync(repository)
  git('init', '-q', '-b', 'main')
  write('web/web.yaml', deployment('web'))
  write('api/api.yaml', deployment('api', { replicas: 2 }))
  write('token.yaml', secret('first'))
  const first = commit('first')
  branch('image', () => write('web/web.yaml', deployment('web', { image: 'web:2' })))
  branch('token', () => write('token.yaml', secret('hunter2')))
  branch('spare', () => write('token.yaml', secret('first').replace('unused', 'changed')))
  branch('comment', () => write('web/web.yaml', `# only a comment\n${deployment('web')}`))
  branch('big', () => write('big.yaml', deployment('big', { replicas: 1, cpu: '9' })))
  branch('half', () => write('half.yaml', deployment('half', { replicas: 2, cpu: '3500m' })))
  branch('other-half', () => write('other.yaml', deployment('other', { replicas: 2, cpu: '3500m' })))
  branch('careless', () => write('web/web.yaml', careless()))
  branch('risky', () => {
    write('web/web.yaml', careless())
    write('big.yaml', deployment('big', { replicas: 1, cpu: '9' }))
  })
  branch('rival', () => write('web/web.yaml', deployment('web', { image: 'web:3' })))
  branch('broken', () => write('web/web.yaml', 'kind: [\n'))
  branch('many', () => {
    for (let i = 0; i < 400; i++) write(`many/${i}.yaml`, deployment(`many-${i}`, { replicas: 1, cpu: '1m' }))
  })
  // The cluster's own digest key is another than the one that plan compiles with.
  const digestKey = new Uint8Array(32).fill(9)
  const desired = await compileRevision({ repository, revision: first, path: '', digestKey, sourceId: 'main' })
  const text = encodeSnapshot(snapshotAt(desired, hosts(3)))
  writeFileSync(snapshotFile, text)
  fake = await startFakeManager({ snapshot: text }, repository)
})

plan.after(async () => {
  await fake.close()
  rmSync(folder, { recursive: true, force: true })
})

const offline = (...args: string[]) =>
  runCommand(['plan', '--snapshot', snapshotFile, '--dir', path.join(folder, 'nothing'), ...args], { cwd: repository })

async function view(...args: string[]): Promise<PlanView & { readonly code: number }> {
  const { out, err, code } = await offline('-o', 'json', ...args)
  assert.is(err, '')
  const value = JSON.parse(out) as PlanView
  assert.ok(validate(value), JSON.stringify(validate.errors))
  return { ...value, code }
}

plan('the text of a rollout', async () => {
  const result = await offline('--head', 'image')
  assert.is(result.err, '')
  assert.is(result.code, 0)
  checkGolden('golden/cli/plan-image.txt', result.out)
})

plan('the markdown of a rollout', async () => {
  const result = await offline('--head', 'image', '-o', 'markdown')
  assert.is(result.code, 0)
  checkGolden('golden/cli/plan-image.md', result.out)
})

plan('what fits nowhere: text, exit 1', async () => {
  const result = await offline('--head', 'big')
  assert.is(result.code, 1)
  checkGolden('golden/cli/plan-big.txt', result.out)
})

plan('several risks: text, exit 1', async () => {
  const result = await offline('--head', 'risky')
  assert.is(result.code, 1)
  checkGolden('golden/cli/plan-risky.txt', result.out)
})

plan('the running manager is asked when no snapshot is named', async () => {
  const live = await runCommand(['plan', '--head', 'image', '--dir', fake.directory], { cwd: repository })
  assert.is(live.err, '')
  assert.is(live.out, (await offline('--head', 'image')).out)
  assert.ok(fake.requests.some((request) => request.startsWith('GET /v1/snapshot')))
})

plan('twice the same bytes, in every form', async () => {
  for (const output of ['text', 'json', 'markdown']) {
    assert.is(
      (await offline('--head', 'image', '-o', output)).out,
      (await offline('--head', 'image', '-o', output)).out,
    )
  }
})

plan('the head of the checkout, which is what runs, changes nothing', async () => {
  const result = await view()
  assert.is(result.base, result.head)
  assert.equal([result.verdict, result.restarts, result.objects.length, result.kept, result.code], ['ok', 0, 0, 5, 0])
})

plan('what is edited and not committed is not in the plan of HEAD, and that is said', async () => {
  const said = async (...args: string[]) => {
    const { err, code, out } = await offline(...args)
    assert.is(code, 0)
    assert.match(out, /nothing that runs changes/)
    return err
  }
  try {
    assert.is(await said(), '')
    write('notes.txt', 'no manifest')
    assert.is(await said(), '')
    write('web/web.yaml', deployment('web', { image: 'web:2' }))
    assert.is(await said(), 'headway: web/web.yaml is changed and not committed: the plan is of HEAD, without it\n')
    assert.is(await said('--head', 'main'), '')
    write('web/more.yaml', deployment('more'))
    assert.match(await said('-o', 'markdown'), /2 files \(web\/web\.yaml …\) are changed and not committed/)
  } finally {
    git('checkout', '-q', '--', '.')
    git('clean', '-q', '-f', '-d')
  }
})

const retouched: readonly (readonly [string, string])[] = [
  ['a comment above it', `# only a comment\n${deployment('web')}`],
  ['a comment in it', deployment('web').replace('replicas: 3', 'replicas: 3 # three')],
  ['fields in another order', deployment('web').replace(/(apiVersion: .*\n)(kind: .*\n)/, '$2$1')],
  ['a default written out', deployment('web').replace('replicas: 3', 'replicas: 3\n  revisionHistoryLimit: 10')],
]
for (const [name, text] of retouched) {
  plan(`${name} is listed as cosmetic and rolls nothing, though the digest key is another`, async () => {
    await onBranch(
      () => write('web/web.yaml', text),
      async (head) => {
        const result = await view('--head', head)
        assert.equal(
          result.objects.map(({ action, key, cosmetic, diff }) => [action, key, cosmetic, diff]),
          [['update', 'Deployment.apps/default/web', true, '']],
        )
        assert.equal([result.restarts, result.kept, result.verdict], [0, 5, 'ok'])
        const { out } = await offline('--head', head)
        assert.match(out, /~ deployment\/web.* cosmetic: only comments, order or defaults written out\n/)
        const markdown = await offline('--head', head, '-o', 'markdown')
        assert.match(markdown.out, /\*\*update\*\* .*_cosmetic: only comments, order or defaults written out_/)
      },
    )
  })
}

plan('of a file with several documents only those that were touched are listed', async () => {
  const two = (first: string, second: string) => `${first}---\n${second}`
  await onBranch(
    () => write('web/web.yaml', two(deployment('web'), deployment('more', { replicas: 1 }))),
    async (base) => {
      write('web/web.yaml', two(deployment('web'), `# the second\n${deployment('more', { replicas: 1 })}`))
      const second = await view('--base', base, '--head', commit('comment'))
      assert.equal(
        second.objects.map(({ key }) => key),
        ['Deployment.apps/default/more'],
      )
      write('web/web.yaml', two(deployment('more', { replicas: 1 }), deployment('web')))
      const swapped = await view('--base', base, '--head', commit('swapped'))
      assert.equal(
        swapped.objects.map(({ key, cosmetic }) => [key, cosmetic]),
        [
          ['Deployment.apps/default/more', true],
          ['Deployment.apps/default/web', true],
        ],
      )
      assert.equal([swapped.restarts, swapped.verdict], [0, 'ok'])
    },
  )
})

plan('a document that goes, or comes between, leaves the others of its file untouched', async () => {
  const names = ['more', 'mid', 'most']
  const of = (kept: readonly string[]) => kept.map((name) => deployment(name, { replicas: 1 })).join('---\n')
  await onBranch(
    () => write('several/all.yaml', of(names)),
    async (base) => {
      write('several/all.yaml', of(['more', 'most']))
      const fewer = commit('fewer')
      const goes = await view('--base', base, '--head', fewer)
      assert.equal(
        goes.objects.map(({ action, key }) => `${action} ${key}`),
        ['delete Deployment.apps/default/mid'],
      )
      write('several/all.yaml', of(names))
      const comes = await view('--base', fewer, '--head', commit('back'))
      assert.equal(
        comes.objects.map(({ action, key }) => `${action} ${key}`),
        ['create Deployment.apps/default/mid'],
      )
    },
  )
})

plan('a document that goes from a file that the cluster runs leaves the others untouched', async () => {
  const settings = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: b }\n`
  await onBranch(
    () => write('web/web.yaml', `${settings}---\n${deployment('web')}`),
    async (head) => {
      const { objects } = await view('--head', head)
      assert.equal(
        objects.map(({ action, key }) => `${action} ${key}`),
        ['create ConfigMap./default/settings'],
      )
    },
  )
})

plan('a changed value of a Secret rolls those that read it', async () => {
  const result = await view('--head', 'token')
  assert.is(result.restarts, 5)
  assert.is(result.objects.length, 1)
  assert.not.match(JSON.stringify(result), /hunter2/)
})

plan('a value that nobody reads rolls nothing', async () => {
  const result = await view('--head', 'spare')
  assert.equal([result.restarts, result.kept], [0, 5])
  assert.equal(
    result.objects[0]?.fields.map(({ path: field }) => field),
    ['data.spare'],
  )
})

plan('a file that cannot be read holds its app: exit 1', async () => {
  const result = await view('--head', 'broken')
  assert.is(result.code, 1)
  assert.ok(result.risks.some(({ code }) => code === 'held-app'))
  assert.equal(result.objects, [])
})

plan('a branch that is behind is shown as its merge', async () => {
  git('checkout', '-q', 'main')
  write('later.yaml', deployment('later', { replicas: 1 }))
  const later = commit('later')
  try {
    const result = await view('--base', later, '--head', 'image')
    assert.equal(
      result.objects.map(({ key }) => key),
      ['Deployment.apps/default/web'],
    )
    assert.ok(result.pendingNotYours.some(({ key }) => key.startsWith('default/later-')))
  } finally {
    git('reset', '-q', '--hard', 'HEAD~1')
  }
})

plan('a head that the base has already is going back, and that is said', async () => {
  await onBranch(
    () => write('later.yaml', deployment('later', { replicas: 1 })),
    async (base) => {
      const args = ['--base', base, '--head', 'main']
      const back = await view(...args)
      assert.is(back.goesBack, true)
      assert.equal(
        back.objects.map(({ action, key }) => `${action} ${key}`),
        ['delete Deployment.apps/default/later'],
      )
      const said = new RegExp(`going back: ${base.slice(0, 10)} has [0-9a-f]{10} already, so this takes back what came`)
      for (const output of ['text', 'markdown']) assert.match((await offline(...args, '-o', output)).out, said)
      for (const head of ['image', base]) assert.is((await view('--base', base, '--head', head)).goesBack, undefined)
    },
  )
})

plan('as reviewed, and not: --check', async () => {
  const { fingerprint } = await view('--head', 'image')
  const same = await view('--head', 'image', '--check', fingerprint)
  assert.equal([same.check, same.code], [{ asReviewed: true, changes: [] }, 0])
  const other = await view('--head', 'rival', '--check', fingerprint)
  assert.equal([other.check?.asReviewed, other.code], [false, 1])
  const text = await offline('--head', 'rival', '--check', fingerprint)
  assert.match(text.out, /not as reviewed: the change itself is another/)
})

plan('two branches that fit alone and not together', async () => {
  const result = await view('--head', 'half', '--with', 'other-half', 'image')
  assert.is(result.verdict, 'ok')
  const [half, image] = result.together?.others ?? []
  assert.is(half?.verdict, 'conflict')
  assert.match(half?.newRisks.join() ?? '', /fits on no host/)
  assert.is(image?.verdict, 'apart')
  assert.is(result.together?.orders.length, 6)
  assert.is(result.code, 1)
})

plan('a merge that is a conflict takes the place of the comment', async () => {
  const { out, err, code } = await offline('--base', 'rival', '--head', 'image', '-o', 'markdown')
  assert.is(code, 1)
  const [mark, line, ...rest] = out.split('\n')
  assert.is(mark, MARKDOWN_MARK)
  assert.match(
    line ?? '',
    /^### ❌ headway plan: [0-9a-f]{10} and [0-9a-f]{10} both change deployment\/web: rebase the branch first$/,
  )
  assert.equal(rest, [''])
  assert.match(err, /both change deployment\/web: rebase/)
  assert.is((await offline('--base', 'rival', '--head', 'image')).out, '')
})

plan('three branches of which each two fit, and all do not', async () => {
  // Of three hosts of 4 cpu web and api leave one 3.9 free, which is room for two, and the others less.
  for (const name of ['one', 'two', 'three']) {
    branch(`third-${name}`, () => write(`${name}.yaml`, deployment(name, { replicas: 2, cpu: '1950m' })))
  }
  const args = ['--head', 'third-one', '--with', 'third-two', 'third-three']
  const { together, verdict, code } = await view(...args)
  assert.is(verdict, 'ok')
  assert.equal(
    together?.others.map((other) => other.verdict),
    ['apart', 'apart'],
  )
  assert.equal(together?.all?.conflicts, [])
  assert.match(together?.all?.newRisks.join() ?? '', /^2 pods of deployment\/\w+ fit on no host/)
  assert.is(code, 1)
  assert.match((await offline(...args)).out, /\nall of them: fit one by one, not together: 2 pods of/)
})

plan('two other branches that change the same object', async () => {
  const { together, code } = await view('--head', 'half', '--with', 'image', 'rival')
  const revisions = [git('rev-parse', 'image'), git('rev-parse', 'rival')]
  assert.equal(together?.all, { conflicts: [{ revisions, keys: ['Deployment.apps/default/web'] }], newRisks: [] })
  assert.equal([together?.orders, code], [[], 0])
})

plan('two branches of which one fits nowhere by itself do not fail together', async () => {
  const { together, verdict } = await view('--head', 'half', '--with', 'big')
  assert.equal([verdict, together?.others[0]?.verdict, together?.others[0]?.newRisks], ['ok', 'apart', []])
})

plan('two branches that change the same object', async () => {
  const result = await view('--head', 'image', '--with', 'rival')
  assert.equal(result.together?.others[0]?.conflicts, ['Deployment.apps/default/web'])
  // Neither order can be merged as it is.
  assert.equal([result.together?.orders, result.together?.bestOrder], [[], null])
})

plan('of the pods that are kept the text lists ten, after those that change', async () => {
  await onBranch(
    () => write('wide.yaml', deployment('wide', { replicas: 12, cpu: '1m' })),
    async (base) => {
      write('wide.yaml', deployment('wide', { replicas: 13, cpu: '1m' }))
      const desired = await compileRevision({
        repository,
        revision: base,
        path: '',
        digestKey: new Uint8Array(32).fill(9),
        sourceId: 'main',
      })
      const wide = path.join(folder, 'wide.snapshot')
      writeFileSync(wide, encodeSnapshot(snapshotAt(desired, hosts(3))))
      const { out } = await offline('--snapshot', wide, '--head', commit('wider'))
      const rows = out.split('\n').filter((line) => /^(keep|create) /.test(line))
      assert.equal(
        rows.map((line) => line.split(' ')[0]),
        ['create', ...Array.from({ length: 10 }, () => 'keep')],
      )
      assert.match(out, /\nand 2 more: -o json lists them\n17 pods keep running as they are\n/)
    },
  )
})

plan('four hundred new workloads fit a comment', async () => {
  const { out } = await offline('--head', 'many', '-o', 'markdown')
  assert.ok(out.length < MARKDOWN_LETTERS_MAX, `${out.length} letters`)
  assert.match(out, /and \d+ more: `headway plan -o json` lists them/)
  assert.is(out.match(/<details>/g)?.length, out.match(/<\/details>/g)?.length)
})

interface ExitRow {
  readonly name: string
  /** `FINGERPRINT` stands for that of branch image. */
  readonly args: readonly string[]
  readonly code: number
}

const exits: readonly ExitRow[] = [
  { name: 'nothing to tell', args: ['--head', 'image'], code: 0 },
  { name: 'risks that only warn', args: ['--head', 'careless'], code: 0 },
  { name: 'one that fails', args: ['--head', 'risky'], code: 1 },
  { name: 'as reviewed', args: ['--head', 'image', '--check', 'FINGERPRINT'], code: 0 },
  { name: 'not as reviewed', args: ['--head', 'rival', '--check', 'FINGERPRINT'], code: 1 },
  { name: 'as reviewed, and fails', args: ['--head', 'big', '--check', 'FINGERPRINT'], code: 1 },
  { name: 'fits together', args: ['--head', 'half', '--with', 'image'], code: 0 },
  { name: 'does not fit together', args: ['--head', 'half', '--with', 'other-half'], code: 1 },
  { name: 'no such branch', args: ['--head', 'nowhere'], code: 2 },
  { name: 'no such option', args: ['--haed', 'image'], code: 2 },
  { name: 'no such snapshot', args: ['--head', 'image', '--snapshot', 'nowhere.snapshot'], code: 2 },
  { name: 'no repository there', args: ['--head', 'image', '--repo', '/nowhere'], code: 3 },
  { name: 'a file that is no snapshot', args: ['--head', 'image', '--snapshot', 'token.yaml'], code: 3 },
]
const outputs = ['text', 'json', 'markdown'] as const
for (const [i, { name, args, code }] of exits.entries()) {
  plan(`exit ${code}: ${name}`, async () => {
    const given: string[] = []
    for (const text of args) given.push(text === 'FINGERPRINT' ? (await view('--head', 'image')).fingerprint : text)
    const result = await offline('-o', outputs[i % 3] ?? 'text', ...given)
    assert.is(result.code, code, result.err)
    assert.is(result.out === '', result.err !== '', 'an answer or an error')
  })
}

const wrong: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['an unknown revision', ['--head', 'nowhere'], 2, /no revision nowhere/],
  ['a form it does not know', ['-o', 'yaml'], 2, /Allowed choices are text, json, markdown/],
  ['a check of nothing', ['--head', 'image', '--check', 'abc'], 2, /not a plan's fingerprint/],
  ['too many branches', ['--head', 'image', '--with', 'big', 'half', 'token', 'rival'], 2, /up to 3 revisions/],
]
for (const [name, args, code, message] of wrong) {
  plan(`wrong usage: ${name}`, async () => {
    const result = await offline(...args)
    assert.is(result.code, code)
    assert.match(result.err, message)
  })
}

plan('no manager: exit 3 with what to do', async () => {
  const result = await runCommand(['plan', '--dir', path.join(folder, 'nothing')], { cwd: repository })
  assert.is(result.code, 3)
  assert.match(result.err, /headway up/)
})

plan('a snapshot that is none: exit 3 with what to do', async () => {
  const result = await runCommand(['plan', '--snapshot', 'token.yaml'], { cwd: repository })
  assert.is(result.code, 3)
  assert.match(result.err, /headway snapshot -o FILE/)
})

plan('no checkout of the repository: exit 2 with what to do', async () => {
  const result = await runCommand(['plan', '--snapshot', snapshotFile, '--dir', path.join(folder, 'nothing')])
  assert.is(result.code, 2)
  assert.match(result.err, /--repo/)
})

plan.run()
