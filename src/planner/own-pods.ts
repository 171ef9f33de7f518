/** The pods of a replica set itself, as its default spread constraints count them. */
import type { PlanIndex, ReplicaSetRow } from './plan-index.js'
import type { Profile } from './scheduler/profile.js'
import type { ScheduleRequest } from './scheduler/request.js'

/** How many pods of a set each row has, without those ordered to stop. */
export function ownPods(index: PlanIndex, set: ReplicaSetRow): Map<number, number> {
  const own = new Map<number, number>()
  for (const { node, planned } of set.pods.values()) {
    const row = node === null || planned.stop !== null ? undefined : index.table.rowOf(node.name)
    if (row !== undefined) own.set(row, (own.get(row) ?? 0) + 1)
  }
  return own
}

/** True when filters, and not only scores, depend on where the set's own pods are: under hard default constraints. */
export function isFilteredByOwn({ spread }: ScheduleRequest, { defaultConstraints }: Profile): boolean {
  return spread === null && defaultConstraints.some(({ isHard }) => isHard)
}
