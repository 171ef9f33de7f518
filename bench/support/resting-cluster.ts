/** A cluster at rest as a snapshot, made by the planner and agents that do at once what they are told. */

import { stableHash } from '../../src/base/hash.js'
import { sortedMap } from '../../src/base/ordered.js'
import { applyPlan } from '../../src/model/apply-plan.js'
import type { Assignment } from '../../src/model/assignment.js'
import { defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import { applyDefaults } from '../../src/model/defaults/apply-defaults.js'
import type { DesiredObject, DesiredState, Manifest } from '../../src/model/desired-state.js'
import { makeKey } from '../../src/model/keys.js'
import type { ObservedNode, ObservedPod } from '../../src/model/observed-state.js'
import { isEmptyPlan } from '../../src/model/plan.js'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { noDurations } from '../../src/model/recorded-durations.js'
import { SNAPSHOT_VERSION, type Snapshot } from '../../src/model/snapshot.js'
import { makePlan } from '../../src/planner/make-plan.js'
import { createPlanIndex } from '../../src/planner/plan-index.js'

export interface RestingCluster {
  readonly snapshot: Snapshot
  readonly base: DesiredState
  /** One workload has another image. */
  readonly head: DesiredState
}

export interface ClusterSize {
  readonly nodes: number
  readonly workloads: number
  readonly replicas: number
}

const NOW = Date.UTC(2026, 0, 1)
const PASSES_MAX = 50

export function makeRestingCluster(size: ClusterSize): RestingCluster {
  const base = makeDesired(size, 'base', null, 'app:1')
  const head = makeDesired(size, 'head', base, 'app:2')
  return { snapshot: settle(size, base), base, head }
}

function settle(size: ClusterSize, desired: DesiredState): Snapshot {
  const index = createPlanIndex()
  const assignments = new Map<string, Assignment>()
  let nodes = Array.from({ length: size.nodes }, (_, i) => makeNode(i))
  let planned = emptyPlannedState
  let counter = 0
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const observed = {
      nodes: sortedMap(nodes.map((node) => [node.facts.name, node] as const)),
      unheard: [],
      heardSince: NOW - 3_600_000,
    }
    const generation = { epoch: 1, counter: ++counter }
    const input = { clusterId: 'c0ffee00c0ffee00', now: NOW, generation, desired, planned, observed }
    const plan = makePlan({ ...input, confirmed: null, isRecovering: false }, index)
    if (isEmptyPlan(plan) && plan.waiting.length === 0) {
      const isRecovering = false
      const confirmed = null
      return {
        version: SNAPSHOT_VERSION,
        takenAt: NOW,
        clusterId: input.clusterId,
        plannerVersion: 'bench',
        desired,
        planned,
        assignments: [...sortedMap(assignments).values()],
        observed,
        generation,
        confirmed,
        isRecovering,
        waiting: [],
        brake: null,
        durations: noDurations,
      }
    }
    planned = applyPlan(planned, plan)
    for (const assignment of plan.assignments) assignments.set(assignment.node, assignment)
    const networkVersion = planned.network.version
    nodes = nodes.map((node) => obey(node, assignments.get(node.facts.name), networkVersion))
  }
  throw new Error('the cluster does not come to rest')
}

/** An agent that does everything at once. */
function obey(node: ObservedNode, assignment: Assignment | undefined, networkVersion: number): ObservedNode {
  if (assignment === undefined) return { ...node, networkVersion }
  const pods = assignment.pods.map((assigned): [string, ObservedPod] => [
    assigned.uid,
    node.pods.get(assigned.uid) ?? {
      uid: assigned.uid,
      phase: 'Running',
      ready: true,
      readySince: NOW - 60_000,
      startedAt: NOW - 61_000,
      containers: assigned.spec.containers.map(({ name }) => ({
        name,
        type: 'app',
        phase: 'running',
        reason: '',
        message: '',
        ready: true,
        restarts: 0,
        containerId: stableHash([assigned.uid, name]),
        imageId: 'sha256:app',
        exitCode: null,
        startedAt: NOW - 61_000,
        finishedAt: null,
      })),
      reason: '',
      message: '',
      stopped: false,
      assigned,
    },
  ])
  return {
    ...node,
    generation: assignment.generation,
    networkVersion,
    podSubnet: assignment.podSubnet,
    pods: new Map(pods),
  }
}

function makeNode(i: number): ObservedNode {
  const name = `node${String(i + 1).padStart(5, '0')}`
  const amounts = {
    cpuMilli: 16_000,
    memoryBytes: 64 * 2 ** 30,
    ephemeralStorageBytes: 100 * 2 ** 30,
    pods: 110,
    extended: {},
  }
  return {
    facts: {
      name,
      address: `192.168.${i >> 8}.${(i & 255) + 1}`,
      agentVersion: 'bench',
      engineVersion: 'bench',
      kernelVersion: 'bench',
      osImage: 'bench',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: { 'kubernetes.io/hostname': name },
      images: ['app:1', 'app:2'].map((image) => ({ id: `sha256:${image}`, names: [image], sizeBytes: 1 })),
      bootId: `boot-${i}`,
      agentPid: 1,
    },
    silentSince: null,
    connectedAt: NOW - 3_600_000,
    generation: { epoch: 0, counter: 0 },
    networkVersion: 0,
    pods: new Map(),
    resolvedImages: new Map(),
    taints: [],
    podSubnet: '',
    services: [],
  }
}

function makeDesired(size: ClusterSize, revision: string, before: DesiredState | null, image: string): DesiredState {
  const objects: DesiredObject[] = []
  for (let i = 0; i < size.workloads; i++) {
    const name = `app${i}`
    for (const manifest of [deployment(name, size.replicas, i === 0 ? image : 'app:1'), service(name)]) {
      const object = makeObject(manifest, revision)
      const known = before?.objects.get(object.key)
      objects.push(known?.hash === object.hash ? known : object)
    }
  }
  const source = { id: 'main', url: '/repo', branch: 'main', path: '', author: 'A', subject: 'S', committedAt: 0 }
  return {
    revision,
    sources: [{ ...source, commit: revision }],
    objects: sortedMap(objects.map((object) => [object.key, object] as const)),
    apps: new Map([['main:', { id: 'main:', source: 'main', directory: '', revision, held: false, problems: [] }]]),
    problems: [],
    hasUnreadable: false,
    confirmations: [],
    revertedAdditions: new Set(),
    configuration: { ...defaultClusterConfiguration, podCidr: '10.0.0.0/8' },
  }
}

function makeObject(written: Manifest, revision: string): DesiredObject {
  const kind = written.kind as 'Deployment' | 'Service'
  const manifest = applyDefaults(kind, written)
  const { name } = written.metadata
  return {
    key: makeKey(kind, 'default', name),
    kind,
    namespace: 'default',
    name,
    manifest,
    hash: stableHash(manifest),
    origin: { source: 'main', file: `${kind}-${name}.yaml`, line: 1, document: 0 },
    app: 'main:',
    commit: revision,
  }
}

function deployment(name: string, replicas: number, image: string): Manifest {
  const container = {
    name: 'main',
    image,
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
    readinessProbe: { httpGet: { path: '/', port: 8080 } },
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
    },
  } as Manifest
}

function service(name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  } as Manifest
}
