/**
 * NodeAffinity: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/nodeaffinity/
 * node_affinity_test.go (Apache-2.0). A term is written `foo In bar|baz & GPU Exists`; `@` in place of a label is the
 * field metadata.name. Kubernetes' affinity of a profile (addedAffinity) has no counterpart here.
 */
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../../../src/model/generated/kubernetes.js'
import type { Labels } from '../../../../src/model/selector.js'
import type { CasePod } from '../case-world.js'
import type { FilterCase } from './filter-case.js'

function requirement(text: string): NodeSelectorRequirement {
  const [key, operator, values] = text.split(' ') as [string, string, string | undefined]
  return {
    key: key === '@' ? 'metadata.name' : key,
    operator,
    ...(values !== undefined && { values: values.split('|') }),
  }
}

export function termOf(text: string): NodeSelectorTerm {
  const all = text === '' ? [] : text.split(' & ').map(requirement)
  const isField = ({ key }: NodeSelectorRequirement): boolean => key === 'metadata.name'
  return { matchExpressions: all.filter((item) => !isField(item)), matchFields: all.filter(isField) }
}

/** Terms are alternatives. */
function requiring(...terms: readonly string[]): CasePod {
  return {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms.map(termOf) } },
    },
  }
}

function on(name: string, labels: Labels, pod: CasePod, isMatch: boolean, nodeName = 'node1'): FilterCase {
  return {
    name,
    nodes: { [nodeName]: { labels } },
    pod,
    outcome: isMatch ? '+' : 'x',
    ...(!isMatch && { reasons: ["node(s) didn't match Pod's node affinity/selector"] }),
  }
}

const FOO = { foo: 'bar' }
const GPU = { GPU: 'NVIDIA-GRID-K1' }
const YES = true
const NO = false

export const nodeAffinityCases: readonly FilterCase[] = [
  on('nodeSelector, label missing', {}, { nodeSelector: FOO }, NO),
  on('nodeSelector, same labels', FOO, { nodeSelector: FOO }, YES),
  on('nodeSelector, more labels', { ...FOO, baz: 'blah' }, { nodeSelector: FOO }, YES),
  on('nodeSelector, fewer labels', FOO, { nodeSelector: { ...FOO, baz: 'blah' } }, NO),
  on('In', FOO, requiring('foo In bar|value2'), YES),
  on('Gt', { 'kernel-version': '0206' }, requiring('kernel-version Gt 0204'), YES),
  on('Gt, equal', { 'kernel-version': '0204' }, requiring('kernel-version Gt 0204'), NO),
  on('Gt, not a number', { 'kernel-version': 'six' }, requiring('kernel-version Gt 5'), NO),
  on('Gt, a number with a sign', { cores: '5' }, requiring('cores Gt +4'), YES),
  on('Gt, more digits than a double has', { id: '9007199254740993' }, requiring('id Gt 9007199254740992'), YES),
  on('Gt, more than 64 bits is no number', { id: '9223372036854775808' }, requiring('id Gt 1'), NO),
  on('Lt', { cores: '-3' }, requiring('cores Lt -2'), YES),
  on('Lt, equal', { cores: '-2' }, requiring('cores Lt -2'), NO),
  on('NotIn', { 'mem-type': 'DDR3' }, requiring('mem-type NotIn DDR|DDR2'), YES),
  on('Exists', GPU, requiring('GPU Exists'), YES),
  on('In, another value', FOO, requiring('foo In value1|value2'), NO),
  on('an empty term', FOO, requiring(''), NO),
  on('no affinity', FOO, {}, YES),
  on('affinity without required terms', FOO, { affinity: { nodeAffinity: {} } }, YES),
  on('all expressions of a term', GPU, requiring('GPU Exists & GPU NotIn AMD|INTER'), YES),
  on('one expression of a term fails', GPU, requiring('GPU Exists & GPU In AMD|INTER'), NO),
  on('one of two terms', FOO, requiring('foo In bar|value2', 'diffkey In wrong|value2'), YES),
  on('nodeSelector and affinity', FOO, { nodeSelector: FOO, ...requiring('foo Exists') }, YES),
  on('affinity, but not nodeSelector', { foo: 'barrrrrr' }, { nodeSelector: FOO, ...requiring('foo Exists') }, NO),
  on('matchFields In', {}, requiring('@ In node1'), YES),
  on('matchFields In, another node', {}, requiring('@ In node1'), NO, 'node2'),
  on(
    'two terms: the fields contradict each other, the labels match',
    FOO,
    requiring('@ In node1 & @ In node2', 'foo In bar'),
    YES,
    'node2',
  ),
  on('one term: fields fail, labels match', FOO, requiring('@ In node1 & foo In bar'), NO, 'node2'),
  on('one term: both match', FOO, requiring('@ In node1 & foo In bar'), YES),
  on('two terms: neither matches', FOO, requiring('@ In node1', 'foo In not-match-to-bar'), NO, 'node2'),
  on('two terms by name', {}, requiring('@ In node1', '@ In node2'), YES, 'node2'),
  on('two names at once', FOO, requiring('@ In node1 & @ In node2'), NO, 'node2'),
]
