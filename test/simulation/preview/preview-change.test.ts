/** What a preview says of a change, case by case. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredState, Manifest } from '../../../src/model/desired-state.js'
import type { Snapshot } from '../../../src/model/snapshot.js'
import { Forecast } from '../../../src/simulation/preview/forecast.js'
import { predictTimeline, previewChange } from '../../../src/simulation/preview/preview-change.js'
import type { Preview } from '../../../src/simulation/preview/preview-types.js'
import { desiredOf, emptySnapshot, host, hosts, snapshotAt, TAKEN_AT, web } from './preview-world.js'

const previews = suite('preview-change')

interface Case {
  readonly snapshot: Snapshot
  readonly base: DesiredState
}

function rest(manifests: readonly Manifest[], nodes = hosts(3)): Case {
  const base = desiredOf(manifests)
  return { snapshot: snapshotAt(base, nodes), base }
}

function preview({ snapshot, base }: Case, manifests: readonly Manifest[]): Preview {
  return previewChange({ snapshot, base, head: desiredOf(manifests, 'head', base) })
}

const codes = (result: Preview): string[] => result.risks.map(({ code }) => code)
const actions = (result: Preview): string[] => result.pods.map(({ action }) => action)

previews('the same state changes nothing', () => {
  const world = rest([web('web')])
  const result = preview(world, [web('web')])
  assert.equal(result.objects, [])
  assert.equal(result.pods, [])
  assert.is(result.verdict, 'ok')
  assert.is(result.kept, 3)
  assert.is(result.restarts, 0)
  assert.is(result.seconds, 0)
  assert.equal(result.revert, { restarts: 0, seconds: 0, converges: true, pulls: [] })
})

previews('a new image replaces pod by pod and never has fewer ready than desired', () => {
  const result = preview(rest([web('web'), web('api')]), [web('web', { image: 'web:2' }), web('api')])
  assert.equal(actions(result), ['replace', 'replace', 'replace'])
  assert.is(result.restarts, 3)
  assert.is(result.revert.restarts, 3)
  assert.is(result.kept, 3)
  assert.is(result.verdict, 'ok')
  const [workload] = result.workloads
  assert.is(workload?.lowestReady, 3)
  assert.ok(result.seconds > 3 && result.seconds < 30, `${result.seconds} s`)
  assert.ok(result.pods.every((pod) => pod.fromNode === pod.toNode && pod.newKey !== null && pod.reason === 'rollout'))
  const [first, second] = result.pods
  assert.ok((first?.readySeconds ?? 0) <= (second?.atSeconds ?? 0), 'one after the other')
  assert.is(result.timeline.length, 6)
})

previews('one replica that gives way before its successor is down meanwhile', () => {
  const options = { replicas: 1, spec: { strategy: { type: 'Recreate' } } }
  const result = preview(rest([web('web', options)]), [web('web', { ...options, image: 'web:2' })])
  assert.equal(codes(result), ['single-replica-downtime'])
  assert.is(result.verdict, 'warn')
  assert.is(result.workloads[0]?.lowestReady, 0)
  assert.is(result.workloads[0]?.lowestReadyAtSeconds, 0)
})

previews('three replicas that all give way at once are down too', () => {
  const options = { spec: { strategy: { type: 'Recreate' } } }
  const result = preview(rest([web('web', options)]), [web('web', { ...options, image: 'web:2' })])
  assert.equal(codes(result), ['downtime'])
})

previews('more replicas are created, fewer are deleted, neither is a restart', () => {
  const up = preview(rest([web('web')]), [web('web', { replicas: 5 })])
  assert.equal(actions(up), ['create', 'create', 'keep', 'keep', 'keep'])
  assert.is(up.restarts, 0)
  const down = preview(rest([web('web')]), [web('web', { replicas: 2 })])
  assert.equal(actions(down), ['delete', 'keep', 'keep'])
  assert.is(down.pods[0]?.reason, 'scale-down')
  assert.is(down.restarts, 0)
})

previews('a removed workload deletes its pods', () => {
  const others = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => web(name, { replicas: 1 }))
  const result = preview(rest([...others, web('web', { replicas: 1 })]), others)
  assert.equal(
    result.objects.map(({ action, key }) => `${action} ${key}`),
    ['delete Deployment.apps/default/web'],
  )
  assert.equal(actions(result), ['delete'])
  assert.is(result.verdict, 'ok')
})

previews('the delete brake would hold: that fails, with what to do', () => {
  const result = preview(rest([web('a'), web('b')]), [])
  assert.ok(codes(result).includes('delete-brake'))
  assert.is(result.verdict, 'fail')
  assert.match(result.risks.find(({ code }) => code === 'delete-brake')?.text ?? '', /headway confirm [0-9a-f]{8}/)
})

previews('what fits nowhere is told with the nearest miss, and does not converge', () => {
  const nodes = [host('small', 0, { cpuMilli: 1_000 }), host('large', 1, { cpuMilli: 2_000 })]
  const result = preview(rest([web('web', { replicas: 2, cpu: '400m' })], nodes), [
    web('web', { replicas: 2, cpu: '400m' }),
    web('big', { replicas: 1, cpu: '2500m' }),
  ])
  assert.is(result.verdict, 'fail')
  assert.not.ok(result.converges)
  assert.is(result.unschedulable.length, 1)
  assert.match(result.unschedulable[0]?.diagnosis ?? '', /0\/2 nodes are available: 2 Insufficient cpu/)
  assert.match(result.unschedulable[0]?.nearestMiss ?? '', /large/)
})

previews('just fitting, it converges', () => {
  const nodes = [host('small', 0, { cpuMilli: 1_000 }), host('large', 1, { cpuMilli: 2_000 })]
  const world = rest([web('web', { replicas: 1, cpu: '400m' })], nodes)
  const result = preview(world, [web('web', { replicas: 1, cpu: '400m' }), web('big', { replicas: 1, cpu: '1500m' })])
  assert.is(result.verdict, 'ok')
  assert.equal(result.unschedulable, [])
})

previews('an image that must be pulled is told, and takes its time', () => {
  const result = preview(rest([web('web')]), [web('web', { image: 'web:9' })])
  assert.is(result.pulls.length, 1)
  assert.is(result.pulls[0]?.image, 'web:9')
  assert.is(result.pulls[0]?.seconds, 5)
  assert.equal(result.times.find(({ step }) => step === 'pull')?.source, 'default')
})

previews('the way back tells what must be pulled again, where its host is not free yet', () => {
  const back = (images: readonly string[]): Preview['revert'] => {
    const nodes = [host('a', 0, { cpuMilli: 3_500 }), host('b', 1, { cpuMilli: 3_000, images })]
    const pinned = web('big', {
      replicas: 1,
      cpu: '3500m',
      template: { nodeSelector: { 'kubernetes.io/hostname': 'a' } },
    })
    const free = web('web', { replicas: 1, cpu: '3' })
    const none = web('web', { replicas: 0, cpu: '3' })
    return preview(rest([free], nodes), [none, pinned]).revert
  }
  const lacks = back([])
  assert.equal([lacks.restarts, lacks.converges], [0, true])
  assert.equal(lacks.pulls, [{ image: 'web:1', nodes: ['b'], seconds: 5 }])
  assert.equal(back(['web:1']).pulls, [])
})

previews('measured times are used, with their source', () => {
  const base = desiredOf([web('web')])
  const durations = {
    images: new Map([['web:2', { pull: [900], ready: [300, 500, 400] }]]),
    templates: new Map([['Deployment.apps/default/web@v1-old', { start: [200], stop: [5_000] }]]),
  }
  const snapshot = snapshotAt(base, hosts(3, { images: ['web:1'] }), durations)
  const result = previewChange({ snapshot, base, head: desiredOf([web('web', { image: 'web:2' })], 'head', base) })
  const time = (step: string) => result.times.find((item) => item.step === step)
  assert.equal([time('pull')?.ms, time('pull')?.source], [900, 'image'])
  assert.equal([time('ready')?.ms, time('ready')?.source], [400, 'image'])
  assert.equal([time('start')?.ms, time('start')?.source], [200, 'workload'])
  assert.equal([time('stop')?.ms, time('stop')?.source], [5_000, 'workload'])
})

previews('a program that is slow to stop is ended with its grace', () => {
  const base = desiredOf([web('web', { replicas: 1, template: { terminationGracePeriodSeconds: 3 } })])
  const durations = { images: new Map([['web:1', { stop: [60_000] }]]), templates: new Map() }
  const snapshot = snapshotAt(base, hosts(1), durations)
  const head = desiredOf([web('web', { replicas: 0, template: { terminationGracePeriodSeconds: 3 } })], 'head', base)
  const { seconds } = previewChange({ snapshot, base, head })
  assert.ok(seconds >= 3 && seconds < 3.5, `${seconds} s`)
})

previews('labels of the object alone are cosmetic', () => {
  const before = web('web')
  const after = { ...before, metadata: { ...before.metadata, labels: { app: 'web', team: 'shop' } } }
  const result = preview(rest([before]), [after])
  assert.is(result.objects[0]?.cosmetic, true)
  assert.is(result.restarts, 0)
})

previews('an object in another file has moved, and nothing else', () => {
  const { snapshot, base } = rest([web('web')])
  const head: DesiredState = {
    ...base,
    revision: 'head',
    objects: new Map(
      [...base.objects].map(([key, object]) => [
        key,
        { ...object, origin: { ...object.origin, file: 'new/place.yaml' } },
      ]),
    ),
  }
  const result = previewChange({ snapshot, base, head })
  assert.equal(
    result.objects.map(({ action, file, fromFile }) => [action, file, fromFile]),
    [['move', 'new/place.yaml', 'deployment-web.yaml']],
  )
  assert.is(result.restarts, 0)
})

previews('values of Secrets are never shown', () => {
  const secret = (value: string): Manifest =>
    ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { password: value } }) as Manifest
  const result = preview(rest([secret('b2xk'), web('web')]), [secret('bmV3'), web('web')])
  assert.is(result.objects.length, 1)
  const text = JSON.stringify(result)
  for (const value of ['b2xk', 'bmV3', 'old', 'new value'])
    assert.not.match(text, new RegExp(`"[^"]*${value}[^"]*password|password[^}]*${value}`))
  assert.match(result.objects[0]?.diff ?? '', /another secret value/)
})

previews('changed configuration rolls what takes it into its environment', () => {
  const config = (colour: string): Manifest =>
    ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { colour } }) as Manifest
  const user = web('web', { container: { envFrom: [{ configMapRef: { name: 'web' } }] } })
  const result = preview(rest([config('red'), user, web('other')]), [config('blue'), user, web('other')])
  assert.is(result.restarts, 3)
  assert.ok(result.pods.every(({ owner }) => owner === 'Deployment.apps/default/web'))
})

previews('mutable tags and missing probes are told of what rolls only', () => {
  const careless = { hasProbe: false, image: 'web' }
  const world = rest([web('web', careless), web('other', careless)], hosts(3, { images: ['web'] }))
  const result = preview(world, [web('web', { ...careless, cpu: '20m' }), web('other', careless)])
  assert.equal(codes(result), ['mutable-tag', 'no-readiness-probe'])
  assert.ok(result.risks.every(({ key }) => key === 'Deployment.apps/default/web'))
})

const keeps: readonly (readonly [name: string, after: readonly Manifest[], reason: string, count: number])[] = [
  ['one more', [web('web', { replicas: 4 })], 'its template does not change', 3],
  ['a template that fits nowhere', [web('web', { cpu: '5' })], 'the rollout does not come to it', 3],
  ['gone, but the delete brake holds it', [], 'its deletion waits', 3],
]
for (const [name, after, reason, count] of keeps) {
  previews(`why pods are kept: ${name}`, () => {
    const kept = preview(rest([web('web')]), after).pods.filter(({ action }) => action === 'keep')
    assert.equal([...new Set(kept.map((pod) => pod.reason))], [reason])
    assert.is(kept.length, count)
  })
}

previews('all pods on one of several hosts are told', () => {
  const nodes = [host('small', 0, { cpuMilli: 100 }), host('large', 1)]
  const spread = rest([web('web', { cpu: '50m' })], nodes)
  assert.ok(codes(preview(spread, [web('web', { cpu: '200m' })])).includes('no-spread'))
  const crowded = rest([web('web', { cpu: '200m' })], nodes)
  assert.not.ok(codes(preview(crowded, [web('web', { cpu: '210m' })])).includes('no-spread'))
})

previews('a budget that the rollout breaks fails', () => {
  const budget = (minAvailable: number): Manifest =>
    ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
    }) as Manifest
  const surge = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } } }
  const roll = (minAvailable: number): Preview =>
    preview(rest([web('web', { spec: surge }), budget(minAvailable)]), [
      web('web', { spec: surge, image: 'web:2' }),
      budget(minAvailable),
    ])
  assert.equal(codes(roll(1)), [])
  assert.equal(codes(roll(2)), ['budget-broken'])
  assert.equal(codes(roll(3)), ['budget-broken'])
})

const budgetOf = (spec: object, apps: readonly string[]): Manifest =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'both' },
    spec: { ...spec, selector: { matchExpressions: [{ key: 'app', operator: 'In', values: apps }] } },
  }) as Manifest

previews('the budgets that a change touches, over all workloads that each selects', () => {
  const one = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }
  const others = [web('other'), budgetOf({ minAvailable: '50%' }, ['web', 'api'])]
  const world = rest([web('web', { spec: one }), web('api', { spec: one }), ...others])
  const roll = (images: readonly [string, string]): Preview['budgets'] =>
    preview(world, [
      web('web', { spec: one, image: images[0] }),
      web('api', { spec: one, image: images[1] }),
      ...others,
    ]).budgets
  const known = {
    key: 'PodDisruptionBudget.policy/default/both',
    workloads: ['Deployment.apps/default/api', 'Deployment.apps/default/web'],
    needed: 3,
    desired: 6,
    readyBefore: 6,
  }
  const counts = (budgets: Preview['budgets']) => budgets.map(({ lowestReadyAtSeconds, ...rest }) => rest)
  assert.equal(counts(roll(['web:1', 'web:1'])), [])
  assert.equal(counts(roll(['web:2', 'web:1'])), [{ ...known, lowestReady: 5 }])
  assert.equal(counts(roll(['web:2', 'web:2'])), [{ ...known, lowestReady: 4 }])
  assert.equal(
    preview(world, [web('web', { spec: one }), web('api', { spec: one }), ...others, web('new')]).budgets,
    [],
  )
})

previews(
  'a budget that the change itself adds or changes is told, though no pod goes for it; one that selects none is not',
  () => {
    const world = rest([web('web'), budgetOf({ minAvailable: 1 }, ['web'])])
    const budgets = (manifest: Manifest) => {
      return preview(world, [web('web'), manifest]).budgets.map(({ needed, lowestReady }) => [needed, lowestReady])
    }
    assert.equal(budgets(budgetOf({ minAvailable: 1 }, ['web'])), [])
    assert.equal(budgets(budgetOf({ minAvailable: 3 }, ['web'])), [[3, 3]])
    assert.equal(budgets(budgetOf({ minAvailable: 3 }, ['none'])), [])
  },
)

previews(
  'fewer pods than a budget asks for are wanted: nothing that it could prevent, but it blocks from then on',
  () => {
    const budget = budgetOf({ minAvailable: 3 }, ['web'])
    const result = preview(rest([web('web'), budget]), [web('web', { replicas: 2 }), budget])
    assert.equal([result.budgets[0]?.needed, result.budgets[0]?.lowestReady], [3, 2])
    assert.equal(codes(result), ['budget-blocks'])
    assert.is(result.verdict, 'warn')
  },
)

previews('times that only what is pending takes are not among those of the change', () => {
  const before = desiredOf([web('web'), web('api')])
  const base = desiredOf([web('web', { image: 'web:2' }), web('api')], 'pending', before)
  const head = desiredOf([web('web', { image: 'web:2' }), web('api', { replicas: 4 })], 'head', base)
  const result = previewChange({ snapshot: snapshotAt(before, hosts(3)), base, head })
  assert.ok(result.pendingNotYours.length > 0)
  assert.equal([...new Set(result.times.map(({ subject }) => subject))], ['Deployment.apps/default/api'])
})

previews('what already waits is not yours', () => {
  const nodes = [host('node', 0, { cpuMilli: 1_000 })]
  const base = desiredOf([web('web', { replicas: 1 }), web('big', { replicas: 1, cpu: '3' })])
  const forecast = new Forecast(emptySnapshot(nodes))
  assert.is(forecast.run(base).convergedMs, null)
  const snapshot = forecast.snapshot()
  const head = desiredOf(
    [web('web', { replicas: 1, image: 'web:2' }), web('big', { replicas: 1, cpu: '3' })],
    'head',
    base,
  )
  const result = previewChange({ snapshot, base, head })
  assert.is(result.verdict, 'ok')
  assert.ok(result.converges)
  assert.equal(result.unschedulable, [])
  assert.ok(result.pendingNotYours.some(({ diagnosis }) => /Insufficient cpu/.test(diagnosis)))
  assert.ok(result.revert.converges)
})

previews('pods of a silent host are replaced without the change', () => {
  const base = desiredOf([web('web')])
  const whole = snapshotAt(base, hosts(3))
  const [name, node] = [...whole.observed.nodes][0] ?? []
  assert.ok(name !== undefined && node !== undefined)
  const nodes = new Map(whole.observed.nodes).set(name, { ...node, silentSince: whole.takenAt - 5_000 })
  const snapshot = { ...whole, observed: { ...whole.observed, nodes } }
  const head = desiredOf([web('web'), web('new', { replicas: 1 })], 'head', base)
  const result = previewChange({ snapshot, base, head })
  assert.ok(result.pendingNotYours.length > 0)
  assert.equal(
    result.pods.filter(({ action }) => action !== 'keep').map(({ action, owner }) => `${action} ${owner}`),
    ['create Deployment.apps/default/new'],
  )
})

previews('templates that crash now would crash in new pods too', () => {
  const base = desiredOf([web('web', { replicas: 1 })])
  const whole = snapshotAt(base, hosts(1))
  const nodes = new Map(
    [...whole.observed.nodes].map(([name, node]) => {
      const pods = [...node.pods].map(([uid, pod]) => {
        const containers = pod.containers.map((container) => ({
          ...container,
          phase: 'waiting' as const,
          reason: 'CrashLoopBackOff',
          ready: false,
          restarts: 7,
        }))
        return [uid, { ...pod, ready: false, readySince: null, containers }] as const
      })
      return [name, { ...node, pods: new Map(pods) }] as const
    }),
  )
  const snapshot = { ...whole, observed: { ...whole.observed, nodes } }
  const more = previewChange({ snapshot, base, head: desiredOf([web('web', { replicas: 2 })], 'head', base) })
  assert.is(more.verdict, 'fail')
  assert.ok(codes(more).includes('would-not-converge'))
  const cured = previewChange({
    snapshot,
    base,
    head: desiredOf([web('web', { replicas: 1, image: 'web:2' })], 'head', base),
  })
  assert.ok(cured.converges)
})

previews('a pod of higher priority evicts others, whose they are is told', () => {
  const priority = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 1_000,
  }
  const nodes = [host('n1', 0, { cpuMilli: 1_000 }), host('n2', 1, { cpuMilli: 1_000 })]
  const before = [web('low', { replicas: 3, cpu: '400m' }), priority as Manifest]
  const vip = web('vip', { replicas: 1, cpu: '700m', template: { priorityClassName: 'high', priority: 1_000 } })
  const result = preview(rest(before, nodes), [...before, vip])
  assert.is(result.verdict, 'fail')
  assert.ok(codes(result).includes('evicts-others'))
  assert.equal(
    result.pods
      .filter(({ action }) => action !== 'keep')
      .map(({ action, owner, toNode }) => `${action} ${owner.slice(-3)} ${toNode}`)
      .sort(),
    ['create low null', 'create vip n2', 'delete low null'],
  )
  assert.is(result.restarts, 0)
})

previews('a host that is drained moves its pods to another', () => {
  const tainted = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node0001' },
    spec: { taints: [{ key: 'gone', value: 'soon', effect: 'NoExecute' }] },
  }
  const result = preview(rest([web('web')], hosts(3)), [web('web'), tainted as Manifest])
  const moved = result.pods.filter(({ action }) => action === 'move')
  assert.ok(moved.length > 0)
  assert.ok(
    moved.every(({ fromNode, toNode, reason }) => fromNode === 'node0001' && toNode !== null && reason === 'taint'),
  )
  assert.ok(codes(result).includes('evicts-others'))
  assert.ok(result.converges)
})

const drained = (name: string): Manifest =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'headway.dev/drain': 'true' } },
    spec: { unschedulable: true },
  }) as Manifest

const node = (metadata: object): Manifest =>
  ({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node0001', ...metadata } }) as Manifest
const deployment = (metadata: object): Manifest => {
  const manifest = web('web')
  return { ...manifest, metadata: { ...manifest.metadata, ...metadata } }
}
const metadataRows: readonly (readonly [name: string, before: Manifest, after: Manifest, isCosmetic: boolean])[] = [
  ['an annotation', deployment({}), deployment({ annotations: { owner: 'shop' } }), true],
  [
    'an annotation that Headway obeys',
    deployment({ annotations: { owner: 'shop' } }),
    deployment({ annotations: { owner: 'shop', 'headway.dev/rollout-respects-budgets': 'true' } }),
    false,
  ],
  [
    'the first such',
    deployment({}),
    deployment({ annotations: { 'headway.dev/roll-on-config-change': 'false' } }),
    false,
  ],
  ['a drain', node({}), node({ annotations: { 'headway.dev/drain': 'true' } }), false],
  ['a label of a node, which pods select', node({ labels: {} }), node({ labels: { disk: 'ssd' } }), false],
]
for (const [name, was, is, isCosmetic] of metadataRows) {
  previews(`metadata alone: ${name} is ${isCosmetic ? '' : 'not '}cosmetic`, () => {
    const others = was.kind === 'Node' ? [web('web')] : []
    const { objects } = preview(rest([was, ...others]), [is, ...others])
    assert.equal(
      objects.map(({ action, cosmetic }) => [action, cosmetic]),
      [['update', isCosmetic]],
    )
  })
}

previews('a drain moves pod by pod, the next one first', () => {
  const result = preview(rest([web('web')], hosts(3)), [web('web'), drained('node0001')])
  const moved = result.pods.filter(({ action }) => action === 'move')
  assert.ok(moved.length > 0 && moved.every(({ fromNode, reason }) => fromNode === 'node0001' && reason === 'drain'))
  assert.is(result.workloads[0]?.lowestReady, 3)
  assert.ok(result.converges)
})

previews('a drain for whose pods there is no room waits for ever', () => {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'web' } } },
  } as Manifest
  const drain = (cpuMilli: number): Preview => {
    const before = [web('web', { replicas: 1, cpu: '600m' }), budget]
    return preview(rest(before, [host('large', 0), host('other', 1, { cpuMilli })]), [...before, drained('large')])
  }
  const fits = drain(700)
  assert.ok(fits.converges && fits.verdict !== 'fail', JSON.stringify(fits.risks))
  const blocked = drain(500)
  assert.is(blocked.verdict, 'fail')
  assert.not.ok(blocked.converges)
  assert.is(blocked.workloads[0]?.lowestReady, 1)
})

previews('a prediction has every pod with its times', () => {
  const { snapshot, base } = rest([web('web')])
  const timeline = predictTimeline(snapshot, desiredOf([web('web', { image: 'web:2' })], 'head', base))
  assert.is(timeline.pods.length, 6)
  assert.is(timeline.replaced, 3)
  assert.ok((timeline.convergedMs ?? 0) > 0)
  assert.ok(timeline.pods.every((pod) => (pod.createdMs === null) !== (pod.stopOrderedMs === null)))
  assert.is(snapshot.takenAt > TAKEN_AT, true)
})

previews.run()
