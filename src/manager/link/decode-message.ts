/** Agents' messages from text, checked member by member: what does not have the protocol's form never reaches the core. */
import type { AgentMessage } from '../../model/protocol.js'
import {
  amount,
  anyObject,
  choice,
  count,
  flag,
  list,
  nullable,
  object,
  record,
  type Shape,
  text,
} from './message-shape.js'

export type DecodedMessage =
  | { readonly good: true; readonly message: AgentMessage }
  | { readonly good: false; readonly problem: string }

const HEARTBEAT: DecodedMessage = Object.freeze({ good: true, message: Object.freeze({ type: 'heartbeat' }) })
const HEARTBEAT_BYTES = Buffer.from('{"type":"heartbeat"}')

/** Decodes one message; a heartbeat, which every agent sends each second, costs no parsing and no memory. */
export function decodeMessage(bytes: Buffer): DecodedMessage {
  if (bytes.length === HEARTBEAT_BYTES.length && bytes.equals(HEARTBEAT_BYTES)) return HEARTBEAT
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return { good: false, problem: 'not JSON' }
  }
  const problem = messageProblem(value)
  return problem === null ? { good: true, message: value as AgentMessage } : { good: false, problem }
}

const generation = object({ epoch: count, counter: count })
const amounts = object({
  cpuMilli: amount,
  memoryBytes: amount,
  ephemeralStorageBytes: amount,
  pods: amount,
  extended: record(amount),
})
const facts = object({
  name: text,
  address: text,
  agentVersion: text,
  engineVersion: text,
  kernelVersion: text,
  osImage: text,
  architecture: choice('amd64', 'arm64'),
  capacity: amounts,
  allocatable: amounts,
  labels: record(text),
  images: list(object({ id: text, names: list(text), sizeBytes: amount })),
  bootId: text,
  agentPid: count,
})
const taint = object({ key: text, effect: text }, { value: text })
const config = object({ kind: choice('ConfigMap', 'Secret'), name: text, digest: nullable(text) }, { use: text })
const assigned = object({
  uid: text,
  namespace: text,
  name: text,
  labels: record(text),
  annotations: record(text),
  owner: nullable(text),
  workload: text,
  templateHash: text,
  ordinal: count,
  incarnation: count,
  commit: text,
  createdAt: amount,
  spec: object({ containers: list(anyObject) }),
  images: record(object({ id: text, digest: text })),
  address: text,
  configs: list(config),
  stop: nullable(object({ reason: text, graceMs: amount })),
})
const container = object({
  name: text,
  type: choice('init', 'sidecar', 'app'),
  phase: choice('waiting', 'running', 'terminated'),
  reason: text,
  message: text,
  ready: flag,
  restarts: count,
  containerId: nullable(text),
  imageId: nullable(text),
  exitCode: nullable(amount),
  startedAgoMs: nullable(amount),
  finishedAgoMs: nullable(amount),
})
const pod = object({
  uid: text,
  phase: choice('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
  ready: flag,
  readyForMs: nullable(amount),
  startedAgoMs: nullable(amount),
  containers: list(container),
  reason: text,
  message: text,
  stopped: flag,
  assigned,
})
const service = object({
  key: text,
  address: nullable(text),
  ports: list(
    object({
      name: text,
      protocol: choice('TCP', 'UDP', 'SCTP'),
      port: count,
      nodePort: nullable(count),
      endpoints: list(object({ uid: text, node: text, address: text, port: count })),
    }),
  ),
  sessionAffinitySeconds: nullable(amount),
})

const shapes: { readonly [T in AgentMessage['type']]: Shape } = {
  hello: object({
    protocols: list(count, 100),
    facts,
    generation,
    networkVersion: count,
    pods: list(pod),
    services: list(service),
    podSubnet: text,
    taints: list(taint),
  }),
  heartbeat: object({}),
  report: object(
    {
      generation,
      networkVersion: count,
      pods: list(pod),
      gone: list(text),
      resolved: list(object({ reference: text, id: text, digest: text, error: text })),
    },
    { facts, taints: list(taint) },
  ),
  refuse: object({ offered: generation, seen: generation }),
  'fetch-config': object({ digests: list(text) }),
}

function messageProblem(value: unknown): string | null {
  const type = (value as { readonly type?: unknown } | null)?.type
  if (typeof type !== 'string') return 'it has no type'
  if (!Object.hasOwn(shapes, type)) return `no message has type ${type.slice(0, 40)}`
  return shapes[type as AgentMessage['type']](value, '')
}
