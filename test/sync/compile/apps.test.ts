/** Apps (DESIGN 6): what holds what back, at which version, and what goes on all the same. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredState } from '../../../src/model/desired-state.js'
import { formatProblem } from '../../../src/model/problem.js'
import { compileRevision } from '../../../src/sync/compile-revision.js'
import { type Files, type GitFixture, makeFixture } from '../support/git-fixture.js'
import { configMap, deployment, namespace, secret } from '../support/manifests.js'
import { DIGEST_KEY } from '../support/open-sync.js'

const apps = suite('apps')

const BROKEN = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: broken\n'

/** Commits each step; the state at the last one. */
async function compileSteps(steps: readonly Files[], path = ''): Promise<{ state: DesiredState; commits: string[] }> {
  const fixture = makeFixture()
  try {
    const commits = steps.map((files) => fixture.commitOnly(files))
    return { state: await compile(fixture, path), commits }
  } finally {
    fixture.remove()
  }
}

function compile(fixture: GitFixture, path = '', revision = 'HEAD'): Promise<DesiredState> {
  return compileRevision({ repository: fixture.work, revision, path, digestKey: DIGEST_KEY })
}

const errors = (state: DesiredState): string[] =>
  state.problems.filter((problem) => problem.severity === 'error').map(formatProblem)

const held = (state: DesiredState): string[] => [...state.apps.values()].filter((app) => app.held).map((app) => app.id)

const image = (state: DesiredState, name: string): string | undefined => {
  const object = state.objects.get(`Deployment.apps/default/${name}`)
  return (object?.manifest as { spec?: { template: { spec: { containers: { image: string }[] } } } } | undefined)?.spec
    ?.template.spec.containers[0]?.image
}

apps('an unknown field hides none of the other problems of its object', async () => {
  const broken = deployment('Bad_Name').replace('spec:\n', 'spec:\n  replica: 3\n')
  const { state } = await compileSteps([{ 'web/web.yaml': broken }])
  const found = errors(state).join('\n')
  assert.match(found, /unknown field "replica", did you mean "replicas"/)
  assert.match(found, /metadata\.name: /)
  assert.is(state.objects.size, 0)
})

apps('a broken document holds its app at the last good version, others advance', async () => {
  const { state, commits } = await compileSteps([
    {
      'web/web.yaml': deployment('web'),
      'web/more.yaml': configMap('more', { a: '1' }),
      'db/db.yaml': deployment('db'),
    },
    { 'web/more.yaml': BROKEN },
    { 'web/web.yaml': deployment('web', { image: 'demo:2' }), 'db/db.yaml': deployment('db', { image: 'demo:2' }) },
  ])
  assert.equal(held(state), ['main:web'])
  assert.is(state.apps.get('main:web')!.revision, commits[0])
  assert.is(state.apps.get('main:db')!.revision, commits[2])
  assert.is(image(state, 'web'), 'demo:1')
  assert.is(image(state, 'db'), 'demo:2')
  assert.is(state.objects.get('Deployment.apps/default/web')!.commit, commits[0])
  assert.ok(state.objects.has('ConfigMap./default/more'))
  assert.ok(state.hasUnreadable)
  assert.is(errors(state).length, 1)
  assert.match(errors(state)[0]!, /^web\/more\.yaml:\d+:\d+: not valid YAML/)
  assert.is(state.revision, commits[2])
})

apps('every problem of every file is reported at once, in order', async () => {
  const { state } = await compileSteps([
    {
      'b/x.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  replica: 3\n  selector: {}\n',
      'a/values.yaml': 'image: x\n',
      'a/kind.yaml': 'apiVersion: v1\nkind: ConfigMapp\nmetadata: {name: x}\n',
      'c/fine.yaml': configMap('fine', {}),
    },
  ])
  assert.equal(held(state), ['main:a', 'main:b'])
  const lines = errors(state)
  assert.match(lines[0]!, /^a\/kind\.yaml:2:1: kind: kind ConfigMapp of v1 is not known: did you mean ConfigMap\?/)
  assert.match(lines[1]!, /^a\/values\.yaml:1:1: not a Kubernetes manifest .*\.headwayignore/)
  assert.ok(
    lines.some((line) =>
      /^b\/x\.yaml:5:3: spec\.replica: unknown field "replica", did you mean "replicas"\?/.test(line),
    ),
  )
  assert.ok(
    lines.some((line) => /^b\/x\.yaml:4:1: spec\.template: Required value/.test(line)),
    lines.join('\n'),
  )
  assert.is(state.apps.get('main:a')!.revision, '')
  assert.equal([...state.objects.keys()], ['ConfigMap./default/fine'])
})

