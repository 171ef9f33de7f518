/**
 * When each reason to wait is true, by what the manager wants, has planned and was last told; counted apart from the
 * planner. A reason that is forgotten here does not compile.
 */
import type { DesiredObject } from '../../model/desired-state.js'
import type { Deployment, Node } from '../../model/generated/kubernetes.js'
import { makeKey, type ObjectKey, parseKey } from '../../model/keys.js'
import type { ObservedPod } from '../../model/observed-state.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { DRAIN_ANNOTATION } from '../../model/taint.js'
import type { Waiting, WaitingOn } from '../../model/waiting.js'
import { budgetsOver } from './budget-need.js'
import { type Ground, isAwaited, isHeard, isLeaving, isServing, wantedOf } from './ground.js'
import { roomFor } from './room.js'

/** Null when the reason is true, else why it is not. */
type Check = (ground: Ground, wait: Waiting & { readonly key: ObjectKey }) => string | null

const EVICTION_DELAY_MS = 8_000

/** What is said of a pod that is not ready by what its containers say. */
const ofContainers =
  (isTrue: (pod: ObservedPod, ground: Ground, planned: PlannedPod) => boolean): Check =>
  (ground, { key, on }) => {
    const pod = ground.pod(key)
    if (pod === undefined) return 'no such pod is planned'
    const seen = ground.seen(pod)
    if (isLeaving(pod)) return 'the pod is on its way out'
    if (seen === undefined) return 'no node has reported it'
    if (seen.ready) return 'the pod is ready'
    return isTrue(seen, ground, pod) ? null : `its containers say nothing of ${on}`
  }

const ofNode =
  (isTrue: (ground: Ground, node: string) => boolean, otherwise: string): Check =>
  (ground, { key }) =>
    isTrue(ground, parseKey(key).name) ? null : otherwise

const isPod = (key: ObjectKey): boolean => parseKey(key).kind === 'Pod'
const waitsFor = (pod: ObservedPod, reason: RegExp): boolean =>
  pod.containers.some((container) => container.phase === 'waiting' && reason.test(container.reason))

const never =
  (why: string): Check =>
  () =>
    why

