/**
 * A small world for controllers: it carries out every intent at once, and its pods become ready, fail or go only when a
 * test says so. Inputs are frozen, so that a controller that writes to them throws.
 */
import { deepFreeze } from '../../src/base/deep-freeze.js'
import { stableHash } from '../../src/base/hash.js'
import { sortedBy } from '../../src/base/ordered.js'
import type { AssignedPod, PodUid, StopReason } from '../../src/model/assignment.js'
import type { ConfigContent, DesiredObject, Manifest } from '../../src/model/desired-state.js'
import type { Deployment, DeploymentSpec, PodSpec } from '../../src/model/generated/kubernetes.js'
import { makeKey, type ObjectKey } from '../../src/model/keys.js'
import type { Kind } from '../../src/model/kinds.js'
import type { ObservedPod, PodPhase } from '../../src/model/observed-state.js'
import type { PlannedPod, PlannedReplicaSet, PlannedWorkload } from '../../src/model/planned-state.js'
import { replicaPodIdentity } from '../../src/model/pod-identity.js'
import type { Controller, ControllerInput, ControllerOutput, PodFacts } from '../../src/reconcile/controller.js'

export const START = 1_800_000_000_000

/** An object as sync makes it. */
export function desiredObject(kind: Kind, name: string, body: object, commit = 'c1', annotations = {}): DesiredObject {
  const manifest = {
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'default', annotations },
    ...body,
  } as unknown as Manifest
  return {
    key: makeKey(kind, 'default', name),
    kind,
    namespace: 'default',
    name,
    manifest,
    hash: stableHash(manifest),
    origin: { source: 'main', file: `${name}.yaml`, line: 1, document: 0 },
    app: 'main:',
    commit,
  }
}

export function podSpec(image: string, more: Partial<PodSpec> = {}): PodSpec {
  return { containers: [{ name: 'app', image }], restartPolicy: 'Always', ...more }
}

/** Deployment `web`; `more` over three replicas of `image`. */
export function deployment(image: string, more: Partial<DeploymentSpec> = {}, commit = image): DesiredObject {
  const labels = { app: 'web' }
  const spec: DeploymentSpec = {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: podSpec(image) },
    ...more,
  }
  return desiredObject('Deployment', 'web', { spec } satisfies Deployment, commit)
}

export function rollingUpdate(maxSurge: number | string, maxUnavailable: number | string): Partial<DeploymentSpec> {
  return { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } }
}

interface WorldPod {
  planned: PlannedPod
  observed: ObservedPod | null
  isNodeHeard: boolean
}

export class FakeWorld {
  now = START
  record: PlannedWorkload | null = null
  readonly sets = new Map<ObjectKey, PlannedReplicaSet>()
  readonly pods = new Map<PodUid, WorldPod>()
  readonly configs = new Map<string, ConfigContent>()
  nodes = ['n1', 'n2', 'n3']
  revision = 'r0'

  constructor(
    readonly controller: Controller,
    public desired: DesiredObject | null,
    readonly key: ObjectKey,
  ) {}

  input(): ControllerInput {
    const pods: PodFacts[] = sortedBy(this.pods.values(), (pod) => pod.planned.uid).map((pod) => ({ ...pod }))
    const input = {
      clusterId: 'test',
      now: this.now,
      key: this.key,
      desired: this.desired,
      revision: this.revision,
      record: this.record,
      replicaSets: [...this.sets.values()].sort((left, right) => left.revision - right.revision),
      pods,
    }
    const { configs } = this
    return { ...deepFreeze(input), findConfig: (kind, ns, name) => configs.get(`${kind}/${ns}/${name}`) ?? null }
  }

  /** One pass: the controller's answer, carried out. */
  pass(controller: Controller = this.controller): ControllerOutput {
    const output = controller(this.input())
    this.record = output.record
    for (const intent of output.intents) {
      if (intent.type === 'put-replica-set') this.putSet(intent.replicaSet)
      if (intent.type === 'remove-replica-set') this.sets.delete(intent.key)
      if (intent.type === 'stop-pods') for (const uid of intent.pods) this.stop(uid, intent.reason)
      if (intent.type === 'create-pods') for (let i = 0; i < intent.count; i++) this.create(intent.replicaSet)
    }
    return output
  }

