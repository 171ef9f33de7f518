/**
 * What a planning pass costs on a large cluster: 1,000 nodes and 3,000 Deployments of 10 pods, one image changed. Measured
 * are makePlan, checkPlan of what is touched and applyPlan together, without any disk, for the pass that takes the change
 * in and for every pass of the rollout that follows; agents are simulated and report what changed.
 */
import { stableHash } from '../src/base/hash.js'
import { applyPlan } from '../src/model/apply-plan.js'
import type { AssignedPod, Assignment } from '../src/model/assignment.js'
import { defaultClusterConfiguration } from '../src/model/cluster-configuration.js'
import type { DesiredObject, DesiredState } from '../src/model/desired-state.js'
import type { Generation } from '../src/model/generation.js'
import { makeKey, type ObjectKey } from '../src/model/keys.js'
import type { ObservedNode, ObservedPod, ObservedState } from '../src/model/observed-state.js'
import { isEmptyPlan, type Plan } from '../src/model/plan.js'
import { emptyPlannedState, type PlannedState } from '../src/model/planned-state.js'
import { checkPlan } from '../src/planner/check-plan.js'
import { makePlan } from '../src/planner/make-plan.js'
import { createPlanIndex, type PlanIndex } from '../src/planner/plan-index.js'
import type { PlanInput } from '../src/planner/plan-input.js'
import { measureIdleManager } from './support/idle-manager.js'

const NODES = 1_000
const DEPLOYMENTS = 3_000
const REPLICAS = 10
const CHANGES = 50
/** A manager has planned before: the first changes after the start are not measured. */
const WARM_UP = 10
const STEP_MS = 500
const GIB = 1024 ** 3

interface Result {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly better: 'higher' | 'lower'
}

class Cluster {
  now = 1_000_000
  planned: PlannedState = emptyPlannedState
  generation: Generation = { epoch: 1, counter: 0 }
  readonly objects = new Map<ObjectKey, DesiredObject>()
  desired: DesiredState = makeDesired(new Map(), 0)
  nodes = new Map<string, ObservedNode>()
  observed: ObservedState = { nodes: this.nodes, unheard: [], heardSince: 0 }
  readonly pods = new Map<string, Map<string, ObservedPod>>()
  index: PlanIndex = createPlanIndex()
  revision = 0

  commit(): void {
    this.revision += 1
    this.desired = makeDesired(new Map([...this.objects].sort(([a], [b]) => (a < b ? -1 : 1))), this.revision)
  }

  input(): PlanInput {
    const { now, desired, planned, observed } = this
    const generation = { epoch: 1, counter: this.generation.counter + 1 }
    return { clusterId: 'bench', now, generation, desired, planned, observed, confirmed: null, isRecovering: false }
  }

  /** One pass; returns the plan and what it took. */
  pass(): { readonly plan: Plan; readonly ms: number } {
    const input = this.input()
    const begun = performance.now()
    const plan = makePlan(input, this.index)
    const notes = checkPlan(input, plan, 'touched')
    const planned = isEmptyPlan(plan) ? this.planned : applyPlan(this.planned, plan)
    const ms = performance.now() - begun
    if (notes.some((note) => note.severity === 'fatal')) throw new Error(`refused: ${JSON.stringify(notes[0])}`)
    this.planned = planned
    this.generation = plan.generation
    this.report(plan)
    return { plan, ms }
  }

  /** Agents take their assignments and tables: new pods are ready, pods ordered to stop have stopped, by the next step. */
  report(plan: Plan): void {
    const changed = new Map<string, Assignment>(plan.assignments.map((item) => [item.node, item]))
    const { version } = this.planned.network
    const nodes = new Map<string, ObservedNode>()
    for (const [name, node] of this.nodes) {
      const assignment = changed.get(name)
      if (assignment === undefined && node.networkVersion === version) nodes.set(name, node)
      else nodes.set(name, this.reportNode(node, assignment, version))
    }
    this.nodes = nodes
    this.observed = { ...this.observed, nodes }
  }

  reportNode(node: ObservedNode, assignment: Assignment | undefined, networkVersion: number): ObservedNode {
    if (assignment === undefined) return { ...node, networkVersion }
    const pods = new Map<string, ObservedPod>()
    for (const assigned of assignment.pods) {
      const before = node.pods.get(assigned.uid)
      const isSame = before !== undefined && before.stopped === (assigned.stop !== null)
      pods.set(assigned.uid, isSame ? before : observedPod(assigned, this.now))
    }
    return { ...node, networkVersion, generation: assignment.generation, pods }
  }

  /** Passes, half a second apart, until nothing is left to do; what each took. */
  converge(): number[] {
    const times: number[] = []
    for (;;) {
      const { plan, ms } = this.pass()
      if (isEmptyPlan(plan)) return times
      times.push(ms)
      this.now += STEP_MS
    }
  }
}

function observedPod(assigned: AssignedPod, now: number): ObservedPod {
  const stopped = assigned.stop !== null
  return {
    uid: assigned.uid,
    phase: 'Running',
    ready: !stopped,
    readySince: stopped ? null : now,
    startedAt: now,
    containers: [],
    reason: '',
    message: '',
    stopped,
    assigned,
  }
}

function makeDesired(objects: ReadonlyMap<ObjectKey, DesiredObject>, revision: number): DesiredState {
  return {
    revision: `r${revision}`,
    sources: [],
    objects,
    apps: new Map(),
    problems: [],
    hasUnreadable: false,
    confirmations: [],
    revertedAdditions: new Set(),
    configuration: { ...defaultClusterConfiguration, podCidr: '10.0.0.0/12' },
  }
}

