/**
 * The runtime port: the container engine as the agent sees it. Adapters: `docker/` (Docker Engine through dockerode)
 * and the simulation's. One conformance suite (test/conformance/runtime.ts) holds both to the same behaviour.
 */

/**
 * `not-found`, `conflict` (name or address in use), `image-missing`, `image-pull` (the registry or the network),
 * `invalid` (the engine refuses the request: repeating it does not help), `unavailable` (engine gone), `timeout`, `internal`.
 */
export type RuntimeErrorCode =
  | 'not-found'
  | 'conflict'
  | 'image-missing'
  | 'image-pull'
  | 'invalid'
  | 'unavailable'
  | 'timeout'
  | 'internal'

export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface EngineInfo {
  readonly id: string
  readonly version: string
  readonly apiVersion: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly architecture: string
  readonly kernelVersion: string
  readonly osImage: string
  readonly cgroupDriver: 'cgroupfs' | 'systemd' | 'none'
  readonly cgroupVersion: 1 | 2
  readonly liveRestore: boolean
  readonly rootDirectory: string
  /** Why this engine is refused (rootless, Desktop, Podman, Swarm member …); empty when it is fit. */
  readonly refusal: string
}

export interface RuntimeImage {
  readonly id: string
  readonly tags: readonly string[]
  readonly digests: readonly string[]
  readonly sizeBytes: number
  /** From the image's configuration. */
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly stopSignal: string
}

export interface RegistryAuth {
  readonly username: string
  readonly password: string
  readonly server: string
}

