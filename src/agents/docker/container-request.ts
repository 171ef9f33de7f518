/** A container spec in the words of the Engine API (POST /containers/create), and the engine's answers in ours. Pure. */
import type { ContainerSpec, RuntimeContainer, RuntimeMount } from '../runtime.js'

type PodNetwork = Extract<ContainerSpec['network'], { type: 'pod-network' }>

/** A specification as the engine is asked for it: one that the agent wires is on no network, but has names and hosts. */
export type RequestSpec = Omit<ContainerSpec, 'network'> & {
  readonly network:
    | ContainerSpec['network']
    | ({ readonly type: 'none' } & Pick<PodNetwork, 'dns' | 'dnsSearch' | 'dnsOptions' | 'extraHosts'>)
}

type Json = Record<string, unknown>

/** The kernel's accounting period for cpu quotas; Kubernetes uses the same. */
const CPU_PERIOD_MICROS = 100_000

/** The body of a create request. */
export function createBody(spec: RequestSpec): Json {
  const { network } = spec
  const isPodNetwork = network.type === 'pod-network'
  return {
    Image: spec.image,
    ...(spec.entrypoint === null ? {} : { Entrypoint: spec.entrypoint }),
    ...(spec.command === null ? {} : { Cmd: spec.command }),
    Env: spec.environment,
    ...(spec.workingDirectory === '' ? {} : { WorkingDir: spec.workingDirectory }),
    ...(spec.user === '' ? {} : { User: spec.user }),
    Labels: spec.labels,
    // A joined container has the hostname of the one it joins; naming it is refused.
    ...(spec.hostname === '' || network.type === 'container' ? {} : { Hostname: spec.hostname }),
    Tty: spec.tty,
    OpenStdin: spec.openStdin,
    ...(spec.stopSignal === '' ? {} : { StopSignal: spec.stopSignal }),
    // Probes are the agent's.
    Healthcheck: { Test: ['NONE'] },
    ...(isPodNetwork && network.ports.length > 0
      ? {
          ExposedPorts: Object.fromEntries(network.ports.map((port) => [`${port.containerPort}/${port.protocol}`, {}])),
        }
      : {}),
    HostConfig: hostConfig(spec),
    ...(isPodNetwork
      ? {
          NetworkingConfig: {
            EndpointsConfig: {
              [network.name]: network.address === '' ? {} : { IPAMConfig: { IPv4Address: network.address } },
            },
          },
        }
      : {}),
  }
}

function hostConfig(spec: RequestSpec): Json {
  return {
    ...namespaceOptions(spec),
    ...networkOptions(spec),
    Mounts: spec.mounts.map(mountBody),
    ReadonlyRootfs: spec.readOnlyRoot,
    Privileged: spec.privileged,
    CapAdd: spec.capabilitiesAdd,
    CapDrop: spec.capabilitiesDrop,
    SecurityOpt: spec.securityOptions,
    GroupAdd: spec.groups.map(String),
    Devices: spec.devices.map(deviceBody),
    Sysctls: spec.sysctls,
    CpuShares: spec.cpuShares,
    ...(spec.cpuQuotaMicros > 0 ? { CpuPeriod: CPU_PERIOD_MICROS, CpuQuota: spec.cpuQuotaMicros } : {}),
    // Memory plus swap equal to memory: no swap, as under Kubernetes.
    ...(spec.memoryBytes > 0 ? { Memory: spec.memoryBytes, MemorySwap: spec.memoryBytes } : {}),
    OomScoreAdj: spec.oomScoreAdj,
    ...(spec.pidsLimit > 0 ? { PidsLimit: spec.pidsLimit } : {}),
    ...(spec.cgroupParent === '' ? {} : { CgroupParent: spec.cgroupParent }),
    ...(spec.shmBytes > 0 ? { ShmSize: spec.shmBytes } : {}),
    LogConfig: logConfig(spec),
    // The agent restarts containers itself; the engine must not.
    RestartPolicy: { Name: 'no' },
  }
}

function logConfig(spec: RequestSpec): Json {
  const limits =
    spec.logMaxBytes > 0
      ? { 'max-size': String(spec.logMaxBytes), 'max-file': String(Math.max(1, spec.logMaxFiles)) }
      : {}
  return { Type: 'json-file', Config: limits }
}