  private putSet(set: PlannedReplicaSet): void {
    const incarnations = Math.max(set.incarnations, this.sets.get(set.key)?.incarnations ?? 0)
    this.sets.set(set.key, { ...set, incarnations })
  }

  private create(key: ObjectKey): void {
    const set = this.sets.get(key)
    if (set === undefined) throw new Error(`pods for a set that was never put: ${key}`)
    const incarnation = set.incarnations + 1
    this.sets.set(key, { ...set, incarnations: incarnation })
    const { uid, name } = replicaPodIdentity('test', key, set.templateHash, incarnation, incarnation)
    const planned: PlannedPod = {
      uid,
      namespace: 'default',
      name,
      replicaSet: key,
      workload: this.key,
      templateHash: set.templateHash,
      ordinal: incarnation,
      incarnation,
      node: this.nodes[this.pods.size % this.nodes.length] ?? null,
      address: null,
      createdAt: this.now,
      boundAt: this.now,
      stop: null,
    }
    this.pods.set(uid, { planned, observed: null, isNodeHeard: true })
  }

  stop(uid: PodUid, reason: StopReason): void {
    const pod = this.pods.get(uid)
    if (pod === undefined) throw new Error(`no pod ${uid} to stop`)
    const stop = { reason, since: this.now, graceMs: 30_000, phase: 'stopping' as const, networkVersion: 0 }
    pod.planned = { ...pod.planned, stop }
  }

  observe(uid: PodUid, phase: PodPhase, isReady: boolean, more: Partial<ObservedPod> = {}): void {
    const pod = this.pods.get(uid)
    if (pod === undefined) throw new Error(`no pod ${uid} to observe`)
    const since = pod.observed?.ready === true && isReady ? pod.observed.readySince : this.now
    const assigned = { uid } as AssignedPod
    const observed: ObservedPod = {
      uid,
      phase,
      ready: isReady,
      readySince: isReady ? since : null,
      startedAt: this.now,
      containers: [],
      reason: '',
      message: '',
      stopped: false,
      assigned,
      ...more,
    }
    pod.observed = observed
  }

  /** Pods that are wanted, of one image or of all. */
  live(image?: string): WorldPod[] {
    return [...this.pods.values()].filter(
      (pod) =>
        pod.planned.stop === null &&
        pod.observed?.phase !== 'Failed' &&
        (image === undefined || this.imageOf(pod.planned) === image),
    )
  }

  imageOf(planned: PlannedPod): string {
    return this.sets.get(planned.replicaSet)?.template.spec?.containers[0]?.image ?? ''
  }

  /** Makes live pods of an image (or all) ready; `count` of them at most. */
  makeReady(image?: string, count = Number.POSITIVE_INFINITY): void {
    const unready = this.live(image).filter((pod) => pod.observed?.ready !== true)
    for (const pod of unready.slice(0, count)) this.observe(pod.planned.uid, 'Running', true)
  }

  /** Every pod that was ordered to stop is gone. */
  finishStops(): void {
    for (const [uid, pod] of this.pods) if (pod.planned.stop !== null) this.pods.delete(uid)
  }

  readyCount(): number {
    return this.live().filter((pod) => pod.observed?.ready === true && pod.isNodeHeard).length
  }

  /** Passes with everything ready and stopped at once until one gives no intents; throws when that never comes. */
  settle(limit = 60): ControllerOutput {
    for (let i = 0; i < limit; i++) {
      this.now += 1_000
      this.makeReady()
      this.finishStops()
      const before = this.record
      const output = this.pass()
      if (output.intents.length === 0 && this.record === before && this.pods.size === this.live().length) return output
    }
    throw new Error(`not settled after ${limit} passes`)
  }

  /** `image×count` of live pods, sorted, for a glance. */
  census(): string {
    const counts = new Map<string, number>()
    for (const pod of this.live()) {
      const image = this.imageOf(pod.planned)
      counts.set(image, (counts.get(image) ?? 0) + 1)
    }
    return [...counts]
      .map(([image, count]) => `${image}×${count}`)
      .sort()
      .join(' ')
  }
}
