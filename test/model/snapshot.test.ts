/** Snapshots through text and back, and what is said of a text that is not one. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ObservedNode } from '../../src/model/observed-state.js'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { medianMs, noDurations, templateDurationKey } from '../../src/model/recorded-durations.js'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../src/model/snapshot.js'
import { makeAssignedPod, makeFacts } from '../support/builders.js'
import { makeDeployment, makeDesired } from '../support/desired.js'

const spec = { containers: [{ name: 'web', image: 'web:v1', args: ['x'.repeat(200)] }] }
const pods = [makeAssignedPod('a', { spec }), makeAssignedPod('b', { spec: { ...spec } })]
const node: ObservedNode = {
  facts: makeFacts('node1'),
  silentSince: null,
  connectedAt: 5,
  generation: { epoch: 1, counter: 2 },
  networkVersion: 3,
  pods: new Map(),
  resolvedImages: new Map([
    ['web:v2', { reference: 'web:v2', id: 'sha256:2', digest: '', error: '' }],
    ['web:v1', { reference: 'web:v1', id: 'sha256:1', digest: '', error: '' }],
  ]),
  taints: [],
}

function makeSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const assignment = { generation: { epoch: 1, counter: 2 }, pods, podSubnet: '10.244.0.0/24', resolve: [], hash: 'h' }
  return {
    version: 1,
    takenAt: 1_000,
    clusterId: 'c',
    plannerVersion: '0.1.0',
    desired: makeDesired([makeDeployment()]),
    planned: { ...emptyPlannedState, id: 'p', inventory: new Map([['Pod./default/a', inventoryEntry('a')]]) },
    assignments: [{ ...assignment, node: 'node1' }],
    observed: { nodes: new Map([['node1', node]]), unheard: ['node2'], heardSince: 7 },
    generation: { epoch: 1, counter: 2 },
    confirmed: null,
    isRecovering: false,
    waiting: [{ on: 'scheduling', key: null, detail: 'no node' }],
    brake: null,
    durations: { ...noDurations, images: new Map([['web:v1', { pull: [1_500], ready: [10, 30, 20] }]]) },
    ...changes,
  }
}

function inventoryEntry(name: string) {
  return { key: `Pod./default/${name}`, hash: 'h', app: 'main:', commit: 'c1' }
}

const snapshots = suite('snapshot')

snapshots('a snapshot comes back whole, and its text is the same each time', () => {
  for (const snapshot of [makeSnapshot(), makeSnapshot({ desired: null, assignments: [] })]) {
    const text = encodeSnapshot(snapshot)
    assert.equal(decodeSnapshot(text), snapshot)
    assert.is(encodeSnapshot(decodeSnapshot(text)), text)
  }
})

snapshots('the order in which fields were set changes nothing', () => {
  const snapshot = makeSnapshot()
  const turned = Object.fromEntries(Object.entries(snapshot).reverse()) as unknown as Snapshot
  assert.is(encodeSnapshot(turned), encodeSnapshot(snapshot))
})

snapshots('the spec that pods share is written once', () => {
  assert.is(encodeSnapshot(makeSnapshot()).split('x'.repeat(200)).length, 2)
})

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /not a snapshot/],
  ['another file', '{"kind":"List"}\n', /not a snapshot/],
  ['no JSON', 'apiVersion: v1\n', /line 1 .*cannot be read/],
  ['another form', '{"headway":"snapshot","version":99}\n', /form 99, this program reads form 1/],
  ['cut off', encodeSnapshot(makeSnapshot()).split('\n').slice(0, -2).join('\n'), /before its end/],
  ['damaged', encodeSnapshot(makeSnapshot()).replace('"value"', '"value'), /line 2 .*cannot be read/],
]
for (const [name, text, message] of refused) {
  snapshots(`refused with what to do: ${name}`, () => {
    assert.throws(() => decodeSnapshot(text), message)
  })
}

snapshots('medians', () => {
  assert.is(medianMs({ ready: [10, 30, 20] }, 'ready'), 20)
  assert.is(medianMs({ ready: [10, 30, 20, 40] }, 'ready'), 20)
  assert.is(medianMs({ ready: [] }, 'ready'), null)
  assert.is(medianMs(undefined, 'pull'), null)
  assert.is(templateDurationKey('Deployment.apps/default/web', 'v1-1'), 'Deployment.apps/default/web@v1-1')
})

snapshots.run()