const checks: { readonly [On in WaitingOn]: Check } = {
  scheduling: (ground, { key }) => {
    const pod = ground.pod(key)
    if (pod === undefined || pod.node !== null) return 'no such pod is pending'
    const className = ground.specOf(pod)?.priorityClassName
    if (className !== undefined && ground.core.desired?.objects.has(makeKey('PriorityClass', '', className)) !== true)
      return null
    const node = roomFor(ground, pod)
    return node === null ? null : `${node} has room for it`
  },
  'node-silence': (ground, { key }) => {
    const pod = ground.pod(key)
    if (pod === undefined || pod.node === null) return 'no such pod is on a node'
    return isHeard(ground.moment, pod.node) ? `${pod.node} is heard` : null
  },
  'node-report': (ground, { key }) => {
    const pod = ground.pod(key)
    if (pod === undefined || pod.node === null) return 'no such pod is on a node'
    return ground.seen(pod) === undefined ? null : `${pod.node} has reported it`
  },
  'image-resolve': (ground, { key }) => {
    const pod = ground.pod(key)
    if (pod === undefined) return 'no such pod is planned'
    const set = ground.moment.planned.replicaSets.get(pod.replicaSet)
    const lacks = set?.template.spec?.containers.some(({ image = '' }) => !Object.hasOwn(set.images, image))
    return lacks === true ? null : 'every image of it is resolved'
  },
  'image-pull': ofContainers((pod) => waitsFor(pod, /Image/)),
  // Where each is ready and the pod is not, its own host stops it by an order that an older store has forgotten.
  'container-start': ofContainers(
    ({ containers }) => containers.some(({ phase }) => phase !== 'running') || containers.every(({ ready }) => ready),
  ),
  readiness: ofContainers((pod) => pod.containers.every(({ phase }) => phase === 'running')),
  owner: ofContainers((pod) => pod.phase === 'Failed' || pod.phase === 'Succeeded'),
  'crash-loop': (ground, wait) => {
    if (isPod(wait.key)) return inCrashLoop(ground, wait)
    const record = ground.moment.planned.workloads.get(wait.key)
    return record !== undefined && record.failures > 0 && (record.createAfter ?? 0) > ground.moment.now
      ? null
      : 'nothing failed, or its time is over'
  },
  configuration: (ground, wait) => {
    const lacks = (key: ObjectKey, pod: PlannedPod | undefined): boolean => lacksConfiguration(ground, key, pod)
    if (!isPod(wait.key)) return lacks(wait.key, undefined) ? null : 'all its configuration is there'
    const pod = ground.pod(wait.key)
    const seen = pod && ground.seen(pod)
    if (seen !== undefined) return waitsFor(seen, /Config/) ? null : 'its containers do not wait for configuration'
    return pod !== undefined && lacks(pod.workload, pod) ? null : 'all its configuration is there'
  },
  termination: (ground, { key }) => {
    if (isPod(key)) return ground.pod(key)?.stop?.phase === 'stopping' ? null : 'it is not told to stop'
    const isGone = ground.core.desired?.objects.has(key) !== true
    const pods = ground.ownedBy(key)
    return pods.some((pod) => pod.stop !== null || isGone) ? null : 'none of its pods stops'
  },
  'endpoint-acknowledgement': (ground, { key }) => {
    const stop = ground.pod(key)?.stop
    if (stop?.phase !== 'leaving') return 'it does not leave the endpoints'
    for (const [name, { networkVersion }] of ground.moment.observed.nodes)
      if (networkVersion < stop.networkVersion && isHeard(ground.moment, name)) return null
    for (const name of ground.moment.planned.nodes.keys()) if (isAwaited(ground.moment, name)) return null
    return 'every node that is heard or waited for obeys the table without it'
  },
  'ready-replicas': (ground, wait) => (isPod(wait.key) ? cannotBeSpared(ground, wait) : unsettled(ground, wait.key)),
  'min-ready-seconds': (ground, { key }) =>
    (deploymentOf(ground, key)?.spec?.minReadySeconds ?? 0) > 0 ? null : 'it asks for no such time',
  paused: (ground, { key }) => (deploymentOf(ground, key)?.spec?.paused === true ? null : 'it is not paused'),
  'progress-deadline': (ground, { key }) => {
    const record = ground.moment.planned.workloads.get(key)
    const limitMs = (deploymentOf(ground, key)?.spec?.progressDeadlineSeconds ?? 600) * 1_000
    if (record === undefined || ground.moment.now - record.progressAt < limitMs) return 'its time is not over'
    return unsettled(ground, key)
  },
  'disruption-budget': withheldByBudget,
  drain: (ground, { key }) => {
    const { name } = parseKey(key)
    if (!isDrained(ground.core.desired?.objects.get(key))) return 'nobody drains the node'
    return ground.moment.planned.nodes.get(name)?.pods.length ? null : 'the node is empty'
  },
  'eviction-rate': ofNode((ground, name) => {
    const since = ground.moment.planned.nodes.get(name)?.unreachableSince
    return since != null && ground.moment.now - since >= EVICTION_DELAY_MS && !isHeard(ground.moment, name)
  }, 'no pod of it is due'),
  'delete-brake': ({ core }) => (core.brake === null ? 'no deletion is held' : null),
  'unreadable-file': ({ core }, { key }) => {
    if (core.desired?.hasUnreadable !== true) return 'everything can be read'
    return core.planned.inventory.has(key) && !core.desired.objects.has(key) ? null : 'it is not gone'
  },
  'held-app': ({ core }, { key }) => {
    const app = core.planned.inventory.get(key)?.app ?? ''
    return core.desired?.apps.get(app)?.held === true && !core.desired.objects.has(key) ? null : 'its app is not held'
  },
  recovery: ({ core }) => (core.isTakingIn || core.desired === null ? null : 'the manager has taken everything in'),
  'plan-check': never('no plan is refused here'),
  'out-of-service': never('no pod here has an identity to keep'),
  unsupported: never('nothing here is unsupported'),
  address: never('no range of addresses here is used up'),
}

