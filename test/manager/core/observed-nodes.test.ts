/** Observed state from agents' messages: ages become instants, identity stays, silence is counted. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ObservedNodes } from '../../../src/manager/core/observed-nodes.js'
import { zeroGeneration } from '../../../src/model/generation.js'
import type { AgentMessage } from '../../../src/model/protocol.js'
import { makeFacts, makeReportedPod } from '../../support/builders.js'

type Hello = Extract<AgentMessage, { type: 'hello' }>
type Report = Extract<AgentMessage, { type: 'report' }>

const hello = (pods: Hello['pods'] = []): Hello => ({
  type: 'hello',
  protocols: [1],
  facts: makeFacts('node1'),
  generation: zeroGeneration,
  networkVersion: 0,
  pods,
  services: [],
  podSubnet: '',
  taints: [],
})
const report = (pods: Report['pods'], gone: Report['gone'] = []): Report => ({
  type: 'report',
  generation: { epoch: 1, counter: 2 },
  networkVersion: 3,
  pods,
  gone,
  resolved: [],
})

const observed = suite('observed nodes')

observed('an age becomes an instant of the manager’s clock', () => {
  const nodes = new ObservedNodes([], 0)
  nodes.takeHello('node1', hello([makeReportedPod('a', { readyForMs: 400 })]), 10_000)
  assert.is(nodes.snapshot().nodes.get('node1')?.pods.get('a')?.readySince, 9_600)
})

observed('the same moment told twice stays the same instant, and the pod the same object', () => {
  const nodes = new ObservedNodes([], 0)
  nodes.takeHello('node1', hello([makeReportedPod('a', { readyForMs: 400 })]), 10_000)
  const before = nodes.snapshot().nodes.get('node1')?.pods.get('a')
  nodes.takeReport('node1', report([makeReportedPod('a', { readyForMs: 1_390, startedAgoMs: 2_990 })]), 11_000)
  assert.is(nodes.snapshot().nodes.get('node1')?.pods.get('a'), before)
  nodes.takeReport('node1', report([makeReportedPod('a', { readyForMs: 10 })]), 13_000)
  assert.is(nodes.snapshot().nodes.get('node1')?.pods.get('a')?.readySince, 12_990)
})

observed('a report adds, replaces and removes pods', () => {
  const nodes = new ObservedNodes([], 0)
  nodes.takeHello('node1', hello([makeReportedPod('a'), makeReportedPod('b')]), 0)
  nodes.takeReport('node1', report([makeReportedPod('c')], ['a']), 1)
  const node = nodes.snapshot().nodes.get('node1')
  assert.equal([...(node?.pods.keys() ?? [])], ['b', 'c'])
  assert.equal(node?.generation, { epoch: 1, counter: 2 })
  assert.is(node?.networkVersion, 3)
})

observed('the snapshot is the same object until something changes', () => {
  const nodes = new ObservedNodes(['node1', 'node2'], 0)
  assert.equal(nodes.snapshot().unheard, ['node1', 'node2'])
  nodes.takeHello('node1', hello(), 0)
  const first = nodes.snapshot()
  assert.equal(first.unheard, ['node2'])
  nodes.noteHeard('node1', 500)
  assert.is(nodes.snapshot(), first)
})

for (const row of [
  { name: 'just within two heartbeats', now: 2_000, silent: false },
  { name: 'just beyond two heartbeats', now: 2_001, silent: true },
]) {
  observed(`silence: ${row.name}`, () => {
    const nodes = new ObservedNodes([], 0)
    nodes.takeHello('node1', hello(), 0)
    assert.is(nodes.markSilent(row.now), row.silent)
    assert.is(nodes.snapshot().nodes.get('node1')?.silentSince, row.silent ? 0 : null)
  })
}

observed('silence begins at the last sign of life and ends with the next', () => {
  const nodes = new ObservedNodes([], 0)
  nodes.takeHello('node1', hello(), 0)
  nodes.noteHeard('node1', 700)
  assert.ok(nodes.noteClosed('node1', 900))
  assert.is(nodes.snapshot().nodes.get('node1')?.silentSince, 700)
  nodes.noteHeard('node1', 5_000)
  assert.is(nodes.snapshot().nodes.get('node1')?.silentSince, null)
})

observed('a stall of the manager is nobody’s silence', () => {
  const nodes = new ObservedNodes([], 0)
  nodes.takeHello('node1', hello(), 0)
  nodes.noteStall(60_000)
  assert.not(nodes.markSilent(61_000))
  assert.is(nodes.snapshot().heardSince, 60_000)
  assert.is(nodes.nextSilenceAt(), 62_001)
})

observed.run()
