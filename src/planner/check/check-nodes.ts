/** Nodes hold what they can: resources, addresses, host ports, and no pod that their taints or cordon refuse. */
import type { Node, PodSpec } from '../../model/generated/kubernetes.js'
import { makeKey } from '../../model/keys.js'
import type { ResourceAmounts } from '../../model/observed-state.js'
import type { PlannedNode, PlannedPod } from '../../model/planned-state.js'
import { podRequests } from '../../model/pod-resources.js'
import { matchesLabels } from '../../model/selector.js'
import { TAINT_UNSCHEDULABLE } from '../../model/taint.js'
import { type ChangedSpan, changedSpan, NO_PODS } from './changed-span.js'
import { unreachableVolume } from './check-volumes.js'
import { type HostPort, hostPortsOf, isSamePort } from './host-ports.js'
import { meetsTerm, refusingTaint } from './meets-term.js'
import { fatal, isHeard, observedPod, type Survey } from './survey.js'

export function checkNodes(survey: Survey): void {
  checkSubnets(survey)
  for (const node of survey.nodes) {
    const span = spanToCheck(survey, node)
    checkList(survey, node, span)
    checkAddresses(
      survey,
      node,
      span.after.filter((pod) => hasNewAddress(survey, pod)),
    )
    const newPods = span.after.filter((pod) => isNewHere(survey, pod))
    for (const pod of newPods) {
      checkPlacement(survey, node, pod)
      checkAddress(survey, node, pod)
    }
    if (newPods.length > 0) {
      checkResources(survey, node)
      checkHostPorts(survey, node, newPods)
    }
  }
}

/** What the plan changes in a node's list; the whole list where everything is looked at. */
function spanToCheck({ input, isWhole }: Survey, { name, pods }: PlannedNode): ChangedSpan {
  return changedSpan(isWhole ? NO_PODS : (input.planned.nodes.get(name)?.pods ?? NO_PODS), pods)
}

function hasNewAddress(survey: Survey, pod: PlannedPod): boolean {
  if (pod.address === null) return false
  const before = survey.changes.get(pod.uid)?.before
  return survey.isWhole || (before !== undefined && (before?.address !== pod.address || before.node !== pod.node))
}

/** Bound by this plan, and not found running there. */
function isNewHere(survey: Survey, pod: PlannedPod): boolean {
  const change = survey.changes.get(pod.uid)
  return change !== undefined && change.before?.node !== pod.node && observedPod(survey, pod) === null
}

function specOf(survey: Survey, pod: PlannedPod): PodSpec | null {
  return survey.after.replicaSets.get(pod.replicaSet)?.template.spec ?? null
}

/** The other pods were looked at when they came; that their sets do not go is another check's (check-deletion.ts). */
function checkList(survey: Survey, node: PlannedNode, { first, after }: ChangedSpan): void {
  let last = node.pods[first - 1]?.uid ?? ''
  const next = node.pods[first + after.length]
  for (const pod of next === undefined ? after : [...after, next]) {
    if (pod.uid <= last) fatal(survey, 'unique-uid', `pod ${pod.uid} is twice on node ${node.name}, or out of order`)
    last = pod.uid
  }
  for (const pod of after) {
    if (pod.node !== node.name)
      fatal(survey, 'pod-node', `pod ${pod.name} in the list of ${node.name} says ${pod.node}`)
    if (!survey.after.replicaSets.has(pod.replicaSet))
      fatal(survey, 'pod-owner', `pod ${pod.name} belongs to ${pod.replicaSet}, which is not there`)
  }
}

/** No two pods of a node have one address; those in `pods` have theirs newly. */
function checkAddresses(survey: Survey, node: PlannedNode, pods: readonly PlannedPod[]): void {
  if (pods.length === 0) return
  const addresses = new Map<string, PlannedPod>()
  for (const pod of pods) if (pod.address !== null) addresses.set(pod.address, pod)
  for (const pod of node.pods) {
    const other = pod.address === null ? undefined : addresses.get(pod.address)
    if (other !== undefined && other !== pod)
      fatal(
        survey,
        'unique-address',
        `pods ${other.name} and ${pod.name} of node ${node.name} both have ${pod.address}`,
      )
  }
}

