/**
 * InterPodAffinity as a score: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/interpodaffinity/
 * scoring_test.go (Apache-2.0): TestPreferredAffinity and TestPreferredAffinityWithHardPodAffinitySymmetricWeight. A
 * required term of a pod that is there always counts 1 here, and preferred ones are never ignored.
 */
import type { PodAffinityTerm, PodSpec } from '../../../../src/model/generated/kubernetes.js'
import type { CaseNode, CasePod, Present } from '../case-world.js'
import { podTerm } from '../filters/inter-pod-affinity-cases.js'
import type { ScoreCase } from './score-case.js'

type Affinity = Pick<PodSpec, 'affinity'>
type Weighted = readonly [weight: number, term: PodAffinityTerm]

function preferring(near: readonly Weighted[], far: readonly Weighted[] = []): Affinity {
  const terms = (list: readonly Weighted[]): object => ({
    preferredDuringSchedulingIgnoredDuringExecution: list.map(([weight, podAffinityTerm]) => ({
      weight,
      podAffinityTerm,
    })),
  })
  return { affinity: { podAffinity: terms(near), podAntiAffinity: terms(far) } }
}

function requiring(...terms: readonly PodAffinityTerm[]): Affinity {
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } }
}

/** S1 or S2, what it prefers, and its namespace. */
function pod(security: string | null, wants: Affinity = {}, namespace = 'default'): CasePod {
  return { labels: security === null ? {} : { security }, namespace, ...wants }
}

const S1 = pod('S1')
const S2 = pod('S2')
const nearS1 = preferring([[5, podTerm('region: security In S1')]])
const nearS2 = preferring([[6, podTerm('region: security In S2')]])
const nearBoth = preferring([
  [8, podTerm('region: security NotIn S1 & security In S2')],
  [2, podTerm('region: security Exists & wrongkey DoesNotExist')],
])
const needsBoth = requiring(
  podTerm('region: security In S1|value2'),
  podTerm('region: security Exists & wrongkey DoesNotExist'),
)
const farS1 = preferring([], [[5, podTerm('az: security In S1')]])
const farS2 = preferring([], [[5, podTerm('az: security In S2')]])
const nearS1FarS2 = preferring([[8, podTerm('region: security In S1')]], [[5, podTerm('az: security In S2')]])
const byTeam: PodAffinityTerm = {
  ...podTerm('region: security In S1'),
  namespaces: ['subteam2.team2'],
  namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['team1'] }] },
}
const nearTeam = preferring([[5, byTeam]])
const farTeam = preferring([], [[5, byTeam]])
const namespaces = {
  'subteam1.team1': { team: 'team1' },
  'subteam2.team1': { team: 'team1' },
  'subteam1.team2': { team: 'team2' },
  'subteam2.team2': { team: 'team2' },
}

const CHINA: CaseNode = { labels: { region: 'China' } }
const INDIA: CaseNode = { labels: { region: 'India' } }
const AZ1: CaseNode = { labels: { az: 'az1' } }
const AZ2: CaseNode = { labels: { az: 'az2' } }
const CHINA_AZ1: CaseNode = { labels: { region: 'China', az: 'az1' } }
const CIA = { n1: CHINA, n2: INDIA, n3: AZ1 }
const FIVE = { n1: CHINA, n2: INDIA, n3: CHINA, n4: CHINA, n5: INDIA }
const CI = { n1: CHINA, n2: INDIA }

function on(
  name: string,
  nodes: ScoreCase['nodes'],
  present: Present,
  pending: CasePod,
  scores: readonly number[] | null,
): ScoreCase {
  return { name, nodes, present, pod: pending, scores, namespaces }
}

