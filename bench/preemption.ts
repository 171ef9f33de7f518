/**
 * Preemption at the shape of kube-scheduler's own benchmark: 500 nodes of 4 cpu, full with 20,000 pods of 100m, and 5,000
 * pods of a higher priority that come at once. `preemption` is how many of them a second are nominated to a node with the
 * victims chosen and told, in the one pass that takes them in (makePlan on one core); `preemption-placed` is over all
 * passes until every one of them is bound, victims going in between. Kubernetes' figures count the same pods end to end.
 */
import { stableHash } from '../src/base/hash.js'
import { applyPlan } from '../src/model/apply-plan.js'
import type { Assignment } from '../src/model/assignment.js'
import { defaultClusterConfiguration } from '../src/model/cluster-configuration.js'
import type { DesiredObject, DesiredState } from '../src/model/desired-state.js'
import { makeKey, type ObjectKey } from '../src/model/keys.js'
import type { Kind } from '../src/model/kinds.js'
import type { ObservedNode, ObservedPod } from '../src/model/observed-state.js'
import type { Plan } from '../src/model/plan.js'
import { emptyPlannedState, type PlannedState } from '../src/model/planned-state.js'
import { checkPlan } from '../src/planner/check-plan.js'
import { makePlan } from '../src/planner/make-plan.js'
import { createPlanIndex } from '../src/planner/plan-index.js'
import type { PlanInput } from '../src/planner/plan-input.js'

const NODES = 500
const LOW_OWNERS = 20
const LOW_REPLICAS = 1_000
const HIGH_OWNERS = 10
const HIGH_REPLICAS = 500
const GIB = 1024 ** 3
const ROUNDS = 3
const PASSES_MAX = 20

function makeObject(kind: Kind, apiVersion: string, namespace: string, name: string, body: object): DesiredObject {
  const manifest = { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...body }
  const origin = { source: 'main', file: `${name}.yaml`, line: 1, document: 0 }
  const key = makeKey(kind, namespace, name)
  return { key, kind, namespace, name, manifest, hash: stableHash(manifest), origin, app: 'main:', commit: 'c' }
}

function makeDeployment(name: string, replicas: number, priorityClassName: string): DesiredObject {
  const resources = { requests: { cpu: '100m', memory: '50Mi' } }
  const container = { name: 'main', image: 'demo:1', imagePullPolicy: 'IfNotPresent', resources }
  return makeObject('Deployment', 'apps/v1', 'default', name, {
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container], priorityClassName } },
    },
  })
}

function makeDesired(list: readonly DesiredObject[], revision: string): DesiredState {
  const sorted = [...list].sort((left, right) => (left.key < right.key ? -1 : 1))
  return {
    revision,
    sources: [],
    objects: new Map<ObjectKey, DesiredObject>(sorted.map((object) => [object.key, object])),
    apps: new Map(),
    problems: [],
    hasUnreadable: false,
    confirmations: [],
    revertedAdditions: new Set(),
    configuration: { ...defaultClusterConfiguration, podCidr: '10.0.0.0/12' },
  }
}

