/**
 * PodTopologySpread as a score: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/podtopologyspread/
 * scoring_test.go (Apache-2.0): TestPodTopologySpreadScore. Nodes a and b are in zone1, x and y in zone2.
 */
import type { TopologySpreadConstraint } from '../../../../src/model/generated/kubernetes.js'
import { type CaseNode, type CasePod, emptyLabels, inZone, type Present, pods } from '../case-world.js'
import { spreadOver } from '../filters/topology-spread-cases.js'
import type { ScoreCase } from './score-case.js'

const HOST = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'
const ABXY = { ...inZone('a', 'zone1'), ...inZone('b', 'zone1'), ...inZone('x', 'zone2'), ...inZone('y', 'zone2') }
const ABCD = { ...bare('a'), ...bare('b'), ...bare('c'), ...bare('d') }
const FOO = emptyLabels('foo')
const TAINTED = { taints: [{ key: 'taint-key', value: 'taint-value', effect: 'NoSchedule' }] }

function bare(name: string, labels: Record<string, string> = {}, more: CaseNode = {}): Record<string, CaseNode> {
  return { [name]: { labels: { [HOST]: name, node: name, ...labels }, ...more } }
}

/** As `spreadOver`, and soft. */
function soft(
  topologyKey: string,
  selects: string | null = 'foo',
  change: Partial<TopologySpreadConstraint> = {},
): TopologySpreadConstraint {
  return spreadOver(topologyKey, selects, { whenUnsatisfiable: 'ScheduleAnyway', ...change })
}

function spread(...topologySpreadConstraints: readonly TopologySpreadConstraint[]): CasePod {
  return { labels: 'foo', topologySpreadConstraints }
}

/** Pods with the label foo, by node. */
function counts(by: Readonly<Record<string, number>>): Present {
  return Object.fromEntries(
    Object.entries(by).map(([name, count]) => [name, pods(...Array.from({ length: count }, () => 'foo'))]),
  )
}

function on(
  name: string,
  nodes: ScoreCase['nodes'],
  present: Present,
  pod: CasePod,
  scores: readonly number[],
  candidates = Object.keys(nodes),
): ScoreCase {
  return { name, nodes, present, pod, scores, candidates }
}

const AB = { ...bare('a'), ...bare('b') }
const mixed = counts({ a: 2, b: 1, d: 3 })
const four = counts({ a: 4, b: 3, c: 2, d: 1 })
const byHost = counts({ a: 4, b: 2, x: 1, y: 3 })
const zoneAndHost: CasePod = { labels: 'foo,bar', topologySpreadConstraints: [soft('zone', 'foo'), soft(HOST, 'bar')] }

const hosts: readonly ScoreCase[] = [
  on('nobody there', AB, {}, spread(soft(HOST)), [100, 100]),
  on('one candidate', AB, counts({ a: 2, b: 1 }), spread(soft(HOST)), [100], ['a']),
  on('as many on each', AB, counts({ a: 1, b: 1 }), spread(soft(HOST)), [100, 100]),
  on('2/1/0/3', ABCD, mixed, spread(soft(HOST)), [20, 60, 100, 0]),
  on('no selector', ABCD, mixed, spread(soft(HOST, null)), [100, 100, 100, 100]),
  on('2/1/0/3, maxSkew 2', ABCD, mixed, spread(soft(HOST, 'foo', { maxSkew: 2 })), [33, 66, 100, 16]),
  on('4/3/2/1, maxSkew 3', ABCD, four, spread(soft(HOST, 'foo', { maxSkew: 3 })), [44, 66, 77, 100]),
  {
    name: 'default constraints without zones are those of the host',
    nodes: ABCD,
    own: { a: 4, b: 3, c: 2, d: 1 },
    pod: { labels: 'foo' },
    scores: [44, 66, 77, 100],
  },
  {
    // By hand: a 5 ln(5) + 2 + 5 ln(4) + 4 = 21, b 2 + 5 ln(4) + 4 = 13, c 2.
    name: 'default constraints: nodes without a zone are a zone together when zones are counted',
    nodes: { ...bare('a', { [ZONE]: 'mars' }), ...bare('b', { [ZONE]: 'mars' }), ...bare('c') },
    own: { a: 5 },
    pod: { labels: 'foo' },
    scores: [9, 47, 100],
  },
  on('4/2/1/~3~ by host', ABXY, byHost, spread(soft(HOST)), [33, 83, 100], ['a', 'b', 'x']),
  on(
    '4/?2?/1/~3~: a candidate without the key',
    { ...ABXY, b: { labels: { n: 'b' } } },
    byHost,
    spread(soft(HOST)),
    [16, 0, 100],
    ['a', 'b', 'x'],
  ),
  on(
    'pods of other namespaces do not count',
    AB,
    { a: [{ labels: 'foo', namespace: 'ns1' }, { labels: 'foo' }], b: pods('foo', 'foo') },
    spread(soft(HOST)),
    [100, 33],
  ),
  on(
    'pods that are to stop do not count',
    AB,
    { a: [{ labels: 'foo', isLeaving: true }], b: pods('foo') },
    spread(soft(HOST)),
    [100, 0],
  ),
]

