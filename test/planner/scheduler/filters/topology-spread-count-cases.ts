/**
 * What PodTopologySpread counts before it looks at a node: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/
 * plugins/podtopologyspread/filtering_test.go (Apache-2.0): TestPreFilterState. Theirs tell the count of each domain and the
 * least of them; the outcomes here are what the rule (semantics §3.8) makes of those counts, which stand in the names.
 * Left out: gates that are off, default constraints on a cluster without nodes, and what topology-spread-cases.ts holds.
 */
import { type CaseNode, type CasePod, inZone, pods } from '../case-world.js'
import type { FilterCase } from './filter-case.js'
import {
  ABXY,
  bare,
  counts,
  FOO,
  fooAndBar,
  HONOR_TAINTS,
  IGNORE,
  ofFoo,
  on,
  onlyOn,
  spread,
  spreadOver,
  TAINTED,
  zoneAndNode,
} from './topology-spread-cases.js'

const ABY = { ...inZone('a', 'zone1'), ...inZone('b', 'zone1'), ...inZone('y', 'zone2') }
const threeAndTwo = counts(2, 1, 0, 2)

const domains: readonly FilterCase[] = [
  on(
    'no pods, and the selector wants another value',
    ABXY,
    {},
    spread(spreadOver('zone', null, { maxSkew: 5, labelSelector: { matchLabels: { foo: 'bar' } } })),
    '++++',
  ),
  on('zones 3/2', ABXY, threeAndTwo, spread(spreadOver('zone')), '--++'),
  on('no selector: zones 0/0 for 3/2 pods', ABXY, threeAndTwo, spread(spreadOver('zone', null)), '++++'),
  on(
    'zones 3/2/0',
    { ...ABXY, ...inZone('o', 'zone3'), ...inZone('p', 'zone3') },
    threeAndTwo,
    spread(spreadOver('zone')),
    '----++',
  ),
  on(
    'zones 2/1 without the pods of other namespaces',
    ABXY,
    {
      a: [{ labels: 'foo' }, { labels: 'foo', namespace: 'ns1' }],
      b: pods('foo'),
      y: [{ labels: 'foo', namespace: 'ns2' }, { labels: 'foo' }],
    },
    spread(spreadOver('zone')),
    '--++',
  ),
  on('no constraints', inZone('a', 'zone1'), {}, { labels: 'foo' }, '+'),
]

const several: readonly FilterCase[] = [
  on(
    'soft constraints refuse nothing: zones 3/4, nodes 2/1/4',
    ABY,
    { a: pods('foo', 'foo'), b: pods('foo'), y: pods('foo', 'foo', 'foo', 'foo') },
    spread(
      spreadOver('zone', 'foo', { whenUnsatisfiable: 'ScheduleAnyway' }),
      spreadOver('zone'),
      spreadOver('node', 'foo', { whenUnsatisfiable: 'ScheduleAnyway' }),
      spreadOver('node'),
    ),
    '-+-',
  ),
  on('zones 1/0 of foo, nodes 0/1/0 of bar', ABY, { a: pods('foo'), b: pods('bar') }, fooAndBar, '--+'),
  on(
    'zones 3/4 of foo, nodes 1/0/2 of bar',
    ABY,
    { a: pods('foo', 'foo,bar'), b: pods('foo'), y: pods('foo', 'foo,bar', 'foo', 'foo,bar') },
    fooAndBar,
    '-+-',
  ),
  on(
    'affinity leaves a node out: zones 3/4, nodes 2/1/~0~/4',
    ABXY,
    counts(2, 1, 0, 4),
    { ...spread(...zoneAndNode), ...onlyOn('NotIn', 'x') },
    '-+--',
  ),
  on(
    'two constraints by zone: 2/1 of foo, 1/3 of bar',
    ABXY,
    { a: pods('foo,bar'), b: pods('foo'), x: pods('bar'), y: pods('foo,bar', 'bar') },
    { labels: 'foo,bar', topologySpreadConstraints: [spreadOver('zone', 'foo'), spreadOver('zone', 'bar')] },
    '----',
  ),
]

const BAR = { bar: '' }
const labelled = { ...bare('a', FOO), ...bare('b', FOO), ...bare('c', BAR) }
const tainted = { ...bare('a'), ...bare('b'), ...bare('c', BAR, TAINTED) }
const ofBar = { a: pods('bar'), b: pods('bar', 'bar'), c: [{}] }
const tolerations = [{ key: 'taint-key', operator: 'Exists' }]

