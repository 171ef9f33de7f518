/** `status`, `why`, `history`, `confirm`, `token`, `blame` and `version` against a fake manager: text to the letter, JSON as it came. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkGolden } from '../support/golden.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { BEFORE, HEAD, makeStatus, makeTroubledStatus, makeWorkload } from './fixtures.js'
import { NOW, runCommand } from './run-command.js'

const views = suite('views')
let fake: FakeManager
views.before(async () => {
  fake = await startFakeManager({ status: makeStatus() })
})
views.after(() => fake.close())
views.before.each(() => {
  fake.answers = { status: makeStatus() }
  fake.requests.length = 0
})

const dir = (): readonly string[] => ['--dir', fake.directory]

views('status of a healthy cluster', async () => {
  const result = await runCommand(['status', ...dir()])
  assert.is(result.code, 0)
  assert.is(result.err, '')
  checkGolden('golden/cli/status-healthy.txt', result.out)
})

views('status of a cluster in trouble', async () => {
  fake.answers = { status: makeTroubledStatus() }
  const result = await runCommand(['status', ...dir()])
  assert.is(result.code, 0)
  checkGolden('golden/cli/status-troubled.txt', result.out)
})

views('a node that is drained says how far it is', async () => {
  const [node] = makeStatus().nodes
  const row = async (drain: 'draining' | 'drained', pods: number) => {
    fake.answers = { status: makeStatus({ nodes: [{ ...node!, schedulable: false, drain, pods }] }) }
    return (await runCommand(['status', ...dir()])).out.split('\n').find((line) => line.startsWith('node1'))
  }
  assert.match((await row('draining', 1)) ?? '', /^node1 {3}draining: 1 pod left {3}1 /)
  assert.match((await row('drained', 0)) ?? '', /^node1 {3}drained {3}0 /)
})

views('an app that was never readable is held without a version', async () => {
  const status = makeTroubledStatus()
  fake.answers = { status: { ...status, apps: status.apps.map((app) => ({ ...app, revision: '' })) } }
  const result = await runCommand(['status', ...dir()])
  assert.match(result.out, /^held main:apps\/greeter, no good version yet: 1 problem$/m)
})

views('budgets stand in a table of their own, with what each lets go now', async () => {
  const budget = { key: 'PodDisruptionBudget.policy/demo/web', namespace: 'demo', name: 'web', expectedPods: 3 }
  const tight = { ...budget, minAvailable: 3, maxUnavailable: null, currentHealthy: 3, desiredHealthy: 3 }
  const loose = {
    ...budget,
    name: 'api',
    minAvailable: null,
    maxUnavailable: '40%',
    currentHealthy: 3,
    desiredHealthy: 1,
  }
  fake.answers = {
    status: makeStatus({
      budgets: [
        { ...tight, disruptionsAllowed: 0 },
        { ...loose, disruptionsAllowed: 2 },
      ],
    }),
  }
  const { out } = await runCommand(['status', ...dir()])
  const table = out
    .split('\n\n')
    .find((section) => section.includes('BUDGET'))
    ?.trimEnd()
  assert.is(
    table,
    [
      'NAMESPACE   BUDGET   KEEPS          PODS   HEALTHY   NEEDED   MAY GO',
      'demo        web      min 3          3      3         3        0',
      'demo        api      max 40% gone   3      3         1        2',
    ].join('\n'),
  )
})

views('a text of several lines is one line in a table', async () => {
  const [workload] = makeStatus().workloads
  fake.answers = { status: makeStatus({ workloads: [{ ...workload!, message: 'first\n  second\r\nthird' }] }) }
  const { out } = await runCommand(['status', ...dir()])
  assert.match(out, /first second third$/m)
})

views('status in JSON is what the manager serves', async () => {
  const result = await runCommand(['status', '-o', 'json', ...dir()])
  assert.equal(JSON.parse(result.out), makeStatus())
})

for (const before of [1, 2, 3])
  views(`options that every command takes may stand before it (${before})`, async () => {
    const options = [['--dir', fake.directory], ['-o', 'json'], [`--dir=${fake.directory}`]].slice(0, before).flat()
    const after = before === 1 ? ['-o', 'json'] : []
    const result = await runCommand([...options, 'status', ...after])
    assert.is(result.code, 0, result.err)
    assert.equal(JSON.parse(result.out), makeStatus())
  })

views('HEADWAY_DIR names the state directory too', async () => {
  const result = await runCommand(['status', '-o', 'json'], { env: { HEADWAY_DIR: fake.directory } })
  assert.is(result.code, 0)
})

views('whether the commit is as its reviewed plan said', async () => {
  const changes = ['another commit came first: the plan was made on 0c1d, now 3f2a is desired']
  const reviewed = { commit: HEAD, fingerprint: 'p1.a', outcome: 'differs', changes } as const
  fake.answers = { status: { ...makeStatus(), reviewed } }
  const text = await runCommand(['status', ...dir()])
  assert.match(
    text.out,
    /\nnot as reviewed: another commit came first: the plan was made on 0c1d, now 3f2a is desired\n/,
  )
  assert.equal(JSON.parse((await runCommand(['status', '-o', 'json', ...dir()])).out).reviewed, reviewed)
  fake.answers = { status: makeStatus() }
})

views('colours only where they are wanted', async () => {
  const plain = await runCommand(['status', ...dir()])
  const colored = await runCommand(['status', ...dir()], { colors: true })
  assert.not.ok(plain.out.includes('\u001b['))
  assert.ok(colored.out.includes('\u001b[32mHealthy'))
})

views('status --watch prints each change once and ends at Ctrl-C', async () => {
  const interrupt = new AbortController()
  let prints = 0
  const result = await runCommand(['status', '--watch', ...dir()], {
    interrupt: interrupt.signal,
    onOut: () => {
      prints += 1
      if (prints === 1) {
        fake.answers = { status: makeTroubledStatus() }
        fake.change()
      } else interrupt.abort(new Error('interrupted'))
    },
  })
  assert.is(result.code, 0)
  assert.is(prints, 2)
  assert.match(result.out, /ImagePullBackOff/)
})

views('why prints the sentence and what it rests on', async () => {
  fake.answers = {
    status: makeTroubledStatus(),
    why: {
      key: 'Pod./shop/web-5b6d7f8c9-zzzzz',
      sentence: 'web-5b6d7f8c9-zzzzz is pending because its image headway-demo/web:v9 cannot be pulled.',
      facts: [
        { name: 'node', value: 'node1' },
        { name: 'next try', value: 'in 20s' },
      ],
      waiting: [{ on: 'image-pull', key: 'Pod./shop/web-5b6d7f8c9-zzzzz', detail: 'headway-demo/web:v9 is not there' }],
    },
  }
  const result = await runCommand(['why', 'pod/web-5b6d7f8c9-zzzzz', ...dir()])
  assert.is(result.code, 0)
  checkGolden('golden/cli/why-image.txt', result.out)
  assert.ok(
    fake.requests.includes('GET /v1/why?object=Pod/web-5b6d7f8c9-zzzzz&namespace=shop'),
    fake.requests.join('\n'),
  )
})

views('why finds a pod by the beginning of its name, and a workload in the namespace where it is', async () => {
  const why = { key: 'k', sentence: 's', facts: [], waiting: [] }
  fake.answers = { status: makeTroubledStatus(), why, namespaces: ['shop'] }
  await runCommand(['why', 'web-5b6', ...dir()])
  await runCommand(['why', 'deploy/web', ...dir()])
  await runCommand(['why', 'node/node2', ...dir()])
  assert.equal(
    fake.requests.filter((request) => request.startsWith('GET /v1/why')),
    [
      'GET /v1/why?object=Pod/web-5b6d7f8c9-zzzzz&namespace=shop',
      'GET /v1/why?object=Deployment/web&namespace=shop',
      'GET /v1/why?object=Node/node2&namespace=',
    ],
  )
})

views('a Pod manifest whose pod is still to be made: why is asked of it, logs says that there is none', async () => {
  const unmade = (namespace: string) =>
    makeWorkload({ key: `Pod./${namespace}/crash`, kind: 'Pod', namespace, name: 'crash' })
  const why = { key: 'k', sentence: 's', facts: [], waiting: [] }
  fake.answers = { status: makeStatus({ workloads: [unmade('shop')] }), why }
  assert.is((await runCommand(['why', 'pod/crash', ...dir()])).code, 0)
  assert.ok(fake.requests.includes('GET /v1/why?object=Pod/crash&namespace=shop'), fake.requests.join('\n'))
  const logs = await runCommand(['logs', 'pod/crash', ...dir()])
  assert.is(logs.code, 1)
  assert.match(logs.err, /pod\/crash has no pods now: "headway why pod\/crash" says why/)
  assert.is((await runCommand(['why', 'pod/crash', '-n', 'other', ...dir()])).code, 1)
  fake.answers = { status: makeStatus({ workloads: [unmade('shop'), unmade('test')] }), why }
  assert.match((await runCommand(['why', 'pod/crash', ...dir()])).err, /is in namespaces shop, test: choose one with/)
  assert.is((await runCommand(['why', 'pod/crash', '-n', 'test', ...dir()])).code, 0)
})

const places = [
  { found: [], more: [], asks: 'default' },
  { found: ['shop'], more: [], asks: 'shop' },
  { found: ['default', 'shop'], more: [], asks: 'default' },
  { found: ['shop'], more: ['-n', 'other'], asks: 'other' },
  { found: ['shop', 'test'], more: [], asks: null },
] as const
for (const { found, more, asks } of places)
  views(`a name that is in [${found}], asked ${more.join(' ') || 'anywhere'}: ${asks ?? 'choose one'}`, async () => {
    fake.answers = { why: { key: 'k', sentence: 's', facts: [], waiting: [] }, namespaces: found }
    const { code, err } = await runCommand(['why', 'configmap/web', ...more, ...dir()])
    assert.is(code, asks === null ? 2 : 0)
    if (asks === null) assert.match(err, /configmap\/web is in namespaces shop, test: choose one with --namespace/)
    else assert.ok(fake.requests.includes(`GET /v1/why?object=ConfigMap/web&namespace=${asks}`))
  })

const references = [
  {
    name: 'a pod that is not there',
    args: ['why', 'pod/nope'],
    code: 1,
    says: /there is no pod\/nope: there are web-6f7c/,
  },
  { name: 'more than one pod', args: ['why', 'pod/web-6f7'], code: 2, says: /pod\/web-6f7 is not one/ },
  { name: 'a kind that is not known', args: ['why', 'depoyment/web'], code: 2, says: /names no object/ },
  {
    name: 'another namespace',
    args: ['why', 'pod/web-6f7c9d4b8d-aaaaa', '-n', 'other'],
    code: 1,
    says: /in namespace other/,
  },
] as const
for (const row of references)
  views(`why: ${row.name}`, async () => {
    const result = await runCommand([...row.args, ...dir()])
    assert.is(result.code, row.code)
    assert.match(result.err, row.says)
    assert.is(result.out, '')
  })

views('history', async () => {
  fake.answers = {
    history: [
      {
        revision: HEAD,
        author: 'Ada Lovelace',
        subject: 'web: v2',
        committedAt: NOW - 70_000,
        takenAt: NOW - 65_000,
        outcome: 'rolling-out',
        convergedAt: null,
        created: 2,
        stopped: 1,
      },
      {
        revision: BEFORE,
        author: 'Grace Hopper',
        subject: 'begin',
        committedAt: NOW - 7_400_000,
        takenAt: NOW - 7_300_000,
        outcome: 'converged',
        convergedAt: NOW - 7_297_500,
        created: 3,
        stopped: 0,
      },
    ],
  }
  checkGolden('golden/cli/history.txt', (await runCommand(['history', ...dir()])).out)
  const [newest, oldest] = fake.answers.history ?? []
  assert.ok(newest !== undefined && oldest !== undefined)
  const reviewed = { commit: HEAD, fingerprint: 'p1.a', outcome: 'as-reviewed', changes: [] } as const
  fake.answers = { history: [{ ...newest, reviewed }, oldest] }
  checkGolden('golden/cli/history-reviewed.txt', (await runCommand(['history', ...dir()])).out)
  assert.is(JSON.parse((await runCommand(['history', '--limit', '1', '-o', 'json', ...dir()])).out).length, 1)
})

views('confirm sends the hash and says how many objects go', async () => {
  fake.answers = { status: makeTroubledStatus(), confirm: { confirmed: 2 } }
  const result = await runCommand(['confirm', '5be2c01d', ...dir()])
  assert.is(result.code, 0)
  assert.is(result.out, 'confirmed: 2 objects are deleted\n')
  assert.ok(fake.requests.includes('POST /v1/confirm {"hash":"5be2c01d"}'))
})

views('confirm: nothing waits, no hash, another hash', async () => {
  assert.is((await runCommand(['confirm', '5be2c01d', ...dir()])).code, 1)
  assert.is((await runCommand(['confirm', 'yes', ...dir()])).code, 2)
  fake.answers = {
    status: makeTroubledStatus(),
    errors: { 'POST /v1/confirm': { status: 409, error: 'ffffffff is not the set that waits: see headway status' } },
  }
  const other = await runCommand(['confirm', 'ffffffff', ...dir()])
  assert.is(other.code, 1)
  assert.match(other.err, /not the set that waits/)
})

views('token prints the command to run, and the rest beside it', async () => {
  fake.answers = { token: { join: '10.0.0.5:7443/t0ken.d1gest', expiresAt: NOW + 3_600_000 } }
  const result = await runCommand(['token', '--ttl', '2h', ...dir()])
  assert.is(result.out, 'headway agent --join 10.0.0.5:7443/t0ken.d1gest\n')
  assert.match(result.err, /until 2026-11-21T11:00:00Z/)
  assert.ok(fake.requests.includes('POST /v1/tokens {"ttlMs":7200000}'))
})

views('version names both sides', async () => {
  assert.match((await runCommand(['version', ...dir()])).out, /^headway \d+\.\d+\.\d+, node v\d+.*, manager 0\.1\.0\n$/)
  assert.is(JSON.parse((await runCommand(['version', '-o', 'json', '--dir', '/nowhere'])).out).manager, null)
})

views.run()
