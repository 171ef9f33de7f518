/**
 * A manager's state made by hand for tests of invariants: a Deployment `web` with its pods on node n1, all well, but for
 * what a stage says otherwise.
 */

import { defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import type { DesiredObject, DesiredState } from '../../src/model/desired-state.js'
import type { Container, DeploymentSpec, ObjectMeta } from '../../src/model/generated/kubernetes.js'
import { zeroGeneration } from '../../src/model/generation.js'
import { makeKey, type ObjectKey } from '../../src/model/keys.js'
import type { Kind } from '../../src/model/kinds.js'
import type { NodeFacts, ObservedNode, ObservedPod } from '../../src/model/observed-state.js'
import type { DeleteBrake } from '../../src/model/plan.js'
import {
  emptyPlannedState,
  type PlannedNode,
  type PlannedPod,
  type PlannedState,
  type PlannedWorkload,
} from '../../src/model/planned-state.js'
import { Ground } from '../../src/simulation/invariants/ground.js'

export const NOW = 1_000_000
export const WEB = makeKey('Deployment', 'default', 'web')
const SET = makeKey('ReplicaSet', 'default', 'web-new')
const APP = 'main:web'

/** Seen null: its node has said nothing of it. */
type StagePod = Partial<PlannedPod> & { readonly seen?: Partial<ObservedPod> | null }

interface StageNode {
  readonly silentSince?: number | null
  readonly networkVersion?: number
  readonly cpuMilli?: number
  readonly unreachableSince?: number
  /** A member that has not reported since the manager began. */
  readonly isUnheard?: boolean
}

export interface Stage {
  /** web-0, web-1 …; as many as `web` asks for unless it says otherwise. */
  readonly pods?: readonly StagePod[]
  readonly web?: Partial<DeploymentSpec>
  readonly isWebGone?: boolean
  readonly workload?: Partial<PlannedWorkload>
  readonly container?: Partial<Container>
  /** What each pod asks for. */
  readonly cpu?: string
  /** Of the replica set; left out, all are pinned. */
  readonly images?: Readonly<Record<string, { readonly id: string; readonly digest: string }>>
  readonly nodes?: Readonly<Record<string, StageNode>>
  readonly objects?: readonly DesiredObject[]
  readonly inventory?: readonly ObjectKey[]
  readonly hasUnreadable?: boolean
  readonly isAppHeld?: boolean
  readonly brake?: DeleteBrake
  readonly isTakingIn?: boolean
  readonly isUnread?: boolean
  readonly heardSince?: number
}

/** A desired object of namespace default. */
export function object(kind: Kind, name: string, body: object, metadata: Partial<ObjectMeta> = {}): DesiredObject {
  const key = makeKey(kind, 'default', name)
  const namespace = kind === 'Node' ? '' : 'default'
  return {
    key,
    kind,
    namespace,
    name,
    manifest: { apiVersion: 'v1', kind, metadata: { name, namespace, ...metadata }, ...body },
    hash: key,
    origin: { source: 'main', file: 'web/all.yaml', line: 1, document: 0 },
    app: APP,
    commit: 'c',
  }
}

export function makeGround(stage: Stage): Ground {
  const planned = plannedOf(stage)
  const nodes = Object.entries(stage.nodes ?? { n1: {} })
  return new Ground(
    {
      desired: stage.isUnread === true ? null : desiredOf(stage),
      planned,
      brake: stage.brake ?? null,
      isTakingIn: stage.isTakingIn === true,
    },
    {
      planned,
      observed: {
        nodes: new Map(
          nodes.flatMap(([name, node]) =>
            node.isUnheard === true ? [] : [[name, observedNode(name, node, stage)] as const],
          ),
        ),
        unheard: nodes.flatMap(([name, node]) => (node.isUnheard === true ? [name] : [])),
        heardSince: stage.heardSince ?? 0,
      },
      now: NOW,
    },
  )
}

function templateOf({ container, cpu, web }: Stage) {
  const main: Container = {
    name: 'main',
    image: 'app:1',
    ...(cpu !== undefined && { resources: { requests: { cpu } } }),
    ...container,
  }
  return { metadata: { labels: { app: 'web' } }, spec: { ...web?.template?.spec, containers: [main] } }
}

function desiredOf(stage: Stage): DesiredState {
  const spec = { replicas: 1, ...stage.web, selector: {}, template: templateOf(stage) }
  const own = stage.isWebGone === true ? [] : [object('Deployment', 'web', { spec })]
  const objects = [...own, ...(stage.objects ?? [])]
  const app = { id: APP, source: 'main', directory: 'web', revision: 'c', held: stage.isAppHeld === true, problems: [] }
  return {
    revision: 'c',
    sources: [],
    objects: new Map(objects.map((item) => [item.key, item])),
    apps: new Map([[APP, app]]),
    problems: [],
    hasUnreadable: stage.hasUnreadable === true,
    confirmations: [],
    revertedAdditions: new Set(),
    configuration: defaultClusterConfiguration,
  }
}

function podOf(index: number, { seen: _, ...change }: StagePod): PlannedPod {
  return {
    uid: `uid-${index}`,
    namespace: 'default',
    name: `web-${index}`,
    replicaSet: SET,
    workload: WEB,
    templateHash: 'new',
    ordinal: index,
    incarnation: 0,
    node: 'n1',
    address: `10.0.0.${index}`,
    createdAt: 0,
    boundAt: 0,
    stop: null,
    ...change,
  }
}

function plannedOf(stage: Stage): PlannedState {
  const pods = (stage.pods ?? []).map((pod, index) => podOf(index, pod))
  const nodeOf = (name: string, node: StageNode, subnet: number): PlannedNode => ({
    name,
    pods: pods.filter((pod) => pod.node === name),
    subnet,
    generation: zeroGeneration,
    assignmentHash: '',
    resolve: [],
    unreachableSince: node.unreachableSince ?? null,
  })
  // A node that is not there now was once: its pods are still planned.
  const nodes = { n1: {}, ...stage.nodes }
  const workload: PlannedWorkload = {
    key: WEB,
    generation: 1,
    observedHash: '',
    commit: 'c',
    progressAt: NOW,
    progressReason: '',
    counts: { desired: 1, total: 1, updated: 1, ready: 1, available: 1 },
    failures: 0,
    createAfter: null,
    templateHash: 'new',
    ...stage.workload,
  }
  const set = {
    key: SET,
    workload: WEB,
    templateHash: 'new',
    template: templateOf(stage),
    revision: 1,
    replicas: pods.length,
    desiredAtScale: 1,
    maxReplicasAtScale: 1,
    createdAt: 0,
    commit: 'c',
    images: stage.images ?? { 'app:1': { id: 'sha256:1', digest: '' } },
    environmentDigests: {},
    incarnations: 1,
  }
  const inventory = (stage.inventory ?? []).map((key) => [key, { key, hash: '', app: APP, commit: 'c' }] as const)
  return {
    ...emptyPlannedState,
    id: 'p',
    nodes: new Map(Object.entries(nodes).map(([name, node], i) => [name, nodeOf(name, node, i)])),
    pending: pods.filter((pod) => pod.node === null),
    replicaSets: new Map([[SET, set]]),
    workloads: new Map([[WEB, workload]]),
    inventory: new Map(inventory),
  }
}

function observedNode(name: string, node: StageNode, stage: Stage): ObservedNode {
  const pods = (stage.pods ?? []).flatMap((pod, index) => {
    const planned = podOf(index, pod)
    return planned.node !== name || pod.seen === null ? [] : [observedPod(planned, stage, pod.seen ?? {})]
  })
  return {
    facts: factsOf(name, node.cpuMilli ?? 4_000),
    silentSince: node.silentSince ?? null,
    connectedAt: 0,
    generation: zeroGeneration,
    networkVersion: node.networkVersion ?? 0,
    pods: new Map(pods.map((pod) => [pod.uid, pod])),
    resolvedImages: new Map(),
    taints: [],
  }
}

function observedPod(pod: PlannedPod, stage: Stage, change: Partial<ObservedPod>): ObservedPod {
  const { uid, namespace, name, templateHash, ordinal, incarnation, address } = pod
  return {
    uid,
    phase: 'Running',
    ready: true,
    readySince: 0,
    startedAt: 0,
    containers: [],
    reason: '',
    message: '',
    stopped: false,
    assigned: {
      uid,
      namespace,
      name,
      labels: { app: 'web' },
      annotations: {},
      owner: SET,
      workload: WEB,
      templateHash,
      ordinal,
      incarnation,
      commit: 'c',
      createdAt: 0,
      spec: templateOf(stage).spec,
      images: {},
      address: address ?? '',
      configs: [],
      stop: null,
    },
    ...change,
  }
}

function factsOf(name: string, cpuMilli: number): NodeFacts {
  const amounts = { cpuMilli, memoryBytes: 2 ** 33, ephemeralStorageBytes: 2 ** 33, pods: 110, extended: {} }
  return {
    name,
    address: '10.1.0.1',
    agentVersion: '',
    engineVersion: '',
    kernelVersion: '',
    osImage: '',
    architecture: 'amd64',
    capacity: amounts,
    allocatable: amounts,
    labels: {},
    images: [],
    bootId: 'b',
    agentPid: 1,
  }
}