/** The pod does not count itself: 2 on b is too many only where the empty c is counted. */
const policies: readonly FilterCase[] = [
  ...(
    [
      ['nodeSelector', { nodeSelector: FOO }],
      ['node affinity', ofFoo],
    ] as const
  ).flatMap(([name, asked]) => [
    on(`${name} honored: 1/2/~0~`, labelled, ofBar, { ...spread(spreadOver('node', 'bar')), ...asked }, '+++'),
    on(`${name} ignored: 1/2/0`, labelled, ofBar, { ...spread(spreadOver('node', 'bar', IGNORE)), ...asked }, '+-+'),
  ]),
  on('taints ignored: 1/2/0', tainted, ofBar, spread(spreadOver('node', 'bar')), '+-+'),
  on('taints honored: 1/2/~0~', tainted, ofBar, spread(spreadOver('node', 'bar', HONOR_TAINTS)), '+++'),
  on(
    'taints honored and tolerated: 1/2/0',
    tainted,
    ofBar,
    { ...spread(spreadOver('node', 'bar', HONOR_TAINTS)), tolerations },
    '+-+',
  ),
]

/** a and b in zone1, x and y in zone2, with more labels and the taints of each. */
function zoned(a: CaseNode, b: CaseNode, x: CaseNode, y?: CaseNode): FilterCase['nodes'] {
  return { ...put('a', 'zone1', a), ...put('b', 'zone1', b), ...put('x', 'zone2', x), ...(y && put('y', 'zone2', y)) }
}

function put(name: string, zone: string, { labels, ...more }: CaseNode): FilterCase['nodes'] {
  return { [name]: { ...inZone(name, zone, labels)[name], ...more } }
}

const WITH_FOO: CaseNode = { labels: FOO }
const FOO_TAINTED: CaseNode = { labels: FOO, ...TAINTED }
const ofFooOnly: CasePod = { nodeSelector: FOO }

const twoPolicies: readonly FilterCase[] = [
  on(
    'affinity honored for zones 0/1, ignored for nodes 0/2/1',
    zoned(WITH_FOO, {}, WITH_FOO),
    { b: pods('foo', 'foo'), x: pods('foo') },
    { ...spread(spreadOver('zone'), spreadOver('node', 'foo', IGNORE)), ...ofFooOnly },
    '+--',
  ),
  on(
    'taints honored for zones 0/1, ignored for nodes 0/2/1',
    zoned(WITH_FOO, TAINTED, WITH_FOO),
    { b: pods('foo', 'foo'), x: pods('foo') },
    spread(spreadOver('zone', 'foo', HONOR_TAINTS), spreadOver('node')),
    '+--',
  ),
  on(
    'affinity honored and taints ignored for zones 0/1 and nodes ~2~/0/1/~1~',
    zoned({}, FOO_TAINTED, WITH_FOO, {}),
    { a: pods('foo', 'foo'), x: pods('foo'), y: pods('foo') },
    { ...spread(...zoneAndNode), ...ofFooOnly },
    '++--',
  ),
  on(
    'neither for zones 2/3, both for nodes ~2~/~0~/2/1',
    zoned({}, FOO_TAINTED, WITH_FOO, WITH_FOO),
    { a: pods('foo', 'foo'), x: pods('foo', 'foo'), y: pods('foo') },
    { ...spread(spreadOver('zone', 'foo', IGNORE), spreadOver('node', 'foo', HONOR_TAINTS)), ...ofFooOnly },
    '++--',
  ),
]

const fooA: CasePod = { labels: { foo: 'a' } }
const threeAndTwoOfA = { a: [fooA, fooA], b: [fooA], y: [fooA, fooA] }
const fooBarA: CasePod = { labels: { foo: '', bar: 'a' } }

const labelKeys: readonly FilterCase[] = [
  on(
    'label keys beside a selector: zones 1/1',
    ABXY,
    { a: [{ labels: 'foo' }, fooBarA], b: pods('foo'), y: [fooBarA, { labels: 'bar' }] },
    { ...spread(spreadOver('zone', 'foo', { matchLabelKeys: ['bar'] })), ...fooBarA },
    '++++',
  ),
  on(
    'label keys beside an empty selector: zones 3/2',
    ABXY,
    threeAndTwoOfA,
    { ...spread(spreadOver('zone', null, { labelSelector: {}, matchLabelKeys: ['foo'] })), ...fooA },
    '--++',
  ),
  on(
    'label keys without a selector count nobody: zones 0/0',
    ABXY,
    threeAndTwoOfA,
    spread(spreadOver('zone', null, { matchLabelKeys: ['bar'] })),
    '++++',
  ),
  on(
    'a label key that the pod does not have is left out: zones 3/2',
    ABXY,
    threeAndTwoOfA,
    spread(spreadOver('zone', 'foo', { matchLabelKeys: ['bar'] })),
    '--++',
  ),
]

export const topologySpreadCountCases: readonly FilterCase[] = [
  ...domains,
  ...several,
  ...policies,
  ...twoPolicies,
  ...labelKeys,
]
