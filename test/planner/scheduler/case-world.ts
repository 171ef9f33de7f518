/**
 * What table cases of filters and scores are written in: nodes by name, pods by what they ask for, labels as `foo,bar` with
 * empty values. The tables re-type inputs and outcomes of Kubernetes' own table tests (facts; each file names its source).
 */
import type { Container, PodSpec, PodTemplateSpec } from '../../../src/model/generated/kubernetes.js'
import type { Labels } from '../../../src/model/selector.js'
import { type NodeDescription, NodeTable } from '../../../src/planner/scheduler/node-table.js'
import { makeRequest, type ScheduleRequest } from '../../../src/planner/scheduler/request.js'

/** By resource name, in Kubernetes' units: cpu in whole cores unless written `10m`. */
export type Asked = Readonly<Record<string, string | number>>

/** A pod as a case writes it. */
export interface CasePod extends Partial<PodSpec> {
  /** `foo,bar` is foo and bar with empty values; a record for others. */
  readonly labels?: string | Labels
  readonly namespace?: string
  /** One container each. */
  readonly asks?: readonly Asked[]
  readonly initAsks?: readonly Asked[]
  /** Ordered to stop. */
  readonly isLeaving?: boolean
}

export type CaseNode = Partial<NodeDescription>

/** Pods that are there, by the name of their node. */
export type Present = Readonly<Record<string, readonly CasePod[]>>

export interface CaseWorld {
  readonly nodes: Readonly<Record<string, CaseNode>>
  readonly present?: Present
  /** Labels of namespaces. */
  readonly namespaces?: Readonly<Record<string, Labels>>
}

const PLENTY: NodeDescription = {
  name: '',
  isOpen: true,
  isUnschedulable: false,
  labels: {},
  taints: [],
  cpuMilli: 64_000,
  memoryBytes: 2 ** 36,
  ephemeralStorageBytes: 2 ** 40,
  podsMax: 110,
  extended: {},
  images: new Map(),
}

/** The rows are in the order of the nodes. */
export function tableOf({ nodes, present = {}, namespaces = {} }: CaseWorld): NodeTable {
  const table = new NodeTable()
  for (const [name, node] of Object.entries(nodes)) table.setNode({ ...PLENTY, ...node, name })
  table.setNamespaces(new Map(Object.entries(namespaces)))
  for (const [name, pods] of Object.entries(present))
    for (const pod of pods) table.assume(rowOf(table, name), requestOf(pod), pod.isLeaving ?? false)
  return table
}

export function rowOf(table: NodeTable, name: string): number {
  const row = table.rowOf(name)
  if (row === undefined) throw new Error(`the case has no node ${name}`)
  return row
}

export function requestOf(pod: CasePod): ScheduleRequest {
  const { spec, metadata } = templateOf(pod)
  return makeRequest(spec!, { namespace: metadata!.namespace!, labels: metadata!.labels! })
}

/** As a template, for those who want a whole one. */
export function templateOf(pod: CasePod): PodTemplateSpec {
  const { labels = {}, namespace = 'default', asks, initAsks, isLeaving: _, ...spec } = pod
  const initContainers = initAsks?.map(containerOf)
  const containers = asks?.map(containerOf) ?? spec.containers ?? []
  return {
    metadata: { namespace, labels: typeof labels === 'string' ? emptyLabels(labels) : labels },
    spec: { ...spec, containers, ...(initContainers && { initContainers }) },
  }
}

/** `foo,bar`: both with empty values. */
export function emptyLabels(names: string): Labels {
  return Object.fromEntries(names.split(',').map((name) => [name, '']))
}

function containerOf(asked: Asked, i: number): Container {
  const requests = Object.fromEntries(Object.entries(asked).map(([name, amount]) => [name, String(amount)]))
  return { name: `c${i}`, resources: { requests } }
}

/** A node in a zone, and a domain of its own by `node`. */
export function inZone(name: string, zone: string, labels: Labels = {}): Record<string, CaseNode> {
  return { [name]: { labels: { zone, node: name, 'kubernetes.io/hostname': name, ...labels } } }
}

/** One pod per entry: `pods('foo', 'foo,bar')`. */
export function pods(...labels: readonly string[]): CasePod[] {
  return labels.map((names) => ({ labels: names }))
}
