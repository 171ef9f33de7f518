/** A planning pass: from one snapshot to the plan of what happens now. Reads as the list of its steps. */
import { stableHash } from '../base/hash.js'
import type { Plan } from '../model/plan.js'
import { createPlanIndex, type PlanIndex } from './plan-index.js'
import type { PlanInput } from './plan-input.js'

/** Makes the plan that follows `input.planned`; without an index from nothing, with one at the cost of what changed. */
export function makePlan(input: PlanInput, index: PlanIndex = createPlanIndex()): Plan {
  index.passes += 1
  const delta = {
    nodes: new Map(),
    pending: null,
    replicaSets: new Map(),
    workloads: new Map(),
    services: new Map(),
    inventory: new Map(),
    network: null,
  }
  return {
    id: stableHash([input.planned.id, input.generation]),
    parent: input.planned.id,
    revision: input.desired?.revision ?? input.planned.revision,
    madeAt: input.now,
    generation: input.generation,
    actions: [],
    assignments: [],
    delta,
    waiting: [],
    brake: null,
    steps: [],
    requeueAt: null,
  }
}