function namespaceOptions(spec: RequestSpec): Json {
  if (spec.network.type === 'container') {
    const joined = `container:${spec.network.id}`
    return {
      NetworkMode: joined,
      IpcMode: spec.hostIpc ? 'host' : joined,
      ...(spec.hostPid ? { PidMode: 'host' } : spec.network.sharePid ? { PidMode: joined } : {}),
    }
  }
  return {
    NetworkMode: spec.network.type === 'pod-network' ? spec.network.name : spec.network.type,
    IpcMode: spec.hostIpc ? 'host' : spec.shareableIpc ? 'shareable' : 'private',
    ...(spec.hostPid ? { PidMode: 'host' } : {}),
  }
}

function networkOptions(spec: RequestSpec): Json {
  const { network } = spec
  if (!('dns' in network)) return {}
  const names = {
    Dns: network.dns,
    DnsSearch: network.dnsSearch,
    DnsOptions: network.dnsOptions,
    ExtraHosts: network.extraHosts,
  }
  if (network.type === 'none') return names
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {}
  for (const port of network.ports) {
    const key = `${port.containerPort}/${port.protocol}`
    const binding = { HostIp: port.hostAddress, HostPort: String(port.hostPort) }
    bindings[key] = [...(bindings[key] ?? []), binding]
  }
  return { ...names, PortBindings: bindings }
}

/** `Mounts`, not `Binds`: a bind whose source is missing is then an error instead of a new folder owned by root. */
function mountBody(mount: RuntimeMount): Json {
  const base = { Type: mount.type, Target: mount.target, ReadOnly: mount.readOnly }
  switch (mount.type) {
    case 'bind':
      return {
        ...base,
        Source: mount.source,
        ...(mount.propagation === '' ? {} : { BindOptions: { Propagation: mount.propagation } }),
      }
    case 'volume':
      // Docker would copy the image's files into an empty volume; Kubernetes does not.
      return { ...base, Source: mount.source, VolumeOptions: { NoCopy: true } }
    case 'tmpfs':
      return { ...base, ...(mount.sizeBytes === null ? {} : { TmpfsOptions: { SizeBytes: mount.sizeBytes } }) }
  }
}

/** `/dev/a`, `/dev/a:/dev/b` or `/dev/a:/dev/b:rw`. */
function deviceBody(device: string): Json {
  const [host = '', inside = host, permissions = 'rwm'] = device.split(':')
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: permissions }
}

/** The parts of GET /containers/ID/json that are read. */
export interface InspectAnswer {
  readonly Id: string
  readonly Name: string
  readonly Image: string
  /** What follows the first program's name. */
  readonly Args?: readonly string[] | null
  readonly Config: { readonly Labels?: Record<string, string> | null; readonly Tty?: boolean }
  readonly State: {
    readonly Status: string
    readonly StartedAt: string
    readonly FinishedAt: string
    readonly ExitCode: number
    readonly OOMKilled: boolean
    readonly Error: string
    readonly Pid: number
  }
}

const STATES: Readonly<Record<string, RuntimeContainer['state']>> = {
  created: 'created',
  running: 'running',
  restarting: 'running',
  exited: 'exited',
  removing: 'removing',
  paused: 'paused',
  dead: 'dead',
}

/** A container's state by the engine's word for it. */
export function decodeState(word: string): RuntimeContainer['state'] {
  return STATES[word] ?? 'dead'
}

/** A container as the agent sees it. */
export function decodeContainer(answer: InspectAnswer): RuntimeContainer {
  const { State } = answer
  const state = decodeState(State.Status)
  const finishedAt = decodeTime(State.FinishedAt)
  const hasEnded = state === 'exited' || state === 'dead'
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ''),
    labels: answer.Config.Labels ?? {},
    imageId: answer.Image,
    state,
    startedAt: decodeTime(State.StartedAt),
    finishedAt: hasEnded ? finishedAt : null,
    exitCode: hasEnded ? State.ExitCode : null,
    oomKilled: State.OOMKilled,
    error: State.Error,
    pid: State.Pid > 0 ? State.Pid : null,
  }
}

/** Null for the engine's zero time, `0001-01-01T00:00:00Z`. */
function decodeTime(text: string): number | null {
  const at = Date.parse(text)
  return Number.isNaN(at) || at <= 0 ? null : at
}
