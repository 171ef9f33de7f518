/**
 * Makes plans that pass their check. Where the plan for the newest desired state is refused, made from nothing too, the
 * one before stays in force, and the newest is tried again later and later. Keeps the planner's index between passes.
 */
import type { Instant } from '../../base/instant.js'
import type { DesiredState } from '../../model/desired-state.js'
import { isEmptyPlan, type Note, type Plan } from '../../model/plan.js'
import { checkPlan } from '../../planner/check-plan.js'
import type { makePlan } from '../../planner/make-plan.js'
import { createPlanIndex, type PlanIndex } from '../../planner/plan-index.js'
import type { PlanInput } from '../../planner/plan-input.js'
import { nextRefusal, type Refusal } from './refusal.js'

/** Once a minute the whole plan is checked, not only what changed (DESIGN 8). */
const FULL_CHECK_MS = 60_000

export interface PlanMakerParts {
  readonly makePlan: typeof makePlan
  /** Checks every plan in full. */
  readonly isCheckedInFull: boolean
  readonly now: Instant
  log(line: string): void
  /** The plan for the newest desired state was refused; called before an older one is planned for. */
  refused(): void
}

/** What a saved core says of it. */
export interface SavedMaker {
  readonly refusal: Refusal | null
  readonly inForce: DesiredState | null
  readonly fullCheckAt: Instant
}

export class PlanMaker {
  readonly #parts: PlanMakerParts
  #index: PlanIndex = createPlanIndex()
  /** Of the newest desired state's plan; null while its plans pass their check. */
  #refusal: Refusal | null = null
  /** The desired state of the last plan that passed. */
  #inForce: DesiredState | null = null
  #fullCheckAt: Instant
  #passes = 0

  constructor(parts: PlanMakerParts) {
    this.#parts = parts
    this.#fullCheckAt = parts.now + FULL_CHECK_MS
  }

  restore({ refusal, inForce, fullCheckAt }: SavedMaker): void {
    this.#refusal = refusal
    this.#inForce = inForce
    this.#fullCheckAt = fullCheckAt
  }

  save(): SavedMaker {
    return { refusal: this.#refusal, inForce: this.#inForce, fullCheckAt: this.#fullCheckAt }
  }

  get refusal(): Refusal | null {
    return this.#refusal
  }

  get inForce(): DesiredState | null {
    return this.#inForce
  }

  /** Planning passes so far, those that found nothing to do and those that failed among them. */
  get passes(): number {
    return this.#passes
  }

  get isCheckedInFull(): boolean {
    return this.#parts.isCheckedInFull
  }

  /** There is a newer desired state: its plans have not been refused yet. */
  forgetRefusal(): void {
    this.#refusal = null
  }

  /** What was planned is not what holds: the next plan is made from nothing. */
  dropIndex(): void {
    this.#index = createPlanIndex()
  }

  /**
   * The plan for `input`, whose desired state is made of `newest` (null while nothing may be decided); or, where it is refused and
   * `mayGoBack`, one for the state in force. Null when there is none of either.
   */
  make(input: PlanInput, newest: DesiredState | null, mayGoBack: boolean): Plan | null {
    const { now } = input
    if (this.#refusal === null || now >= this.#refusal.retryAt) {
      const first = this.#try(input)
      const { plan, why } = first.plan === null ? this.#try(input) : first
      this.#refusal = plan === null ? nextRefusal(this.#refusal, why, now) : null
      if (plan !== null) {
        if (input.desired !== null) this.#inForce = newest
        return plan
      }
      this.#parts.refused()
    }
    const hasOther = ![null, newest].includes(this.#inForce) && input.desired !== null && mayGoBack
    return hasOther ? this.#try({ ...input, desired: this.#inForce }).plan : null
  }

  /** Without a plan when it is refused or fails: then the index is dropped, which may be at fault, and the next is made from nothing. */
  #try(input: PlanInput): { readonly plan: Plan | null; readonly why: string } {
    const { log } = this.#parts
    let why: string
    this.#passes++
    try {
      const plan = this.#parts.makePlan(input, this.#index)
      const fatal = this.#check(input, plan).filter((note) => note.severity === 'fatal')
      if (fatal.length === 0) return { plan, why: '' }
      for (const note of fatal) log(`plan refused: ${note.invariant}: ${note.detail}`)
      why = `refused by rule ${fatal[0]?.invariant}: ${fatal[0]?.detail}`
    } catch (error) {
      log(`planning failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      why = `failed: ${error instanceof Error ? error.message : String(error)}`
    }
    this.dropIndex()
    return { plan: null, why }
  }

  #check(input: PlanInput, plan: Plan): readonly Note[] {
    const isFull = this.#parts.isCheckedInFull || input.now >= this.#fullCheckAt
    if (input.now >= this.#fullCheckAt) this.#fullCheckAt = input.now + FULL_CHECK_MS
    // It touches nothing and is never carried out.
    if (!isFull && isEmptyPlan(plan)) return []
    return checkPlan(input, plan, isFull ? 'all' : 'touched')
  }
}
