/**
 * Victims on a node, and the choice of the node: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/
 * defaultpreemption/default_preemption_test.go (Apache-2.0): TestDryRunPreemption and TestSelectBestCandidate. Those that
 * stop at a number of candidates have no counterpart here, where all nodes are looked at; nor have those with
 * disruptedPods, as pods that are ordered to stop are no victims.
 */
import type { CaseNode, CasePod, CaseWorld } from '../scheduler/case-world.js'
import { podTerm } from '../scheduler/filters/inter-pod-affinity-cases.js'
import { spreadOver } from '../scheduler/filters/topology-spread-cases.js'

/** A pod that is there, by its name. */
export interface HeldPod extends CasePod {
  readonly name: string
  readonly node: string
  readonly priority: number
  readonly startedAt?: number
  readonly budgets?: readonly string[]
}

export interface PreemptionCase {
  readonly name: string
  readonly nodes: CaseWorld['nodes']
  readonly pod: CasePod & { readonly priority: number }
  readonly held: readonly HeldPod[]
  /** How many disruptions each budget allows. */
  readonly allowed?: Readonly<Record<string, number>>
  /** By node, sorted by name; nodes without victims are left out. */
  readonly victims?: Readonly<Record<string, readonly string[]>>
  readonly violations?: Readonly<Record<string, number>>
  /** Any of these is right. */
  readonly chosen?: readonly string[]
}

const NEGATIVE = -100
const LOW = 0
const MID = 100
const HIGH = 1_000
const HIGHEST = 10_000

const sizes = { small: 100, medium: 200, large: 300, whole: 500 } as const
type Size = keyof typeof sizes

const ask = (size: Size): CasePod => ({ asks: [{ cpu: `${sizes[size]}m`, memory: sizes[size] }] })
const whole = (labels: Record<string, string> = {}): CaseNode => ({ cpuMilli: 500, memoryBytes: 500, labels })

/** Nodes of 500m and 500 bytes, each with a label `hostname`; `a/zone1` is in a zone. */
function nodesOf(...names: readonly string[]): CaseWorld['nodes'] {
  return Object.fromEntries(
    names.map((text) => {
      const [name, zone] = text.split('/') as [string, string | undefined]
      return [name, whole({ hostname: name, ...(zone !== undefined && { zone }) })]
    }),
  )
}

/** `n1: small 100, large 0@5` is p1.1 and p1.2 on n1: size, priority, and when it started. */
function held(...texts: readonly string[]): HeldPod[] {
  return texts.flatMap((text) => {
    const [node, list] = text.split(': ') as [string, string]
    return list.split(', ').map((item, i) => {
      const [, size, priority, startedAt] = /^(\w+) (-?\d+)(?:@(\d+))?$/.exec(item)!
      return {
        name: `${node}.${i + 1}`,
        node,
        priority: Number(priority),
        startedAt: Number(startedAt ?? 0),
        ...ask(size as Size),
      }
    })
  })
}

function wants(size: Size, priority = HIGH, more: CasePod = {}): PreemptionCase['pod'] {
  return { ...ask(size), ...more, priority }
}

const TWO = nodesOf('n1', 'n2')