function checkPlacement(survey: Survey, node: PlannedNode, pod: PlannedPod): void {
  const { input } = survey
  const observed = input.observed.nodes.get(node.name)
  if (observed === undefined || !isHeard(survey, node.name)) {
    fatal(survey, 'bound-to-unheard-node', `pod ${pod.name} is bound to node ${node.name}, which is not heard`)
    return
  }
  const spec = specOf(survey, pod)
  if (pod.address === null && spec?.hostNetwork !== true)
    fatal(survey, 'pod-address', `pod ${pod.name} on node ${node.name} has no address`)
  const manifest = input.desired?.objects.get(makeKey('Node', '', node.name))?.manifest as Node | undefined
  const cordon = manifest?.spec?.unschedulable ? [{ key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' }] : []
  const taints = [...(manifest?.spec?.taints ?? []), ...observed.taints, ...cordon]
  const refusal = refusingTaint(taints, spec ?? { containers: [] })
  if (refusal !== null)
    fatal(survey, 'bound-against-taint', `pod ${pod.name} is bound to node ${node.name} against taint ${refusal.key}`)
  const labels = { ...observed.facts.labels, ...manifest?.metadata?.labels }
  if (!matchesLabels(labels, spec?.nodeSelector ?? {}))
    fatal(survey, 'bound-against-selector', `pod ${pod.name} is bound to node ${node.name} against its nodeSelector`)
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (terms !== undefined && !terms.some((term) => meetsTerm(term, labels, node.name)))
    fatal(survey, 'bound-against-affinity', `pod ${pod.name} is bound to node ${node.name} against its node affinity`)
  const volume = spec === null ? null : unreachableVolume(survey, pod, spec, node.name)
  if (volume !== null)
    fatal(survey, 'volume-reach', `pod ${pod.name} is bound to node ${node.name}, which cannot reach volume ${volume}`)
}

/** Each node has a subnet to itself, so that an address has one owner in the whole cluster. */
function checkSubnets(survey: Survey): void {
  for (const { name, subnet } of survey.nodes)
    for (const other of survey.standing.nodesInSubnet(subnet))
      if (other !== name) fatal(survey, 'unique-subnet', `nodes ${other} and ${name} both have subnet ${subnet}`)
}

/** A new pod's address is one of its node's own. */
function checkAddress(survey: Survey, node: PlannedNode, pod: PlannedPod): void {
  const { configuration } = survey
  if (pod.address === null) return
  const [base = '', prefix = '0'] = configuration.podCidr.split('/')
  const size = 2 ** (32 - configuration.nodePrefixLength)
  const span = 2 ** (32 - Number(prefix))
  const first = numberOf(base) - (numberOf(base) % span) + node.subnet * size
  const address = numberOf(pod.address)
  if (address < first || address >= first + size)
    fatal(survey, 'address-subnet', `pod ${pod.name} has ${pod.address}, which is not of node ${node.name}'s subnet`)
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0)
}

const requests = new WeakMap<PodSpec, readonly (readonly [string, number])[]>()

/** Read once for a template. */
function requestsOf(spec: PodSpec): readonly (readonly [string, number])[] {
  let known = requests.get(spec)
  if (known === undefined) {
    known = Object.entries(podRequests(spec))
    requests.set(spec, known)
  }
  return known
}

function checkResources(survey: Survey, node: PlannedNode): void {
  const allocatable = survey.input.observed.nodes.get(node.name)?.facts.allocatable
  if (allocatable === undefined) return
  const sums = new Map<string, number>([['pods', node.pods.length]])
  for (const pod of node.pods) {
    const spec = specOf(survey, pod)
    if (spec === null) continue
    for (const [name, amount] of requestsOf(spec)) sums.set(name, (sums.get(name) ?? 0) + amount)
  }
  for (const [name, sum] of sums) {
    const limit =
      name === 'pods' ? Math.min(allocatable.pods, survey.configuration.podsPerNode) : limitOf(allocatable, name)
    if (sum > limit)
      fatal(survey, 'node-allocatable', `node ${node.name} is asked for ${sum} of ${name} and has ${limit}`)
  }
}

function limitOf(allocatable: ResourceAmounts, name: string): number {
  if (name === 'cpu') return allocatable.cpuMilli
  if (name === 'memory') return allocatable.memoryBytes
  if (name === 'ephemeral-storage') return allocatable.ephemeralStorageBytes
  return allocatable.extended[name] ?? 0
}

function checkHostPorts(survey: Survey, node: PlannedNode, newPods: readonly PlannedPod[]): void {
  if (newPods.every((pod) => hostPortsOf(specOf(survey, pod)).length === 0)) return
  const taken: { readonly pod: PlannedPod; readonly port: HostPort }[] = []
  for (const pod of node.pods) {
    for (const port of hostPortsOf(specOf(survey, pod))) {
      const other = taken.find((entry) => entry.pod !== pod && isSamePort(entry.port, port))
      if (other !== undefined && (newPods.includes(pod) || newPods.includes(other.pod)))
        fatal(
          survey,
          'unique-host-port',
          `pods ${other.pod.name} and ${pod.name} of node ${node.name} both open ${port.protocol} ${port.number}`,
        )
      taken.push({ pod, port })
    }
  }
}
