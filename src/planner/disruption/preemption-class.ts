/**
 * The nodes where pods of one class and priority could preempt: each node's victims are chosen once, and again only when
 * something on that node, or a budget, changed. So many pods of one class cost one choice each.
 */
import { compareText } from '../../base/ordered.js'
import type { Pass } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import type { ScheduleRequest } from '../scheduler/request.js'
import type { BudgetLedger } from './budget-ledger.js'
import { NodeTrial } from './node-trial.js'
import { preemptiblePods } from './preemptible-pods.js'
import { type Cost, chooseVictims, compareCosts, costOf } from './victims.js'

export interface PreemptionChoice {
  readonly row: number
  readonly node: NodeRow
  readonly victims: readonly PodRow[]
  /** A victim is under a budget: choices on other nodes may change when it goes. */
  readonly usesBudgets: boolean
  readonly cost: Cost
}

export interface PreemptionClassInput {
  readonly pass: Pass
  readonly request: ScheduleRequest
  readonly priority: number
  /** By row: 1 where removing pods may help. */
  readonly potential: Uint8Array
  readonly ledger: BudgetLedger
}

export class PreemptionClass {
  readonly #input: PreemptionClassInput
  /** By row; undefined where it has to be looked at again, null where evicting does not help. */
  readonly #choices: (PreemptionChoice | null | undefined)[]

  constructor(input: PreemptionClassInput) {
    this.#input = input
    this.#choices = new Array<undefined>(input.potential.length).fill(undefined)
  }

  /** False where no eviction can make the node feasible. */
  isPotential(row: number): boolean {
    return this.#input.potential[row] === 1
  }

  /** Where it costs least; null when no eviction helps. */
  best(): PreemptionChoice | null {
    const { potential } = this.#input
    let best: PreemptionChoice | null = null
    for (let row = 0; row < potential.length; row++) {
      if (potential[row] === 0) continue
      let choice = this.#choices[row]
      if (choice === undefined) {
        choice = this.#choose(row)
        this.#choices[row] = choice
      }
      if (choice !== null && (best === null || isBetter(choice, best))) best = choice
    }
    return best
  }

  /** A row, or with null everything, is not what it was. */
  forget(row: number | null): void {
    if (row === null) this.#choices.fill(undefined)
    else this.#choices[row] = undefined
  }

  /** Why no eviction helps, in kube-scheduler's words. */
  explain(): string {
    const { potential, pass } = this.#input
    let tried = 0
    for (const flag of potential) tried += flag
    const hopeless = pass.index.table.size - tried
    const parts = [
      ...(tried > 0 ? [`${tried} No preemption victims found for incoming pod`] : []),
      ...(hopeless > 0 ? [`${hopeless} Preemption is not helpful for scheduling`] : []),
    ]
    return `${parts.join(', ')}.`
  }

  #choose(row: number): PreemptionChoice | null {
    const { pass, request, priority, ledger } = this.#input
    const { index } = pass
    const node = index.nodes.get(index.table.names[row] ?? '')
    if (node === undefined) return null
    const pods = preemptiblePods(pass, node, priority, ledger)
    if (pods.length === 0) return null
    const removed = pods.map(({ pod }) => pod.replicaSet.facts!.request)
    const trial = new NodeTrial(request, index.table, row, removed)
    const choice = chooseVictims(pods, (budget) => ledger.allowedBy(budget), {
      fits: () => trial.fits(),
      putBack: (pod) => trial.putBack(pod.replicaSet.facts!.request),
    })
    if (choice === null) return null
    return {
      row,
      node,
      victims: choice.victims.map(({ pod }) => pod),
      usesBudgets: choice.victims.some(({ budgets }) => budgets.length > 0),
      cost: costOf(choice),
    }
  }
}

/** Ties by name, where kube-scheduler takes the first it happened to look at. */
function isBetter(left: PreemptionChoice, right: PreemptionChoice): boolean {
  const byCost = compareCosts(left.cost, right.cost)
  return byCost !== 0 ? byCost < 0 : compareText(left.node.name, right.node.name) < 0
}
