/** The planned state after a plan: the manager, the simulation and previews all go through here. */
import { assert } from '../base/assert.js'
import { patchMap } from '../base/layered-map.js'
import { applyNetworkDelta, type Plan } from './plan.js'
import type { PlannedState } from './planned-state.js'

/** The checker and the manager both ask for the same plan: the second time it costs nothing. */
const applied = new WeakMap<Plan, { readonly state: PlannedState; readonly after: PlannedState }>()

/** Folds a plan into the state it was made from; throws when its parent is another. */
export function applyPlan(state: PlannedState, plan: Plan): PlannedState {
  const known = applied.get(plan)
  if (known?.state === state) return known.after
  const after = foldPlan(state, plan)
  applied.set(plan, { state, after })
  return after
}

function foldPlan(state: PlannedState, plan: Plan): PlannedState {
  assert(plan.parent === state.id, `plan ${plan.id} has parent ${plan.parent}, the state is ${state.id}`)
  const { delta } = plan
  return {
    id: plan.id,
    generation: plan.generation,
    revision: plan.revision,
    nodes: patchMap(state.nodes, delta.nodes),
    pending: delta.pending ?? state.pending,
    replicaSets: patchMap(state.replicaSets, delta.replicaSets),
    workloads: patchMap(state.workloads, delta.workloads),
    services: patchMap(state.services, delta.services),
    inventory: patchMap(state.inventory, delta.inventory),
    network: delta.network === null ? state.network : applyNetworkDelta(state.network, delta.network),
  }
}