apps('a nested folder is an app of its own', async () => {
  const { state } = await compileSteps([
    { 'a.yaml': BROKEN, 'x/b.yaml': configMap('b', {}), 'x/y/c.yaml': BROKEN, 'x/y/z/d.yaml': configMap('d', {}) },
  ])
  assert.equal(held(state), ['main:', 'main:x/y'])
  assert.equal([...state.objects.keys()], ['ConfigMap./default/b', 'ConfigMap./default/d'])
})

apps('a key defined twice holds both apps, at what they had', async () => {
  const { state, commits } = await compileSteps([
    { 'a/a.yaml': configMap('x', { v: '1' }), 'b/b.yaml': configMap('yy', {}) },
    {
      'b/b.yaml': `${configMap('yy', { n: '2' })}---\n${configMap('x', { v: '2' })}`,
      'a/a.yaml': configMap('x', { v: '3' }),
    },
    { 'c/c.yaml': configMap('z', {}) },
  ])
  assert.equal(held(state), ['main:a', 'main:b'])
  assert.is(state.apps.get('main:a')!.revision, commits[0])
  assert.is(state.apps.get('main:b')!.revision, commits[0])
  assert.equal((state.objects.get('ConfigMap./default/x')!.manifest as { data?: unknown }).data, { v: '1' })
  assert.equal(errors(state), [
    'a/a.yaml:1:1: ConfigMap./default/x is also defined at b/b.yaml:6: remove one of them',
    'b/b.yaml:6:1: ConfigMap./default/x is also defined at a/a.yaml:1: remove one of them',
  ])
  assert.not.ok(state.hasUnreadable)
  assert.ok(state.objects.has('ConfigMap./default/z'))
})

apps('a key twice in one app names both places', async () => {
  const { state } = await compileSteps([{ 'a/1.yaml': configMap('x', {}), 'a/2.yaml': configMap('x', {}) }])
  assert.is(errors(state).length, 2)
  assert.is(state.objects.size, 0)
})

apps('an object that moved out of an app, which broke since, belongs to the other', async () => {
  const { state, commits } = await compileSteps([
    { 'a/x.yaml': configMap('x', { v: '1' }), 'a/y.yaml': configMap('yy', {}) },
    { 'a/x.yaml': null, 'b/x.yaml': configMap('x', { v: '2' }), 'a/y.yaml': BROKEN },
  ])
  assert.equal(held(state), ['main:a'])
  assert.is(state.objects.get('ConfigMap./default/x')!.app, 'main:b')
  assert.is(state.objects.get('ConfigMap./default/yy')!.commit, commits[0])
})

apps('an object that may still stand in a broken file keeps its place, and the other app waits', async () => {
  const { state } = await compileSteps([
    { 'a/x.yaml': configMap('x', { v: '1' }), 'b/y.yaml': configMap('yy', { v: '1' }) },
    { 'a/x.yaml': BROKEN, 'b/x.yaml': configMap('x', { v: '2' }) },
  ])
  assert.equal(held(state), ['main:a', 'main:b'])
  assert.is(state.objects.get('ConfigMap./default/x')!.app, 'main:a')
})

