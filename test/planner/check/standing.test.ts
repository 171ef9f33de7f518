/** What the checker keeps between plans is what it would find anew, whatever states it is shown and in whatever order. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ServiceTable } from '../../../src/model/assignment.js'
import { emptyPlannedState, type PlannedState } from '../../../src/model/planned-state.js'
import { Standing } from '../../../src/planner/check/standing.js'
import { checkPlan } from '../../../src/planner/check-plan.js'
import { makePlan } from '../../../src/planner/make-plan.js'
import { createPlanIndex } from '../../../src/planner/plan-index.js'
import { deployment, image, service, World } from '../world.js'

const standing = suite('what the checker keeps')

const WORKLOADS = ['a', 'b', 'c', 'd'].map((name) => `Deployment.apps/default/${name}`)

/** States that a cluster of four workloads went through: scaled, rolled, spread apart, drained, and back. */
function history(): readonly PlannedState[] {
  const world = new World()
  for (const name of ['n1', 'n2', 'n3', 'n4']) world.addNode(name, { images: [image('demo:1'), image('demo:2')] })
  const states: PlannedState[] = [emptyPlannedState]
  const apart = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } }
  for (const replicas of [3, 5, 1])
    for (const tag of ['demo:1', 'demo:2']) {
      world.apply(
        ...['a', 'b', 'c'].map((name) => deployment(name, { replicas, image: tag })),
        deployment('d', { replicas: 1, image: tag, pod: replicas === 5 ? { affinity: apart } : {} }),
        service('a', { selector: { app: 'a' }, ports: [{ port: 80, targetPort: 80 }] }),
      )
      world.run(500)
      states.push(world.planned)
      world.run(3_000)
      states.push(world.planned)
    }
  return states
}

const states = history()

function tell(kept: Standing, state: PlannedState): unknown {
  kept.follow(state)
  kept.followTables(state.network.services)
  const pods = [...state.nodes.values()].flatMap((node) => node.pods)
  const endpoints = [...state.network.services.values()].flatMap((table: ServiceTable) =>
    table.ports.flatMap((port) => port.endpoints.map(({ uid }) => uid)),
  )
  return {
    owned: WORKLOADS.map((workload) =>
      [...kept.podsOf(workload)].map((pod) => `${pod.uid} ${pod.node} ${pod.stop?.phase}`).sort(),
    ),
    subnets: [...state.nodes.values()].map(({ subnet }) => [...kept.nodesInSubnet(subnet)].sort()),
    keepingAway: [...kept.keepingAway()].sort(),
    services: [...pods.map(({ uid }) => uid), ...endpoints].map((uid) => [...kept.servicesOf(uid)]),
  }
}

standing('the states hold what it is about', () => {
  const told = states.map((state) => tell(new Standing(), state) as { keepingAway: string[]; services: string[][] })
  assert.ok(told.some(({ keepingAway }) => keepingAway.length === 1))
  assert.ok(told.some(({ keepingAway }) => keepingAway.length === 0))
  assert.ok(told.some(({ services }) => services.some((keys) => keys.length === 1)))
})

standing('following any states in any order ends where beginning anew does', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(states.length - 1), { minLength: 2, maxLength: 6 }), (order) => {
      const kept = new Standing()
      for (const at of order) tell(kept, states[at]!)
      const last = states[order.at(-1)!]!
      assert.equal(tell(kept, last), tell(new Standing(), last))
    }),
  )
})

standing('a look at what a plan touches finds what a look at everything finds', () => {
  const world = new World()
  for (const name of ['n1', 'n2']) world.addNode(name, { images: [image('demo:1')] })
  world.apply(deployment('a', { replicas: 4 }))
  world.run(2_000)
  world.apply(deployment('a', { replicas: 6 }))
  const input = world.input()
  const plan = makePlan(input, createPlanIndex())
  const [name, node] = [...plan.delta.nodes][0]!
  const other = [...input.planned.nodes.values()].find((item) => item.name !== name)!
  const clash = new Map([...plan.delta.nodes, [name, { ...node!, subnet: other.subnet }]])
  const wrong = { ...plan, delta: { ...plan.delta, nodes: clash } }
  for (const scope of ['touched', 'all'] as const) {
    assert.ok(checkPlan(input, wrong, scope).some(({ invariant }) => invariant === 'unique-subnet'))
    assert.equal(checkPlan(input, plan, scope), [])
  }
})

standing.run()
