/** Which image a container runs, and what is pulled for it, by table (DESIGN 19). */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ImageStore, registryAuth, registryOf, repositoryOf } from '../../src/agents/images.js'
import { RuntimeError } from '../../src/agents/runtime.js'
import type { ConfigContents } from '../../src/model/protocol.js'
import { fakeImage, fakeRuntime } from './fake-runtime.js'

const tests = suite('images')
const NONE = { id: '', digest: '' }

/** `local` and `registry`: what a name answers to. */
function store(local: Readonly<Record<string, string>>, registry: Readonly<Record<string, string>>) {
  const pulls: string[] = []
  const runtime = fakeRuntime({
    inspectImage: async (name) =>
      local[name] === undefined ? null : fakeImage(local[name], { digests: name.includes('@') ? [name] : [] }),
    pullImage: async (name) => {
      pulls.push(name)
      await Promise.resolve()
      const id = registry[name]
      if (id === undefined) throw new RuntimeError('image-pull', `pull ${name}: not found`, false)
      return fakeImage(id, { digests: [`${repositoryOf(name)}@sha256:of-${id}`] })
    },
  })
  return { images: new ImageStore(runtime, () => {}), pulls }
}

const rows: readonly {
  name: string
  policy: 'Always' | 'IfNotPresent' | 'Never'
  pinned?: { id: string; digest: string }
  local?: Record<string, string>
  registry?: Record<string, string>
  runs: string | RegExp
  pulls: readonly string[]
}[] = [
  { name: 'present', policy: 'IfNotPresent', local: { 'web:1': 'a' }, runs: 'a', pulls: [] },
  { name: 'absent', policy: 'IfNotPresent', registry: { 'web:1': 'b' }, runs: 'b', pulls: ['web:1'] },
  {
    name: 'always pulls',
    policy: 'Always',
    local: { 'web:1': 'a' },
    registry: { 'web:1': 'b' },
    runs: 'b',
    pulls: ['web:1'],
  },
  { name: 'always, and no registry', policy: 'Always', local: { 'web:1': 'a' }, runs: /not found/, pulls: ['web:1'] },
  { name: 'never', policy: 'Never', runs: /pull policy is Never/, pulls: [] },
  {
    name: 'pinned by id and present',
    policy: 'Always',
    pinned: { id: 'a', digest: '' },
    local: { a: 'a', 'web:1': 'b' },
    runs: 'a',
    pulls: [],
  },
  {
    name: 'pinned by digest and absent',
    policy: 'IfNotPresent',
    pinned: { id: 'a', digest: 'web@sha256:d' },
    local: { 'web:1': 'b' },
    registry: { 'web@sha256:d': 'a' },
    runs: 'a',
    pulls: ['web@sha256:d'],
  },
  {
    name: 'a bare digest gets the repository',
    policy: 'IfNotPresent',
    pinned: { id: '', digest: 'sha256:d' },
    registry: { 'web@sha256:d': 'a' },
    runs: 'a',
    pulls: ['web@sha256:d'],
  },
  {
    name: 'pinned by id, and the tag has moved',
    policy: 'IfNotPresent',
    pinned: { id: 'a', digest: '' },
    registry: { 'web:1': 'b' },
    runs: /runs a: push that image/,
    pulls: ['web:1'],
  },
]
for (const row of rows) {
  tests(row.name, async () => {
    const { images, pulls } = store(row.local ?? {}, row.registry ?? {})
    const request = {
      type: 'ensure-image',
      reference: 'web:1',
      pinned: row.pinned ?? NONE,
      policy: row.policy,
      pullSecrets: [],
    } as const
    const outcome = await images.ensure(request, []).then(
      (image) => image.id,
      (error: Error) => error.message,
    )
    if (typeof row.runs === 'string') assert.is(outcome, row.runs)
    else assert.match(outcome, row.runs)
    assert.equal(pulls, row.pulls)
  })
}

tests('one pull at a time for one reference', async () => {
  const { images, pulls } = store({}, { 'web:1': 'a' })
  const request = {
    type: 'ensure-image',
    reference: 'web:1',
    pinned: NONE,
    policy: 'IfNotPresent',
    pullSecrets: [],
  } as const
  await Promise.all([images.ensure(request, []), images.ensure(request, [])])
  assert.equal(pulls, ['web:1'])
})

tests('resolving: what is here, what is pulled, what cannot be found', async () => {
  const { images, pulls } = store({ 'web:1': 'a', 'made:latest': 'm' }, { 'api:2': 'b' })
  assert.equal(await images.resolve('web:1', []), { reference: 'web:1', id: 'a', digest: '', error: '' })
  assert.equal(await images.resolve('made:latest', []), { reference: 'made:latest', id: 'm', digest: '', error: '' })
  assert.equal(await images.resolve('api:2', []), { reference: 'api:2', id: 'b', digest: 'api@sha256:of-b', error: '' })
  assert.equal(await images.resolve('none:1', []), {
    reference: 'none:1',
    id: '',
    digest: '',
    error: 'pull none:1: not found',
  })
  assert.equal(pulls, ['api:2', 'none:1'])
})

tests('references', () => {
  const rows = [
    ['web', 'docker.io', 'web'],
    ['web:1', 'docker.io', 'web'],
    ['team/web:1', 'docker.io', 'team/web'],
    ['localhost/web', 'localhost', 'localhost/web'],
    ['reg:5000/web', 'reg:5000', 'reg:5000/web'],
    ['reg.example.com/a/b:2@sha256:x', 'reg.example.com', 'reg.example.com/a/b'],
  ] as const
  for (const [reference, registry, repository] of rows) {
    assert.is(registryOf(reference), registry)
    assert.is(repositoryOf(reference), repository)
  }
})

tests('pull secrets by registry', () => {
  const secret = (auths: object): ConfigContents => ({
    digest: 'd',
    kind: 'Secret',
    secretType: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
  })
  const auth = Buffer.from('me:pass:word').toString('base64')
  const secrets = [
    secret({ 'https://index.docker.io/v1/': { auth } }),
    secret({ 'reg:5000': { username: 'u', password: 'p' } }),
  ]
  assert.equal(registryAuth('web:1', secrets), {
    server: 'https://index.docker.io/v1/',
    username: 'me',
    password: 'pass:word',
  })
  assert.equal(registryAuth('reg:5000/web', secrets), { server: 'reg:5000', username: 'u', password: 'p' })
  assert.is(registryAuth('other:5000/web', secrets), null)
  const broken = { ...secret({}), data: { '.dockerconfigjson': Buffer.from('{').toString('base64') } }
  assert.is(registryAuth('web', [broken]), null)
})

tests.run()
