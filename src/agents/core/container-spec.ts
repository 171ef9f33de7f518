/**
 * What the engine is asked for: a container of an assigned pod, or its sandbox, as one value. Pure; values of
 * configuration come through a function and mounts from the volumes port. docker-lab §2 says what may be set on a
 * container that joins a sandbox: hostname, hosts, names and ports belong to the sandbox alone.
 */
import type { PodSpec } from '../../model/generated/kubernetes.js'
import type { ContainerSpec, EngineInfo, RuntimeMount, RuntimePortBinding } from '../runtime.js'
import type { ContainerPlan } from './agent-effect.js'
import { clusterTag, containerLabels, containerName } from './container-names.js'
import { kernelResources, oomScoreAdj, SANDBOX_OOM_SCORE } from './container-resources.js'
import {
  type ConfigLookup,
  ConfigurationError,
  expandVariables,
  makeEnvironment,
  type NodeContext,
} from './environment.js'
import { SANDBOX } from './pod-form.js'
import { engineSecurity } from './security.js'

/** Nothing fills a disk in the first month: 10 MiB times 5. */
const LOG_MAX_BYTES = 10 * 1024 * 1024
const LOG_MAX_FILES = 5
const SHM_BYTES = 64 * 1024 * 1024

export interface SpecContext {
  readonly clusterId: string
  readonly node: NodeContext
  readonly engine: Pick<EngineInfo, 'cgroupDriver' | 'cgroupVersion' | 'memoryBytes'>
  /** The lowest out-of-memory score this host lets its engine give (`oom-score.ts`). */
  readonly oomScoreMin: number
  readonly mounts: readonly RuntimeMount[]
  readonly lookup: ConfigLookup
}

/** The name of the cluster's pod network in the engine. */
export function podNetworkName(clusterId: string): string {
  return `headway-${clusterTag(clusterId)}`
}

/** The bridge of that network: at most 15 letters. */
export function podBridgeName(clusterId: string): string {
  return `hw-${clusterTag(clusterId)}`
}

/**
 * One parent for all pods of the cluster, so that shares weigh pods against each other; a parent a pod or a class would
 * weigh by container count, and the engine never removes one. The systemd driver wants a `.slice`, the other a path.
 */
export function cgroupParent(clusterId: string, engine: Pick<EngineInfo, 'cgroupDriver'>): string {
  if (engine.cgroupDriver === 'none') return ''
  const name = `headway-${clusterTag(clusterId)}`
  return engine.cgroupDriver === 'systemd' ? `${name}.slice` : `/${name}`
}

/** The specification to create. Throws ConfigurationError. */
export function makeContainerSpec(plan: ContainerPlan, context: SpecContext): ContainerSpec {
  return plan.container === SANDBOX ? sandboxSpec(plan, context) : memberSpec(plan, context)
}

function sandboxSpec(plan: ContainerPlan, context: SpecContext): ContainerSpec {
  const { spec } = plan.pod
  return {
    ...baseSpec(plan, context),
    image: plan.image,
    cpuShares: 2,
    oomScoreAdj: Math.max(context.oomScoreMin, SANDBOX_OOM_SCORE),
    network: ownNetwork(plan, context),
    hostname: hostnameOf(plan),
    sysctls: sysctlsOf(spec),
    hostPid: spec.hostPID ?? false,
    hostIpc: spec.hostIPC ?? false,
    shareableIpc: !spec.hostIPC,
  }
}