/** Null when a wait's reason is true, else why it is not. */
export function whyUntrue(ground: Ground, wait: Waiting): string | null {
  const { on, key, detail } = wait
  return checks[on](ground, { on, key: key ?? '', detail })
}

/** The first restart is immediate: what waits for one has been restarted before (Kubernetes: semantics §4.4). */
const inCrashLoop = ofContainers(({ containers }) =>
  containers.some(
    ({ phase, reason, restarts }) => phase === 'waiting' && reason === 'CrashLoopBackOff' && restarts > 0,
  ),
)

function deploymentOf({ core }: Ground, key: ObjectKey): Deployment | undefined {
  const object = core.desired?.objects.get(key)
  return object?.kind === 'Deployment' ? (object.manifest as Deployment) : undefined
}

function isDrained(object: DesiredObject | undefined): boolean {
  const { metadata, spec } = (object?.manifest ?? {}) as Node
  return spec?.unschedulable === true && metadata?.annotations?.[DRAIN_ANNOTATION] === 'true'
}

/** Some ConfigMap that the environment takes is not there. */
function lacksConfiguration(ground: Ground, workload: ObjectKey, pod: PlannedPod | undefined): boolean {
  const { namespace } = parseKey(workload)
  const spec = pod === undefined ? deploymentOf(ground, workload)?.spec?.template?.spec : ground.specOf(pod)
  return (spec?.containers ?? []).some((container) =>
    (container.envFrom ?? []).some(
      ({ configMapRef }) =>
        configMapRef?.name !== undefined &&
        ground.core.desired?.objects.has(makeKey('ConfigMap', namespace, configMapRef.name)) !== true,
    ),
  )
}

/** A Deployment has a pod too few or too many, one of an older template, or one that is not ready. */
function unsettled(ground: Ground, key: ObjectKey): string | null {
  const deployment = deploymentOf(ground, key)
  const record = ground.moment.planned.workloads.get(key)
  const pods = ground.ownedBy(key).filter((pod) => !isLeaving(pod))
  const isWell =
    pods.length === (deployment?.spec?.replicas ?? 1) &&
    pods.every((pod) => isServing(ground.moment, pod) && pod.templateHash === record?.templateHash)
  return isWell ? 'all its pods are of the newest template and ready' : null
}

/** Serving for as long as its owner asks for. */
function isAvailable(ground: Ground, pod: PlannedPod): boolean {
  if (!isServing(ground.moment, pod)) return false
  const minReadyMs = (deploymentOf(ground, pod.workload)?.spec?.minReadySeconds ?? 0) * 1_000
  return (ground.seen(pod)?.readySince ?? 0) + minReadyMs <= ground.moment.now
}

/** A pod that is drained or moved stays while its owner has not enough others that serve. */
function cannotBeSpared(ground: Ground, { key }: Waiting & { readonly key: ObjectKey }): string | null {
  const pod = ground.pod(key)
  if (pod?.stop?.phase !== 'replacing') return 'it is not to be replaced'
  const wanted = wantedOf(ground.moment, ground.core.desired, pod.workload)
  const others = ground.ownedBy(pod.workload).filter((item) => item !== pod && isAvailable(ground, item))
  return others.length >= wanted ? `${others.length} others of ${wanted} serve` : null
}

/** Of the budgets that select it one allows nothing, or there are several. */
function withheldByBudget(ground: Ground, { key }: Waiting & { readonly key: ObjectKey }): string | null {
  const pod = isPod(key) ? ground.pod(key) : ground.ownedBy(key)[0]
  if (pod === undefined) return 'no such pod is planned'
  const needs = budgetsOver(pod, ground.moment, ground.core.desired)
  if (needs.length === 0) return 'no budget selects it'
  if (needs.length > 1) return null
  // One that does not serve goes while the others are enough, and enough is not none.
  const isIdle = isPod(key) && !isServing(ground.moment, pod)
  const isShort = needs.some(({ healthy, need }) =>
    isIdle ? need === 0 || healthy.length < need : healthy.length - 1 < need,
  )
  return isShort ? null : 'its budget allows one more'
}
