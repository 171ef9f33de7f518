/** What the checker keeps of pods and rules between plans is what it would find anew, whatever states it is shown. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compareText } from '../../../src/base/ordered.js'
import type { ObservedState } from '../../../src/model/observed-state.js'
import { emptyPlannedState, type PlannedState } from '../../../src/model/planned-state.js'
import { rulesOf } from '../../../src/planner/check/pod-rules.js'
import { Population } from '../../../src/planner/check/population.js'
import { RuleIndex } from '../../../src/planner/check/rule-index.js'
import { deployment, image, World } from '../world.js'

interface Shown {
  readonly planned: PlannedState
  readonly observed: ObservedState
}

const HOST = 'kubernetes.io/hostname'

/** Scaled, rolled, kept apart by one label and by none, forgotten while it runs, and back. */
function history(): readonly Shown[] {
  const world = new World()
  for (const name of ['n1', 'n2', 'n3']) world.addNode(name, { images: [image('demo:1'), image('demo:2')] })
  const shown: Shown[] = [{ planned: emptyPlannedState, observed: world.observed() }]
  const own = { topologyKey: HOST, labelSelector: { matchLabels: { app: 'b' } } }
  const any = {
    topologyKey: HOST,
    labelSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['c'] }] },
  }
  for (const [replicas, term] of [
    [3, own],
    [1, any],
    [2, null],
  ] as const) {
    const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: term === null ? [] : [term] }
    world.apply(
      deployment('a', { replicas, image: replicas === 3 ? 'demo:1' : 'demo:2' }),
      deployment('b', { replicas, pod: { affinity: { podAntiAffinity } } }),
    )
    for (const ms of [500, 1_000, 4_000]) {
      world.run(ms)
      shown.push({ planned: world.planned, observed: world.observed() })
    }
  }
  // The pods run on, and no plan knows them.
  shown.push({ planned: { ...world.planned, nodes: emptyPlannedState.nodes }, observed: world.observed() })
  return shown
}

const states = history()

function tell(population: Population, index: RuleIndex, { planned, observed }: Shown): unknown {
  population.follow(planned.nodes, observed.nodes)
  index.follow(planned.replicaSets)
  const keys = [...population.keys()].sort(compareText)
  const rules = [...planned.replicaSets].map(([, set]) => rulesOf(set.template, 'default'))
  return {
    counts: keys.map((key) => [key, [...population.nodesOf(key)].sort()]),
    strays: [...population.strays().keys()].sort(compareText),
    avoiders: rules.map(({ labels }) => [...index.avoiders(labels)].sort(compareText)),
    candidates: rules.flatMap(({ antiAffinity }) =>
      antiAffinity.map(({ pods }) => [...index.candidates(pods)].sort(compareText)),
    ),
  }
}

const population = suite('what the checker keeps of pods and rules')

population('the states hold what it is about', () => {
  const told = states.map((state) => JSON.stringify(tell(new Population(), new RuleIndex(), state)))
  assert.ok(told.some((text) => text.includes('stray ')))
  assert.ok(told.some((text) => text.includes('"leaving":1')))
  assert.ok(told.some((text) => /"avoiders":.*ReplicaSet.*"candidates":\[\[/.test(text)))
})

population('counts are those of the pods that are there', () => {
  for (const state of states) {
    const kept = new Population()
    kept.follow(state.planned.nodes, state.observed.nodes)
    for (const [name, node] of state.planned.nodes)
      for (const pod of node.pods) {
        const alike = node.pods.filter(({ replicaSet }) => replicaSet === pod.replicaSet)
        const serving = alike.filter(({ stop }) => stop === null).length
        assert.equal(kept.nodesOf(pod.replicaSet).get(name), { serving, leaving: alike.length - serving })
      }
  }
})

population('following any states in any order ends where beginning anew does', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(states.length - 1), { minLength: 2, maxLength: 6 }), (order) => {
      const kept = [new Population(), new RuleIndex()] as const
      for (const at of order) tell(...kept, states[at]!)
      const last = states[order.at(-1)!]!
      assert.equal(tell(...kept, last), tell(new Population(), new RuleIndex(), last))
    }),
  )
})

population.run()
