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

const NO_VICTIMS: readonly string[] = ['No preemption victims found for incoming pod']

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
  /** By row, why evicting does not help there; undefined where nobody asked since the row changed. */
  #hopeless: (readonly string[] | undefined)[] = []
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
      this.#hopeless = []
      this.#unknown = potentialList(this.#input.potential.rows)
    } else if (this.isPotential(row)) {
      this.#choices[row] = undefined
      this.#hopeless[row] = undefined
      this.#unknown.push(row)
    }
  }

  /** Why no eviction helps, in kube-scheduler's words; counts are ordered as text, as in a diagnosis. */
  explain(): string {
    const { potential, pass } = this.#input
    const counts = new Map<string, number>()
    let tried = 0
    for (let row = 0; row < potential.rows.length; row++) {
      if (potential.rows[row] === 0) continue
      tried += 1
      for (const reason of this.#hopelessness(row)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
    const unhelpful = pass.index.table.size - tried
    if (unhelpful > 0) counts.set('Preemption is not helpful for scheduling', unhelpful)
    const parts = [...counts].map(([reason, count]) => `${count} ${reason}`)
    return `${parts.sort(compareText).join(', ')}.`
  }

  /** What still refuses a row when all pods of lower priority are gone, or that there are none who would be victims. */
  #hopelessness(row: number): readonly string[] {
    let reasons = this.#hopeless[row]
    if (reasons === undefined) {
      const pods = this.#pods[row]?.now() ?? []
      if (pods.length === 0) reasons = NO_VICTIMS
      else {
        const trial = this.trial(
          row,
          pods.map(({ pod }) => pod),
        )
        const refusal = trial.refusal()
        trial.end()
        reasons = refusal.length === 0 ? NO_VICTIMS : refusal
      }
      this.#hopeless[row] = reasons
    }
    return reasons
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
