/** A plan in lines for people to read in a trace. */
import { assertNever } from '../base/assert.js'
import { formatGeneration } from '../model/generation.js'
import { formatKey } from '../model/keys.js'
import type { Action, Plan } from '../model/plan.js'

/** One line for the plan and one for each action. */
export function describePlan(plan: Plan): string[] {
  return [describeHead(plan), ...plan.actions.map((action) => `  ${describeAction(action)}`)]
}

/** `plan 1.7 at 0a1b2c3d, 2 waiting`. */
export function describeHead(plan: Plan): string {
  const waiting = plan.waiting.length === 0 ? '' : `, ${plan.waiting.length} waiting`
  return `plan ${formatGeneration(plan.generation)} at ${plan.revision.slice(0, 8) || 'nothing'}${waiting}`
}

/** `bind web-x to node1 at 10.244.0.2`. */
export function describeAction(action: Action): string {
  switch (action.type) {
    case 'create-pod':
      return `create ${action.name}: ${action.reason}`
    case 'bind-pod':
      return `bind ${action.name} to ${action.node}${action.address === null ? '' : ` at ${action.address}`}`
    case 'leave-endpoints':
      return `${action.name} leaves the endpoints: ${action.reason}`
    case 'stop-pod':
      return `stop ${action.name} on ${action.node} within ${action.graceMs} ms: ${action.reason}`
    case 'forget-pod':
      return `forget ${action.name}: ${action.reason}`
    case 'adopt-pod':
      return `adopt ${action.name} on ${action.node}`
    case 'scale':
      return `scale ${formatKey(action.replicaSet)} from ${action.from} to ${action.to}: ${action.reason}`
    case 'create-replica-set':
      return `create ${formatKey(action.replicaSet)}, revision ${action.revision}`
    case 'forget-replica-set':
      return `forget ${formatKey(action.replicaSet)}`
    case 'resolve-image':
      return `${action.node} looks up ${action.reference}`
    case 'apply':
      return `apply ${formatKey(action.key)}`
    case 'prune':
      return `prune ${formatKey(action.key)}`
    case 'update-config':
      return `update ${action.config} in ${action.name}`
    case 'update-service':
      return `${formatKey(action.key)} has ${action.endpoints} endpoints`
    case 'mark-node':
      return `${action.node} is ${action.unreachable ? 'unreachable' : 'reachable again'}`
    case 'preempt':
      return `${action.name} preempts on ${action.node}: ${action.reason}`
    case 'rebalance':
      return `move ${action.name} from ${action.from} to ${action.to}: ${action.reason}`
    default:
      return assertNever(action)
  }
}
