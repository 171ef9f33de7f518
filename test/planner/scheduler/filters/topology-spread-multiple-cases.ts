/**
 * PodTopologySpread as a filter, several constraints at once: cases after kubernetes/kubernetes v1.36, pkg/scheduler/
 * framework/plugins/podtopologyspread/filtering_test.go (Apache-2.0): TestMultipleConstraints. Nodes a and b are in zone1, x
 * and y in zone2; each has the label `node` too.
 */
import { type CaseNode, inZone, pods } from '../case-world.js'
import type { FilterCase } from './filter-case.js'
import {
  ABXY,
  counts,
  FOO,
  fooAndBar,
  HONOR_TAINTS,
  IGNORE,
  on,
  onABY,
  spread,
  spreadOver,
  TAINTED,
  zoneAndNode,
} from './topology-spread-cases.js'

const zoned = (
  labels: Record<string, string>,
  y: CaseNode,
  bLabels: Record<string, string> = labels,
): FilterCase['nodes'] => ({
  ...inZone('a', 'zone1', labels),
  ...inZone('b', 'zone1', bLabels),
  ...inZone('x', 'zone2', labels),
  y: { ...inZone('y', 'zone2').y, ...y },
})
const yLabelled = { labels: { zone: 'zone2', node: 'y', foo: '' } }

export const topologySpreadMultipleCases: readonly FilterCase[] = [
  on('zones 3/3 and nodes 2/1/0/3', ABXY, counts(2, 1, 0, 3), spread(...zoneAndNode), '--+-'),
  on('zones 3/4 and nodes 2/1/0/4', ABXY, counts(2, 1, 0, 4), spread(...zoneAndNode), '----'),
  on('zones 1/0 of foo, nodes 0/0/0/1 of bar', ABXY, { a: pods('foo'), y: pods('bar') }, fooAndBar, '--+-'),
  on(
    'zones 1/0 of foo, nodes 0/0/1/1 of bar',
    ABXY,
    { a: pods('foo'), x: pods('bar'), y: pods('bar') },
    fooAndBar,
    '----',
  ),
  on(
    'zones 2/3 of foo, nodes 1/0/0/1 of bar',
    ABXY,
    { a: pods('foo', 'foo,bar'), y: pods('foo', 'foo,bar', 'foo') },
    fooAndBar,
    '-+--',
  ),
  on(
    'the pod counts itself for nodes only',
    ABXY,
    { a: pods('foo'), x: pods('bar'), y: pods('bar') },
    { ...fooAndBar, labels: 'bar' },
    '++--',
  ),
  on(
    'a node lacks one of two keys',
    { ...ABXY, x: { labels: { zone: 'zone2' } } },
    counts(1, 0, 0, 1),
    spread(...zoneAndNode),
    '-+x-',
  ),
  on(
    'affinity honored for zones, ignored for nodes',
    zoned(FOO, {}),
    onABY,
    { ...spread(spreadOver('zone'), spreadOver('node', 'foo', IGNORE)), nodeSelector: FOO },
    '--+-',
  ),
  on(
    'taints honored for zones, ignored for nodes',
    zoned(FOO, TAINTED),
    onABY,
    spread(spreadOver('zone', 'foo', HONOR_TAINTS), spreadOver('node')),
    '--+-',
  ),
  on(
    'affinity honored, taints ignored, for both',
    zoned(FOO, { ...yLabelled, ...TAINTED }, {}),
    onABY,
    { ...spread(...zoneAndNode), nodeSelector: FOO },
    '-++-',
  ),
  on(
    'both honored for zones, neither for nodes',
    zoned(FOO, { ...yLabelled, ...TAINTED }, {}),
    onABY,
    {
      ...spread(spreadOver('zone', 'foo', HONOR_TAINTS), spreadOver('node', 'foo', IGNORE)),
      nodeSelector: FOO,
    },
    '--+-',
  ),
  on(
    'zones 2/1 of bar and 3/3 of foo',
    ABXY,
    { a: pods('foo,bar', 'foo'), b: pods('foo,bar'), y: pods('foo', 'foo,bar', 'foo') },
    { labels: 'foo,bar', topologySpreadConstraints: [spreadOver('zone', 'bar'), spreadOver('zone', 'foo')] },
    '--++',
  ),
  on(
    'zones 2/1 of bar and 3/4 of foo',
    ABXY,
    { a: pods('foo,bar', 'foo'), b: pods('foo,bar'), y: pods('foo', 'foo,bar', 'foo', 'foo') },
    { labels: 'foo,bar', topologySpreadConstraints: [spreadOver('zone', 'bar'), spreadOver('zone', 'foo')] },
    '----',
  ),
]
