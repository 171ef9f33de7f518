/**
 * InterPodAffinity as a filter: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/interpodaffinity/
 * filtering_test.go (Apache-2.0): TestRequiredAffinitySingleNode and TestRequiredAffinityMultipleNodes. A term is written
 * `region: service In scan|value2 & wrongkey DoesNotExist`: topology key, then the label selector.
 */
import type { PodAffinityTerm, PodSpec } from '../../../../src/model/generated/kubernetes.js'
import type { Labels } from '../../../../src/model/selector.js'
import type { CaseNode, CasePod, Present } from '../case-world.js'
import type { FilterCase } from './filter-case.js'

export function podTerm(text: string): PodAffinityTerm {
  const [topologyKey, selector] = text.split(': ') as [string, string]
  const matchExpressions = selector.split(' & ').map((item) => {
    const [key, operator, values] = item.split(' ') as [string, string, string | undefined]
    return { key, operator, ...(values !== undefined && { values: values.split('|') }) }
  })
  return { topologyKey, labelSelector: { matchExpressions } }
}

interface Terms {
  readonly near?: readonly string[]
  readonly far?: readonly string[]
}

function requiring({ near = [], far = [] }: Terms): Pick<PodSpec, 'affinity'> {
  return {
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near.map(podTerm) },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: far.map(podTerm) },
    },
  }
}

/** The pod's labels, and its required terms. */
function pod(labels: Labels, terms: Terms = {}, change: CasePod = {}): CasePod {
  return { labels, ...requiring(terms), ...change }
}

const NEAR = "node(s) didn't match pod affinity rules"
const FAR = "node(s) didn't match pod anti-affinity rules"
const EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules"
const REASONS: Readonly<Record<string, string>> = { near: NEAR, far: FAR, existing: EXISTING }

const SCAN: Labels = { service: 'securityscan' }
const S1: Labels = { security: 'S1' }
const IN_SCAN = 'service In securityscan|value2'
const IN_VIRUS = 'service In antivirusscan|value2'
const NODE1: Record<string, CaseNode> = { node1: { labels: { region: 'r1', zone: 'z11' } } }

/** On one node; `why` is `fits`, or which rule refuses. */
function one(name: string, pending: CasePod, present: readonly CasePod[], why: string): FilterCase {
  return many(name, pending, { node1: present }, NODE1, why === 'fits' ? '+' : why === 'near' ? 'x' : '-', why)
}

function many(
  name: string,
  pending: CasePod,
  present: Present,
  nodes: FilterCase['nodes'],
  outcome: string,
  why = 'fits',
): FilterCase {
  const reason = REASONS[why]
  return { name, nodes, present, pod: pending, outcome, ...(reason !== undefined && { reasons: [reason] }) }
}

const AND_MORE = 'region: service Exists & wrongkey DoesNotExist'
const inNamespaces = (text: string, ...namespaces: readonly string[]): CasePod => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...podTerm(text), namespaces }] } },
})

