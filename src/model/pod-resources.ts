/** What a pod asks of a node, and its quality of service (Kubernetes: semantics §3.1 and §4.3). */
import type { Container, PodSpec, ResourceRequirements } from './generated/kubernetes.js'
import { parseMilli, parseUnits } from './quantity.js'

/** Amounts by resource name: cpu in millis, everything else in units (bytes for memory). */
export type Amounts = Readonly<Record<string, number>>

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

/** A resource list with numbers. */
export function parseAmounts(list: Readonly<Record<string, string | number>> | undefined): Amounts {
  const amounts: Record<string, number> = {}
  for (const [name, quantity] of Object.entries(list ?? {})) {
    amounts[name] = name === 'cpu' ? parseMilli(quantity) : parseUnits(quantity)
  }
  return amounts
}

/** A container's requests, where a limit without a request is the request. */
export function containerRequests(resources: ResourceRequirements | undefined): Amounts {
  return { ...parseAmounts(resources?.limits), ...parseAmounts(resources?.requests) }
}

/** True for an init container that runs beside the app containers. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always'
}

/** How many containers of a pod run side by side: its own and its sidecars; one of a pod whose spec is not known. */
export function countContainers(spec: PodSpec | undefined): number {
  return (spec?.containers.length ?? 1) + (spec?.initContainers ?? []).filter(isSidecar).length
}

/**
 * The pod's effective request: max(app containers + sidecars, the largest init step with the sidecars before it), then
 * pod-level requests in its place where given, then the overhead. Example: init 500m, sidecar 100m, app 200m: max(300m, 500m) = 500m.
 */
export function podRequests(spec: PodSpec): Amounts {
  let requests = known.get(spec)
  if (requests === undefined) {
    requests = sumRequests(spec, NOTHING)
    known.set(spec, requests)
  }
  return requests
}

/**
 * As `podRequests`, but a container that says nothing of a resource counts as much as `silent` names (Kubernetes: semantics
 * §3.4, scoring). A request of zero says something; what the pod asks for as a whole stands in the place of both.
 */
export function podRequestsWithSilent(spec: PodSpec, silent: Amounts): Amounts {
  const names = Object.keys(silent)
  const isSilent = ({ resources }: Container): boolean =>
    names.some((name) => resources?.requests?.[name] === undefined && resources?.limits?.[name] === undefined)
  const isAnySilent = spec.containers.some(isSilent) || spec.initContainers?.some(isSilent) === true
  return isAnySilent ? sumRequests(spec, silent) : podRequests(spec)
}

const NOTHING: Amounts = {}

/** A spec never changes, and thousands of pods share one. */
const known = new WeakMap<PodSpec, Amounts>()

function sumRequests(spec: PodSpec, silent: Amounts): Amounts {
  const requestsOf = ({ resources }: Container): Amounts => ({ ...silent, ...containerRequests(resources) })
  let running: Amounts = {}
  let largestInit: Amounts = {}
  for (const init of spec.initContainers ?? []) {
    const own = requestsOf(init)
    if (isSidecar(init)) {
      running = add(running, own)
      largestInit = max(largestInit, running)
    } else largestInit = max(largestInit, add(running, own))
  }
  for (const container of spec.containers) running = add(running, requestsOf(container))
  const needed = max(running, largestInit)
  return add({ ...needed, ...containerRequests(spec.resources) }, parseAmounts(spec.overhead))
}

/** Guaranteed, Burstable or BestEffort, over app and init containers and cpu and memory only; zero counts as absent. */
export function qosClass(spec: PodSpec): QosClass {
  const lists =
    spec.resources !== undefined
      ? [spec.resources]
      : [...(spec.initContainers ?? []), ...spec.containers].map((c) => c.resources)
  let isAny = false
  let isEvery = true
  for (const resources of lists) {
    const requests = containerRequests(resources)
    const limits = parseAmounts(resources?.limits)
    for (const name of ['cpu', 'memory']) {
      const request = requests[name] ?? 0
      const limit = limits[name] ?? 0
      if (request > 0 || limit > 0) isAny = true
      if (limit === 0 || request !== limit) isEvery = false
    }
  }
  if (!isAny) return 'BestEffort'
  return isEvery ? 'Guaranteed' : 'Burstable'
}

function add(left: Amounts, right: Amounts): Amounts {
  const sum: Record<string, number> = { ...left }
  for (const [name, amount] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + amount
  return sum
}

function max(left: Amounts, right: Amounts): Amounts {
  const most: Record<string, number> = { ...left }
  for (const [name, amount] of Object.entries(right)) most[name] = Math.max(most[name] ?? 0, amount)
  return most
}