function memberSpec(plan: ContainerPlan, context: SpecContext): ContainerSpec {
  const { spec } = plan.pod
  const init = spec.initContainers ?? []
  const container = [...init, ...spec.containers].find((c) => c.name === plan.container)
  if (container === undefined) throw new ConfigurationError(`the pod has no container named ${plan.container}`)
  const environment = makeEnvironment(plan.pod, container, context.node, context.lookup)
  const expand = (texts: readonly string[] | undefined): string[] | null =>
    texts === undefined || texts.length === 0 ? null : texts.map((text) => expandVariables(text, environment))
  const isJoined = plan.form === 'sandbox'
  if (isJoined && plan.sandboxId === null) throw new ConfigurationError(`${plan.container}: the pod has no sandbox yet`)
  const security = engineSecurity(container, spec, plan.imageUser)
  return {
    ...baseSpec(plan, context),
    ...security,
    ...kernelResources(container, spec, plan.form === 'single'),
    entrypoint: expand(container.command),
    command: expand(container.args),
    environment: [...environment].map(([name, value]) => `${name}=${value}`),
    workingDirectory: container.workingDir ?? '',
    tty: container.tty ?? false,
    openStdin: container.stdin ?? false,
    oomScoreAdj: Math.max(context.oomScoreMin, oomScoreAdj(container, spec, context.engine.memoryBytes)),
    network: isJoined
      ? { type: 'container', id: plan.sandboxId ?? '', sharePid: spec.shareProcessNamespace ?? false }
      : ownNetwork(plan, context),
    hostname: isJoined ? '' : hostnameOf(plan),
    sysctls: isJoined ? {} : sysctlsOf(spec),
    hostPid: (spec.hostPID ?? false) && !(isJoined && spec.shareProcessNamespace),
    hostIpc: !isJoined && (spec.hostIPC ?? false),
  }
}

function baseSpec(plan: ContainerPlan, context: SpecContext): ContainerSpec {
  return {
    name: containerName(plan.pod, plan.container, plan.attempt),
    image: plan.image,
    entrypoint: null,
    command: null,
    environment: [],
    workingDirectory: '',
    user: '',
    groups: [],
    labels: containerLabels(context.clusterId, plan.pod, plan.container, plan.attempt),
    hostname: '',
    mounts: context.mounts,
    tty: false,
    openStdin: false,
    readOnlyRoot: false,
    privileged: false,
    capabilitiesAdd: [],
    capabilitiesDrop: [],
    securityOptions: [],
    devices: [],
    sysctls: {},
    stopSignal: plan.stopSignal,
    cpuShares: 0,
    cpuQuotaMicros: 0,
    memoryBytes: 0,
    oomScoreAdj: 0,
    pidsLimit: 0,
    cgroupParent: cgroupParent(context.clusterId, context.engine),
    shmBytes: SHM_BYTES,
    logMaxBytes: LOG_MAX_BYTES,
    logMaxFiles: LOG_MAX_FILES,
    network: { type: 'none' },
    hostPid: false,
    hostIpc: false,
    shareableIpc: false,
  }
}

function ownNetwork(plan: ContainerPlan, context: SpecContext): ContainerSpec['network'] {
  const { spec, address } = plan.pod
  if (spec.hostNetwork) return { type: 'host' }
  const dns = spec.dnsConfig
  return {
    type: 'pod-network',
    name: podNetworkName(context.clusterId),
    address,
    dns: dns?.nameservers ?? [],
    dnsSearch: dns?.searches ?? [],
    dnsOptions: (dns?.options ?? []).flatMap((o) => (o.name ? [o.value ? `${o.name}:${o.value}` : o.name] : [])),
    extraHosts: (spec.hostAliases ?? []).flatMap((alias) =>
      (alias.hostnames ?? []).map((name) => `${name}:${alias.ip}`),
    ),
    ports: portBindings(plan),
  }
}

/** Host ports: of all containers on a sandbox, of the container itself in single form. */
function portBindings(plan: ContainerPlan): RuntimePortBinding[] {
  const all = [...(plan.pod.spec.initContainers ?? []), ...plan.pod.spec.containers]
  const owners = plan.container === SANDBOX ? all : all.filter((c) => c.name === plan.container)
  return owners.flatMap((container) =>
    (container.ports ?? []).flatMap((port) =>
      port.hostPort
        ? [
            {
              containerPort: port.containerPort,
              hostPort: port.hostPort,
              hostAddress: port.hostIP ?? '',
              protocol: (port.protocol ?? 'TCP').toLowerCase() as RuntimePortBinding['protocol'],
            },
          ]
        : [],
    ),
  )
}

/** Under hostNetwork the host's own name stays. */
function hostnameOf(plan: ContainerPlan): string {
  const { spec, name } = plan.pod
  return spec.hostNetwork ? '' : (spec.hostname || name).slice(0, 63).replace(/[-.]+$/, '')
}

function sysctlsOf(spec: PodSpec): Record<string, string> {
  return Object.fromEntries((spec.securityContext?.sysctls ?? []).map((sysctl) => [sysctl.name, sysctl.value]))
}