apps('a namespace that nobody defines holds the app; default and kube-system are always there', async () => {
  const { state, commits } = await compileSteps([
    {
      'ns/shop.yaml': namespace('shop'),
      'a/a.yaml': configMap('a', {}, 'shop'),
      'b/b.yaml': configMap('b', {}, 'kube-system'),
    },
    { 'a/a.yaml': configMap('a', { v: '2' }, 'shopp') },
  ])
  assert.equal(held(state), ['main:a'])
  assert.is(state.apps.get('main:a')!.revision, commits[0])
  assert.ok(state.objects.has('ConfigMap./shop/a'))
  assert.match(errors(state)[0]!, /^a\/a\.yaml:1:1: metadata\.namespace: namespace "shopp" is not defined/)
})

apps('an app is not lost with its namespace', async () => {
  const { state, commits } = await compileSteps([
    { 'ns/shop.yaml': namespace('shop'), 'a/a.yaml': configMap('a', {}, 'shop') },
    { 'ns/shop.yaml': null },
  ])
  assert.equal(held(state), ['main:a'])
  assert.is(state.apps.get('main:a')!.revision, commits[0])
  assert.ok(state.objects.has('ConfigMap./shop/a'))
})

apps('a namespace in a held app does not count as there', async () => {
  const { state } = await compileSteps([
    { 'ns/base.yaml': namespace('base') },
    { 'ns/shop.yaml': namespace('shop'), 'ns/bad.yaml': BROKEN, 'a/a.yaml': configMap('a', {}, 'shop') },
  ])
  assert.equal(held(state), ['main:a', 'main:ns'])
  assert.equal([...state.objects.keys()], ['Namespace.//base'])
})

apps('an immutable field that changes holds the app, also after later commits, until it is put back', async () => {
  const change = { 'a/a.yaml': deployment('a', { label: 'other', image: 'demo:2' }) }
  const { state, commits } = await compileSteps([
    { 'a/a.yaml': deployment('a') },
    change,
    { 'a/a.yaml': `${deployment('a', { label: 'other', image: 'demo:3' })}# later\n` },
    { 'b/b.yaml': configMap('b', {}) },
  ])
  assert.equal(held(state), ['main:a'])
  assert.is(state.apps.get('main:a')!.revision, commits[0])
  assert.is(image(state, 'a'), 'demo:1')
  assert.match(errors(state)[0]!, /^a\/a\.yaml:7:3: spec\.selector: field is immutable/)
  assert.not.ok(state.hasUnreadable)

  const repaired = await compileSteps([
    { 'a/a.yaml': deployment('a') },
    change,
    { 'a/a.yaml': deployment('a', { image: 'demo:4' }) },
  ])
  assert.equal(held(repaired.state), [])
  assert.is(image(repaired.state, 'a'), 'demo:4')

  const replaced = await compileSteps([{ 'a/a.yaml': deployment('a') }, { 'a/a.yaml': null }, change])
  assert.equal(held(replaced.state), [])
})

apps('which files are manifests', async () => {
  const { state } = await compileSteps(
    [
      {
        'cluster/.headwayignore': '# not ours\nvalues*.yaml\n/charts/\n!values-kept.yaml\n',
        'cluster/a.yml': configMap('a', {}),
        'cluster/b.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}',
        'cluster/values.yaml': 'x: 1\n',
        'cluster/values-kept.yaml': configMap('kept', {}),
        'cluster/charts/templates/x.yaml': '{{ broken }}: [',
        'cluster/.github/workflows/ci.yaml': 'on: push\n',
        'cluster/.hidden.yaml': 'on: push\n',
        'cluster/README.md': '# hi\n',
        'cluster/sub/charts/c.yaml': configMap('c', {}),
        'outside.yaml': 'on: push\n',
      },
    ],
    'cluster',
  )
  assert.equal(errors(state), [])
  const names = ['a', 'b', 'c', 'kept'].map((name) => `ConfigMap./default/${name}`)
  assert.equal([...state.objects.keys()], names)
  assert.equal([...state.apps.keys()], ['main:', 'main:sub/charts'])
  assert.is(state.objects.get('ConfigMap./default/a')!.origin.file, 'cluster/a.yml')
})

