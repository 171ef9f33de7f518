/**
 * VolumeZone: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/volumezone/volume_zone_test.go
 * (Apache-2.0): TestSingleZone and TestMultiZone. Those of claims without a volume have no counterpart: such a pod gets its
 * node and waits there on `unsupported`.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Labels } from '../../../../src/model/selector.js'
import { prepareFilters } from '../../../../src/planner/scheduler/diagnosis.js'
import { refusalOf } from '../../../../src/planner/scheduler/dry-run.js'
import { requestOf, tableOf } from '../case-world.js'

const ZONE = 'topology.kubernetes.io/zone'
const REGION = 'topology.kubernetes.io/region'
const BETA_ZONE = 'failure-domain.beta.kubernetes.io/zone'
const BETA_REGION = 'failure-domain.beta.kubernetes.io/region'

interface Row {
  readonly name: string
  /** Of the volume; several zones are joined by `__`. */
  readonly volume: Labels
  readonly node: Labels
  readonly isReached: boolean
}

const rows: readonly Row[] = [
  { name: 'no volume', volume: {}, node: { [BETA_ZONE]: 'a' }, isReached: true },
  { name: 'a node without labels', volume: { [BETA_ZONE]: 'a' }, node: {}, isReached: true },
  ...[ZONE, REGION, BETA_ZONE, BETA_REGION].flatMap((key) => [
    { name: `${key}, the same`, volume: { [key]: 'a' }, node: { [key]: 'a', other: 'none' }, isReached: true },
    { name: `${key}, another`, volume: { [key]: 'a' }, node: { [key]: 'b', other: 'none' }, isReached: false },
  ]),
  {
    name: 'a zone and a region, the node only has a zone',
    volume: { [ZONE]: 'a', [REGION]: 'a' },
    node: { [ZONE]: 'a' },
    isReached: false,
  },
  { name: 'a node with the name of beta only', volume: { [ZONE]: 'a' }, node: { [BETA_ZONE]: 'a' }, isReached: false },
  { name: 'a volume with the name of beta', volume: { [BETA_ZONE]: 'a' }, node: { [ZONE]: 'a' }, isReached: true },
  { name: 'a volume with it, elsewhere', volume: { [BETA_ZONE]: 'a' }, node: { [ZONE]: 'b' }, isReached: false },
  { name: 'two zones, without labels', volume: { [BETA_ZONE]: 'c__a' }, node: {}, isReached: true },
  { name: 'two zones, one of them', volume: { [BETA_ZONE]: 'c__a' }, node: { [BETA_ZONE]: 'a' }, isReached: true },
  { name: 'two zones by the present name', volume: { [ZONE]: 'c__a' }, node: { [ZONE]: 'a' }, isReached: true },
  { name: 'two zones, neither', volume: { [ZONE]: 'c__a' }, node: { [ZONE]: 'b' }, isReached: false },
]

const volumeZone = suite('volume zone cases')

for (const { name, volume, node, isReached } of rows)
  volumeZone(name, () => {
    const table = tableOf({ nodes: { n: { labels: node } } })
    const volumeZones = Object.entries(volume).map(([key, value]) => ({ key, values: value.split('__') }))
    const request = { ...requestOf({}), volumeZones }
    const found = refusalOf(request, table, 0)
    if (isReached) assert.equal(found, { status: 'fits', reasons: [] })
    else assert.equal(found, { status: 'unresolvable', reasons: ['node(s) had no available volume zone'] })
    const isAsked = prepareFilters(request, table).some(([filter]) => filter === 'VolumeZone')
    assert.is(isAsked, volumeZones.length > 0)
  })

volumeZone.run()
