import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { applyPlan } from '../../src/model/apply-plan.js'
import { isEmptyPlan, type Plan } from '../../src/model/plan.js'
import { emptyPlannedState, type PlannedPod } from '../../src/model/planned-state.js'

const folding = suite('apply-plan')

const plan: Plan = {
  id: 'p1',
  parent: '',
  revision: 'c1',
  madeAt: 1,
  generation: { epoch: 1, counter: 1 },
  actions: [],
  assignments: [],
  delta: {
    nodes: new Map(),
    pending: null,
    replicaSets: new Map(),
    workloads: new Map(),
    services: new Map(),
    inventory: new Map(),
    network: null,
  },
  waiting: [],
  brake: null,
  steps: [],
  requeueAt: null,
}

folding('a plan that changes nothing is empty, and keeps every part of the state by identity', () => {
  assert.ok(isEmptyPlan(plan))
  const next = applyPlan(emptyPlannedState, plan)
  assert.is(next.id, 'p1')
  assert.is(next.revision, 'c1')
  for (const part of ['nodes', 'pending', 'replicaSets', 'workloads', 'services', 'inventory', 'network'] as const)
    assert.is(next[part], emptyPlannedState[part])
})

folding('records are put and removed, and the network moves with its version', () => {
  const entry = { key: 'Pod./default/web', hash: 'h', app: 'main:', commit: 'c1' }
  const pending: readonly PlannedPod[] = []
  const route = { node: 'n1', address: '192.0.2.1', podSubnet: '10.244.0.0/24' }
  const full: Plan = {
    ...plan,
    delta: {
      ...plan.delta,
      pending,
      inventory: new Map([[entry.key, entry]]),
      network: { version: 2, podCidr: 'p', serviceCidr: 's', services: new Map(), routes: new Map([['n1', route]]) },
    },
  }
  assert.not.ok(isEmptyPlan(full))
  const next = applyPlan(emptyPlannedState, full)
  assert.is(next.pending, pending)
  assert.is(next.inventory.get(entry.key), entry)
  assert.is(next.network.version, 2)
  assert.is(next.network.routes.get('n1'), route)
  const gone: Plan = {
    ...plan,
    id: 'p2',
    parent: 'p1',
    delta: { ...plan.delta, inventory: new Map([[entry.key, null]]) },
  }
  assert.is(applyPlan(next, gone).inventory.size, 0)
})

folding('a plan fits only the state it was made from', () => {
  assert.throws(() => applyPlan(emptyPlannedState, { ...plan, parent: 'other' }), /has parent other/)
})

folding.run()
