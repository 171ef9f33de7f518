/**
 * A small world for planner tests: desired objects, agents that do what they are assigned, and the loop of snapshot, plan,
 * check, apply. Every pass is made twice, with the kept index and from nothing, and both plans must be equal.
 */

import * as assert from 'uvu/assert'
import { deepFreeze } from '../../src/base/deep-freeze.js'
import { stableHash } from '../../src/base/hash.js'
import { sortedMap } from '../../src/base/ordered.js'
import { applyPlan } from '../../src/model/apply-plan.js'
import type { AssignedPod, Assignment, NetworkTable, ServiceTable } from '../../src/model/assignment.js'
import { type ClusterConfiguration, defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import type { ConfigContent, DesiredObject, DesiredState } from '../../src/model/desired-state.js'
import type { Container, PodSpec, Taint } from '../../src/model/generated/kubernetes.js'
import { zeroGeneration } from '../../src/model/generation.js'
import { makeKey } from '../../src/model/keys.js'
import type { Kind } from '../../src/model/kinds.js'
import type {
  NodeImage,
  ObservedNode,
  ObservedPod,
  ObservedState,
  ResolvedImage,
} from '../../src/model/observed-state.js'
import type { Action, Plan } from '../../src/model/plan.js'
import { isEmptyPlan } from '../../src/model/plan.js'
import { emptyPlannedState, type PlannedPod, type PlannedState } from '../../src/model/planned-state.js'
import { checkPlan } from '../../src/planner/check-plan.js'
import { makePlan } from '../../src/planner/make-plan.js'
import { createPlanIndex, type PlanIndex } from '../../src/planner/plan-index.js'
import type { PlanInput } from '../../src/planner/plan-input.js'

const GIB = 1024 ** 3
export const START = 1_000_000

export interface NodeOptions {
  readonly cpuMilli?: number
  readonly memoryBytes?: number
  readonly pods?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  readonly images?: readonly NodeImage[]
  /** How long a pod takes to be ready; Infinity for never. */
  readonly readyAfterMs?: number
  readonly stopAfterMs?: number
  readonly architecture?: 'amd64' | 'arm64'
  /** References it cannot resolve. */
  readonly unresolvable?: readonly string[]
}

interface AgentPod {
  assigned: AssignedPod
  readonly startedAt: number
  stoppingAt: number | null
  observed: ObservedPod | null
}

/** An agent: starts, readies and stops pods after fixed times, and reports. */
export class FakeAgent {
  readonly pods = new Map<string, AgentPod>()
  generation = zeroGeneration
  networkVersion = 0
  services: readonly ServiceTable[] = []
  resolve: readonly string[] = []
  resolved = new Map<string, ResolvedImage>()
  silentSince: number | null = null
  isFrozen = false
  isAcknowledging = true
  broken = new Set<string>()
  last: ObservedNode | null = null
  /** Silent since before this manager began. */
  isUnseen = false
  constructor(
    readonly name: string,
    readonly address: string,
    public options: NodeOptions,
  ) {}

  take(assignment: Assignment, now: number): void {
    this.generation = assignment.generation
    this.resolve = assignment.resolve
    const listed = new Set(assignment.pods.map((pod) => pod.uid))
    for (const [uid, pod] of this.pods)
      if (!listed.has(uid)) {
        if (pod.observed?.stopped === true || pod.stoppingAt !== null) this.pods.delete(uid)
        else this.pods.delete(uid)
      }
    for (const assigned of assignment.pods) {
      const known = this.pods.get(assigned.uid)
      if (known === undefined)
        this.pods.set(assigned.uid, {
          assigned,
          startedAt: now,
          stoppingAt: assigned.stop === null ? null : now,
          observed: null,
        })
      else {
        known.assigned = assigned
        if (assigned.stop !== null) known.stoppingAt ??= now
      }
    }
  }

  advance(now: number): void {
    for (const pod of this.pods.values()) {
      const readyAt = pod.startedAt + (this.options.readyAfterMs ?? 1_000)
      const image = pod.assigned.spec.containers[0]?.image ?? ''
      const isStopped = pod.stoppingAt !== null && now >= pod.stoppingAt + (this.options.stopAfterMs ?? 1_000)
      const isReady = now >= readyAt && pod.stoppingAt === null && !this.broken.has(image)
      pod.observed = keep(pod.observed, {
        uid: pod.assigned.uid,
        phase: 'Running',
        ready: isReady,
        readySince: isReady ? readyAt : null,
        startedAt: pod.startedAt,
        containers: [],
        reason: '',
        message: '',
        stopped: isStopped,
        assigned: pod.assigned,
      })
    }
    for (const reference of this.resolve)
      if (!this.resolved.has(reference) || this.resolved.get(reference)?.error !== '') this.#resolve(reference)
  }

  #resolve(reference: string): void {
    const isKnown = this.options.unresolvable?.includes(reference) !== true
    const answer = isKnown
      ? { reference, id: `sha256:${stableHash(reference)}`, digest: `${reference.split(':')[0]}@sha256:1`, error: '' }
      : { reference, id: '', digest: '', error: 'manifest unknown' }
    if (JSON.stringify(this.resolved.get(reference)) !== JSON.stringify(answer))
      this.resolved = new Map(this.resolved).set(reference, answer)
  }

  observe(): ObservedNode {
    const { options } = this
    const amounts = {
      cpuMilli: options.cpuMilli ?? 4_000,
      memoryBytes: options.memoryBytes ?? 8 * GIB,
      ephemeralStorageBytes: 100 * GIB,
      pods: options.pods ?? 110,
      extended: {},
    }
    const node: ObservedNode = {
      facts: {
        name: this.name,
        address: this.address,
        agentVersion: '0',
        engineVersion: '20',
        kernelVersion: '6',
        osImage: 'test',
        architecture: options.architecture ?? 'amd64',
        capacity: amounts,
        allocatable: amounts,
        labels: { 'kubernetes.io/hostname': this.name, ...options.labels },
        images: options.images ?? [],
        bootId: 'b',
        agentPid: 1,
      },
      silentSince: this.silentSince,
      connectedAt: START,
      generation: this.generation,
      networkVersion: this.networkVersion,
      pods: sortedMap(
        [...this.pods].flatMap(([uid, pod]) => (pod.observed === null ? [] : [[uid, pod.observed] as const])),
      ),
      resolvedImages: this.resolved,
      taints: options.taints ?? [],
      services: this.services,
    }
    // An agent that is not heard: what it last said stays.
    if (this.silentSince !== null && this.last !== null) {
      if (this.last.silentSince !== this.silentSince) this.last = { ...this.last, silentSince: this.silentSince }
      return this.last
    }
    this.last = keepNode(this.last, node)
    return this.last
  }
}

