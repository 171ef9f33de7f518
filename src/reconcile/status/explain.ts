/** `headway why`: one sentence on why an object is as it is, and the facts beside it. */
import type { DesiredObject } from '../../model/desired-state.js'
import { formatKey, type KeyParts, makeKey, type ObjectKey, parseKey } from '../../model/keys.js'
import { kinds } from '../../model/kinds.js'
import { formatProblem } from '../../model/problem.js'
import type { WhyView } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import { nodeHealth } from '../health/node.js'
import { serviceHealth } from '../health/service.js'
import { isWorkloadKind } from '../kind-roles.js'
import { explainPod, findPod } from './explain-pod.js'
import { makeNodeViews } from './node-views.js'
import { originFacts } from './origin-facts.js'
import { indexStatus, type StatusIndex } from './status-index.js'
import type { StatusInput } from './status-input.js'
import { workloadView } from './workload-views.js'

/**
 * Why an object is as it is. `key` is an object's, or a running pod's as `makeKey('Pod', namespace, name)`. Null when
 * there is no such object, neither desired nor running.
 */
export function explain(input: StatusInput, key: ObjectKey): WhyView | null {
  const index = indexStatus(input)
  const parts = parseKey(key)
  const desired = input.desired?.objects.get(key) ?? null
  if (parts.kind === 'Pod') {
    const pod = findPod(index, parts)
    if (pod !== null) return explainPod(input, index, pod)
  }
  if (parts.kind === 'Node') return explainNode(input, index, parts.name, desired)
  if (parts.kind === 'ReplicaSet') {
    const set = input.planned.replicaSets.get(key)
    if (set !== undefined && desired === null) return explain(input, set.workload)
  }
  if (isWorkloadKind(parts.kind)) return explainWorkload(input, index, key, desired)
  if (parts.kind === 'Service') return explainService(input, index, key, desired)
  return explainPlain(input, index, parts, key, desired)
}

function explainWorkload(
  input: StatusInput,
  index: StatusIndex,
  key: ObjectKey,
  desired: DesiredObject | null,
): WhyView | null {
  if (desired === null && !input.planned.workloads.has(key)) return null
  const view = workloadView(input, index, key)
  const waiting = waitingFor(input, index, key)
  const details = waiting.map((entry) => entry.detail)
  // Its own message comes first, and says some of what is waited on.
  const said = view.message === '' ? details : [view.message, ...details.filter((text) => !view.message.includes(text))]
  const held = heldApp(input, desired)
  const state = said.length > 0 ? said.join('; ') : `${view.ready} of ${view.desired} replicas are ready`
  const why = [state, ...held.map(({ detail }) => detail)].join('; ')
  return {
    key,
    sentence: `${formatKey(key)} is ${view.health}: ${why}`,
    facts: [
      ...originFacts(desired),
      { name: 'replicas', value: `${view.desired} wanted, ${view.updated} updated, ${view.ready} ready` },
      { name: 'revision', value: `${view.revision}` },
      { name: 'template from commit', value: view.commit },
      { name: 'images', value: view.images.join(', ') },
    ],
    waiting: [...waiting, ...held],
  }
}

function explainService(
  input: StatusInput,
  index: StatusIndex,
  key: ObjectKey,
  desired: DesiredObject | null,
): WhyView | null {
  const service = input.planned.services.get(key)
  if (desired === null && service === undefined) return null
  const table = input.planned.network.services.get(key) ?? null
  const { health, message } = serviceHealth(desired, table)
  const ports = (table?.ports ?? []).map((port) => {
    const outside = port.nodePort === null ? '' : `, node port ${port.nodePort}`
    return `${port.port}${outside}: ${port.endpoints.length === 1 ? '1 endpoint' : `${port.endpoints.length} endpoints`}`
  })
  return {
    key,
    sentence: `${formatKey(key)} is ${health}: ${message === '' ? ports.join('; ') || 'it has no ports of its own' : message}`,
    facts: [
      ...originFacts(desired),
      { name: 'address', value: service?.address ?? 'none' },
      ...ports.map((value) => ({ name: 'port', value })),
    ],
    waiting: [...waitingFor(input, index, key), ...heldApp(input, desired)],
  }
}

function explainNode(
  input: StatusInput,
  index: StatusIndex,
  name: string,
  desired: DesiredObject | null,
): WhyView | null {
  const view = makeNodeViews(input, index).find((node) => node.name === name)
  const key = makeKey('Node', '', name)
  if (view === undefined) {
    return desired === null
      ? null
      : {
          key,
          sentence: `node ${name} has a manifest but no agent has joined under its name`,
          facts: originFacts(desired),
          waiting: waitingFor(input, index, key),
        }
  }
  const report = nodeHealth({
    isHeard: view.ready,
    isSchedulable: view.schedulable,
    silentForMs: view.silentForMs,
    ...(view.drain === undefined ? {} : { drain: view.drain }),
    pods: view.pods,
    hasReported: input.observed.nodes.has(name) && !input.observed.unheard.includes(name),
  })
  const why = report.message === '' ? `it holds ${view.pods === 1 ? '1 pod' : `${view.pods} pods`}` : report.message
  return {
    key,
    sentence: `node ${name} is ${report.health}: ${why}`,
    facts: [
      ...originFacts(desired),
      { name: 'address', value: view.address },
      { name: 'pods', value: `${view.pods}` },
      { name: 'cpu', value: `${view.cpuMilli.requested}m of ${view.cpuMilli.allocatable}m requested` },
      { name: 'taints', value: view.taints.join(', ') || 'none' },
    ],
    waiting: waitingFor(input, index, key),
  }
}

function explainPlain(
  input: StatusInput,
  index: StatusIndex,
  parts: KeyParts,
  key: ObjectKey,
  desired: DesiredObject | null,
): WhyView | null {
  const entry = input.planned.inventory.get(key)
  if (desired === null && entry === undefined) return null
  const waiting = [...waitingFor(input, index, key), ...heldApp(input, desired)]
  const facts = originFacts(desired)
  return { key, sentence: `${formatKey(key)} ${plainState()}`, facts, waiting }

  function plainState(): string {
    if (desired === null)
      return waiting[0] === undefined ? 'is being deleted' : `is to be deleted: ${waiting[0].detail}`
    if (kinds[parts.kind].support === 'accepted') return `is accepted, but ${parts.kind} is not carried out yet`
    if (entry === undefined || entry.hash !== desired.hash)
      return `waits to be applied at ${desired.commit.slice(0, 8)}`
    return `is applied as of commit ${desired.commit.slice(0, 8)}`
  }
}

/** That the newest commit is not what the object is, and why: its app is held at its last good version. */
function heldApp(input: StatusInput, desired: DesiredObject | null): readonly Waiting[] {
  const app = desired === null ? undefined : input.desired?.apps.get(desired.app)
  if (desired === null || app?.held !== true) return []
  const [first, ...more] = app.problems
  const why =
    first === undefined ? '' : `: ${formatProblem(first)}${more.length === 0 ? '' : ` (and ${more.length} more)`}`
  return [
    { on: 'held-app', key: desired.key, detail: `its app ${app.id} is held at ${app.revision.slice(0, 8)}${why}` },
  ]
}

/** What an object waits on, the delete brake among it. */
function waitingFor(input: StatusInput, index: StatusIndex, key: ObjectKey): readonly Waiting[] {
  const own = index.waitingOf.get(key) ?? []
  if (input.brake?.keys.includes(key) !== true) return own
  return [...own, ...(index.waitingOf.get('') ?? []).filter((waiting) => waiting.on === 'delete-brake')]
}