const single: readonly FilterCase[] = [
  one('no rules, nobody there', {}, [], 'fits'),
  one('affinity In', pod(S1, { near: [`region: ${IN_SCAN}`] }), [pod(SCAN)], 'fits'),
  one('affinity NotIn', pod(S1, { near: ['region: service NotIn securityscan3|value3'] }), [pod(SCAN)], 'fits'),
  one(
    'another namespace than the pod there',
    { labels: S1, ...inNamespaces(`region: ${IN_SCAN}`, 'other') },
    [pod(SCAN, {}, { namespace: 'ns' })],
    'near',
  ),
  one('nobody there is meant', pod(SCAN, { near: [`region: ${IN_VIRUS}`] }), [pod(SCAN)], 'near'),
  one(
    'two terms, both met by one pod',
    pod(S1, { near: [AND_MORE, 'region: service In securityscan & service NotIn WrongValue'] }),
    [pod(SCAN)],
    'fits',
  ),
  one(
    'two terms, one not met',
    pod(S1, { near: [AND_MORE, 'region: service In securityscan2 & service NotIn WrongValue'] }),
    [pod(SCAN)],
    'near',
  ),
  one(
    'affinity met, anti-affinity means nobody',
    pod(S1, { near: [`region: ${IN_SCAN}`], far: [`node: ${IN_VIRUS}`] }),
    [pod(SCAN)],
    'fits',
  ),
  one(
    'and that of the pod there does not mean this one',
    pod(S1, { near: [`region: ${IN_SCAN}`], far: [`node: ${IN_VIRUS}`] }),
    [pod(SCAN, { far: [`node: ${IN_VIRUS}`] })],
    'fits',
  ),
  one(
    'affinity met, anti-affinity broken',
    pod(S1, { near: [`region: ${IN_SCAN}`], far: [`zone: ${IN_SCAN}`] }),
    [pod(SCAN)],
    'far',
  ),
  one(
    'the pod there keeps this one away',
    pod(SCAN, { near: [`region: ${IN_SCAN}`], far: [`node: ${IN_VIRUS}`] }),
    [pod(SCAN, { far: [`zone: ${IN_SCAN}`] })],
    'existing',
  ),
  many(
    'it does not mean itself, and a pod on a node without labels counts nowhere',
    pod(SCAN, { near: ['region: service NotIn securityscan|value2'] }),
    { node2: [pod(SCAN)] },
    { ...NODE1, node2: {} },
    'xx',
    'near',
  ),
  one('no rules, kept away', pod(SCAN), [pod(SCAN, { far: [`zone: ${IN_SCAN}`] })], 'existing'),
  one('no rules, not meant', pod(SCAN), [pod(SCAN, { far: ['zone: service NotIn securityscan|value2'] })], 'fits'),
  one(
    'one of two anti-affinity terms is broken',
    pod(SCAN, { far: ['region: service Exists', 'region: security Exists'] }),
    [pod(S1, { far: ['zone: security Exists'] })],
    'far',
  ),
  one(
    'both mean each other, the pod first',
    pod(SCAN, { far: ['zone: service Exists', 'zone: security Exists'] }),
    [pod(S1, { far: ['zone: security Exists'] })],
    'far',
  ),
  one(
    'only the pod there means this one',
    pod(S1, { far: ['zone: security Exists'] }),
    [pod(SCAN, { far: ['zone: service Exists', 'zone: security Exists'] })],
    'existing',
  ),
  ...(
    [
      ['abc', 'def'],
      ['def', 'abc'],
    ] as const
  ).map(([mine, theirs]) =>
    one(
      `same terms on both sides, ${mine} against ${theirs}`,
      pod({ [mine]: '', xyz: '' }, { far: ['zone: abc Exists', 'zone: def Exists'] }),
      [pod({ [theirs]: '', xyz: '' }, { far: ['zone: abc Exists', 'zone: def Exists'] })],
      // The pod's own terms are looked at before those of pods that are there.
      'far',
    ),
  ),
]

const CHINA: CaseNode = { labels: { region: 'China' } }
const CHINA_AZ: CaseNode = { labels: { region: 'China', az: 'az1' } }
const INDIA: CaseNode = { labels: { region: 'India' } }
const ABC = { a: CHINA, b: CHINA_AZ, c: INDIA }
const zone = (value: string): CaseNode => ({ labels: { region: 'r1', zone: value } })
const SAME = { a: zone('z1'), b: zone('z1') }
const TWO = { a: zone('z1'), b: zone('z2') }
const BOTH: Labels = { foo: '', bar: '' }
const ANY_FOO = 'foo Exists'
const ANY_BAR = 'bar Exists'