const zones: readonly ScoreCase[] = [
  on('4/2/1/~3~ by zone', ABXY, byHost, spread(soft('zone')), [75, 75, 100], ['a', 'b', 'x']),
  on(
    'zone and host, 2/~1~/2/~4~',
    ABXY,
    counts({ a: 2, b: 1, x: 2, y: 4 }),
    spread(soft('zone'), soft(HOST)),
    [100, 63],
    ['a', 'x'],
  ),
  on(
    'two constraints by zone',
    ABXY,
    { a: pods('foo,bar', 'foo'), b: pods('foo,bar'), y: pods('foo', 'foo,bar', 'foo') },
    { labels: 'foo,bar', topologySpreadConstraints: [soft('zone', 'foo'), soft('zone', 'bar')] },
    [85, 100],
    ['a', 'x'],
  ),
  on(
    'two selectors: zones 2/1 of foo, hosts 0/1/0/1 of bar',
    ABXY,
    { a: pods('foo'), b: pods('foo,bar'), y: pods('foo', 'bar') },
    zoneAndHost,
    [60, 20, 100, 60],
  ),
  on(
    'two selectors: zones 0/2 of foo, hosts 0/1/0/1 of bar',
    ABXY,
    { b: pods('bar'), x: pods('foo'), y: pods('foo,bar') },
    zoneAndHost,
    [100, 60, 40, 0],
  ),
  on(
    'two selectors, three candidates',
    ABXY,
    { a: pods('foo'), b: pods('foo,bar'), y: pods('foo', 'bar') },
    zoneAndHost,
    [50, 25, 100],
    ['a', 'b', 'x'],
  ),
  on(
    'minDomains means nothing where it is soft',
    { ...bare('a'), ...bare('b'), ...bare('c') },
    counts({ a: 2, b: 2, c: 1 }),
    spread(soft('node', 'foo', { maxSkew: 2, minDomains: 10 })),
    [75, 75, 100],
  ),
  on(
    'label keys beside an empty selector',
    ABXY,
    { a: pods('foo'), b: pods('foo,bar'), x: pods('foo', 'bar') },
    {
      labels: 'foo,bar',
      topologySpreadConstraints: [
        soft('zone', null, { labelSelector: {}, matchLabelKeys: ['foo'] }),
        soft(HOST, null, { labelSelector: {}, matchLabelKeys: ['bar'] }),
      ],
    },
    [60, 20, 60, 100],
  ),
  on(
    'label keys beside a selector',
    ABXY,
    { a: pods('foo'), b: pods('foo,bar,baz'), x: pods('foo', 'bar', 'bar,baz') },
    {
      labels: 'foo,bar,baz',
      topologySpreadConstraints: [soft('zone', 'foo'), soft(HOST, 'bar', { matchLabelKeys: ['baz'] })],
    },
    [60, 20, 60, 100],
  ),
]

const ofFoo: CasePod = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'foo', operator: 'In', values: [''] }] }],
      },
    },
  },
}
const labelled = { ...bare('a', FOO), ...bare('b', FOO), ...bare('c') }
const tainted = { ...bare('a'), ...bare('b'), ...bare('c', {}, TAINTED) }
const twoOneOne = counts({ a: 2, b: 1, c: 1 })

/** Nodes that are left out of the count are candidates still: their domains are empty. */
const policies: readonly ScoreCase[] = [
  ...(
    [
      ['nodeSelector', { nodeSelector: FOO }],
      ['node affinity', ofFoo],
    ] as const
  ).flatMap(([name, asked]) => [
    on(`${name} is honored`, labelled, twoOneOne, { ...spread(soft('node')), ...asked }, [0, 33, 100]),
    on(
      `${name} is ignored`,
      labelled,
      twoOneOne,
      { ...spread(soft('node', 'foo', { nodeAffinityPolicy: 'Ignore' })), ...asked },
      [66, 100, 100],
    ),
  ]),
  on(
    'taints are honored',
    tainted,
    twoOneOne,
    spread(soft('node', 'foo', { nodeTaintsPolicy: 'Honor' })),
    [0, 33, 100],
  ),
  on('taints are ignored', tainted, twoOneOne, spread(soft('node')), [66, 100, 100]),
]

export const spreadPreferenceCases: readonly ScoreCase[] = [...hosts, ...zones, ...policies]