apps('a kustomization is refused by name, and its app held', async () => {
  const { state } = await compileSteps([
    { 'a/kustomization.yaml': 'resources: [x.yaml]\n', 'a/x.yaml': configMap('x', {}), 'b/b.yaml': configMap('b', {}) },
  ])
  assert.equal(held(state), ['main:a'])
  assert.match(errors(state)[0]!, /app a is a kustomization/)
  assert.equal([...state.objects.keys()], ['ConfigMap./default/b'])
})

apps('links and submodules are passed over with a warning', async () => {
  const fixture = makeFixture()
  try {
    fixture.commitOnly({ 'a/a.yaml': configMap('a', {}) })
    fixture.git('update-index', '--add', '--cacheinfo', `160000,${fixture.git('rev-parse', 'HEAD')},sub`)
    const link = fixture.git('hash-object', '-w', 'a/a.yaml')
    fixture.git('update-index', '--add', '--cacheinfo', `120000,${link},a/link.yaml`)
    fixture.git('commit', '-q', '-m', 'links')
    const state = await compile(fixture)
    assert.equal(state.problems.map(formatProblem), [
      'a/link.yaml:1:1: warning: a symbolic link is not followed: put a copy of the file in its place, or name it in .headwayignore',
      'sub:1:1: warning: a submodule is not followed: make its repository a source of its own, or name it in .headwayignore',
    ])
    assert.equal(held(state), [])
  } finally {
    fixture.remove()
  }
})

apps('kinds that are not carried out yet warn once each, refused ones are errors', async () => {
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n'
  const event = 'apiVersion: v1\nkind: Event\nmetadata: {name: e}\ninvolvedObject: {}\n'
  const { state } = await compileSteps([{ 'a/j.yaml': job, 'b/e.yaml': event }])
  assert.equal(
    state.problems.map((problem) => [problem.severity, problem.code, problem.file]),
    [
      ['warning', 'not-carried-out', 'a/j.yaml'],
      ['error', 'unsupported', 'b/e.yaml'],
    ],
  )
  assert.ok(state.objects.has('Job.batch/default/j'))
})

apps('secrets are digests, and the same key gives the same digest', async () => {
  const text = secret('s', { password: 'hunter2', other: 'hunter2' })
  const { state } = await compileSteps([{ 'a/s.yaml': text, 'a/c.yaml': configMap('c', { k: 'plain' }) }])
  const object = state.objects.get('Secret./default/s')!
  const { data, stringData } = object.manifest as { data?: Record<string, string>; stringData?: unknown }
  assert.is(stringData, undefined)
  assert.match(data!['password']!, /^[0-9a-f]{64}$/)
  assert.is.not(data!['password'], data!['other'])
  assert.equal(
    [...object.config!.keys],
    [
      ['other', data!['other']],
      ['password', data!['password']],
    ],
  )
  const base64 = `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {password: aHVudGVyMg==, other: aHVudGVyMg==}\n`
  const again = await compileSteps([{ 'x/other.yaml': base64 }])
  assert.is(again.state.objects.get('Secret./default/s')!.hash, object.hash)
  assert.is(again.state.objects.get('Secret./default/s')!.config!.digest, object.config!.digest)
  assert.not.match(JSON.stringify([...state.objects.values(), state.problems]), /hunter2|aHVudGVyMg/)
  const config = state.objects.get('ConfigMap./default/c')!
  assert.equal((config.manifest as { data?: unknown }).data, { k: 'plain' })
  assert.is(config.config!.keys.size, 1)
})

const applied = 'kubectl.kubernetes.io/last-applied-configuration: \'{"stringData":{"password":"hunter2"}}\''
const annotated: readonly (readonly [name: string, annotations: string, left: object | undefined])[] = [
  ['alone', applied, undefined],
  ['beside others', `${applied}, team: shop`, { team: 'shop' }],
]
for (const [name, annotations, left] of annotated) {
  apps(`what kubectl apply keeps of a Secret's values in an annotation is left out: ${name}`, async () => {
    const text = `apiVersion: v1\nkind: Secret\nmetadata: { name: s, annotations: { ${annotations} } }\nstringData: { password: hunter2 }\n`
    const { state } = await compileSteps([{ 'a/s.yaml': text }])
    const object = state.objects.get('Secret./default/s')
    assert.equal(object?.manifest.metadata.annotations, left)
    assert.not.match(JSON.stringify([...state.objects.values(), state.problems]), /hunter2/)
  })
}

