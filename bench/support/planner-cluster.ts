/** A cluster for whole planning passes: agents that run at once what they are assigned, and the loop of plan, check and apply. */
import { stableHash } from '../../src/base/hash.js'
import { patchMap } from '../../src/base/layered-map.js'
import { makeIdleCollector } from '../../src/manager/idle-collection.js'
import { applyPlan } from '../../src/model/apply-plan.js'
import type { AssignedPod, Assignment } from '../../src/model/assignment.js'
import { defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import type { DesiredObject, DesiredState } from '../../src/model/desired-state.js'
import type { Generation } from '../../src/model/generation.js'
import { makeKey, type ObjectKey } from '../../src/model/keys.js'
import type { ObservedNode, ObservedPod, ObservedState } from '../../src/model/observed-state.js'
import { isEmptyPlan, type Plan } from '../../src/model/plan.js'
import { emptyPlannedState, type PlannedState } from '../../src/model/planned-state.js'
import { checkPlan } from '../../src/planner/check-plan.js'
import { makePlan } from '../../src/planner/make-plan.js'
import { createPlanIndex } from '../../src/planner/plan-index.js'
import type { PlanInput } from '../../src/planner/plan-input.js'

const STEP_MS = 500
const GIB = 1024 ** 3

export class BenchCluster {
  now = 1_000_000
  planned: PlannedState = emptyPlannedState
  generation: Generation = { epoch: 1, counter: 0 }
  desired: DesiredState = makeDesired(new Map(), 0)
  observed: ObservedState = { nodes: new Map(), unheard: [], heardSince: 0 }
  index = createPlanIndex()
  revision = 0
  readonly #collect = makeIdleCollector()

  constructor(nodes: number) {
    const all = Array.from({ length: nodes }, (_, i) => makeNode(i))
    this.observed = { ...this.observed, nodes: new Map(all.map((node) => [node.facts.name, node])) }
  }

  apply(...objects: DesiredObject[]): void {
    this.revision += 1
    const changes = new Map(objects.map((object) => [object.key, object]))
    this.desired = makeDesired(patchMap(this.desired.objects, changes), this.revision)
  }

  input(): PlanInput {
    const { now, desired, planned, observed } = this
    const generation = { epoch: 1, counter: this.generation.counter + 1 }
    return { clusterId: 'bench', now, generation, desired, planned, observed, confirmed: null, isRecovering: false }
  }

  /** One pass: plan, check, apply; what it took. */
  pass(): { readonly plan: Plan; readonly ms: number } {
    const input = this.input()
    const begun = performance.now()
    const plan = makePlan(input, this.index)
    const notes = checkPlan(input, plan, 'touched')
    const planned = isEmptyPlan(plan) ? this.planned : applyPlan(this.planned, plan)
    const ms = performance.now() - begun
    const fatal = notes.find((note) => note.severity === 'fatal')
    if (fatal !== undefined) throw new Error(`refused: ${JSON.stringify(fatal)}`)
    this.planned = planned
    this.generation = plan.generation
    this.#report(plan)
    return { plan, ms }
  }

  /** Passes until nothing is left to do; what each took. */
  converge(): number[] {
    const times: number[] = []
    for (;;) {
      const { plan, ms } = this.pass()
      if (isEmptyPlan(plan)) return times
      times.push(ms)
      this.now += STEP_MS
      // As the manager's loop does when nothing is due.
      this.#collect()
    }
  }

  live(): number {
    return [...this.planned.nodes.values()].reduce((sum, node) => sum + node.pods.length, 0)
  }

  #report(plan: Plan): void {
    const changed = new Map<string, Assignment>(plan.assignments.map((item) => [item.node, item]))
    const { version } = this.planned.network
    const reports = new Map<string, ObservedNode>()
    for (const [name, node] of this.observed.nodes) {
      const assignment = changed.get(name)
      if (assignment !== undefined) reports.set(name, reportNode(node, assignment, version, this.now))
      else if (node.networkVersion !== version) reports.set(name, { ...node, networkVersion: version })
    }
    this.observed = { ...this.observed, nodes: patchMap(this.observed.nodes, reports) }
  }
}

function reportNode(node: ObservedNode, assignment: Assignment, networkVersion: number, now: number): ObservedNode {
  const pods = new Map<string, ObservedPod>()
  for (const assigned of assignment.pods) {
    const before = node.pods.get(assigned.uid)
    const isSame = before !== undefined && before.stopped === (assigned.stop !== null)
    pods.set(assigned.uid, isSame ? before : observedPod(assigned, now))
  }
  return { ...node, networkVersion, generation: assignment.generation, pods }
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
    configuration: { ...defaultClusterConfiguration, podCidr: '10.0.0.0/8' },
  }
}

export function makeObject(kind: 'Deployment' | 'Service', name: string, spec: object): DesiredObject {
  const apiVersion = kind === 'Service' ? 'v1' : 'apps/v1'
  const manifest = { apiVersion, kind, metadata: { name, namespace: 'default' }, spec }
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

export function makeDeployment(name: string, image: string, replicas: number): DesiredObject {
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5, timeoutSeconds: 1 }
  const container = {
    name: 'main',
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [{ name: 'PORT', value: '8080' }],
    resources: { requests: { cpu: '100m', memory: '500Mi' } },
    readinessProbe: probe,
  }
  return makeObject('Deployment', name, {
    replicas,
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
  const amounts = { cpuMilli: 4_000, memoryBytes: 32 * GIB, ephemeralStorageBytes: 500 * GIB, pods: 110, extended: {} }
  const images = ['demo:1', 'demo:2'].map((reference) => ({
    id: `sha256:${stableHash(reference)}`,
    names: [reference],
    sizeBytes: 50_000_000,
  }))
  return {
    facts: {
      name,
      address: `192.${168 + Math.floor(i / 60_000)}.${Math.floor(i / 250) % 250}.${(i % 250) + 1}`,
      agentVersion: '1',
      engineVersion: '20.10',
      kernelVersion: '6',
      osImage: 'Debian 12',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': `zone-${i % 3}`,
      },
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