export interface RuntimeMount {
  /** `bind`: a host path; `volume`: an engine volume by name; `tmpfs`. */
  readonly type: 'bind' | 'volume' | 'tmpfs'
  /** Host path or volume name; empty for tmpfs. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  readonly propagation: '' | 'rprivate' | 'rslave' | 'rshared'
  readonly sizeBytes: number | null
}

export interface RuntimePortBinding {
  readonly containerPort: number
  readonly hostPort: number
  readonly hostAddress: string
  readonly protocol: 'tcp' | 'udp' | 'sctp'
}

/** Everything a container is made from. Nothing of Headway's own bookkeeping is in here but the labels (DESIGN 4). */
export interface ContainerSpec {
  readonly name: string
  /** Image id or reference; must be present on the host. */
  readonly image: string
  /** Null: the image's own. */
  readonly entrypoint: readonly string[] | null
  readonly command: readonly string[] | null
  readonly environment: readonly string[]
  readonly workingDirectory: string
  readonly user: string
  readonly groups: readonly number[]
  readonly labels: Readonly<Record<string, string>>
  readonly hostname: string
  readonly mounts: readonly RuntimeMount[]
  readonly tty: boolean
  readonly openStdin: boolean
  readonly readOnlyRoot: boolean
  readonly privileged: boolean
  readonly capabilitiesAdd: readonly string[]
  readonly capabilitiesDrop: readonly string[]
  /** `no-new-privileges`, `seccomp=…`, `apparmor=…`, `label=…`. */
  readonly securityOptions: readonly string[]
  readonly devices: readonly string[]
  readonly sysctls: Readonly<Record<string, string>>
  readonly stopSignal: string
  readonly cpuShares: number
  /** Microseconds of cpu in each 100 ms; 0 for no limit. */
  readonly cpuQuotaMicros: number
  /** 0 for no limit. */
  readonly memoryBytes: number
  readonly oomScoreAdj: number
  readonly pidsLimit: number
  readonly cgroupParent: string
  readonly shmBytes: number
  readonly logMaxBytes: number
  readonly logMaxFiles: number
  readonly network:
    | { readonly type: 'host' }
    | { readonly type: 'none' }
    /** Joins another container's network, IPC (and, when `sharePid`, process) namespaces. */
    | { readonly type: 'container'; readonly id: string; readonly sharePid: boolean }
    | {
        readonly type: 'pod-network'
        readonly name: string
        readonly address: string
        readonly dns: readonly string[]
        readonly dnsSearch: readonly string[]
        readonly dnsOptions: readonly string[]
        readonly extraHosts: readonly string[]
        readonly ports: readonly RuntimePortBinding[]
      }
  readonly hostPid: boolean
  readonly hostIpc: boolean
  readonly shareableIpc: boolean
}

export interface RuntimeContainer {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly imageId: string
  readonly state: 'created' | 'running' | 'exited' | 'removing' | 'paused' | 'dead'
  /** Milliseconds since 1970 by the host's clock; null while it has not started or not finished. */
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly exitCode: number | null
  readonly oomKilled: boolean
  readonly error: string
  /** The pid on the host; null while it does not run. */
  readonly pid: number | null
}

/** What a whole list tells at next to no cost: no instants, no exit codes. */
export type ContainerGlance = Pick<RuntimeContainer, 'id' | 'state'>

/** `lost`: the connection to the engine broke, events were missed: list again. */
export type RuntimeEvent =
  | {
      readonly type: 'started' | 'died' | 'removed'
      readonly containerId: string
      readonly labels: Readonly<Record<string, string>>
      readonly exitCode: number | null
    }
  | { readonly type: 'lost' }
  | { readonly type: 'connected' }

export interface ExecResult {
  readonly exitCode: number
  /** Standard output and error together, cut at `outputMaxBytes`. */
  readonly output: string
}

export interface ExecSession {
  readonly stdout: NodeJS.ReadableStream
  readonly stderr: NodeJS.ReadableStream
  readonly stdin: NodeJS.WritableStream
  resize(columns: number, rows: number): Promise<void>
  /** Resolves to the exit code when the command has ended. */
  readonly ended: Promise<number>
}

export interface LogOptions {
  readonly follow: boolean
  readonly tailLines: number | null
  readonly sinceMs: number | null
  readonly timestamps: boolean
}

export interface NetworkSpec {
  readonly name: string
  readonly subnet: string
  readonly gateway: string
  readonly bridge: string
  readonly labels: Readonly<Record<string, string>>
  /** Let the engine masquerade what leaves the network: for hosts where the agent may not set firewall rules. Default false. */
  readonly masquerade?: boolean
}

export interface Runtime {
  info(): Promise<EngineInfo>
  /** Containers, running or not, that carry all of the labels (an empty value matches any). */
  list(labels: Readonly<Record<string, string>>): Promise<readonly RuntimeContainer[]>
  /** The same containers by one cheap request, ids and states only: for comparing with what is known. */
  glance(labels: Readonly<Record<string, string>>): Promise<readonly ContainerGlance[]>
  /** Null when there is none. */
  inspect(containerId: string): Promise<RuntimeContainer | null>
  images(): Promise<readonly RuntimeImage[]>
  /** Null when the image is not on the host. */
  inspectImage(reference: string): Promise<RuntimeImage | null>
  /** Pulls from the registry; errors `image-pull` (retryable or not). */
  pullImage(reference: string, auth: RegistryAuth | null): Promise<RuntimeImage>
  removeImage(id: string): Promise<void>
  /** Makes an image of one tar layer: the sandbox's and the demo's. */
  importImage(reference: string, tar: Uint8Array, changes: readonly string[]): Promise<RuntimeImage>
  /**
   * Returns the id. Error `conflict` when the name is taken, unless by a container with the same labels that is created or
   * runs: then it is ours, from a request whose answer was lost, and its id is returned.
   */
  create(spec: ContainerSpec): Promise<string>
  start(containerId: string): Promise<void>
  /** Sends the stop signal (empty: the container's own), waits `graceMs`, then KILL; resolves when it has ended. A container that does not run is no error. */
  stop(containerId: string, signal: string, graceMs: number): Promise<void>
  /** Also kills a running one; one that is not there is no error. */
  remove(containerId: string): Promise<void>
  ensureNetwork(spec: NetworkSpec): Promise<void>
  removeNetwork(name: string): Promise<void>
  ensureVolume(
    name: string,
    options: Readonly<Record<string, string>>,
    labels: Readonly<Record<string, string>>,
  ): Promise<void>
  removeVolume(name: string): Promise<void>
  /** Runs a command to its end: exec probes and hooks. */
  execute(
    containerId: string,
    command: readonly string[],
    options: { readonly timeoutMs: number; readonly outputMaxBytes: number },
  ): Promise<ExecResult>
  /** An interactive command: `headway exec`. */
  openExec(
    containerId: string,
    command: readonly string[],
    options: { readonly stdin: boolean; readonly tty: boolean },
  ): Promise<ExecSession>
  /** Demultiplexed output of a container that runs or has ended. */
  logs(
    containerId: string,
    options: LogOptions,
  ): Promise<{ readonly stdout: NodeJS.ReadableStream; readonly stderr: NodeJS.ReadableStream; close(): void }>
  /**
   * Calls `listener` for every event until the returned function is called. Says `connected` once it listens; reconnects by
   * itself and says `lost`, then `connected`.
   */
  watch(listener: (event: RuntimeEvent) => void): () => void
}