const victimCases: readonly PreemptionCase[] = [
  {
    name: 'it fits nowhere, whoever goes',
    nodes: TWO,
    pod: { ...wants('whole'), nodeSelector: { no: 'node' } },
    held: held('n1: large 100', 'n2: large 100'),
    victims: {},
  },
  {
    name: 'it fits as it is',
    nodes: TWO,
    pod: wants('small'),
    held: held('n1: small 100', 'n2: small 100'),
    victims: {},
  },
  {
    name: 'one goes on either node',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: large 100', 'n2: large 100'),
    victims: { n1: ['n1.1'], n2: ['n2.1'] },
  },
  {
    name: 'nobody is of lower priority',
    nodes: TWO,
    pod: wants('large', LOW),
    held: held('n1: large 100', 'n2: large 100'),
    victims: {},
  },
  {
    name: 'the lower one is small and stays',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: small 0, large 100', 'n2: large 100'),
    victims: { n1: ['n1.2'], n2: ['n2.1'] },
  },
  {
    name: 'priorities are mixed',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: small 100, small 0, medium 100, small 1000', 'n2: large 1000'),
    victims: { n1: ['n1.2', 'n1.3'] },
  },
  {
    name: 'of equal priority the one that started later',
    nodes: TWO,
    pod: wants('large'),
    held: held('n1: small 0@5, small 0@4, medium 100@3, small 1000@2', 'n2: large 1000@1'),
    victims: { n1: ['n1.1', 'n1.3'] },
  },
  {
    name: 'the one whose anti-affinity means the pod',
    nodes: TWO,
    pod: wants('small', HIGH, { labels: 'foo' }),
    held: [
      {
        ...held('n1: small 0')[0]!,
        labels: 'foo',
        affinity: {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [podTerm('hostname: foo Exists')] },
        },
      },
      ...held('n1: small 0, small 100, small 1000').slice(1),
      ...held('n2: small 1000'),
    ],
    // n2 takes the pod without victims.
    victims: { n1: ['n1.1'] },
  },
  {
    name: 'one that is in the way of a spread',
    nodes: nodesOf('a/zone1', 'b/zone1', 'x/zone2'),
    pod: {
      priority: HIGH,
      labels: 'foo',
      topologySpreadConstraints: [spreadOver('zone'), spreadOver('hostname')],
    },
    held: [
      { name: 'a1', node: 'a', priority: MID, labels: 'foo' },
      { name: 'a2', node: 'a', priority: LOW, labels: 'foo' },
      { name: 'b1', node: 'b', priority: LOW, labels: 'foo' },
      { name: 'x1', node: 'x', priority: HIGH, labels: 'foo' },
      { name: 'x2', node: 'x', priority: HIGH, labels: 'foo' },
    ],
    victims: { a: ['a2'], b: ['b1'] },
  },
  {
    name: 'two of one budget that allows one',
    nodes: nodesOf('n1'),
    pod: wants('whole'),
    held: held('n1: medium 100, medium 100').map((item) => ({ ...item, budgets: ['foo'] })),
    allowed: { foo: 1 },
    victims: { n1: ['n1.1', 'n1.2'] },
    violations: { n1: 1 },
  },
  {
    name: 'two of one budget that allows two',
    nodes: nodesOf('n1'),
    pod: wants('whole'),
    held: held('n1: medium 100, medium 100').map((item) => ({ ...item, budgets: ['foo'] })),
    allowed: { foo: 2 },
    victims: { n1: ['n1.1', 'n1.2'] },
    violations: { n1: 0 },
  },
  {
    name: 'a budget that allows none is broken on some nodes only, and not chosen',
    nodes: nodesOf('n1', 'n2', 'n3'),
    pod: wants('large'),
    held: held('n1: large 100', 'n2: large 100', 'n3: large 100').map((item) => ({
      ...item,
      budgets: item.node === 'n3' ? [] : ['foo'],
    })),
    allowed: { foo: 0 },
    victims: { n1: ['n1.1'], n2: ['n2.1'], n3: ['n3.1'] },
    violations: { n1: 1, n2: 1, n3: 0 },
    chosen: ['n3'],
  },
]

/** For a pod that takes a whole node. */
function choosing(
  name: string,
  chosen: readonly string[],
  pods: readonly string[],
  pod: PreemptionCase['pod'] = wants('whole'),
): PreemptionCase {
  const list = held(...pods)
  return { name, nodes: nodesOf(...new Set(list.map(({ node }) => node))), pod, held: list, chosen }
}

const nodeCases: readonly PreemptionCase[] = [
  choosing('either', ['n1', 'n2'], ['n1: large 100', 'n2: large 100'], wants('large')),
  choosing(
    'the lowest highest priority',
    ['n3'],
    ['n1: medium 100, large 100', 'n2: medium 100, medium 0', 'n3: medium 0, medium 0'],
  ),
  choosing(
    'then the lowest sum of priorities',
    ['n2'],
    ['n1: medium 100, large 100', 'n2: large 100, medium 0', 'n3: medium 100, medium 100'],
  ),
  choosing(
    'then the fewest pods',
    ['n2'],
    [
      `n1: small ${MID}, small ${NEGATIVE}, small ${MID}, small ${NEGATIVE}`,
      `n2: large ${MID}, medium ${NEGATIVE}`,
      `n3: medium ${MID}, small ${NEGATIVE}, small ${LOW}`,
    ],
  ),
  choosing(
    'priorities below zero do not pay for more pods',
    ['n2'],
    [
      `n1: small ${MID}, small ${NEGATIVE}, small ${NEGATIVE}`,
      `n2: large ${MID}, medium ${NEGATIVE}`,
      `n3: medium ${MID}, small ${NEGATIVE}, small ${LOW}`,
    ],
  ),
  choosing(
    'highest, sum and number each favour another node',
    ['n1'],
    [
      'n1: small 100, small 0, small 0',
      'n2: large 1000',
      'n3: medium 100, small 0, small 0, medium 0',
      `n4: medium 100, small 100, small 100, small ${NEGATIVE}`,
    ],
    wants('whole', HIGHEST),
  ),
  choosing(
    'then the youngest work',
    ['n2'],
    ['n1: medium 100@2, medium 100@2', 'n2: medium 100@3, medium 100@3', 'n3: medium 100@1, medium 100@1'],
  ),
  choosing(
    'by the earliest start on each node',
    ['n3'],
    ['n1: medium 100@4, medium 100@2', 'n2: medium 100@5, medium 100@1', 'n3: medium 100@3, medium 100@6'],
  ),
  choosing(
    'of those of the highest priority',
    ['n2'],
    ['n1: medium 0@4, medium 100@2', 'n2: medium 100@6, medium 0@1', 'n3: medium 0@3, medium 100@5'],
  ),
]

export const preemptionCases: readonly PreemptionCase[] = [...victimCases, ...nodeCases]
