/** What a plan does, as events of the objects it does it to: Kubernetes' reasons and wording where it has the same. */
import type { PodUid, StopReason } from '../../model/assignment.js'
import type { EventType } from '../../model/event-view.js'
import { formatKey, makeKey, type ObjectKey, parseKey } from '../../model/keys.js'
import type { Action, Plan } from '../../model/plan.js'
import type { PlannedPod, PlannedState } from '../../model/planned-state.js'

/** An event that is not counted yet. */
export interface Happening {
  readonly type: EventType
  readonly reason: string
  readonly object: ObjectKey | null
  readonly owner: ObjectKey | null
  readonly message: string
}

/** Of pods that others take away; what an owner asks for itself is Normal. */
const UNWANTED: ReadonlySet<StopReason> = new Set(['node-lost', 'taint', 'preemption', 'failed'])

/** In the order of the plan's actions, `most` of them at most; `before`: what was planned until then. */
export function planEvents(plan: Plan, before: PlannedState, most: number): readonly Happening[] {
  const actions = plan.actions.slice(-most)
  const pods = podsOf(plan, before, actions)
  return actions.flatMap((action) => happenings(action, pods, plan, before))
}

type Pods = ReadonlyMap<PodUid, PlannedPod>

function happenings(action: Action, pods: Pods, plan: Plan, before: PlannedState): readonly Happening[] {
  switch (action.type) {
    case 'create-pod':
      return [created(action, plan, before)]
    case 'bind-pod':
      return ofPod(pods, action.pod, 'Normal', 'Scheduled', (name) => `Successfully assigned ${name} to ${action.node}`)
    case 'adopt-pod':
      return ofPod(pods, action.pod, 'Normal', 'Adopted', () => `Found running on node ${action.node}`)
    case 'stop-pod':
      return ofPod(
        pods,
        action.pod,
        UNWANTED.has(action.reason) ? 'Warning' : 'Normal',
        'Killing',
        () => `Stopping on node ${action.node} (${action.reason}, grace ${action.graceMs / 1_000} s)`,
      )
    case 'preempt':
      return action.victims.flatMap(({ pod }) =>
        ofPod(
          pods,
          pod,
          'Warning',
          'Preempted',
          () => `Preempted by ${nameOf(pods, action.pod, action.name)} on node ${action.node}`,
        ),
      )
    case 'rebalance':
      return ofPod(pods, action.pod, 'Normal', 'Rebalanced', () => action.reason)
    case 'update-config':
      return ofPod(pods, action.pod, 'Normal', 'ConfigUpdated', () => `${action.config} changed`)
    case 'scale':
      return [scaled(action, plan, before)]
    case 'prune':
      return [
        { type: 'Normal', reason: 'Pruned', object: action.key, owner: null, message: 'No manifest of it is left' },
      ]
    case 'mark-node':
      return [markedNode(action.node, action.unreachable)]
    default:
      return []
  }
}

function created({ owner: object, name }: Extract<Action, { type: 'create-pod' }>, plan: Plan, before: PlannedState) {
  const owner = workloadOf(object, plan, before)
  return { type: 'Normal', reason: 'SuccessfulCreate', object, owner, message: `Created pod: ${name}` } as const
}

function scaled(action: Extract<Action, { type: 'scale' }>, plan: Plan, before: PlannedState): Happening {
  const { replicaSet, from, to } = action
  const object = workloadOf(replicaSet, plan, before)
  const what = object === replicaSet ? '' : ` replica set ${parseKey(replicaSet).name}`
  const message = `Scaled ${to > from ? 'up' : 'down'}${what} from ${from} to ${to}`
  return { type: 'Normal', reason: 'ScalingReplicaSet', object, owner: null, message }
}

function workloadOf(replicaSet: ObjectKey, { delta }: Plan, before: PlannedState): ObjectKey {
  return (delta.replicaSets.get(replicaSet) ?? before.replicaSets.get(replicaSet))?.workload ?? replicaSet
}

function markedNode(node: string, isUnreachable: boolean): Happening {
  const reason = isUnreachable ? 'NodeNotReady' : 'NodeReady'
  const message = `Node ${node} status is now: ${reason}`
  return { type: isUnreachable ? 'Warning' : 'Normal', reason, object: makeKey('Node', '', node), owner: null, message }
}

function ofPod(
  pods: Pods,
  uid: PodUid,
  type: EventType,
  reason: string,
  say: (name: string) => string,
): readonly Happening[] {
  const pod = pods.get(uid)
  if (pod === undefined) return []
  const { namespace, name, workload } = pod
  const object = makeKey('Pod', namespace, name)
  return [{ type, reason, object, owner: workload, message: say(`${namespace}/${name}`) }]
}

function nameOf(pods: Pods, uid: PodUid, name: string): string {
  const pod = pods.get(uid)
  return pod === undefined ? name : formatKey(makeKey('Pod', pod.namespace, pod.name))
}

/** The pods that actions are about: those of nodes that the plan changes, and those without a node. */
function podsOf({ delta }: Plan, before: PlannedState, actions: readonly Action[]): Pods {
  const wanted = new Set<PodUid>()
  for (const action of actions) {
    if ('pod' in action) wanted.add(action.pod)
    if (action.type === 'preempt') for (const { pod } of action.victims) wanted.add(pod)
  }
  const pods = new Map<PodUid, PlannedPod>()
  const take = (list: readonly PlannedPod[]): void => {
    for (const pod of list) if (wanted.has(pod.uid)) pods.set(pod.uid, pod)
  }
  take(before.pending)
  for (const [name, node] of delta.nodes) {
    take(before.nodes.get(name)?.pods ?? [])
    take(node?.pods ?? [])
  }
  take(delta.pending ?? [])
  return pods
}
