/**
 * How many more pods of a template the cluster takes, where, and what limits it: the scheduler places them one by one on
 * the cluster as it will be when what is pending now has found its place, by the profile that its schedulerName names. Nothing is evicted for them.
 */
import { defaultClusterConfiguration } from '../model/cluster-configuration.js'
import type { PodTemplateSpec } from '../model/generated/kubernetes.js'
import { hostsOf } from './cidr.js'
import { makePlan } from './make-plan.js'
import { createPlanIndex, type NodeRow, type PlanIndex } from './plan-index.js'
import type { PlanInput } from './plan-input.js'
import { addressFilter } from './pod-addresses.js'
import { profileOf } from './scheduler/configured-profile.js'
import { diagnose, renderDiagnosis } from './scheduler/diagnosis.js'
import { Placement } from './scheduler/placement.js'
import { makeRequest } from './scheduler/request.js'
import { withVolumes } from './volume-claims.js'

export interface CapacityQuestion {
  readonly namespace: string
  readonly template: PodTemplateSpec
  /** Not more than this many are tried. */
  readonly max: number
}

export interface CapacityAnswer {
  readonly fits: number
  /** It was not tried further: more may fit. */
  readonly isMore: boolean
  /** By name; nodes that take none included. */
  readonly nodes: readonly NodeCapacity[]
  /** Why the next one fits nowhere, in kube-scheduler's words; empty when more may fit. */
  readonly limits: string
  /** Pods that wait for a node already, before any of these. */
  readonly pending: number
}

export interface NodeCapacity {
  readonly node: string
  readonly fits: number
}

/** Answers for a snapshot; the input is not changed. */
export function countCapacity(input: PlanInput, question: CapacityQuestion): CapacityAnswer {
  const index = createPlanIndex()
  makePlan(input, index)
  const { table } = index
  const { template, namespace, max } = question
  const spec = template.spec ?? { containers: [] }
  const asked = makeRequest(spec, { namespace, labels: template.metadata?.labels ?? {} })
  const request = withVolumes(input.desired, spec, asked)
  const counts = new Map<string, number>([...index.nodes.keys()].sort().map((name) => [name, 0]))
  const configuration = input.desired?.configuration ?? index.seen.configuration ?? defaultClusterConfiguration
  const profile = profileOf(configuration, request.schedulerName)
  if (profile === null) return noProfile(request.schedulerName, counts, index.pending.size)
  const placement = new Placement(request, table, new Map(), profile, true)
  const addresses = spec.hostNetwork === true ? null : freeAddresses(input, index)
  const own = new Map<number, number>()
  let fits = 0
  let row = placement.best()
  while (row !== null && fits < max) {
    const name = table.names[row]!
    const left = addresses?.get(name) ?? Number.POSITIVE_INFINITY
    if (left < 1) placement.refuse()
    else {
      addresses?.set(name, left - 1)
      table.assume(row, request)
      placement.placed(row)
      own.set(row, (own.get(row) ?? 0) + 1)
      counts.set(name, (counts.get(name) ?? 0) + 1)
      fits += 1
    }
    row = placement.best()
  }
  const isMore = row !== null
  const hasFree = (name: string): boolean => (addresses?.get(name) ?? 1) >= 1
  const besides = [['PodAddresses', addressFilter(table, hasFree)]] as const
  const why = isMore ? '' : renderDiagnosis(diagnose(request, table, own, profile, besides))
  return {
    fits,
    isMore,
    nodes: nodesOf(counts),
    limits: why,
    pending: index.pending.size,
  }
}

/** Such a pod would wait for its scheduler, however much room there is. */
function noProfile(schedulerName: string, counts: ReadonlyMap<string, number>, pending: number): CapacityAnswer {
  const limits = `no scheduler profile is named ${schedulerName}: add it to schedulerProfiles of the ClusterConfiguration, or take schedulerName out of the pod template`
  return { fits: 0, isMore: false, nodes: nodesOf(counts), limits, pending }
}

function nodesOf(counts: ReadonlyMap<string, number>): readonly NodeCapacity[] {
  return [...counts].map(([node, fits]) => ({ node, fits }))
}

function freeAddresses({ desired }: PlanInput, { nodes, seen }: PlanIndex): Map<string, number> {
  const prefix = (desired?.configuration ?? seen.configuration)?.nodePrefixLength ?? 24
  const usable = hostsOf({ base: 0, prefix, size: 2 ** (32 - prefix) })
  const used = (row: NodeRow): number =>
    [...row.pods.values()].filter((pod) => pod.planned.address !== null).length + row.strays.size
  return new Map([...nodes.values()].map((row) => [row.name, usable - used(row)]))
}
