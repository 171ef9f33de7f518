/** Nodes: subnets, the rate at which lost ones are given up, tolerations, and adoption. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { zeroGeneration } from '../../../src/model/generation.js'
import { emptyPlannedState } from '../../../src/model/planned-state.js'
import { deployment, image, World } from '../world.js'

const images = [image('demo:1')]

function start(count: number, zones = 1): World {
  const world = new World()
  for (let i = 1; i <= count; i++)
    world.addNode(`n${String(i).padStart(2, '0')}`, {
      images,
      labels: { 'topology.kubernetes.io/zone': `z${i % zones}` },
    })
  return world
}

function silence(world: World, count: number): void {
  for (const agent of [...world.agents.values()].slice(0, count)) agent.silentSince = world.now
}

function lostNodes(world: World): number {
  return [...world.planned.nodes.values()].filter((node) => node.evictedAt !== undefined).length
}

const nodes = suite('nodes')

nodes('every node has a subnet of its own, and keeps it', () => {
  const world = start(5)
  world.settle()
  const subnets = [...world.planned.nodes.values()].map((node) => node.subnet)
  assert.equal(subnets, [0, 1, 2, 3, 4])
  assert.is(world.table().routes.get('n03')?.podSubnet, '10.244.2.0/24')
  world.agents.delete('n02')
  world.heardSince = world.now
  world.run(6_000)
  assert.is(world.planned.nodes.has('n02'), false)
  world.addNode('n99', { images })
  world.run(1_000)
  assert.is(world.planned.nodes.get('n99')?.subnet, 1)
  assert.is(world.planned.nodes.get('n05')?.subnet, 4)
})

nodes('after the loss of the store no newcomer gets a subnet before those that have one were waited for', () => {
  const world = start(2)
  world.apply(deployment('web', { replicas: 2 }))
  world.run(3_000)
  const [first, second] = [...world.agents.values()]
  assert.equal([first?.pods.size, second?.pods.size], [1, 1])
  world.restart(emptyPlannedState)
  world.isRecovering = true
  first!.silentSince = world.now
  first!.isUnseen = true
  world.addNode('n00', { images })
  world.run(1_000)
  assert.equal([...world.planned.nodes.keys()], ['n02'])
  first!.silentSince = null
  world.run(1_000)
  world.isRecovering = false
  world.run(1_000)
  const subnets = [...world.planned.nodes.values()].map(({ name, subnet }) => [name, subnet])
  assert.equal(subnets, [
    ['n00', 2],
    ['n01', 0],
    ['n02', 1],
  ])
})

nodes('when no subnet is left the node waits and says so', () => {
  const world = start(3)
  world.configuration = { ...world.configuration, podCidr: '10.244.0.0/23' }
  world.settle()
  assert.is(world.planned.nodes.size, 2)
  const waiting = world.last?.waiting.find((item) => item.on === 'address')
  assert.is(
    waiting?.detail,
    'no subnet of 10.244.0.0/23 is left for node n03: give the cluster configuration a larger podCidr',
  )
})

interface RateRow {
  readonly name: string
  readonly nodes: number
  readonly zones: number
  readonly silent: number
  /** Lost nodes 1 s after the delay, and 10 s later. */
  readonly soon: number
  readonly later: number
}

// Kubernetes: semantics §4.7 with DESIGN 12's burst of three.
const rates: readonly RateRow[] = [
  { name: 'one of three', nodes: 3, zones: 1, silent: 1, soon: 1, later: 1 },
  { name: 'two of three: not more than two', nodes: 3, zones: 1, silent: 2, soon: 2, later: 2 },
  { name: 'three of four: partial and small, nothing', nodes: 4, zones: 1, silent: 3, soon: 0, later: 0 },
  { name: 'five of ten: a burst of three, then one in ten seconds', nodes: 10, zones: 1, silent: 5, soon: 3, later: 4 },
  { name: 'three of three: all down, nothing', nodes: 3, zones: 1, silent: 3, soon: 0, later: 0 },
]
for (const row of rates)
  nodes(`rate: ${row.name}`, () => {
    const world = start(row.nodes, row.zones)
    world.apply(deployment('web', { replicas: row.nodes }))
    world.run(3_000)
    silence(world, row.silent)
    world.run(13_000)
    assert.is(lostNodes(world), row.soon)
    world.run(10_000)
    assert.is(lostNodes(world), row.later)
  })

nodes('a whole zone down is given up at the normal rate', () => {
  const world = start(6, 2)
  world.apply(deployment('web', { replicas: 6 }))
  world.run(3_000)
  for (const agent of world.agents.values())
    if (agent.options.labels?.['topology.kubernetes.io/zone'] === 'z1') agent.silentSince = world.now
  world.run(14_000)
  assert.is(lostNodes(world), 3)
})

nodes('what waits for the rate says so', () => {
  const world = start(4)
  world.apply(deployment('web', { replicas: 4 }))
  world.run(3_000)
  silence(world, 3)
  world.run(13_000)
  assert.is(
    world.last?.waiting.find((item) => item.on === 'eviction-rate')?.detail,
    '1 pod is not replaced yet after node n01 was lost: too much of its zone is silent',
  )
})

