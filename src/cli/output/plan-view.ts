/** What `headway plan` adds to a preview: the check of a reviewed plan, and other branches beside it. */
import type { FingerprintCheck } from '../../simulation/preview/check-fingerprint.js'
import type { Preview } from '../../simulation/preview/preview-types.js'

export interface OtherView {
  readonly revision: string
  readonly subject: string
  /** `apart`: the two do not get in each other's way; `conflict`: what fits alone fits no more. */
  readonly verdict: 'apart' | 'conflict'
  /** Objects that both change, each in its own way. */
  readonly conflicts: readonly string[]
  /** Failures that neither has alone. */
  readonly newRisks: readonly string[]
}

/** The change and all others that it has no conflict with, merged at once. */
export interface AllView {
  /** Others that change the same objects, each in its own way. */
  readonly conflicts: readonly { readonly revisions: readonly string[]; readonly keys: readonly string[] }[]
  /** Failures of all of them that none has alone or beside the change; empty while others conflict. */
  readonly newRisks: readonly string[]
}

export interface OrderView {
  readonly revisions: readonly string[]
  readonly restarts: number
  readonly seconds: number
  readonly fails: boolean
}

export interface TogetherView {
  readonly others: readonly OtherView[]
  /** Null with one other. */
  readonly all: AllView | null
  /** Every order that was tried, best first. */
  readonly orders: readonly OrderView[]
  /** Revisions one after the other; null when order makes no difference. */
  readonly bestOrder: readonly string[] | null
}

export interface PlanExtras {
  /** The head is an older commit of the base: the plan is that of going back to it. */
  readonly goesBack: boolean
  readonly check: FingerprintCheck | null
  readonly together: TogetherView | null
}

/** What `-o json` prints, described by schemas/headway/plan.json. */
export type PlanView = Preview & { readonly [K in keyof PlanExtras]?: NonNullable<PlanExtras[K]> }

export function makePlanView(preview: Preview, extras: PlanExtras): PlanView {
  return {
    ...preview,
    ...(extras.goesBack && { goesBack: true }),
    ...(extras.check === null ? {} : { check: extras.check }),
    ...(extras.together === null ? {} : { together: extras.together }),
  }
}
