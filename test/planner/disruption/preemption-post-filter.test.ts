/**
 * Whether a pod that fits nowhere is helped, and what it is told, in whole passes: cases after kubernetes/kubernetes v1.36,
 * pkg/scheduler/framework/plugins/defaultpreemption/default_preemption_test.go (Apache-2.0): TestPostFilter without its
 * extenders, failing plugins and pod groups. Two answers differ. There, nodes of 200m are handed in as resolvable and get
 * "Insufficient cpu"; a whole pass knows that 300m never fit on them (semantics §3.3). And nothing is said of preemption
 * where nobody on any node is of lower priority.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import { deployment, image, type NodeOptions, nodeManifest, World } from '../world.js'
import { priorityClass } from './objects.js'

/** Class by priority; 0 has none. */
const classes = { 100: 'mid', 1000: 'high', 10000: 'highest' } as const
type Priority = 0 | keyof typeof classes

const onePod: NodeOptions = { pods: 1 }
const small: NodeOptions = { cpuMilli: 200 }

interface PostFilterCase {
  readonly name: string
  readonly nodes: Readonly<Record<string, NodeOptions>>
  readonly closed?: readonly string[]
  readonly priority: Priority
  readonly cpu?: string
  readonly held: readonly (readonly [name: string, node: string, priority: Priority])[]
  /** Node and victim. */
  readonly preempts?: readonly [string, string]
  /** Of preemption; null for nothing at all. */
  readonly says?: string | null
}

const cases: readonly PostFilterCase[] = [
  {
    name: 'pod with higher priority can be made schedulable',
    nodes: { n1: onePod },
    priority: 1_000,
    held: [['p1', 'n1', 0]],
    preempts: ['n1', 'p1'],
  },
  {
    name: 'pod with tied priority is still unschedulable',
    nodes: { n1: onePod },
    priority: 0,
    held: [['p1', 'n1', 0]],
    says: null,
  },
  {
    name: 'a node that refuses for good is respected',
    nodes: { n1: onePod },
    closed: ['n1'],
    priority: 1_000,
    held: [['p1', 'n1', 0]],
    says: '0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  },
  {
    name: 'pod can be made schedulable on one node',
    nodes: { n1: onePod, n2: onePod },
    priority: 100,
    held: [
      ['p1', 'n1', 1_000],
      ['p2', 'n2', 0],
    ],
    preempts: ['n2', 'p2'],
  },
  {
    name: 'no enough resource after removing low priority pods',
    nodes: { n1: small, n2: small },
    priority: 1_000,
    cpu: '300m',
    held: [
      ['p1', 'n1', 0],
      ['p2', 'n2', 0],
    ],
    says: '0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  },
  {
    name: 'mixed reasons, 2 that refuse for good and 2 without enough CPU',
    nodes: { n1: small, n2: small, n3: small, n4: small },
    closed: ['n3', 'n4'],
    priority: 1_000,
    cpu: '300m',
    held: [
      ['p1', 'n1', 0],
      ['p2', 'n2', 0],
    ],
    says: '0/4 nodes are available: 4 Preemption is not helpful for scheduling.',
  },
  {
    name: 'mixed reasons, no lower priority pod and no enough CPU',
    nodes: { n1: onePod, n2: small, n3: onePod },
    priority: 1_000,
    cpu: '300m',
    held: [
      ['p1', 'n1', 1_000],
      ['p2', 'n2', 0],
      ['p3', 'n3', 1_000],
    ],
    says: '0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  },
]

function held(name: string, node: string, priority: Priority): DesiredObject {
  const nodeSelector = { 'kubernetes.io/hostname': node }
  return deployment(name, {
    replicas: 1,
    pod: { nodeSelector, ...(priority !== 0 && { priorityClassName: classes[priority] }) },
  })
}

const postFilter = suite('preemption: whether it helps')

for (const { name, nodes, closed = [], priority, cpu, held: pods, preempts, says } of cases)
  postFilter(name, () => {
    const world = new World()
    for (const [node, options] of Object.entries(nodes))
      world.addNode(node, { images: [image('demo:1')], stopAfterMs: 20_000, ...options })
    world.apply(...Object.entries(classes).map(([value, id]) => priorityClass(id, Number(value))))
    world.apply(...pods.map((pod) => held(...pod)))
    world.run(4_000)
    assert.equal(
      world
        .pods()
        .map((pod) => pod.node)
        .sort(),
      pods.map(([, node]) => node).sort(),
    )
    world.apply(...closed.map((node) => nodeManifest(node, { unschedulable: true })))
    world.apply(
      deployment('p', {
        replicas: 1,
        ...(cpu !== undefined && { cpu }),
        ...(priority !== 0 && { pod: { priorityClassName: classes[priority] } }),
      }),
    )
    const found = world.run(2_000).flatMap((action) => (action.type === 'preempt' ? [action] : []))
    assert.equal(
      found.map(({ node, victims }) => [node, ...victims.map(({ owner }) => owner.replace(/.*\//, ''))]),
      preempts === undefined ? [] : [preempts],
    )
    const pod = world.pods().find((item) => item.workload === 'Deployment.apps/default/p')!
    const detail = world.last!.waiting.find(
      (item) => item.on === 'scheduling' && item.key?.endsWith(`/${pod.name}`),
    )?.detail
    if (says !== undefined) assert.is(/ preemption: (.*)$/.exec(detail!)?.[1] ?? null, says)
  })

postFilter.run()
