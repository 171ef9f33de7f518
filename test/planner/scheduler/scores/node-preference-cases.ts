/**
 * NodeAffinity and TaintToleration as scores: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/
 * nodeaffinity/node_affinity_test.go and tainttoleration/taint_toleration_test.go (Apache-2.0). Where all nodes are alike
 * the plug-ins here say nothing at all.
 */
import type { Taint, Toleration } from '../../../../src/model/generated/kubernetes.js'
import type { CaseNode, CasePod } from '../case-world.js'
import { termOf } from '../filters/node-affinity-cases.js'
import type { ScoreCase } from './score-case.js'

/** Weights, and terms as node-affinity-cases.ts writes them. */
function preferring(...terms: readonly (readonly [number, string])[]): CasePod {
  const preferred = terms.map(([weight, term]) => ({ weight, preference: termOf(term) }))
  return { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } }
}

const FOO: CaseNode = { labels: { foo: 'bar' } }
const KEY: CaseNode = { labels: { key: 'value' } }
const AZ: CaseNode = { labels: { az: 'az1' } }
const OTHER: CaseNode = { labels: { abc: 'az11', def: 'az22' } }
const ALL: CaseNode = { labels: { foo: 'bar', key: 'value', az: 'az1' } }
const one = preferring([2, 'foo In bar'])
const three = preferring([2, 'foo In bar'], [4, 'key In value'], [5, 'foo In bar & key In value & az In az1'])

export const nodePreferenceCases: readonly ScoreCase[] = [
  { name: 'no preference', pod: {}, nodes: { a: FOO, b: KEY, c: AZ }, scores: null },
  { name: 'nobody matches', pod: one, nodes: { a: OTHER, b: KEY, c: AZ }, scores: [0, 0, 0] },
  { name: 'one matches', pod: one, nodes: { a: FOO, b: KEY, c: AZ }, scores: [100, 0, 0] },
  { name: 'sums of 2, 11 and 4', pod: three, nodes: { a: FOO, b: ALL, c: KEY }, scores: [18, 100, 36] },
  { name: 'by name', pod: preferring([1, '@ In b']), nodes: { a: FOO, b: KEY }, scores: [0, 100] },
]

const PREFER = 'PreferNoSchedule'
const taint = (key: string, value: string, effect = PREFER): Taint => ({ key, value, effect })
const tolerate = (key: string, value: string, effect = PREFER): Toleration => ({
  key,
  operator: 'Equal',
  value,
  effect,
})
const CPU = taint('cpu-type', 'arm64')
const DISK = taint('disk-type', 'ssd')
const growing = { a: {}, b: { taints: [CPU] }, c: { taints: [CPU, DISK] } }

export const taintPreferenceCases: readonly ScoreCase[] = [
  {
    name: 'one tolerated, one not',
    pod: { tolerations: [tolerate('foo', 'bar')] },
    nodes: { a: { taints: [taint('foo', 'bar')] }, b: { taints: [taint('foo', 'blah')] } },
    scores: [100, 0],
  },
  {
    name: 'all tolerated, however many',
    pod: { tolerations: [tolerate('cpu-type', 'arm64'), tolerate('disk-type', 'ssd')] },
    nodes: growing,
    scores: null,
  },
  {
    name: 'the more taints, the less',
    pod: { tolerations: [tolerate('foo', 'bar')] },
    nodes: growing,
    scores: [100, 50, 0],
  },
  {
    name: 'other effects do not count, on either side',
    pod: { tolerations: [tolerate('cpu-type', 'arm64', 'NoSchedule'), tolerate('disk-type', 'ssd', 'NoSchedule')] },
    nodes: { ...growing, b: { taints: [{ ...CPU, effect: 'NoSchedule' }] } },
    scores: [100, 100, 0],
  },
  { name: 'no tolerations', pod: {}, nodes: { a: {}, b: { taints: [CPU] } }, scores: [100, 0] },
  {
    name: 'Gt is no operator',
    pod: { tolerations: [{ ...tolerate('sla', '950'), operator: 'Gt' }] },
    nodes: { a: {}, b: { taints: [taint('sla', '999')] } },
    scores: [100, 0],
  },
]