function makeNode(i: number): ObservedNode {
  const name = `node-${String(i).padStart(3, '0')}`
  const amounts = { cpuMilli: 4_000, memoryBytes: 32 * GIB, ephemeralStorageBytes: 500 * GIB, pods: 110, extended: {} }
  return {
    facts: {
      name,
      address: `192.168.${i >> 8}.${i & 255}`,
      agentVersion: '0',
      engineVersion: '20',
      kernelVersion: '6',
      osImage: 'bench',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: { 'kubernetes.io/hostname': name },
      images: [{ id: `sha256:${stableHash('demo:1')}`, names: ['demo:1'], sizeBytes: 50_000_000 }],
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

class Cluster {
  #now = 1_000_000
  #planned: PlannedState = emptyPlannedState
  #counter = 0
  #nodes: ReadonlyMap<string, ObservedNode>
  readonly #index = createPlanIndex()
  desired: DesiredState

  constructor(desired: DesiredState) {
    this.desired = desired
    this.#nodes = new Map(
      Array.from({ length: NODES }, (_, i) => makeNode(i)).map((node) => [node.facts.name, node] as const),
    )
  }

  /** One pass, checked but not timed with its check; then the agents do what they are told before the next. */
  pass(): { readonly plan: Plan; readonly ms: number } {
    const input: PlanInput = {
      clusterId: 'bench',
      now: this.#now,
      generation: { epoch: 1, counter: ++this.#counter },
      desired: this.desired,
      planned: this.#planned,
      observed: { nodes: this.#nodes, unheard: [], heardSince: 0 },
      confirmed: null,
      isRecovering: false,
    }
    const begun = performance.now()
    const plan = makePlan(input, this.#index)
    const ms = performance.now() - begun
    const [note] = checkPlan(input, plan, 'touched')
    if (note !== undefined) throw new Error(`refused: ${JSON.stringify(note)}`)
    this.#planned = applyPlan(this.#planned, plan)
    this.#report(plan)
    this.#now += 1_000
    return { plan, ms }
  }

  pendingOf(prefix: string): number {
    return this.#planned.pending.filter((pod) => pod.name.startsWith(prefix)).length
  }

  nominated(): number {
    return this.#planned.pending.filter((pod) => pod.nominatedNode !== undefined).length
  }

  #report(plan: Plan): void {
    const changed = new Map(plan.assignments.map((item) => [item.node, item]))
    const { version } = this.#planned.network
    this.#nodes = new Map(
      [...this.#nodes].map(([name, node]) => [name, reportNode(node, changed.get(name), version, this.#now)] as const),
    )
  }
}

function reportNode(
  node: ObservedNode,
  assignment: Assignment | undefined,
  networkVersion: number,
  now: number,
): ObservedNode {
  if (assignment === undefined) return { ...node, networkVersion }
  const pods = new Map<string, ObservedPod>()
  for (const assigned of assignment.pods) {
    const before = node.pods.get(assigned.uid)
    const stopped = assigned.stop !== null
    if (before !== undefined && before.stopped === stopped) pods.set(assigned.uid, before)
    else
      pods.set(assigned.uid, {
        uid: assigned.uid,
        phase: 'Running',
        ready: !stopped,
        readySince: stopped ? null : now,
        startedAt: before?.startedAt ?? now,
        containers: [],
        reason: '',
        message: '',
        stopped,
        assigned,
      })
  }
  return { ...node, networkVersion, generation: assignment.generation, pods }
}

/** A full cluster; then the pods of higher priority come. Milliseconds of the first pass, and of all until they are bound. */
function measure(): { readonly firstMs: number; readonly allMs: number } {
  const classes = [
    makeObject('PriorityClass', 'scheduling.k8s.io/v1', '', 'high', { value: 1_000 }),
    makeObject('PriorityClass', 'scheduling.k8s.io/v1', '', 'low', { value: 1 }),
  ]
  const low = Array.from({ length: LOW_OWNERS }, (_, i) => makeDeployment(`low-${i}`, LOW_REPLICAS, 'low'))
  const cluster = new Cluster(makeDesired([...classes, ...low], 'r1'))
  for (let i = 0; i < 4; i++) cluster.pass()
  if (cluster.pendingOf('low') !== 0) throw new Error('the cluster is not full of running pods')
  const high = Array.from({ length: HIGH_OWNERS }, (_, i) => makeDeployment(`high-${i}`, HIGH_REPLICAS, 'high'))
  cluster.desired = makeDesired([...classes, ...low, ...high], 'r2')
  const first = cluster.pass()
  if (cluster.nominated() !== HIGH_OWNERS * HIGH_REPLICAS) throw new Error(`${cluster.nominated()} pods were nominated`)
  let allMs = first.ms
  for (let i = 0; cluster.pendingOf('high') > 0; i++) {
    if (i === PASSES_MAX) throw new Error(`${cluster.pendingOf('high')} pods were never bound`)
    allMs += cluster.pass().ms
  }
  return { firstMs: first.ms, allMs }
}

const runs = Array.from({ length: ROUNDS }, measure)
const pods = HIGH_OWNERS * HIGH_REPLICAS
const rate = (times: readonly number[]): number => {
  const median = [...times].sort((left, right) => left - right)[times.length >> 1]!
  return Math.round((pods * 1_000) / median)
}
console.log(
  JSON.stringify([
    { name: 'preemption', value: rate(runs.map((run) => run.firstMs)), unit: 'pods/s', better: 'higher' },
    { name: 'preemption-placed', value: rate(runs.map((run) => run.allMs)), unit: 'pods/s', better: 'higher' },
  ]),
)
