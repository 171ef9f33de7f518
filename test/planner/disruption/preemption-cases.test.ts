/**
 * Kubernetes' own table cases of preemption, re-typed: victims on the scheduler's table through its dry run, and the node
 * by the victims' cost; the sources stand in the table.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  chooseVictims,
  compareCosts,
  costOf,
  type Preemptible,
  type VictimChoice,
} from '../../../src/planner/disruption/victims.js'
import { type CountedPod, DryRun } from '../../../src/planner/scheduler/dry-run.js'
import type { NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { requestOf, rowOf, tableOf } from '../scheduler/case-world.js'
import type { PreemptionCase } from './preemption-case.js'
import { victimCases } from './preemption-cases.js'
import { nodeCases } from './preemption-node-cases.js'
import { postFilterCases } from './preemption-post-filter-cases.js'

type Choice = VictimChoice<CountedPod>

function choose(
  item: PreemptionCase,
  table: NodeTable,
  counted: ReadonlyMap<string, CountedPod>,
  node: string,
): Choice | null {
  const row = rowOf(table, node)
  const lower: Preemptible<CountedPod>[] = item.held
    .filter((pod) => pod.node === node && pod.priority < item.pod.priority)
    .map(({ name, priority, startedAt = 0, budgets = [], isLeaving = false }) => ({
      uid: name,
      priority,
      startedAt,
      budgets,
      isLeaving,
      pod: counted.get(name)!,
    }))
  const dryRun = new DryRun(requestOf(item.pod), table)
  if (dryRun.refusal(row).status === 'unresolvable') return null
  for (const { pod } of lower) dryRun.remove(row, pod)
  const choice = chooseVictims(lower, (budget) => item.allowed?.[budget] ?? 0, {
    fits: () => dryRun.fits(row),
    putBack(pod) {
      dryRun.restore(row, pod)
      if (dryRun.fits(row)) return true
      dryRun.remove(row, pod)
      return false
    },
  })
  dryRun.reset()
  return choice
}

const preemption = suite('preemption cases')

for (const item of [...victimCases, ...nodeCases, ...postFilterCases])
  preemption(item.name, () => {
    const table = tableOf(item)
    const counted = new Map<string, CountedPod>()
    for (const pod of item.held) {
      const { name, node, startedAt: _start, budgets: _budgets, isLeaving = false, ...rest } = pod
      const request = requestOf(rest)
      counted.set(name, { request, isLeaving })
      table.assume(rowOf(table, node), request, isLeaving)
    }
    const choices: [string, Choice][] = []
    for (const node of Object.keys(item.nodes)) {
      const choice = choose(item, table, counted, node)
      if (choice !== null) choices.push([node, choice])
    }
    if (item.victims !== undefined) {
      const found = choices.map(([node, { victims }]) => [node, victims.map(({ uid }) => uid).sort()])
      assert.equal(Object.fromEntries(found), item.victims)
    }
    if (item.violations !== undefined)
      assert.equal(Object.fromEntries(choices.map(([node, { violations }]) => [node, violations])), item.violations)
    if (item.chosen !== undefined) {
      const [best] = [...choices].sort((left, right) => compareCosts(costOf(left[1]), costOf(right[1])))
      assert.ok(item.chosen.includes(best![0]), `${best![0]} is chosen`)
    }
  })

preemption.run()
