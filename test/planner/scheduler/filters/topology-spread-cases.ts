/**
 * PodTopologySpread as a filter: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/
 * podtopologyspread/filtering_test.go (Apache-2.0): TestSingleConstraint. Nodes a and b are in
 * zone1, x and y in zone2; each has the label `node` too.
 */
import type { TopologySpreadConstraint } from '../../../../src/model/generated/kubernetes.js'
import { type CaseNode, type CasePod, emptyLabels, inZone, type Present, pods } from '../case-world.js'
import type { FilterCase } from './filter-case.js'

type Change = Partial<TopologySpreadConstraint>

/** `selects`: names of labels that must be there; null for no selector. */
export function spreadOver(
  topologyKey: string,
  selects: string | null = 'foo',
  change: Change = {},
): TopologySpreadConstraint {
  const matchExpressions = selects?.split(',').map((key) => ({ key, operator: 'Exists' }))
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule',
    ...(matchExpressions && { labelSelector: { matchExpressions } }),
    ...change,
  }
}

export function spread(...topologySpreadConstraints: readonly TopologySpreadConstraint[]): CasePod {
  return { labels: 'foo', topologySpreadConstraints }
}

export const ABXY = {
  ...inZone('a', 'zone1'),
  ...inZone('b', 'zone1'),
  ...inZone('x', 'zone2'),
  ...inZone('y', 'zone2'),
}
const ABC = { ...bare('a'), ...bare('b'), ...bare('c') }
export const TAINTED = { taints: [{ key: 'taint-key', value: 'taint-value', effect: 'NoSchedule' }] }
export const FOO = emptyLabels('foo')

/** A node that only has the label `node`. */
export function bare(name: string, labels: Record<string, string> = {}, more: CaseNode = {}): Record<string, CaseNode> {
  return { [name]: { labels: { node: name, ...labels }, ...more } }
}

export function on(
  name: string,
  nodes: FilterCase['nodes'],
  present: Present,
  pod: CasePod,
  outcome: string,
): FilterCase {
  return { name, nodes, present, pod, outcome }
}

function repeat(count: number, labels = 'foo'): CasePod[] {
  return pods(...Array.from({ length: count }, () => labels))
}

/** Pods with the label foo on a, b, x and y. */
export function counts(...[a = 0, b = 0, x = 0, y = 0]: readonly number[]): Present {
  return { a: repeat(a), b: repeat(b), x: repeat(x), y: repeat(y) }
}

export function onlyOn(operator: string, ...values: readonly string[]): CasePod {
  const term = { matchExpressions: [{ key: 'node', operator, values }] }
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
  }
}

export const ofFoo: CasePod = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'foo', operator: 'In', values: [''] }] }],
      },
    },
  },
}
export const IGNORE: Change = { nodeAffinityPolicy: 'Ignore' }
export const HONOR_TAINTS: Change = { nodeTaintsPolicy: 'Honor' }
const LABELLED = { ...bare('a', FOO), ...bare('b', FOO), ...bare('x', FOO) }
export const onABY: Present = { a: pods('foo'), b: pods('foo'), y: pods('foo') }
export const zoneAndNode = [spreadOver('zone'), spreadOver('node')]
export const fooAndBar: CasePod = {
  labels: 'foo,bar',
  topologySpreadConstraints: [spreadOver('zone', 'foo'), spreadOver('node', 'bar')],
}