function keep<T>(before: T | null, after: T): T {
  return before !== null && JSON.stringify(before) === JSON.stringify(after) ? before : after
}

function keepNode(before: ObservedNode | null, after: ObservedNode): ObservedNode {
  if (before === null) return after
  const isSame =
    before.pods.size === after.pods.size && [...after.pods].every(([uid, pod]) => before.pods.get(uid) === pod)
  const pods = isSame ? before.pods : after.pods
  const facts = keep(before.facts, after.facts)
  const isAllSame =
    isSame &&
    facts === before.facts &&
    before.resolvedImages === after.resolvedImages &&
    before.services === after.services &&
    JSON.stringify([before.silentSince, before.generation, before.networkVersion, before.taints]) ===
      JSON.stringify([after.silentSince, after.generation, after.networkVersion, after.taints])
  return isAllSame ? before : { ...after, pods, facts }
}

export class World {
  now = START
  planned: PlannedState = emptyPlannedState
  readonly agents = new Map<string, FakeAgent>()
  readonly objects = new Map<string, DesiredObject>()
  index: PlanIndex = createPlanIndex()
  revision = 0
  hasUnreadable = false
  hasDesired = true
  isRecovering = false
  confirmed: string | null = null
  configuration: ClusterConfiguration = defaultClusterConfiguration
  unheard: readonly string[] = []
  heardSince = START
  generation = { epoch: 1, counter: 0 }
  readonly assignments = new Map<string, Assignment>()
  /** Plans that changed something, in order. */
  readonly plans: Plan[] = []
  /** Every planned state so far: an older one is what an older store holds. */
  readonly states: PlannedState[] = []
  last: Plan | null = null
  isComparing = true
  #desired: DesiredState | null = null
  #observed: ObservedState | null = null

  addNode(name: string, options: NodeOptions = {}): FakeAgent {
    const agent = new FakeAgent(name, `192.168.0.${this.agents.size + 1}`, options)
    this.agents.set(name, agent)
    return agent
  }

  apply(...objects: DesiredObject[]): void {
    for (const object of objects) this.objects.set(object.key, object)
    this.commit()
  }