const own: readonly ScoreCase[] = [
  on('no preference', CIA, {}, S1, null),
  on('same region as S1', CIA, { n1: [S1], n2: [S2], n3: [S1] }, pod('S1', nearS1), [100, 0, 0]),
  on(
    'all of the region, with or without the pod',
    { n1: CHINA, n2: CHINA_AZ1, n3: INDIA },
    { n1: [S1] },
    pod(null, nearS1),
    [100, 100, 0],
  ),
  on(
    'the region with more of them',
    FIVE,
    { n1: [S2, S2], n2: [S2], n3: [S2], n4: [S2], n5: [S2] },
    pod('S1', nearS2),
    [100, 0, 100, 100, 0],
  ),
  on('two terms of 8 and 2', CIA, { n1: [S1], n2: [S2], n3: [S1] }, pod('S1', nearBoth), [20, 100, 0]),
  on('away from S1 by az', { n1: AZ1, n2: CHINA }, { n1: [S1], n2: [S2] }, pod('S1', farS1), [0, 100]),
  on('a node without the key', { n1: AZ1, n2: CHINA }, { n1: [S1], n2: [S1] }, pod('S1', farS1), [0, 100]),
  on('more of them on one', { n1: AZ1, n2: INDIA }, { n1: [S1, S1], n2: [S2] }, pod('S1', farS1), [0, 100]),
  on('near and far', { n1: CHINA, n2: AZ1 }, { n1: [S1], n2: [S1] }, pod('S1', nearS1FarS2), [100, 0]),
  on(
    'near and far, over two regions',
    { ...FIVE, n1: CHINA_AZ1 },
    { n1: [S1, S1], n2: [S1], n3: [S1, S1], n4: [S1], n5: [S1] },
    pod('S1', nearS1FarS2),
    [100, 0, 100, 100, 0],
  ),
]

const symmetric: readonly ScoreCase[] = [
  on('a pod there prefers this one', CIA, { n1: [pod('S1', nearS1)], n2: [pod('S2', nearS2)] }, S2, [0, 100, 0]),
  on('pods there require this one', CIA, { n1: [pod('S1', needsBoth)], n2: [pod('S2', needsBoth)] }, S1, [100, 100, 0]),
  on(
    'a pod there prefers to be away from this one',
    { n1: AZ1, n2: AZ2 },
    { n1: [pod('S1', farS2)], n2: [pod('S2', farS1)] },
    S2,
    [0, 100],
  ),
  on(
    'all four at once',
    { n1: CHINA, n2: AZ1, n3: INDIA, n4: AZ2 },
    { n1: [S1], n2: [S2], n3: [pod(null, nearS1FarS2)], n4: [pod(null, farS1)] },
    pod('S1', nearS1FarS2),
    [100, 0, 100, 0],
  ),
  on(
    'only one pod of a domain has terms',
    { n1: CHINA, n2: CHINA },
    { n1: [S1], n2: [pod(null, nearS1FarS2)] },
    S1,
    [0, 0],
  ),
  on(
    'terms of pods there that mean someone else',
    CI,
    { n1: [pod('S1', nearS1FarS2)], n2: [pod('S2', nearS2)] },
    S2,
    [0, 100],
  ),
]

const S1_TEAM1 = pod('S1', {}, 'subteam1.team1')
const several = (n: string): CasePod[] => [S1_TEAM1, S1_TEAM1, pod('S1', {}, n)]
const wanting = (wants: Affinity): CasePod => pod('S1', wants, 'subteam1.team1')
const needed = requiring({ ...byTeam, namespaces: ['default', 'subteam2.team2'] })
const neededBy: Present = { n1: [pod(null, needed)], n2: [pod(null, needed)] }

const byNamespace: readonly ScoreCase[] = [
  on(
    'a pod there means a selected namespace',
    CIA,
    { n1: [pod('S1', nearTeam)], n2: [pod('S2', nearS2)] },
    S1_TEAM1,
    [100, 0, 0],
  ),
  on('and keeps it away', CIA, { n1: [pod('S1', farTeam)], n2: [pod('S2', nearS2)] }, S1_TEAM1, [0, 100, 100]),
  ...(
    [
      ['selected', 'subteam1.team2'],
      ['selected and named', 'subteam2.team2'],
    ] as const
  ).flatMap(([name, third]) => [
    on(
      `near pods of namespaces that are ${name}`,
      CI,
      { n1: several(third), n2: [pod('S1', {}, 'subteam2.team1')] },
      wanting(nearTeam),
      [100, 0],
    ),
    on(
      `far from pods of namespaces that are ${name}`,
      CI,
      { n1: several(third), n2: [pod('S1', {}, 'subteam2.team1')] },
      wanting(farTeam),
      [0, 100],
    ),
  ]),
  on('required by pods there, in the namespace they name', CIA, neededBy, S1, [100, 100, 0]),
  on('required, in no namespace they mean', CIA, neededBy, pod('S1', {}, 'subteam1.team2'), null),
  on('required, in a namespace they select', CIA, neededBy, S1_TEAM1, [100, 100, 0]),
  on('required, in another one they name', CIA, neededBy, pod('S1', {}, 'subteam2.team2'), [100, 100, 0]),
]

export const podPreferenceCases: readonly ScoreCase[] = [...own, ...symmetric, ...byNamespace]
