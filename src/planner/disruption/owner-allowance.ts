/** What an owner can do without for a moment, where no budget says it: the limits of its rollout. */
import { formatKey, parseKey } from '../../model/keys.js'
import { readDeployment } from '../../reconcile/deployment-spec.js'
import { type Pass, requeue } from '../pass.js'
import type { PodRow, WorkloadRow } from '../plan-index.js'
import { wantedPods } from './wanted-pods.js'

interface Allowance {
  readonly desired: number
  readonly lowest: number
  readonly minReadyMs: number
}

/** Empty when the owner keeps enough available pods without this one, else why not. Example: 3 desired, 0 unavailable, 4 available: it does. */
export function missedBy(pass: Pass, pod: PodRow): string {
  const { workload } = pod
  const { desired, lowest, minReadyMs } = allowanceOf(workload)
  const available = [...workload.pods.values()].filter((item) => isAvailable(pass, item, minReadyMs))
  if (!available.includes(pod) || available.length - 1 >= lowest) return ''
  return `${formatKey(workload.key)} has ${available.length} of ${desired} available and needs ${lowest} without this pod`
}

/** True while a replacement of the owner's pods finds no place. */
export function isStuck(workload: WorkloadRow): boolean {
  return [...workload.pods.values()].some((pod) => pod.node === null)
}

/** True for an owner of one pod that is rolled: its replacement comes first, also where a budget would let it go. */
export function isSingle({ key, desired }: WorkloadRow): boolean {
  if (parseKey(key).kind !== 'Deployment' || desired === null) return false
  const { replicas, strategy } = readDeployment(desired)
  return replicas === 1 && strategy !== 'Recreate'
}

function allowanceOf(workload: WorkloadRow): Allowance {
  const { kind } = parseKey(workload.key)
  const desired = wantedPods(workload) ?? 1
  // A Pod has its name to itself: the next one comes when it is gone.
  if (kind === 'Pod') return { desired, lowest: 0, minReadyMs: 0 }
  if (kind !== 'Deployment' || workload.desired === null) return { desired, lowest: desired, minReadyMs: 0 }
  const wanted = readDeployment(workload.desired)
  if (wanted.strategy === 'Recreate') return { desired: wanted.replicas, lowest: 0, minReadyMs: 0 }
  // Where a replacement finds no place, one fewer is better than a drain that never ends, but never none.
  const unavailable = Math.max(wanted.limits.maxUnavailable, isStuck(workload) && wanted.replicas > 1 ? 1 : 0)
  return { desired: wanted.replicas, lowest: wanted.replicas - unavailable, minReadyMs: wanted.minReadyMs }
}

function isAvailable(pass: Pass, { planned, observed, node }: PodRow, minReadyMs: number): boolean {
  if (planned.stop !== null && planned.stop.phase !== 'replacing') return false
  if (node?.isHeard !== true || observed?.ready !== true) return false
  const at = (observed.readySince ?? 0) + minReadyMs
  if (at > pass.input.now) requeue(pass, at)
  return at <= pass.input.now
}