  remove(...keys: string[]): void {
    for (const key of keys) this.objects.delete(key)
    this.commit()
  }

  commit(): void {
    this.revision += 1
    this.#desired = null
  }

  desired(): DesiredState | null {
    if (!this.hasDesired) return null
    this.#desired ??= {
      revision: `r${this.revision}`,
      sources: [],
      objects: sortedMap(this.objects),
      apps: new Map([
        [
          'main:',
          { id: 'main:', source: 'main', directory: '', revision: `r${this.revision}`, held: false, problems: [] },
        ],
      ]),
      problems: [],
      hasUnreadable: this.hasUnreadable,
      confirmations: [],
      revertedAdditions: new Set(),
      configuration: this.configuration,
    }
    return this.#desired
  }

  observed(): ObservedState {
    for (const agent of this.agents.values()) if (!agent.isFrozen) agent.advance(this.now)
    for (const agent of this.agents.values()) if (agent.silentSince === null) agent.isUnseen = false
    const seen = [...this.agents].filter(([, agent]) => !agent.isUnseen)
    const nodes = sortedMap(seen.map(([name, agent]) => [name, agent.observe()] as const))
    const unseen = [...this.agents].flatMap(([name, agent]) => (agent.isUnseen ? [name] : []))
    if (unseen.join() !== this.unheard.join()) this.unheard = unseen
    const before = this.#observed
    const isSame =
      before !== null &&
      before.nodes.size === nodes.size &&
      [...nodes].every(([name, node]) => before.nodes.get(name) === node) &&
      before.unheard === this.unheard &&
      before.heardSince === this.heardSince
    if (!isSame) this.#observed = { nodes, unheard: this.unheard, heardSince: this.heardSince }
    return this.#observed!
  }

  input(): PlanInput {
    return {
      clusterId: 'test',
      now: this.now,
      generation: { epoch: this.generation.epoch, counter: this.generation.counter + 1 },
      desired: this.desired(),
      planned: this.planned,
      observed: this.observed(),
      confirmed: this.confirmed,
      isRecovering: this.isRecovering,
    }
  }

  /** One pass: planned, compared with a pass from nothing, checked, applied, sent. */
  pass(): Plan {
    const input = this.input()
    const plan = makePlan(input, this.index)
    if (this.isComparing) {
      deepFreeze(input.planned)
      assert.equal(comparable(plan), comparable(makePlan(input)), 'the kept index gives another plan than nothing')
      const notes = checkPlan(input, plan, 'all')
      assert.equal(notes, [], 'the checker found something')
      assert.equal(checkPlan(input, plan, 'touched'), [])
    }
    this.last = plan
    this.generation = plan.generation
    if (isEmptyPlan(plan)) return plan
    this.plans.push(plan)
    this.planned = applyPlan(this.planned, plan)
    this.states.push(this.planned)
    for (const assignment of plan.assignments) this.assignments.set(assignment.node, assignment)
    return plan
  }

  /** Passes until nothing more is to do now, then the agents get what is theirs. */
  settle(): readonly Plan[] {
    const plans: Plan[] = []
    for (let i = 0; i < 12; i++) {
      const plan = this.pass()
      if (isEmptyPlan(plan)) {
        this.deliver()
        return plans
      }
      plans.push(plan)
    }
    throw new Error(`does not come to rest: ${JSON.stringify(this.plans.at(-1)?.actions)}`)
  }

  deliver(): void {
    for (const agent of this.agents.values()) {
      if (agent.silentSince !== null) continue
      const assignment = this.assignments.get(agent.name)
      if (assignment !== undefined && !this.isRecovering && assignment.generation !== agent.generation)
        agent.take(assignment, this.now)
      if (agent.isAcknowledging && this.planned.network.version > 0) {
        agent.networkVersion = this.planned.network.version
        agent.services = [...this.planned.network.services.values()]
      }
    }
  }

  /** Lets time pass in steps, planning at each. */
  run(ms: number, stepMs = 500): readonly Action[] {
    const actions: Action[] = []
    const end = this.now + ms
    while (this.now < end) {
      this.now += Math.min(stepMs, end - this.now)
      for (const plan of this.settle()) actions.push(...plan.actions)
    }
    return actions
  }

  /** Another manager begins, from this store; nodes that are silent now it has never heard. */
  restart(planned: PlannedState): void {
    this.planned = planned
    this.assignments.clear()
    this.index = createPlanIndex()
    this.generation = { epoch: this.generation.epoch + 1, counter: 0 }
    this.heardSince = this.now
    this.#observed = null
    for (const agent of this.agents.values()) {
      agent.isUnseen = agent.silentSince !== null
      agent.last = null
    }
  }

  pods(): PlannedPod[] {
    return [...[...this.planned.nodes.values()].flatMap((node) => node.pods), ...this.planned.pending]
  }

  ready(): PlannedPod[] {
    return this.pods().filter(
      (pod) =>
        pod.stop === null && pod.node !== null && this.agents.get(pod.node)?.last?.pods.get(pod.uid)?.ready === true,
    )
  }

  endpoints(service: string): number {
    return this.planned.network.services.get(makeKey('Service', 'default', service))?.ports[0]?.endpoints.length ?? 0
  }

  table(): NetworkTable {
    return this.planned.network
  }
}

