/**
 * The nodes where pods of one class and priority could preempt: each node's victims are chosen once, and again only when
 * something on that node, or a budget, changed; a tree over the nodes knows the best of all. So many pods of one class cost
 * one choice and a few comparisons each.
 */
import { compareText } from '../../base/ordered.js'
import type { Pass } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import { BestOf } from './best-of.js'
import type { BudgetLedger } from './budget-ledger.js'
import { DomainTrial, NodeTrial, type PotentialRows, type Preemptor } from './node-trial.js'
import { PreemptiblePods } from './preemptible-pods.js'
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
  readonly preemptor: Preemptor
  readonly priority: number
  readonly potential: PotentialRows
  readonly ledger: BudgetLedger
}

export class PreemptionClass {
  readonly #input: PreemptionClassInput
  /** By row; undefined where it has to be looked at again, null where evicting does not help. */
  readonly #choices: (PreemptionChoice | null | undefined)[]
  /** Rows that have to be looked at again; a row may be in it twice. */
  #unknown: number[]
  readonly #pods: (PreemptiblePods | undefined)[] = []
  readonly #tree: BestOf

  constructor(input: PreemptionClassInput) {
    this.#input = input
    const { rows } = input.potential
    this.#choices = new Array<undefined>(rows.length).fill(undefined)
    this.#unknown = potentialList(rows)
    this.#tree = new BestOf(rows.length, (left, right) => isBetter(this.#choices[left], this.#choices[right]))
  }

  /** What happens on one node may change what helps on others. */
  get isOverDomains(): boolean {
    return this.#input.potential.isOverDomains
  }

  /** False where no eviction can make the node feasible. */
  isPotential(row: number): boolean {
    return this.#input.potential.rows[row] === 1
  }

  /** Where it costs least; null when no eviction helps. */
  best(): PreemptionChoice | null {
    for (const row of this.#unknown) {
      if (this.#choices[row] !== undefined) continue
      this.#choices[row] = this.#choose(row)
      this.#tree.changed(row)
    }
    this.#unknown.length = 0
    return this.#choices[this.#tree.best()] ?? null
  }

  /** Whether the class fits on a row without these pods; call its `end` when done. */
  trial(row: number, removed: readonly PodRow[]): NodeTrial | DomainTrial {
    const { preemptor, potential, pass } = this.#input
    return potential.isOverDomains
      ? new DomainTrial(preemptor, pass.index.table, row, removed)
      : new NodeTrial(preemptor.request, pass.index.table, row, removed)
  }

  /** A row, or with null everything, is not what it was. */
  forget(row: number | null): void {
    if (row === null) {
      this.#choices.fill(undefined)
      this.#unknown = potentialList(this.#input.potential.rows)
    } else if (this.isPotential(row)) {
      this.#choices[row] = undefined
      this.#unknown.push(row)
    }
  }

  /** Why no eviction helps, in kube-scheduler's words. */
  explain(): string {
    const { potential, pass } = this.#input
    let tried = 0
    for (const flag of potential.rows) tried += flag
    const hopeless = pass.index.table.size - tried
    const parts = [
      ...(tried > 0 ? [`${tried} No preemption victims found for incoming pod`] : []),
      ...(hopeless > 0 ? [`${hopeless} Preemption is not helpful for scheduling`] : []),
    ]
    return `${parts.join(', ')}.`
  }

  #choose(row: number): PreemptionChoice | null {
    const { pass, priority, ledger } = this.#input
    const { index } = pass
    const node = index.nodes.get(index.table.names[row] ?? '')
    if (node === undefined) return null
    let list = this.#pods[row]
    if (list === undefined) {
      list = new PreemptiblePods(pass, node, priority, ledger)
      this.#pods[row] = list
    }
    const pods = list.now()
    if (pods.length === 0) return null
    const trial = this.trial(
      row,
      pods.map(({ pod }) => pod),
    )
    const choice = chooseVictims(pods, (budget) => ledger.allowedBy(budget), trial)
    trial.end()
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
function isBetter(left: PreemptionChoice | null | undefined, right: PreemptionChoice | null | undefined): boolean {
  if (!left || !right) return Boolean(left)
  const byCost = compareCosts(left.cost, right.cost)
  return byCost !== 0 ? byCost < 0 : compareText(left.node.name, right.node.name) < 0
}

function potentialList(rows: Uint8Array): number[] {
  const list: number[] = []
  for (let row = 0; row < rows.length; row++) if (rows[row] === 1) list.push(row)
  return list
}