function makeObject(kind: 'Deployment' | 'Service', name: string, spec: object): DesiredObject {
  const manifest = {
    apiVersion: kind === 'Service' ? 'v1' : 'apps/v1',
    kind,
    metadata: { name, namespace: 'default' },
    spec,
  }
  return {
    key: makeKey(kind, 'default', name),
    kind,
    namespace: 'default',
    name,
    manifest,
    hash: stableHash(manifest),
    origin: { source: 'main', file: `${name}.yaml`, line: 1, document: 0 },
    app: 'main:',
    commit: 'c',
  }
}

function makeDeployment(name: string, image: string): DesiredObject {
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5, timeoutSeconds: 1 }
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } }
  const env = [
    { name: 'PORT', value: '8080' },
    { name: 'MODE', value: 'production' },
    { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
  ]
  const container = {
    name: 'main',
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env,
    resources,
    readinessProbe: probe,
    livenessProbe: probe,
  }
  return makeObject('Deployment', name, {
    replicas: REPLICAS,
    selector: { matchLabels: { app: name } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    template: {
      metadata: { labels: { app: name, tier: 'web' } },
      spec: { containers: [container], restartPolicy: 'Always', terminationGracePeriodSeconds: 30 },
    },
  })
}

function makeNode(i: number): ObservedNode {
  const name = `node-${String(i).padStart(4, '0')}`
  const amounts = { cpuMilli: 16_000, memoryBytes: 64 * GIB, ephemeralStorageBytes: 500 * GIB, pods: 110, extended: {} }
  const images = ['demo:1', 'demo:2'].map((reference) => ({
    id: `sha256:${stableHash(reference)}`,
    names: [reference],
    sizeBytes: 50_000_000,
  }))
  return {
    facts: {
      name,
      address: `192.168.${Math.floor(i / 250)}.${(i % 250) + 1}`,
      agentVersion: '1',
      engineVersion: '20.10',
      kernelVersion: '6',
      osImage: 'Debian 12',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64' },
      images,
      bootId: 'b',
      agentPid: 1,
    },
    silentSince: null,
    connectedAt: 0,
    generation: { epoch: 0, counter: 0 },
    networkVersion: 0,
    pods: new Map(),
    resolvedImages: new Map(),
    taints: [],
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function heapMib(): number {
  const collect: unknown = Reflect.get(globalThis, 'gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed / 1024 ** 2
}

function main(): readonly Result[] {
  const cluster = new Cluster()
  for (let i = 0; i < NODES; i++) {
    const node = makeNode(i)
    cluster.nodes.set(node.facts.name, node)
  }
  cluster.observed = { nodes: cluster.nodes, unheard: [], heardSince: 0 }
  for (let i = 0; i < DEPLOYMENTS; i++) {
    const name = `app-${String(i).padStart(4, '0')}`
    for (const object of [
      makeDeployment(name, 'demo:1'),
      makeObject('Service', name, { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] }),
    ])
      cluster.objects.set(object.key, object)
  }
  cluster.commit()
  const placing = cluster.pass()
  cluster.now += STEP_MS
  cluster.converge()
  const live = [...cluster.planned.nodes.values()].reduce((sum, node) => sum + node.pods.length, 0)
  if (live !== DEPLOYMENTS * REPLICAS) throw new Error(`${live} pods live`)

  const idle: number[] = []
  for (let i = 0; i < 50; i++) idle.push(cluster.pass().ms)
  const first: number[] = []
  const following: number[] = []
  for (let i = 0; i < WARM_UP + CHANGES; i++) {
    const object = makeDeployment(`app-${String(i * 50).padStart(4, '0')}`, 'demo:2')
    cluster.objects.set(object.key, object)
    cluster.commit()
    const times = cluster.converge()
    if (i >= WARM_UP) {
      first.push(times[0] ?? 0)
      following.push(...times.slice(1))
    }
    cluster.now += STEP_MS
  }
  const before = heapMib()
  const input = cluster.input()
  const begun = performance.now()
  const index = createPlanIndex()
  makePlan(input, index)
  const cold = performance.now() - begun
  const indexMib = heapMib() - before
  if (index.passes !== 1) throw new Error('the index was not used')
  return [
    { name: 'plan-one-change-pass-p50', value: round(quantile(first, 0.5)), unit: 'ms', better: 'lower' },
    { name: 'plan-one-change-pass-p99', value: round(quantile(first, 0.99)), unit: 'ms', better: 'lower' },
    { name: 'plan-one-change-following-p50', value: round(quantile(following, 0.5)), unit: 'ms', better: 'lower' },
    { name: 'plan-one-change-following-p99', value: round(quantile(following, 0.99)), unit: 'ms', better: 'lower' },
    { name: 'idle-pass-p50', value: round(quantile(idle, 0.5)), unit: 'ms', better: 'lower' },
    { name: 'pass-from-nothing', value: round(cold), unit: 'ms', better: 'lower' },
    { name: 'placing-30000-pods', value: round(placing.ms), unit: 'ms', better: 'lower' },
    { name: 'index-memory', value: round(indexMib), unit: 'MiB', better: 'lower' },
    { name: 'heap-with-everything', value: round(heapMib()), unit: 'MiB', better: 'lower' },
  ]
}

const rows = main()
globalThis.gc?.()
console.log(JSON.stringify([...rows, ...(await measureIdleManager())]))
// The simulated agents' sockets are gone; nothing is left to wait for.
process.exit(0)