const multiple: readonly FilterCase[] = [
  many(
    'the region of a pod that is meant',
    pod({}, { near: ['region: foo In bar'] }),
    { a: [pod({ foo: 'bar' })] },
    ABC,
    '++x',
    'near',
  ),
  many(
    'the first of its kind: a pod that meets one of two terms is not its kind',
    pod({ foo: 'bar', ...SCAN }, { near: ['zone: foo In bar', 'zone: service In securityscan'] }),
    { a: [pod({ foo: 'bar' })] },
    { a: { labels: { zone: 'az1' } }, b: { labels: { zone: 'az2' } } },
    '++',
  ),
  many(
    'one region, one pod',
    pod({}, { far: ['region: foo In abc'] }),
    { a: [pod({ foo: 'abc' })] },
    SAME,
    '--',
    'far',
  ),
  many(
    'any term of anti-affinity is enough',
    pod({}, { far: ['region: foo In abc', 'zone: service In securityscan'] }),
    { a: [pod({ foo: 'abc', ...SCAN })] },
    TWO,
    '--',
    'far',
  ),
  many(
    'the other region is free',
    pod({}, { far: ['region: foo In abc'] }),
    { a: [pod({ foo: 'abc' })] },
    ABC,
    '--+',
    'far',
  ),
  many(
    'terms of pods in other namespaces mean their own',
    pod({ foo: '123' }, { far: ['region: foo In bar'] }, { namespace: 'ns1' }),
    {
      a: [pod({ foo: 'bar' }, {}, { namespace: 'ns1' })],
      c: [pod({}, { far: ['region: foo In 123'] }, { namespace: 'ns2' })],
    },
    ABC,
    '--+',
    'far',
  ),
  many(
    'a pod there has a key that no node has',
    pod({ foo: '' }),
    { a: [pod({}, { far: [`rack: ${ANY_FOO}`] })] },
    SAME,
    '++',
  ),
  many(
    'the pod has a key that no node has',
    pod({}, { far: [`rack: ${ANY_FOO}`] }),
    { a: [pod({ foo: '' })] },
    SAME,
    '++',
  ),
  many(
    'two pods there, by zone and by region',
    pod(BOTH),
    { a: [pod({}, { far: [`zone: ${ANY_FOO}`] }), pod({}, { far: [`region: ${ANY_BAR}`] })] },
    TWO,
    '--',
    'existing',
  ),
  many(
    'the pod by zone and by region',
    pod({}, { far: [`zone: ${ANY_FOO}`, `region: ${ANY_BAR}`] }),
    { a: [pod({ foo: '' })], b: [pod({ bar: '' })] },
    TWO,
    '--',
    'far',
  ),
  many(
    'one term there has an unknown key',
    pod(BOTH),
    { a: [pod({}, { far: [`rack: ${ANY_FOO}`, `zone: ${ANY_BAR}`] })] },
    TWO,
    '-+',
    'existing',
  ),
  many(
    'one term of the pod has an unknown key',
    pod({}, { far: [`rack: ${ANY_FOO}`, `zone: ${ANY_BAR}`] }),
    { a: [pod(BOTH)] },
    TWO,
    '-+',
    'far',
  ),
  many(
    'both terms there hold',
    pod(BOTH),
    { a: [pod({}, { far: [`region: ${ANY_FOO}`, `zone: ${ANY_BAR}`] })] },
    TWO,
    '--',
    'existing',
  ),
  many(
    'both terms of the pod hold',
    pod({}, { far: [`region: ${ANY_FOO}`, `zone: ${ANY_BAR}`] }),
    { a: [pod(BOTH)] },
    TWO,
    '--',
    'far',
  ),
  many(
    'one term of each pod there holds, the third zone is free',
    pod(BOTH),
    {
      a: [pod({}, { far: [`zone: ${ANY_FOO}`, 'zone: labelA Exists'] })],
      b: [pod({}, { far: [`zone: ${ANY_BAR}`, 'zone: labelB Exists'] })],
    },
    { ...TWO, c: zone('z3') },
    '--+',
    'existing',
  ),
  many(
    'one pod meets both terms',
    pod({}, { near: [`region: ${ANY_FOO}`, `zone: ${ANY_BAR}`] }),
    { a: [pod(BOTH)] },
    SAME,
    '++',
  ),
  many(
    'two pods meet one term each, which is not enough',
    pod({}, { near: [`region: ${ANY_FOO}`, `zone: ${ANY_BAR}`] }),
    { a: [pod({ foo: '' })], b: [pod({ bar: '' })] },
    TWO,
    'xx',
    'near',
  ),
]

const team1 = { matchExpressions: [{ key: 'team', operator: 'In', values: ['team1'] }] }
const NAMESPACES = { 'subteam1.team1': { team: 'team1' }, 'subteam1.team2': { team: 'team2' } }

/** namespaceSelector and the list of names mean the namespaces of either. */
const byNamespace: readonly FilterCase[] = (
  [
    ['a namespace that is selected', 'subteam1.team1', '-+'],
    ['a namespace that is not', 'subteam1.team2', '++'],
    ['a namespace that is named', 'named', '-+'],
    ['its own namespace, which is neither', 'default', '++'],
  ] as const
).map(([name, namespace, outcome]) => ({
  ...many(
    `anti-affinity with ${name}`,
    {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { ...podTerm(`zone: ${ANY_FOO}`), namespaces: ['named'], namespaceSelector: team1 },
          ],
        },
      },
    },
    { a: [pod({ foo: '' }, {}, { namespace })] },
    TWO,
    outcome,
  ),
  namespaces: NAMESPACES,
}))

export const interPodAffinityCases: readonly FilterCase[] = [...single, ...multiple, ...byNamespace]