apps('an annotation that kubectl apply keeps of a ConfigMap is what it is', async () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, annotations: { ${applied} } }\n`
  const { state } = await compileSteps([{ 'a/c.yaml': text }])
  const { annotations = {} } = state.objects.get('ConfigMap./default/c')?.manifest.metadata ?? {}
  assert.equal(Object.keys(annotations), ['kubectl.kubernetes.io/last-applied-configuration'])
})

apps('trailers name reviewed plans, whatever they say', async () => {
  const fixture = makeFixture()
  try {
    fixture.commitOnly({ 'a/a.yaml': configMap('a', {}) }, 'first\n\nno Headway-Plan: here')
    assert.is((await compile(fixture)).reviews, undefined)
    const merge = fixture.commitOnly({}, 'merge\n\nReviewed-by: Ada\nHeadway-Plan: p1.aa.bb  \nSigned-off-by: Ada')
    const later = fixture.commitOnly({}, 'later\n\nheadway-plan: not a fingerprint\nHeadway-Plan:')
    assert.equal((await compile(fixture)).reviews, [
      { commit: later, fingerprint: 'not a fingerprint' },
      { commit: merge, fingerprint: 'p1.aa.bb' },
    ])
  } finally {
    fixture.remove()
  }
})

apps('trailers confirm, and reverts say what they only take away again', async () => {
  const fixture = makeFixture()
  try {
    fixture.commitOnly({ 'a/a.yaml': configMap('a', {}) })
    const hash = 'ab'.repeat(16)
    fixture.commitOnly({}, `delete them\n\nHeadway-Confirm-Delete: ${hash}\nSigned-off-by: Ada`)
    const later = fixture.commitOnly({}, 'later\n\nheadway-confirm-delete: deadbeef')
    assert.equal((await compile(fixture)).confirmations, [
      { hash: 'deadbeef', newer: [] },
      { hash, newer: [later] },
    ])
    const claim =
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n'
    fixture.commitOnly({ 'b/b.yaml': configMap('b', {}), 'b/claim.yaml': claim, 'a/a2.yaml': configMap('a2', {}) })
    fixture.commitOnly({ 'c/c.yaml': configMap('c', {}) })
    fixture.git('revert', '--no-edit', 'HEAD')
    fixture.git('revert', '--no-edit', 'HEAD~2')
    const state = await compile(fixture)
    assert.equal(
      [...state.revertedAdditions].sort(),
      ['a2', 'b', 'c'].map((name) => `ConfigMap./default/${name}`),
    )
    fixture.commitOnly({ 'd/d.yaml': configMap('d', {}) })
    assert.is((await compile(fixture)).revertedAdditions.size, 0)
  } finally {
    fixture.remove()
  }
})

apps('the configuration of the cluster bounds what is valid', async () => {
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: NodePort, selector: {a: b}, ports: [{port: 80, nodePort: 20080}]}\n'
  const configuration =
    'apiVersion: headway.dev/v1\nkind: ClusterConfiguration\nmetadata: {name: cluster}\nspec: {nodePortRange: 20000-20100}\n'
  const without = await compileSteps([{ 'a/s.yaml': service }])
  assert.match(errors(without.state)[0]!, /nodePort/)
  const { state } = await compileSteps([{ 'a/s.yaml': service, 'cluster.yaml': configuration }])
  assert.equal(errors(state), [])
  assert.equal(state.configuration.nodePortRange, { first: 20_000, last: 20_100 })
})

apps('the same commit gives the same state', async () => {
  const fixture = makeFixture()
  try {
    for (let i = 0; i < 20; i++) {
      fixture.commitOnly({ [`a${i % 3}/x${i}.yaml`]: i % 4 === 3 ? BROKEN : configMap(`x${i}`, { i: `${i}` }) })
    }
    assert.equal(await compile(fixture), await compile(fixture))
  } finally {
    fixture.remove()
  }
})

apps.run()
