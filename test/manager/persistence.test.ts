/** Planned state in the store: what is committed is what is loaded, and a commit needs its parent. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commitPlan, loadState, saveHistory } from '../../src/manager/persistence.js'
import { applyPlan } from '../../src/model/apply-plan.js'
import type { Plan } from '../../src/model/plan.js'
import { emptyPlannedState, type PlannedNode } from '../../src/model/planned-state.js'
import type { HistoryEntry } from '../../src/model/status-view.js'
import { openMemoryStore } from '../../src/store/memory-store.js'

const node = (name: string): PlannedNode => ({
  name,
  pods: [],
  subnet: 1,
  generation: { epoch: 1, counter: 1 },
  assignmentHash: 'h',
  resolve: [],
  unreachableSince: null,
})

function makePlan(id: string, parent: string, changes: Partial<Plan['delta']> = {}): Plan {
  const none = new Map()
  return {
    id,
    parent,
    revision: 'c1',
    madeAt: 5,
    generation: { epoch: 1, counter: 1 },
    actions: [],
    assignments: [],
    delta: {
      nodes: none,
      pending: null,
      replicaSets: none,
      workloads: none,
      services: none,
      inventory: none,
      network: null,
      ...changes,
    },
    waiting: [],
    brake: null,
    steps: [],
    requeueAt: null,
  }
}

const entry: HistoryEntry = {
  revision: 'c1',
  author: 'a',
  subject: 's',
  committedAt: 1,
  takenAt: 2,
  outcome: 'converged',
  convergedAt: 3,
  created: 1,
  stopped: 0,
}

const persistence = suite('persistence')

persistence('an empty store has no planned state', async () => {
  const store = openMemoryStore()
  assert.equal(await loadState(store), { planned: null, assignments: [], history: [], madeAt: 0 })
  await store.close()
})

persistence('what two plans add up to is what is loaded', async () => {
  const store = openMemoryStore()
  const assignment = {
    node: 'n1',
    generation: { epoch: 1, counter: 1 },
    pods: [],
    podSubnet: '10.244.1.0/24',
    resolve: [],
    hash: 'h',
  }
  const first: Plan = {
    ...makePlan('p1', '', {
      nodes: new Map([
        ['n1', node('n1')],
        ['n2', node('n2')],
      ]),
      network: {
        version: 4,
        podCidr: '10.244.0.0/16',
        serviceCidr: '10.96.0.0/16',
        services: new Map(),
        routes: new Map([['n1', { node: 'n1', address: '10.0.0.1', podSubnet: '10.244.1.0/24' }]]),
      },
    }),
    assignments: [assignment],
  }
  const second = makePlan('p2', 'p1', { nodes: new Map([['n2', null]]), pending: [] })
  assert.ok(await commitPlan(store, first, emptyPlannedState.network, [entry]))
  const between = applyPlan(emptyPlannedState, first)
  assert.ok(await commitPlan(store, second, between.network, [entry]))
  const loaded = await loadState(store)
  assert.equal(loaded.planned, applyPlan(between, second))
  assert.equal(loaded.assignments, [assignment])
  assert.equal(loaded.history, [entry])
  assert.is(loaded.madeAt, second.madeAt)
  await store.close()
})

persistence('a plan with another parent is refused and changes nothing', async () => {
  const store = openMemoryStore()
  await commitPlan(store, makePlan('p1', ''), emptyPlannedState.network, [])
  assert.not(
    await commitPlan(
      store,
      makePlan('p3', 'p2', { nodes: new Map([['n1', node('n1')]]) }),
      emptyPlannedState.network,
      [],
    ),
  )
  const loaded = await loadState(store)
  assert.is(loaded.planned?.id, 'p1')
  assert.is(loaded.planned?.nodes.size, 0)
  await store.close()
})

persistence('a removed node takes its assignment along', async () => {
  const store = openMemoryStore()
  const assignment = {
    node: 'n1',
    generation: { epoch: 1, counter: 1 },
    pods: [],
    podSubnet: '',
    resolve: [],
    hash: 'h',
  }
  await commitPlan(
    store,
    { ...makePlan('p1', '', { nodes: new Map([['n1', node('n1')]]) }), assignments: [assignment] },
    emptyPlannedState.network,
    [],
  )
  await commitPlan(store, makePlan('p2', 'p1', { nodes: new Map([['n1', null]]) }), emptyPlannedState.network, [])
  assert.equal((await loadState(store)).assignments, [])
  await store.close()
})

persistence('history is kept without a plan', async () => {
  const store = openMemoryStore()
  await saveHistory(store, [entry])
  assert.equal((await loadState(store)).history, [entry])
  await store.close()
})

persistence.run()