function comparable(plan: Plan): unknown {
  const { delta, steps: _, ...rest } = plan
  const maps = {
    ...delta,
    network: delta.network && {
      ...delta.network,
      services: [...delta.network.services],
      routes: [...delta.network.routes],
    },
  }
  return {
    ...rest,
    delta: {
      ...maps,
      nodes: [...delta.nodes],
      replicaSets: [...delta.replicaSets],
      workloads: [...delta.workloads],
      services: [...delta.services],
      inventory: [...delta.inventory],
    },
  }
}

function object(
  kind: Kind,
  name: string,
  apiVersion: string,
  body: object,
  config?: ConfigContent,
  annotations = {},
): DesiredObject {
  const namespace = kind === 'Node' || kind === 'Namespace' ? '' : 'default'
  const metadata = {
    name,
    ...(namespace && { namespace }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  }
  const manifest = { apiVersion, kind, metadata, ...body }
  return {
    key: makeKey(kind, namespace, name),
    kind,
    namespace,
    name,
    manifest,
    hash: stableHash([manifest, config === undefined ? null : config.digest]),
    origin: { source: 'main', file: `${name}.yaml`, line: 1, document: 0 },
    app: 'main:',
    commit: 'c1',
    ...(config && { config }),
  }
}

export interface DeploymentOptions {
  readonly replicas?: number
  readonly image?: string
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
  readonly strategy?: 'RollingUpdate' | 'Recreate'
  readonly cpu?: string
  readonly memory?: string
  readonly pod?: Partial<PodSpec>
  readonly container?: Partial<Container>
  readonly labels?: Readonly<Record<string, string>>
}

export function deployment(name: string, options: DeploymentOptions = {}): DesiredObject {
  const labels = { app: name, ...options.labels }
  const container: Container = {
    name: 'main',
    image: options.image ?? 'demo:1',
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 8080 }],
    ...((options.cpu || options.memory) && {
      resources: {
        requests: { ...(options.cpu && { cpu: options.cpu }), ...(options.memory && { memory: options.memory }) },
      },
    }),
    ...options.container,
  }
  const strategy =
    options.strategy === 'Recreate'
      ? { type: 'Recreate' }
      : {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: options.maxSurge ?? 1, maxUnavailable: options.maxUnavailable ?? 0 },
        }
  return object('Deployment', name, 'apps/v1', {
    spec: {
      replicas: options.replicas ?? 2,
      selector: { matchLabels: { app: name } },
      strategy,
      template: {
        metadata: { labels },
        spec: { containers: [container], terminationGracePeriodSeconds: 10, ...options.pod },
      },
    },
  })
}

export function service(name: string, spec: object = {}): DesiredObject {
  return object('Service', name, 'v1', {
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  })
}

export function configMap(name: string, data: Readonly<Record<string, string>>): DesiredObject {
  const config = {
    digest: stableHash(data),
    keys: sortedMap(Object.entries(data).map(([key, value]) => [key, stableHash(value)] as const)),
  }
  return object('ConfigMap', name, 'v1', { data }, config)
}

export function nodeManifest(
  name: string,
  spec: object,
  annotations: Readonly<Record<string, string>> = {},
): DesiredObject {
  return object('Node', name, 'v1', { spec }, undefined, annotations)
}

export function podManifest(name: string, spec: Partial<PodSpec> = {}): DesiredObject {
  return object('Pod', name, 'v1', {
    spec: { containers: [{ name: 'main', image: 'demo:1', imagePullPolicy: 'IfNotPresent' }], ...spec },
  })
}

export function image(name: string, id = `sha256:${stableHash(name)}`): NodeImage {
  return { id, names: [name], sizeBytes: 1_000_000 }
}
