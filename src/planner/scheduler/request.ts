/**
 * What a pod template asks of a node, read once per template: pods with the same template are one class to the
 * scheduler, and one evaluation serves them all (semantics §2, equivalence classes).
 */
import { stableHash } from '../../base/hash.js'
import type {
  NodeSelectorTerm,
  PodSpec,
  PreferredSchedulingTerm,
  Toleration,
} from '../../model/generated/kubernetes.js'
import { type Amounts, podRequests, podRequestsWithSilent } from '../../model/pod-resources.js'
import type { Labels } from '../../model/selector.js'
import { usableAmount } from './amounts.js'
import { type PodIdentity, type PodTerms, readPodTerms, readsTemplateHash, TEMPLATE_HASH_LABEL } from './pod-terms.js'

export interface HostPort {
  readonly protocol: string
  readonly address: string
  readonly port: number
}

/** Where a bound volume can be reached from: nodes whose label has one of the values. */
export interface VolumeZone {
  readonly key: string
  readonly values: readonly string[]
}

export interface ScheduleRequest extends PodTerms {
  /** Hash of everything below: equal class, equal evaluation. */
  readonly classKey: string
  /** Hash of namespace, labels and terms: how other pods see it. */
  readonly groupKey: string
  readonly namespace: string
  readonly labels: Labels
  readonly schedulerName: string
  readonly cpuMilli: number
  readonly memoryBytes: number
  readonly ephemeralStorageBytes: number
  /** Extended resources above zero, by name, sorted. */
  readonly extended: readonly (readonly [string, number])[]
  /** What the score counts: 100m and 200 MiB for a container that asks for nothing (semantics §3.4). */
  readonly scoreCpuMilli: number
  readonly scoreMemoryBytes: number
  readonly nodeName: string
  readonly nodeSelector: Readonly<Record<string, string>>
  /** Null: none required. */
  readonly requiredTerms: readonly NodeSelectorTerm[] | null
  readonly preferredNodes: readonly PreferredSchedulingTerm[]
  readonly tolerations: readonly Toleration[]
  readonly hostPorts: readonly HostPort[]
  /** Image references, init containers first. */
  readonly images: readonly string[]
  readonly isHostNetwork: boolean
  /** Node affinity of each bound volume that the pod uses: terms are alternatives, all volumes must be met. */
  readonly volumeTerms?: readonly (readonly NodeSelectorTerm[])[]
  /** Zone and region labels of bound volumes; all must be met. */
  readonly volumeZones?: readonly VolumeZone[]
  readonly priority: number
}

/** Resources with columns of their own. */
const COLUMNS: readonly string[] = ['cpu', 'memory', 'ephemeral-storage']
/** What a container counts for in scores that says nothing. */
const SILENT: Amounts = { cpu: 100, memory: 200 * 1024 * 1024 }

const NOBODY: PodIdentity = { namespace: '', labels: {} }
const DEFAULT_SCHEDULER = 'default-scheduler'

/** Reads a pod spec; an amount that is no number asks for nothing. */
export function makeRequest(spec: PodSpec, pod: PodIdentity = NOBODY): ScheduleRequest {
  const amounts = podRequests(spec)
  const scored = podRequestsWithSilent(spec, SILENT)
  const identity = identify(spec, pod)
  const group = { ...identity, ...readPodTerms(spec, identity) }
  const fields = {
    ...group,
    schedulerName: spec.schedulerName || DEFAULT_SCHEDULER,
    cpuMilli: usableAmount(amounts['cpu']),
    memoryBytes: usableAmount(amounts['memory']),
    ephemeralStorageBytes: usableAmount(amounts['ephemeral-storage']),
    extended: Object.entries(amounts)
      .filter(([name]) => !COLUMNS.includes(name))
      .map(([name, amount]) => [name, usableAmount(amount)] as const)
      .filter(([, amount]) => amount > 0)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
    scoreCpuMilli: usableAmount(scored['cpu']),
    scoreMemoryBytes: usableAmount(scored['memory']),
    nodeName: spec.nodeName ?? '',
    nodeSelector: spec.nodeSelector ?? {},
    requiredTerms:
      spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? null,
    preferredNodes: spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [],
    tolerations: spec.tolerations ?? [],
    hostPorts: hostPorts(spec),
    images: [...(spec.initContainers ?? []), ...spec.containers].map((container) => container.image ?? ''),
    isHostNetwork: spec.hostNetwork ?? false,
    priority: spec.priority ?? 0,
  }
  return { classKey: classKeyOf(fields), groupKey: stableHash(group), ...fields }
}

/** Labels tell pods of a class apart only to terms: its own, which count by id, and others', which `PodGroup` knows. */
function classKeyOf(fields: Omit<ScheduleRequest, 'classKey' | 'groupKey'>): string {
  const { labels, namespace, spread, affinity, antiAffinity, preferred, ...rest } = fields
  const isPlain = spread === null && affinity.length + antiAffinity.length + preferred.length === 0
  return stableHash(isPlain ? rest : fields)
}

/** A revision that is told apart by Kubernetes' label gets one here, though the pods do not show it. */
function identify(spec: PodSpec, pod: PodIdentity): PodIdentity {
  const { namespace, labels } = pod
  if (TEMPLATE_HASH_LABEL in labels || !readsTemplateHash(spec)) return { namespace, labels }
  return { namespace, labels: { ...labels, [TEMPLATE_HASH_LABEL]: stableHash({ labels, spec }) } }
}

/** Under hostNetwork every container port is a port of the host. */
function hostPorts(spec: PodSpec): HostPort[] {
  const ports: HostPort[] = []
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (spec.initContainers?.includes(container) && container.restartPolicy !== 'Always') continue
    for (const port of container.ports ?? []) {
      const number = port.hostPort || (spec.hostNetwork ? port.containerPort : 0)
      if (number > 0) ports.push({ protocol: port.protocol ?? 'TCP', address: port.hostIP || '0.0.0.0', port: number })
    }
  }
  return ports
}

/** Two host ports that cannot be open on one node at a time. */
export function conflicts(left: HostPort, right: HostPort): boolean {
  if (left.port !== right.port || left.protocol !== right.protocol) return false
  return left.address === right.address || left.address === '0.0.0.0' || right.address === '0.0.0.0'
}
