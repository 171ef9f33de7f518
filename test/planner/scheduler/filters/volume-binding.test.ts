/**
 * VolumeBinding: the node affinity of bound volumes. The cases are ours: those of Kubernetes (v1.36, pkg/scheduler/framework/
 * plugins/volumebinding) are for the most part about claims that wait for a volume, which have no counterpart.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NodeSelectorTerm } from '../../../../src/model/generated/kubernetes.js'
import { prepareFilters } from '../../../../src/planner/scheduler/diagnosis.js'
import { refusalOf } from '../../../../src/planner/scheduler/dry-run.js'
import { inZone, requestOf, tableOf } from '../case-world.js'

const FILTER = 'VolumeBinding'

interface Row {
  readonly name: string
  /** Terms of each bound volume. */
  readonly volumes: readonly (readonly NodeSelectorTerm[])[]
  /** Nodes a and b are in zone1, x and y in zone2: which of them reach all volumes. */
  readonly reached: string
}

function isIn(key: string, ...values: readonly string[]): NodeSelectorTerm {
  return { matchExpressions: [{ key, operator: 'In', values }] }
}

const rows: readonly Row[] = [
  { name: 'no volume', volumes: [], reached: 'abxy' },
  { name: 'a volume of one node', volumes: [[isIn('node', 'b')]], reached: 'b' },
  { name: 'a volume of a node by its name', volumes: [[byName('y')]], reached: 'y' },
  { name: 'a volume of a zone', volumes: [[isIn('zone', 'zone2')]], reached: 'xy' },
  {
    name: 'a volume with two terms, either of which is enough',
    volumes: [[isIn('node', 'a'), isIn('node', 'x')]],
    reached: 'ax',
  },
  {
    name: 'two volumes that a node reaches both',
    volumes: [[isIn('zone', 'zone1')], [isIn('node', 'a', 'x')]],
    reached: 'a',
  },
  {
    name: 'two volumes that no node reaches both',
    volumes: [[isIn('zone', 'zone1')], [isIn('zone', 'zone2')]],
    reached: '',
  },
  { name: 'a label that no node has', volumes: [[isIn('rack', '1')]], reached: '' },
  { name: 'a term that asks for nothing matches nothing', volumes: [[{}]], reached: '' },
  { name: 'no terms at all match nothing', volumes: [[]], reached: '' },
]

function byName(...values: readonly string[]): NodeSelectorTerm {
  return { matchFields: [{ key: 'metadata.name', operator: 'In', values }] }
}

const volumeBinding = suite('volume binding cases')

for (const { name, volumes, reached } of rows)
  volumeBinding(name, () => {
    const nodes = { ...inZone('a', 'zone1'), ...inZone('b', 'zone1'), ...inZone('x', 'zone2'), ...inZone('y', 'zone2') }
    const table = tableOf({ nodes })
    const request = { ...requestOf({}), volumeTerms: volumes }
    for (const [row, node] of [...'abxy'].entries()) {
      const expected = reached.includes(node)
        ? { status: 'fits', reasons: [] }
        : { status: 'unresolvable', reasons: ["node(s) didn't match PersistentVolume's node affinity"] }
      assert.equal(refusalOf(request, table, row), expected)
    }
    assert.is(
      prepareFilters(request, table).some(([filter]) => filter === FILTER),
      volumes.length > 0,
    )
  })

volumeBinding.run()