export const topologySpreadCases: readonly FilterCase[] = [
  on('nobody there', ABXY, {}, spread(spreadOver('zone')), '++++'),
  on('nobody there, the pod does not count itself', ABXY, {}, spread(spreadOver('zone', 'bar')), '++++'),
  on(
    'pods of other namespaces do not count',
    ABXY,
    {
      a: [
        { labels: 'foo', namespace: 'ns1' },
        { labels: 'foo', namespace: 'ns2' },
      ],
      x: pods('foo'),
      y: pods('foo'),
    },
    spread(spreadOver('zone')),
    '++--',
  ),
  on('no selector counts nobody', ABXY, counts(0, 0, 1, 1), spread(spreadOver('zone', null)), '++++'),
  on('zones 3/3', ABXY, counts(2, 1, 0, 3), spread(spreadOver('zone')), '++++'),
  on(
    'a node without the key is in no zone: 1/2',
    { ...ABXY, b: { labels: { zon: 'zone1', node: 'b' } } },
    counts(1, 1, 1, 1),
    spread(spreadOver('zone')),
    '+x--',
  ),
  {
    ...on(
      'no node has the key',
      { ...inZone('a', 'zone1'), ...inZone('x', 'zone2') },
      {},
      spread(spreadOver('rack')),
      'xx',
    ),
    reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"],
  },
  {
    ...on('nodes 2/1/0/3', ABXY, counts(2, 1, 0, 3), spread(spreadOver('node')), '--+-'),
    reasons: ["node(s) didn't match pod topology spread constraints"],
  },
  on('nodes 2/1/0/3, maxSkew 2', ABXY, counts(2, 1, 0, 3), spread(spreadOver('node', 'foo', { maxSkew: 2 })), '-++-'),
  on(
    'nodes 2/1/0/3, the pod does not count itself',
    ABXY,
    counts(2, 1, 0, 3),
    { ...spread(spreadOver('node')), labels: 'bar' },
    '-++-',
  ),
  on(
    'affinity leaves nodes out of the count: 2/~1~/~0~/3',
    ABXY,
    counts(2, 1, 0, 3),
    { ...spread(spreadOver('node')), ...onlyOn('In', 'a', 'y') },
    '+++-',
  ),
  on(
    'pods that are to stop do not count',
    { ...bare('a'), ...bare('b') },
    { a: [{ labels: 'foo', isLeaving: true }], b: pods('foo') },
    spread(spreadOver('node')),
    '+-',
  ),
  on(
    'affinity leaves a node out of its zone: 0/~2~ and 0/1',
    ABXY,
    counts(0, 2, 0, 1),
    { ...spread(spreadOver('zone')), ...onlyOn('NotIn', 'b') },
    '++--',
  ),
  on(
    'fewer nodes than minDomains: the least is 0',
    ABC,
    { a: repeat(2), b: repeat(2), c: repeat(1) },
    spread(spreadOver('node', 'foo', { maxSkew: 2, minDomains: 4 })),
    '--+',
  ),
  on(
    'more nodes than minDomains',
    ABC,
    { a: repeat(2), b: repeat(2), c: repeat(1) },
    spread(spreadOver('node', 'foo', { maxSkew: 2, minDomains: 2 })),
    '+++',
  ),
  on(
    'fewer zones than minDomains',
    ABXY,
    counts(1, 1, 0, 1),
    spread(spreadOver('zone', 'foo', { maxSkew: 2, minDomains: 3 })),
    '--++',
  ),
  on(
    'more zones than minDomains',
    ABXY,
    counts(1, 1, 0, 1),
    spread(spreadOver('zone', 'foo', { maxSkew: 2, minDomains: 1 })),
    '++++',
  ),
  ...(
    [
      ['nodeSelector', { nodeSelector: FOO }],
      ['node affinity', ofFoo],
    ] as const
  ).flatMap(([name, asked]) => [
    on(`${name} is honored`, { ...LABELLED, ...bare('y') }, onABY, { ...spread(spreadOver('node')), ...asked }, '--++'),
    on(
      `${name} is ignored`,
      { ...LABELLED, ...bare('y') },
      onABY,
      { ...spread(spreadOver('node', 'foo', IGNORE)), ...asked },
      '--+-',
    ),
  ]),
  on(
    'taints are honored',
    { ...LABELLED, ...bare('y', {}, TAINTED) },
    onABY,
    spread(spreadOver('node', 'foo', HONOR_TAINTS)),
    '--++',
  ),
  on('taints are ignored', { ...LABELLED, ...bare('y', {}, TAINTED) }, onABY, spread(spreadOver('node')), '--+-'),
]
