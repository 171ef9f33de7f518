/** Configuration and revisions (DESIGN 16): what rolls a Deployment, what does not, and what holds it. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConfigContent, DesiredObject } from '../../src/model/desired-state.js'
import type { PodSpec } from '../../src/model/generated/kubernetes.js'
import { makeKey } from '../../src/model/keys.js'
import { reconcileDeployment } from '../../src/reconcile/controllers/deployment.js'
import { desiredObject, FakeWorld, podSpec } from './fake-world.js'

const KEY = makeKey('Deployment', 'default', 'web')
const MAP = 'ConfigMap/default/settings'

function content(keys: Readonly<Record<string, string>>): ConfigContent {
  return { digest: JSON.stringify(keys), keys: new Map(Object.entries(keys)) }
}

function web(spec: PodSpec, annotations: Readonly<Record<string, string>> = {}): DesiredObject {
  const labels = { app: 'web' }
  const body = { spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } }
  return desiredObject('Deployment', 'web', body, 'c1', annotations)
}

function container(more: object): PodSpec {
  return podSpec('a', { containers: [{ name: 'app', image: 'a', ...more }] })
}

const keyed = container({
  env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } }],
})
const whole = container({ envFrom: [{ configMapRef: { name: 'settings' } }] })
const volumes = [{ name: 'files', configMap: { name: 'settings' } }]
const mounted: PodSpec = { ...container({ volumeMounts: [{ name: 'files', mountPath: '/etc/app' }] }), volumes }
const subPath: PodSpec = {
  ...container({ volumeMounts: [{ name: 'files', mountPath: '/etc/app.conf', subPath: 'level' }] }),
  volumes,
}

const suiteOf = suite('configuration and revisions')
interface Row {
  readonly name: string
  readonly spec: PodSpec
  readonly annotations?: Readonly<Record<string, string>>
  readonly changed: Readonly<Record<string, string>>
  readonly rolls: boolean
}
const OFF = { 'headway.dev/roll-on-config-change': 'false' }
const rows: readonly Row[] = [
  { name: 'a key read as a variable', spec: keyed, changed: { level: 'debug', other: 'x' }, rolls: true },
  { name: 'another key of the same object', spec: keyed, changed: { level: 'info', other: 'y' }, rolls: false },
  { name: 'any key under envFrom', spec: whole, changed: { level: 'info', other: 'y' }, rolls: true },
  { name: 'a subPath mount', spec: subPath, changed: { level: 'debug', other: 'x' }, rolls: true },
  { name: 'a plain mount', spec: mounted, changed: { level: 'debug', other: 'x' }, rolls: false },
  {
    name: 'a variable, opted out',
    spec: keyed,
    annotations: OFF,
    changed: { level: 'debug', other: 'x' },
    rolls: false,
  },
]
for (const row of rows) {
  suiteOf(`${row.name} ${row.rolls ? 'rolls' : 'does not roll'}`, () => {
    const it = new FakeWorld(reconcileDeployment, web(row.spec, row.annotations), KEY)
    it.configs.set(MAP, content({ level: 'info', other: 'x' }))
    it.settle()
    const [first] = it.sets.keys()
    it.configs.set(MAP, content(row.changed))
    const output = it.pass()
    assert.is(output.intents.length > 0, row.rolls)
    assert.is(it.sets.size, row.rolls ? 2 : 1)
    it.settle()
    it.configs.set(MAP, content({ level: 'info', other: 'x' }))
    it.settle()
    const newest = [...it.sets.values()].sort((left, right) => right.revision - left.revision)[0]
    assert.is(newest?.key, first, 'the old contents bring the old set back')
    assert.is(newest?.revision, row.rolls ? 3 : 1)
  })
}

suiteOf('the digests a set was made with are kept with it', () => {
  const it = new FakeWorld(reconcileDeployment, web(keyed), KEY)
  it.configs.set(MAP, content({ level: 'info' }))
  it.settle()
  assert.equal([...it.sets.values()][0]?.environmentDigests, { 'ConfigMap/settings/level': 'info' })
})

suiteOf(
  'a set that configuration brought is of the desired revision, one that a manifest brought of its commit',
  () => {
    const it = new FakeWorld(reconcileDeployment, web(keyed), KEY)
    it.configs.set(MAP, content({ level: 'info' }))
    it.revision = 'r1'
    it.settle()
    it.configs.set(MAP, content({ level: 'debug' }))
    it.revision = 'r2'
    it.settle()
    assert.equal(
      [...it.sets.values()].map((set) => set.commit),
      ['c1', 'r2'],
    )
  },
)

suiteOf('adopted after the loss of the store: nothing is stopped or created, and the sets are made whole', () => {
  const it = new FakeWorld(reconcileDeployment, web(keyed), KEY)
  it.configs.set(MAP, content({ level: 'info' }))
  it.settle()
  const before = [...it.sets.values()]
  const adopted = { environmentDigests: {}, desiredAtScale: 1, maxReplicasAtScale: 1, revision: 1 }
  for (const set of before) {
    const template = { ...set.template, metadata: { ...set.template.metadata, annotations: {} } }
    it.sets.set(set.key, { ...set, ...adopted, template })
  }
  it.record = null
  const output = it.pass()
  assert.equal(
    output.intents.map((intent) => intent.type),
    ['put-replica-set'],
  )
  assert.equal([...it.sets.values()], before)
  assert.equal(output.record?.progressReason, 'NewReplicaSetAvailable')
  assert.equal(it.pass().intents, [])
})

suiteOf('a missing object holds a first revision, and says which', () => {
  const it = new FakeWorld(reconcileDeployment, web(keyed), KEY)
  const output = it.pass()
  assert.is(it.pods.size, 0)
  assert.equal(output.waiting, [
    {
      on: 'configuration',
      key: KEY,
      detail: 'there is no ConfigMap settings in namespace default: the new revision starts once it is there',
    },
  ])
  it.configs.set(MAP, content({ other: 'x' }))
  assert.match(it.pass().waiting[0]?.detail ?? '', 'ConfigMap settings has no key level')
  it.configs.set(MAP, content({ level: 'info' }))
  it.pass()
  assert.equal(it.census(), 'a×2')
})

suiteOf('a missing key holds the new revision while old pods go on and are replaced', () => {
  const it = new FakeWorld(reconcileDeployment, web(keyed), KEY)
  it.configs.set(MAP, content({ level: 'info' }))
  it.settle()
  it.configs.delete(MAP)
  const held = it.pass()
  assert.equal([it.census(), held.intents], ['a×2', []])
  assert.equal(
    held.waiting.map((w) => w.on),
    ['configuration'],
  )
  it.stop(it.live()[0]!.planned.uid, 'node-lost')
  it.pass()
  assert.equal(it.census(), 'a×2')
  assert.is(it.sets.size, 1)
})

suiteOf('an optional object may be absent; its coming rolls', () => {
  const optional = container({ envFrom: [{ configMapRef: { name: 'settings', optional: true } }] })
  const it = new FakeWorld(reconcileDeployment, web(optional), KEY)
  it.settle()
  assert.equal([...it.sets.values()][0]?.environmentDigests, { 'ConfigMap/settings/*': null })
  it.configs.set(MAP, content({ level: 'info' }))
  it.pass()
  assert.is(it.sets.size, 2)
})
suiteOf.run()
