/**
 * The planner's index: what a pass needs to find quickly, kept between passes. A cache and nothing more: a pass with an
 * empty one makes the same plan.
 */

export interface PlanIndex {
  /** How many passes have used it. */
  passes: number
}

/** An empty index: the next pass with it plans from nothing. */
export function createPlanIndex(): PlanIndex {
  return { passes: 0 }
}
