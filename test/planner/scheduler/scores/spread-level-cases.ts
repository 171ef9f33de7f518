/**
 * PodTopologySpread as a score where nobody is counted yet: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/
 * plugins/podtopologyspread/scoring_test.go (Apache-2.0): TestPreScoreSkip and TestPreScoreStateEmptyNodes. Theirs tell the
 * domains and the nodes that are ignored; the scores are what follows (semantics §3.8): all are alike, those ignored get 0,
 * and under default constraints a node without the key is better off by the skew. Left out: default constraints other than
 * Kubernetes' own, and a replica set that does not mean the pod.
 */
import type { TopologySpreadConstraint } from '../../../../src/model/generated/kubernetes.js'
import { type CaseNode, type CasePod, emptyLabels, inZone } from '../case-world.js'
import { spreadOver } from '../filters/topology-spread-cases.js'
import type { ScoreCase } from './score-case.js'

const HOST = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'
const FOO = emptyLabels('foo')
const TAINTED = { taints: [{ key: 'taint-key', value: 'taint-value', effect: 'NoSchedule' }] }
const ABX = { ...inZone('a', 'zone1'), ...inZone('b', 'zone1'), ...inZone('x', 'zone2') }
const labelled = { ...inZone('a', 'zone1', FOO), ...inZone('b', 'zone1', FOO), ...inZone('x', 'zone2') }
const tainted: ScoreCase['nodes'] = { ...labelled, x: { ...labelled['x'], ...TAINTED } }
const ofFoo: CasePod = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'foo', operator: 'In', values: [''] }] }],
      },
    },
  },
}

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

function host(name: string, labels: Record<string, string> = {}): Record<string, CaseNode> {
  return { [name]: { labels: { [HOST]: name, ...labels } } }
}

function level(name: string, nodes: ScoreCase['nodes'], pod: CasePod, scores: ScoreCase['scores']): ScoreCase {
  return { name: `nobody there: ${name}`, nodes, pod, scores }
}

export const spreadLevelCases: readonly ScoreCase[] = [
  // Theirs has no default constraints and the pod none; here a hard one of its own keeps the defaults away.
  level('hard constraints only', { ...host('a'), ...host('b') }, spread(spreadOver(HOST)), null),
  level('zone and host', ABX, spread(soft('zone'), soft(HOST)), [100, 100, 100]),
  level('no selector', ABX, spread(soft('zone', null)), [100, 100, 100]),
  level(
    'a node without one of two keys',
    { ...inZone('a', 'zone1'), ...inZone('b', 'zone1'), ...host('x') },
    spread(soft('zone'), soft(HOST, 'bar')),
    [100, 100, 0],
  ),
  {
    ...level(
      'default constraints, nodes with and without a zone',
      { ...host('a', { [ZONE]: 'mars' }), ...host('b', { [ZONE]: 'mars' }), ...host('c'), ...host('d') },
      { labels: { foo: 'tar', baz: 'sup' } },
      // By hand: 2 of the host and 4 of the zone; without a zone only 2.
      [33, 33, 100, 100],
    ),
    own: {},
  },
  level(
    'the soft one of two constraints of the pod, and no defaults',
    { a: { labels: { planet: 'mars', galaxy: 'andromeda' } } },
    {
      labels: { foo: 'bar', baz: 'sup' },
      topologySpreadConstraints: [
        spreadOver('zone', 'bar'),
        soft('planet', null, { maxSkew: 2, labelSelector: { matchLabels: { baz: 'sup' } } }),
      ],
    },
    [100],
  ),
  ...(
    [
      ['nodeSelector', { nodeSelector: FOO }],
      ['node affinity', ofFoo],
    ] as const
  ).flatMap(([name, asked]) => [
    level(`${name} honored`, labelled, { ...spread(soft('zone', 'bar')), ...asked }, [100, 100, 100]),
    level(
      `${name} ignored`,
      labelled,
      { ...spread(soft('zone', 'bar', { nodeAffinityPolicy: 'Ignore' })), ...asked },
      [100, 100, 100],
    ),
  ]),
  level('taints honored', tainted, spread(soft('zone', 'bar', { nodeTaintsPolicy: 'Honor' })), [100, 100, 100]),
  level('taints ignored', tainted, spread(soft('zone', 'bar')), [100, 100, 100]),
]
