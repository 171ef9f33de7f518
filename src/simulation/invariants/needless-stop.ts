/**
 * No healthy container is stopped whose pod is to run there: unless the plan in force orders the pod to stop or has it
 * elsewhere, an agent leaves a running container alone; and a plan orders a pod to stop only for a reason that is true.
 */
import { LABEL_ADDRESS, LABEL_CLUSTER, LABEL_POD_UID } from '../../agents/core/container-names.js'
import { isEqual } from '../../base/equal.js'
import type { PodUid } from '../../model/assignment.js'
import type { Deployment } from '../../model/generated/kubernetes.js'
import { makeKey } from '../../model/keys.js'
import type { Action } from '../../model/plan.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'
import type { CommittedPlan } from '../simulated-manager.js'
import type { SimulatedNode } from '../simulated-node.js'
import type { World } from '../world.js'
import { type Invariant, violate } from './invariant.js'

export const needlessStop: Invariant = {
  name: 'needless-stop',
  watch() {
    /** Of the last manager that had finished starting: what it has decided holds while it is down. */
    let inForce: PlannedState | null = null
    return {
      ticked(_world, core) {
        if (!core.isTakingIn && core.planned.id !== '') inForce = core.planned
      },
      planned(world, { plan, desired, before, after }) {
        const known = new Map<PodUid, PlannedPod>()
        if (plan.actions.some(isStop))
          for (const node of before.nodes.values()) for (const pod of node.pods) known.set(pod.uid, pod)
        for (const action of plan.actions) {
          if (!isStop(action)) continue
          const pod = known.get(action.pod)
          if (pod === undefined || (pod.stop !== null && pod.stop.phase !== 'replacing')) continue
          const isOutdated = isTemplateOld(pod, { desired, before, after })
          if (['rollout', 'recreate', 'template-changed'].includes(action.reason) && !isOutdated)
            violate(
              world,
              'needless-stop',
              `${pod.name} is stopped by ${action.reason}, but its template is the current one`,
            )
          if (action.reason === 'prune' && desired?.objects.has(pod.workload) === true)
            violate(world, 'needless-stop', `${pod.name} is pruned, but ${pod.workload} is desired`)
        }
      },
      operates(world, node, operation) {
        if (operation.type !== 'stop' && operation.type !== 'remove') return
        const container = node.engine.inspect(operation.containerId)
        if (container?.state !== 'running' || container.labels[LABEL_CLUSTER] !== world.clusterId) return
        const core = world.manager.running
        const planned = core === null || core.isRecovering ? inForce : core.planned
        const uid = container.labels[LABEL_POD_UID] ?? ''
        const pod = planned?.nodes.get(node.name)?.pods.find((item) => item.uid === uid)
        if (pod === undefined || pod.stop !== null || !isHealthy(world, container.imageId)) return
        // Made for the pod that was given the same uid before store and ledgers were lost together: nobody reaches it now.
        if (container.labels[LABEL_ADDRESS] !== (pod.address ?? '')) return
        // Obeyed: an order that a lost or older store does not remember.
        const newest = node.newestAssignment
        if (newest !== null && newest.pods.find((item) => item.uid === uid)?.stop !== null) return
        // What came later could not be written to its full disk, and was gone when the agent died.
        if (newest === null && isStoppedByLedger(node, uid)) return
        if (isOlderTwin(node.engine.running(), container.id, uid)) return
        violate(
          world,
          'needless-stop',
          `${node.name} ${operation.type}s ${container.name}, which is healthy and wanted there${explain(pod)}`,
        )
      },
    }
  },
}

function isStop(action: Action): action is Extract<Action, { type: 'stop-pod' | 'leave-endpoints' }> {
  return action.type === 'stop-pod' || action.type === 'leave-endpoints'
}

type Ground = Pick<CommittedPlan, 'desired' | 'before' | 'after'>

/** By the hash, and by what the template and the configuration truly say. */
function isTemplateOld(pod: PlannedPod, { desired, before, after }: Ground): boolean {
  if (pod.templateHash === after.workloads.get(pod.workload)?.templateHash) return false
  const set = before.replicaSets.get(pod.replicaSet)
  const object = desired?.objects.get(pod.workload)
  if (set === undefined || object?.kind !== 'Deployment') return true
  if (!isEqual(set.template, (object.manifest as Deployment).spec?.template)) return true
  return (set.configs ?? []).some(({ kind, name, digest }) => {
    const wanted = desired?.objects.get(makeKey(kind, object.namespace, name))?.config?.digest
    return wanted !== digest
  })
}

function isHealthy(world: World, imageId: string): boolean {
  const profile = world.imageOf(imageId)
  return profile !== undefined && profile.hangsAfterMs === null
}

/** The newest order that a host's disk holds for a pod is to stop. */
function isStoppedByLedger({ ledger }: SimulatedNode, uid: string): boolean {
  return ledger.read()?.pods.some(({ assigned, stopSince }) => assigned.uid === uid && stopSince !== null) === true
}

/** Two runs of one container: one of them has to go. */
function isOlderTwin(
  running: readonly { readonly id: string; readonly labels: Readonly<Record<string, string>> }[],
  id: string,
  uid: string,
): boolean {
  return running.some((other) => other.id !== id && other.labels[LABEL_POD_UID] === uid)
}

function explain(pod: PlannedPod): string {
  return ` (bound at ${pod.boundAt ?? 'no time'})`
}
