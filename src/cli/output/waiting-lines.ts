/** What waits, for people: pods of one workload that wait for the same take one line together. Programs get every entry. */
import type { ObjectKey } from '../../model/keys.js'
import type { StatusView } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import { formatKeySafely, formatWaiting } from './format.js'

/** The workload of each pod key that is known. */
export type PodOwners = Readonly<Record<string, ObjectKey>>

/**
 * One text an entry, in their order: `deployment/web: readiness: …`; pods of a workload with the same reason together,
 * where the first of them stood: `94 pods of deployment/web: scheduling: 0/1 nodes are available: 1 Too many pods`.
 */
export function waitingLines(waiting: readonly Waiting[], owners: PodOwners): string[] {
  const groups = new Map<string, Waiting[]>()
  for (const [i, item] of waiting.entries()) {
    const { key, on, detail } = item
    const isPod = key?.startsWith('Pod.') === true
    const owner = isPod ? owners[key] : undefined
    // What is no pod of a known workload stands alone.
    const group = owner === undefined ? `${i}` : JSON.stringify([owner, on, detail])
    const members = groups.get(group)
    if (members === undefined) groups.set(group, [item])
    else members.push(item)
  }
  return [...groups.values()].map((members) => {
    const first = members[0]!
    const owner = members.length === 1 ? undefined : owners[first.key ?? '']
    if (owner === undefined) return formatWaiting(first)
    return `${members.length} pods of ${formatKeySafely(owner)}: ${first.on}: ${first.detail}`
  })
}

/** The owners of a status' pods. */
export function podOwners({ pods }: Pick<StatusView, 'pods'>): PodOwners {
  return Object.fromEntries(pods.map((pod) => [`Pod./${pod.key}`, pod.workload]))
}
