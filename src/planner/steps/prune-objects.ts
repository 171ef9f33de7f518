/** What is applied and what is deleted: the inventory follows desired state, within the delete brake. */
import { makeKey, parseKey } from '../../model/keys.js'
import { decidePruning, type PruningDecision } from '../../reconcile/prune.js'
import { type Pass, report } from '../pass.js'
import { serviceRow } from '../service-rows.js'

export function pruneObjects(pass: Pass): void {
  const decision = decide(pass)
  if (decision === null) return
  const { index, input } = pass
  for (const entry of decision.apply) {
    pass.inventory.set(entry.key, entry)
    if (input.planned.inventory.get(entry.key)?.hash !== entry.hash)
      pass.actions.push({ type: 'apply', key: entry.key })
  }
  for (const key of decision.prune) {
    pass.inventory.set(key, null)
    pass.actions.push({ type: 'prune', key })
    const { kind, namespace, name } = parseKey(key)
    const workload = index.workloads.get(key)
    if (workload !== undefined) index.dirtyWorkloads.add(workload)
    if (kind === 'Service') index.dirtyServices.add(serviceRow(index, makeKey('Service', namespace, name)))
  }
  pass.waiting.push(...decision.waiting)
  pass.brake = decision.brake
  const { apply, prune, held } = decision
  report(pass, 'prune-objects', { applied: apply.length, pruned: prune.length, held: held.length })
}

/** Made anew only when desired state, the inventory or the confirmation changed. */
function decide({ index, input }: Pass): PruningDecision | null {
  const { desired, confirmed } = input
  const { inventory } = input.planned
  if (desired === null) return null
  const last = index.pruning
  if (last !== null && last.desired === desired && last.inventory === inventory && last.confirmed === confirmed)
    return last.decision
  const decision = decidePruning({ desired, inventory, confirmed }, index.inventoryDiffs)
  index.pruning = { desired, inventory, confirmed, decision }
  return decision
}

/** True while something that is not desired is kept: it is in the inventory still. */
export function isHeld(pass: Pass, key: string): boolean {
  return pass.inventory.has(key) ? pass.inventory.get(key) !== null : pass.input.planned.inventory.has(key)
}
