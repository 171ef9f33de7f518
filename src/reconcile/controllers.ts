/** The controllers: one pure function for each kind that runs pods. */
import type { Controller, ControllerInput, ControllerOutput } from './controller.js'
import { reconcileDeployment } from './controllers/deployment.js'
import { reconcilePod } from './controllers/pod.js'
import { reconcileReplicaSet } from './controllers/replica-set.js'
import type { WorkloadKind } from './kind-roles.js'

export const controllers = {
  Deployment: reconcileDeployment,
  ReplicaSet: reconcileReplicaSet,
  Pod: reconcilePod,
} as const satisfies { readonly [K in WorkloadKind]: Controller }

/** Calls the controller of a kind. */
export function reconcileWorkload(kind: WorkloadKind, input: ControllerInput): ControllerOutput {
  return controllers[kind](input)
}
