/** What the planner reads from a pod template, once per template: all pods of a replica set share it. */
import { stableHash } from '../base/hash.js'
import { type ConfigReference, configReferences } from '../model/config-references.js'
import type { Container, PodSpec, PodTemplateSpec, Volume } from '../model/generated/kubernetes.js'
import type { Labels } from '../model/selector.js'
import { makeRequest, type ScheduleRequest } from './scheduler/request.js'

export interface TemplateFacts {
  readonly template: PodTemplateSpec
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  /** As agents get it: probe ports by number. */
  readonly spec: PodSpec
  readonly specHash: string
  readonly request: ScheduleRequest
  readonly graceMs: number
  readonly references: readonly ConfigReference[]
  readonly images: readonly ImageNeed[]
  readonly hasPullSecrets: boolean
  /** What Headway does not carry out yet and the pod cannot do without; empty when nothing. */
  readonly unsupported: string
}

export interface ImageNeed {
  readonly reference: string
  /** Every container with the reference may use what a node has already. */
  readonly mayBePresent: boolean
  /** Some container may fetch it. */
  readonly mayPull: boolean
}

/** Kubernetes' default (semantics §4.6). */
const GRACE_SECONDS = 30
const VOLUME_TYPES = ['configMap', 'downwardAPI', 'emptyDir', 'hostPath', 'projected', 'secret']

const known = new WeakMap<PodTemplateSpec, Map<string, TemplateFacts>>()

/** Reads a template of pods in a namespace; the answer is remembered with the template. */
export function templateFacts(template: PodTemplateSpec, namespace = ''): TemplateFacts {
  let byNamespace = known.get(template)
  if (byNamespace === undefined) {
    byNamespace = new Map()
    known.set(template, byNamespace)
  }
  let facts = byNamespace.get(namespace)
  if (facts === undefined) {
    facts = readTemplate(template, namespace)
    byNamespace.set(namespace, facts)
  }
  return facts
}

function readTemplate(template: PodTemplateSpec, namespace: string): TemplateFacts {
  const spec = withNumberedProbes(template.spec ?? { containers: [] })
  const labels = template.metadata?.labels ?? {}
  const annotations = template.metadata?.annotations ?? {}
  return {
    template,
    labels,
    annotations,
    spec,
    specHash: stableHash({ labels, annotations, spec }),
    request: makeRequest(spec, { namespace, labels }),
    graceMs: (spec.terminationGracePeriodSeconds ?? GRACE_SECONDS) * 1_000,
    references: configReferences(spec),
    images: imageNeeds(spec),
    hasPullSecrets: (spec.imagePullSecrets ?? []).length > 0,
    unsupported: (spec.volumes ?? []).map(unsupportedVolume).find((text) => text !== '') ?? '',
  }
}

function unsupportedVolume(volume: Volume): string {
  const type = Object.keys(volume).find((key) => key !== 'name' && !VOLUME_TYPES.includes(key))
  return type === undefined ? '' : `volume ${volume.name} of type ${type} is not carried out yet`
}

/** By policy: Always asks the registry, IfNotPresent takes what is there, Never takes only that. */
function imageNeeds(spec: PodSpec): ImageNeed[] {
  const needs = new Map<string, ImageNeed>()
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const reference = container.image ?? ''
    const policy = container.imagePullPolicy ?? (isLatest(reference) ? 'Always' : 'IfNotPresent')
    const before = needs.get(reference)
    needs.set(reference, {
      reference,
      mayBePresent: (before?.mayBePresent ?? true) && policy !== 'Always',
      mayPull: (before?.mayPull ?? false) || policy !== 'Never',
    })
  }
  return [...needs.values()]
}

function isLatest(reference: string): boolean {
  if (reference.includes('@')) return false
  const last = reference.slice(reference.lastIndexOf('/') + 1)
  return !last.includes(':') || last.endsWith(':latest')
}

/** Agents decide nothing: the port name of a probe or hook becomes the container's port number. */
function withNumberedProbes(spec: PodSpec): PodSpec {
  return {
    ...spec,
    containers: spec.containers.map(withNumbers),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(withNumbers) }),
  }
}

interface PortAction {
  readonly port: number | string
}

/** What may name a port: a probe, or a hook of the lifecycle. */
interface PortUser {
  readonly httpGet?: PortAction
  readonly tcpSocket?: PortAction
}

function withNumbers(container: Container): Container {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container
  const users = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
  if (!users.some(namesPort)) return container
  return {
    ...container,
    ...(livenessProbe && { livenessProbe: numbered(container, livenessProbe) }),
    ...(readinessProbe && { readinessProbe: numbered(container, readinessProbe) }),
    ...(startupProbe && { startupProbe: numbered(container, startupProbe) }),
    ...(lifecycle && {
      lifecycle: {
        ...lifecycle,
        ...(lifecycle.postStart && { postStart: numbered(container, lifecycle.postStart) }),
        ...(lifecycle.preStop && { preStop: numbered(container, lifecycle.preStop) }),
      },
    }),
  }
}

function namesPort(user: PortUser | undefined): boolean {
  return typeof user?.httpGet?.port === 'string' || typeof user?.tcpSocket?.port === 'string'
}

function numbered<T extends PortUser>(container: Container, user: T): T {
  const { httpGet, tcpSocket } = user
  return {
    ...user,
    ...(httpGet && { httpGet: { ...httpGet, port: portOf(container, httpGet.port) } }),
    ...(tcpSocket && { tcpSocket: { ...tcpSocket, port: portOf(container, tcpSocket.port) } }),
  }
}

/** A name that no port has becomes a number if it is one (as kubelet does), else 0, which no probe reaches. */
function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  const named = container.ports?.find((item) => item.name === port)?.containerPort
  return named ?? (/^\d+$/.test(port) ? Number(port) : 0)
}
