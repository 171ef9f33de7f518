/**
 * Every kind of fault is drawn, and bites: in some scenario that has it and nothing else go wrong, something else
 * happens than without it. And a further host, push or family leaves what else goes wrong as it was.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { faultFamilies } from '../../src/simulation/faults/fault-families.js'
import type { FaultFamily, FaultKind } from '../../src/simulation/faults/fault-family.js'
import { makeScenario } from '../../src/simulation/scenario/make-scenario.js'
import { runScenario } from '../../src/simulation/scenario/run-scenario.js'
import type { Fault, Scenario } from '../../src/simulation/scenario/scenario.js'

const tests = suite('faults')

const kinds = faultFamilies.flatMap((family) => family.kinds.map((kind) => ({ family, kind })))
const isOf = (fault: Fault, { family, kind }: { readonly family: FaultFamily; readonly kind: FaultKind }): boolean =>
  fault.family === family.name && fault.kind === kind.name

/** What happened, but for what is said of the faults themselves. */
async function happenings(scenario: Scenario): Promise<string> {
  const world = await runScenario(scenario)
  return world
    .trace()
    .filter((line) => line.slice(10).split(' ', 1)[0] !== 'fault')
    .join('\n')
}

const drawn = Array.from({ length: 1_600 }, (_, i) => makeScenario({ seed: 1 + i, nodes: 3, minutes: 1 }))

for (const pair of kinds)
  tests(`${pair.family.name}: ${pair.kind.name} bites`, async () => {
    let tried = 0
    for (const scenario of drawn) {
      const fault = scenario.faults.find((item) => isOf(item, pair))
      if (fault === undefined) continue
      if ((await happenings({ ...scenario, faults: [fault] })) !== (await happenings({ ...scenario, faults: [] })))
        return
      tried++
    }
    assert.unreachable(`${tried} of them changed nothing`)
  })

tests('a seed draws what its families weigh', () => {
  const counts = new Map(faultFamilies.map(({ name }) => [name, 0]))
  for (const { faults } of drawn) for (const { family } of faults) counts.set(family, counts.get(family)! + 1)
  const [heavy, light] = [counts.get('network')!, counts.get('disk')!]
  // Five times as heavy, give or take the luck of the seeds.
  assert.ok(heavy > 3 * light && heavy < 8 * light, `${heavy} and ${light}`)
})

tests('a further host takes its share of the faults, and leaves the others where they were', () => {
  let moved = 0
  let all = 0
  for (let seed = 1; seed <= 100; seed++) {
    const [few, many] = [3, 4].map((nodes) => makeScenario({ seed, nodes, minutes: 5 }).faults)
    const without = (faults: readonly Fault[] = []) => faults.map(({ node: _, ...fault }) => fault)
    // Pushes of a drain name another host, but come at the same time.
    assert.equal(without(few), without(many))
    for (const [i, { node }] of few!.entries()) {
      if (node === null) continue
      all++
      if (many![i]!.node === node) continue
      assert.is(many![i]!.node, 'node4')
      moved++
    }
  }
  assert.ok(moved > 0.15 * all && moved < 0.35 * all, `${moved} of ${all} moved`)
})

tests('faults also come to hosts that have joined, and never before that', () => {
  let late = 0
  for (const { faults } of drawn) {
    const joined = new Set(['node1', 'node2', 'node3'])
    for (const { family, kind, node, amount } of faults) {
      if (family === 'membership' && kind === 'node added') joined.add(`late${amount}`)
      assert.ok(node === null || joined.has(node), `${node} at ${kind}`)
      if (node?.startsWith('late')) late++
    }
  }
  assert.ok(late > 10, `${late} faults`)
})

tests.run()
