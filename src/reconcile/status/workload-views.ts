/** Workloads and services as status shows them. */
import type { DesiredObject } from '../../model/desired-state.js'
import { type ObjectKey, parseKey } from '../../model/keys.js'
import type { ServiceView, WorkloadView } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import type { HealthReport } from '../health/health-report.js'
import { workloadHealth } from '../health.js'
import { isWorkloadKind } from '../kind-roles.js'
import { templateImages } from './pod-views.js'
import type { StatusIndex } from './status-index.js'
import type { StatusInput } from './status-input.js'
import { describeTrouble } from './workload-trouble.js'

/** One view for each workload that is desired or still planned, by key. */
export function makeWorkloadViews(input: StatusInput, index: StatusIndex): WorkloadView[] {
  const keys = new Set<ObjectKey>(input.planned.workloads.keys())
  for (const object of input.desired?.objects.values() ?? []) if (isWorkloadKind(object.kind)) keys.add(object.key)
  return [...keys].sort().map((key) => workloadView(input, index, key))
}

/** The view of one workload. */
export function workloadView(input: StatusInput, index: StatusIndex, key: ObjectKey): WorkloadView {
  const { kind, namespace, name } = parseKey(key)
  const record = input.planned.workloads.get(key) ?? null
  const set = index.newestSetOf.get(key)
  const { health, message } = healthOf(input, index, key)
  const counts = record?.counts
  return {
    key,
    kind,
    namespace,
    name,
    health,
    desired: counts?.desired ?? 0,
    ready: counts?.ready ?? 0,
    updated: counts?.updated ?? 0,
    available: counts?.available ?? 0,
    revision: set?.revision ?? 0,
    commit: set?.commit ?? record?.commit ?? '',
    images: templateImages(set),
    message,
  }
}

function healthOf(input: StatusInput, index: StatusIndex, key: ObjectKey): HealthReport {
  const { kind } = parseKey(key)
  if (!isWorkloadKind(kind)) return { health: 'Unknown', message: `${kind} is not carried out yet` }
  const desired: DesiredObject | null = input.desired?.objects.get(key) ?? null
  const pods = index.podsOf.get(key) ?? []
  const waiting = index.waitingOf.get(key) ?? []
  const trouble = describeTrouble(index, pods, input.now)
  const report = workloadHealth[kind]({
    desired,
    record: input.planned.workloads.get(key) ?? null,
    pods,
    waiting,
    broken: trouble?.isBroken === true ? trouble.text : null,
  })
  if (trouble === null || kind === 'Pod') return report
  return { health: report.health, message: withTrouble(report, waiting, trouble.text) }
}

/** The workload's own word first: `0 of 2 replicas are ready: 2 pods: image web:v9 cannot be pulled: …`. */
function withTrouble({ health, message }: HealthReport, waiting: readonly Waiting[], trouble: string): string {
  const first = waiting[0]
  if (health === 'Healthy' || first === undefined) return message
  if (first.on === 'ready-replicas') return `${first.detail}: ${trouble}`
  if (first.on === 'progress-deadline') return `${first.detail}; ${trouble}`
  return message
}

/** One view a planned Service, by key. */
export function makeServiceViews({ planned }: StatusInput): ServiceView[] {
  return [...planned.services.values()].map((service) => {
    const table = planned.network.services.get(service.key)
    return {
      key: service.key,
      address: service.address,
      ports: (table?.ports ?? []).map(({ name, port, nodePort, endpoints }) => ({
        name,
        port,
        nodePort,
        endpoints: endpoints.length,
      })),
    }
  })
}
