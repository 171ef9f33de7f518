/** Nodes as status shows them: reports, Node manifests and what is planned on them together. */
import type { Node, Taint } from '../../model/generated/kubernetes.js'
import { makeKey } from '../../model/keys.js'
import type { ObservedNode } from '../../model/observed-state.js'
import { type Amounts, podRequests } from '../../model/pod-resources.js'
import type { NodeView } from '../../model/status-view.js'
import { DRAIN_ANNOTATION, TAINT_UNREACHABLE, TAINT_UNSCHEDULABLE } from '../../model/taint.js'
import type { StatusIndex } from './status-index.js'
import type { StatusInput } from './status-input.js'

/** One view a node that has reported or holds pods, by name. */
export function makeNodeViews(input: StatusInput, index: StatusIndex): NodeView[] {
  const requests = new Map<string, Amounts>()
  const requestsOf = (key: string): Amounts => {
    let amounts = requests.get(key)
    if (amounts === undefined) {
      const spec = input.planned.replicaSets.get(key)?.template.spec
      amounts = spec === undefined ? {} : podRequests(spec)
      requests.set(key, amounts)
    }
    return amounts
  }
  const names = new Set([...input.observed.nodes.keys(), ...input.observed.unheard, ...input.planned.nodes.keys()])
  return [...names].sort().map((name) => nodeView(input, index, name, requestsOf))
}

function nodeView(
  input: StatusInput,
  index: StatusIndex,
  name: string,
  requestsOf: (key: string) => Amounts,
): NodeView {
  const node = input.observed.nodes.get(name)
  const manifest = input.desired?.objects.get(makeKey('Node', '', name))?.manifest as Node | undefined
  const isCordoned = manifest?.spec?.unschedulable === true
  const isDraining = isCordoned && manifest?.metadata?.annotations?.[DRAIN_ANNOTATION] === 'true'
  const ready = index.isHeard(name)
  const pods = (index.podsOn.get(name) ?? []).filter(({ observed }) => observed?.stopped !== true)
  const requested = { cpu: 0, memory: 0 }
  for (const { planned } of pods) {
    const amounts = requestsOf(planned.replicaSet)
    requested.cpu += amounts['cpu'] ?? 0
    requested.memory += amounts['memory'] ?? 0
  }
  return {
    name,
    address: node?.facts.address ?? '',
    ready,
    schedulable: ready && !isCordoned,
    pid: name === input.localNode ? (node?.facts.agentPid ?? null) : null,
    engineVersion: node?.facts.engineVersion ?? '',
    agentVersion: node?.facts.agentVersion ?? '',
    silentForMs: silentFor(input, name, node),
    pods: pods.length,
    cpuMilli: { requested: requested.cpu, allocatable: node?.facts.allocatable.cpuMilli ?? 0 },
    memoryBytes: { requested: requested.memory, allocatable: node?.facts.allocatable.memoryBytes ?? 0 },
    taints: nodeTaints(manifest, node, isCordoned, ready),
    ...(isDraining ? { drain: pods.length === 0 ? ('drained' as const) : ('draining' as const) } : {}),
  }
}

function silentFor({ observed, now }: StatusInput, name: string, node: ObservedNode | undefined): number | null {
  if (node === undefined || observed.unheard.includes(name)) return now - observed.heardSince
  return node.silentSince === null ? null : now - Math.max(node.silentSince, observed.heardSince)
}

function nodeTaints(
  manifest: Node | undefined,
  node: ObservedNode | undefined,
  isCordoned: boolean,
  isReady: boolean,
): string[] {
  const taints: Taint[] = [...(manifest?.spec?.taints ?? []), ...(node?.taints ?? [])]
  if (isCordoned) taints.push({ key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' })
  if (!isReady) taints.push({ key: TAINT_UNREACHABLE, effect: 'NoExecute' })
  return [...new Set(taints.map(formatTaint))]
}

/** `key=value:Effect`, as kubectl writes it. */
function formatTaint({ key, value, effect }: Taint): string {
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`
}