nodes('a pod that tolerates for longer stays for longer, one that tolerates for ever stays', () => {
  const world = start(3)
  const toleration = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }
  world.apply(
    deployment('quick', { replicas: 3 }),
    deployment('patient', { replicas: 3, pod: { tolerations: [{ ...toleration, tolerationSeconds: 30 }] } }),
    deployment('loyal', { replicas: 3, pod: { tolerations: [toleration] } }),
  )
  world.run(3_000)
  silence(world, 1)
  const left = (): string[] =>
    [...(world.planned.nodes.get('n01')?.pods ?? [])].map((pod) => pod.workload.split('/')[2]!).sort()
  world.run(13_000)
  assert.equal(left(), ['loyal', 'patient'])
  world.run(25_000)
  assert.equal(left(), ['loyal'])
  world.run(100_000, 10_000)
  assert.equal(left(), ['loyal'])
})

nodes('requeueAt is when the next thing about a silent node is due', () => {
  const world = start(3)
  world.apply(deployment('web', { replicas: 3 }))
  world.run(3_000)
  silence(world, 1)
  const silentAt = world.now
  world.now += 100
  assert.is(world.pass().requeueAt, silentAt + 4_000)
  world.now = silentAt + 4_000
  world.settle()
  assert.is(world.last?.requeueAt, silentAt + 12_000)
})

nodes('an older store gives up a pod whose address its node has given to another since', () => {
  const world = start(1)
  world.apply(deployment('web', { replicas: 1 }))
  world.run(3_000)
  const [pod] = world.pods()
  assert.ok(pod)
  const { planned } = world
  const ghosts = new Map(
    [...planned.nodes].map(([name, node]) => {
      const pods = node.pods.map((item) => ({ ...item, uid: 'ghost', name: 'web-ghost', ordinal: 7 }))
      return [name, { ...node, generation: zeroGeneration, pods }] as const
    }),
  )
  world.restart({ ...planned, nodes: ghosts })
  world.settle()
  assert.equal(
    world.pods().map(({ uid, address }) => [uid, address]),
    [[pod.uid, pod.address]],
  )
})

for (const [what, readyAfterMs] of [
  ['is ready', 1_000],
  ['has yet to start', Number.POSITIVE_INFINITY],
] as const)
  nodes(`a pod that waits for a node in an older store, and ${what} at one, is adopted there`, () => {
    const world = new World()
    world.addNode('n01', { readyAfterMs, images: [image('demo:1')] })
    world.apply(deployment('web', { replicas: 2 }))
    world.run(3_000)
    const before = world.pods().map(({ uid, node, address }) => [uid, node, address])
    const { planned } = world
    const waiting = [...planned.nodes.values()].flatMap(({ pods }) => pods)
    const older = new Map([...planned.nodes].map(([n, node]) => [n, { ...node, generation: zeroGeneration, pods: [] }]))
    world.restart({
      ...planned,
      nodes: older,
      pending: waiting.map((pod) => ({ ...pod, node: null, address: null, boundAt: null })),
    })
    const actions = world.run(3_000)
    assert.equal(
      world.pods().map(({ uid, node, address }) => [uid, node, address]),
      before,
    )
    assert.not.ok(actions.some(({ type }) => type === 'stop-pod' || type === 'create-pod' || type === 'scale'))
    assert.equal(
      [...world.planned.replicaSets.values()].map(({ replicas }) => replicas),
      [2],
    )
  })

nodes('a pod that an agent runs and nobody desires is adopted and then stopped in order', () => {
  const world = start(2)
  world.apply(deployment('web'), deployment('old'), deployment('more', { replicas: 1 }))
  world.run(3_000)
  world.objects.delete('Deployment.apps/default/old')
  world.commit()
  world.restart(emptyPlannedState)
  world.isRecovering = true
  world.settle()
  world.isRecovering = false
  const actions = world.run(6_000)
  const stopped = actions.filter((action) => action.type === 'stop-pod')
  assert.is(stopped.length, 2)
  assert.ok(stopped.every((action) => action.type === 'stop-pod' && action.reason === 'prune'))
  assert.is(world.pods().length, 3)
  assert.equal([...world.planned.inventory.keys()], ['Deployment.apps/default/more', 'Deployment.apps/default/web'])
})

nodes(
  'what a silent node may still run is not given out again, though its set was forgotten and a manager knows no report',
  () => {
    const world = start(3)
    const app = deployment('app', { replicas: 3 })
    // The deletion of all there is would wait for a word.
    world.apply(app, deployment('other', { replicas: 0 }))
    world.run(3_000)
    const agent = world.agents.get('n01')!
    const before = [...world.planned.nodes.get('n01')!.pods]
    assert.is(before.length, 1)
    agent.silentSince = world.now
    world.run(5_000)
    world.remove(app.key)
    world.run(20_000)
    assert.is(world.pods().length, 0)
    assert.equal(
      world.planned.nodes.get('n01')?.lost,
      before.map(({ uid }) => uid),
    )
    const { epoch, counter } = world.generation
    world.restart(world.planned)
    world.generation = { epoch, counter }
    world.apply(app)
    world.run(20_000)
    assert.is(world.ready().length, 3)
    for (const { uid } of before) assert.ok(!world.pods().some((pod) => pod.uid === uid))
    agent.silentSince = null
    world.run(3_000)
    assert.is(world.planned.nodes.get('n01')?.lost, undefined)
  },
)

nodes.run()
