/**
 * Topology spread while pods come and go in a what-if: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/
 * plugins/podtopologyspread/filtering_test.go (Apache-2.0): TestPreFilterStateAddPod and TestPreFilterStateRemovePod. Theirs
 * tell the counts afterwards, which stand in the names; the outcomes are what the rule (semantics §3.8) makes of them. A
 * what-if asks all filters, so that nodes which affinity or taints keep out are refused for good. Left out: gates that are
 * off, and the removal of a pod that is not there, which a dry run does not allow.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CountedPod, DryRun } from '../../../../src/planner/scheduler/dry-run.js'
import type { NodeTable } from '../../../../src/planner/scheduler/node-table.js'
import { type CasePod, inZone, type Present, pods, requestOf, rowOf, tableOf } from '../case-world.js'
import type { FilterCase } from './filter-case.js'
import { fooAndBar, onlyOn, spread, spreadOver, TAINTED, zoneAndNode } from './topology-spread-cases.js'

interface ChangeCase {
  readonly name: string
  readonly nodes: FilterCase['nodes']
  /** Without the pod that comes or goes. */
  readonly present: Present
  /** Where it comes or goes, and what it is. */
  readonly node: string
  readonly moving: CasePod
  readonly pod: CasePod
  /** As in a filter case: what all filters say without the pod that moves, and with it. */
  readonly without: string
  readonly withIt: string
}

const MARKS = { fits: '+', unschedulable: '-', unresolvable: 'x' } as const
const FOO: CasePod = { labels: 'foo' }
const AB = { ...inZone('a', 'zone1'), ...inZone('b', 'zone1') }
const AX = { ...inZone('a', 'zone1'), ...inZone('x', 'zone2') }
const ABX = { ...AB, ...inZone('x', 'zone2') }
const ABXY = { ...ABX, ...inZone('y', 'zone2') }
const byZone = spread(spreadOver('zone'))
const byNode = spread(spreadOver('node'))
const byBoth = spread(...zoneAndNode)
const oneEach: Present = { b: pods('foo'), x: pods('foo'), y: pods('foo') }
const inTwoZones = { ...inZone('a', 'zone1', { foo: 'bar' }), ...inZone('b', 'zone2', { foo: '' }) }
const taintedA = { a: { ...inZone('a', 'zone1').a, ...TAINTED }, ...inZone('b', 'zone2') }
const notOnA = { ...byZone, ...onlyOn('NotIn', 'a') }
const tolerant: CasePod = { ...byZone, tolerations: [{ key: 'taint-key', operator: 'Exists' }] }
const otherNamespace: CasePod = { labels: 'foo', namespace: 'ns1' }

function change(
  name: string,
  nodes: FilterCase['nodes'],
  present: Present,
  [node, moving]: readonly [string, CasePod],
  pod: CasePod,
  [without, withIt]: readonly [string, string],
): ChangeCase {
  return { name, nodes, present, node, moving, pod, without, withIt }
}

const coming: readonly ChangeCase[] = [
  change('nodes 1/0', AB, {}, ['a', FOO], byNode, ['++', '-+']),
  change('nodes 1/1', AB, { b: pods('foo') }, ['a', FOO], byNode, ['+-', '++']),
  change('another namespace: nodes 0/1', AB, { b: pods('foo') }, ['a', otherNamespace], byNode, ['+-', '+-']),
  change('not where the least is: nodes 0/2', AB, { b: pods('foo') }, ['b', FOO], byNode, ['+-', '+-']),
  change('zones 1/0 and nodes 1/0', AX, {}, ['a', FOO], byBoth, ['++', '-+']),
  change('zones 1/1 and nodes 1/1', AX, { x: pods('foo') }, ['a', FOO], byBoth, ['+-', '++']),
  change('zones 3/1 and nodes 1/2/1', ABX, { b: pods('foo', 'foo'), x: pods('foo') }, ['a', FOO], byBoth, [
    '---',
    '--+',
  ]),
  change(
    'zones 2/1 of foo, nodes 0/1/2 of bar',
    ABX,
    { b: pods('foo,bar'), x: pods('foo,bar', 'bar') },
    ['a', FOO],
    fooAndBar,
    ['+--', '---'],
  ),
  change(
    'zones 1/1 of foo, nodes 1/1/2 of bar',
    ABX,
    { b: pods('bar'), x: pods('foo,bar', 'bar') },
    ['a', { labels: 'foo,bar' }],
    fooAndBar,
    ['+--', '++-'],
  ),
  change('on a node that affinity leaves out: ~1~/1', inTwoZones, { a: [FOO], b: [FOO] }, ['a', FOO], notOnA, [
    'x+',
    'x+',
  ]),
  change('zones 1/2', inTwoZones, { a: [FOO], b: [FOO] }, ['b', FOO], byZone, ['++', '+-']),
  change('not selected: zones 1/1', inTwoZones, { a: [FOO], b: [FOO] }, ['b', {}], byZone, ['++', '++']),
  change('taints ignored: zones 1/2', taintedA, { a: [FOO], b: [FOO] }, ['b', FOO], byZone, ['x+', 'x-']),
  change('taints tolerated: zones 1/2', taintedA, { a: [FOO], b: [FOO] }, ['b', FOO], tolerant, ['++', '+-']),
]

const going: readonly ChangeCase[] = [
  change('zones 2/1, then 1/1', ABX, { b: pods('foo'), x: pods('foo') }, ['a', FOO], byZone, ['+++', '--+']),
  change('zones 2/2, then 1/2', ABXY, oneEach, ['a', FOO], byZone, ['++--', '++++']),
  change('not selected: zones 2/2', ABXY, { ...oneEach, a: [FOO] }, ['a', { labels: 'bar' }], byZone, ['++++', '++++']),
  change(
    'zones 3/2 and nodes 2/1/2, then 3/1 and 2/1/1',
    ABX,
    { a: pods('foo', 'foo'), b: pods('foo'), x: pods('foo') },
    ['x', FOO],
    byBoth,
    ['--+', '---'],
  ),
  change('from a node that affinity leaves out: ~1~/1', inTwoZones, { b: [FOO] }, ['a', FOO], notOnA, ['x+', 'x+']),
  change('zones 1/1, then 1/0', inTwoZones, { a: [FOO] }, ['b', FOO], byZone, ['-+', '++']),
]

function outcomeOf(dryRun: DryRun, table: NodeTable): string {
  return Array.from({ length: table.count }, (_, row) => MARKS[dryRun.refusal(row).status]).join('')
}

function testChanges(word: string, cases: readonly ChangeCase[]): void {
  for (const { name, nodes, present, node, moving, pod, without, withIt } of cases)
    changes(`a pod ${word}: ${name}`, () => {
      const table = tableOf({ nodes, present: { ...present, [node]: [...(present[node] ?? []), moving] } })
      const row = rowOf(table, node)
      const counted: CountedPod = { request: requestOf(moving) }
      const dryRun = new DryRun(requestOf(pod), table)
      assert.is(outcomeOf(dryRun, table), withIt)
      dryRun.remove(row, counted)
      assert.is(outcomeOf(dryRun, table), without)
      dryRun.restore(row, counted)
      assert.is(outcomeOf(dryRun, table), withIt)
    })
}

const changes = suite('topology spread in a what-if')
testChanges('comes', coming)
testChanges('goes', going)
changes.run()
