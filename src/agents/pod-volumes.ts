/**
 * The volumes port: everything on disk that a pod's containers mount. Adapter: `volumes/`. The agent prepares before
 * the first container of a pod is made, updates when the digests of mounted configuration change, and removes when
 * nothing of the pod is left.
 */
import type { AssignedPod, PodUid } from '../model/assignment.js'
import type { ConfigContents } from '../model/protocol.js'
import type { RuntimeMount } from './runtime.js'

/** What a volume could not be made from: a missing object, key or path. The pod waits with reason CreateContainerConfigError. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError'
}

export interface VolumeRequest {
  readonly pod: AssignedPod
  /** Contents by the digest that `pod.configs` names; null when the ledger does not hold them. */
  readonly contents: (digest: string) => ConfigContents | null
  /** The environment of a container, expanded: `subPathExpr` needs it. */
  readonly environment: (container: string) => ReadonlyMap<string, string>
  /** A field of the pod by its path, and a container's resource, as downwardAPI volumes write them; throw VolumeError when unfit. */
  readonly field: (path: string) => string
  readonly resource: (container: string, resource: string, divisor: string) => string
}

/** Mounts by container name. The sandbox (`SANDBOX` of core/pod-form.ts) gets those that must outlive a container. */
export type PodMounts = ReadonlyMap<string, readonly RuntimeMount[]>

export interface PodVolumes {
  /**
   * Makes the pod's directories, engine volumes and configuration files, and tells each container's mounts; when they
   * are there already it changes nothing but configuration that differs. Errors: VolumeError, RuntimeError.
   */
  prepare(request: VolumeRequest): Promise<PodMounts>
  /** Swaps mounted configuration for the contents that `pod.configs` names now, each volume in one step. Errors: as prepare. */
  update(request: VolumeRequest): Promise<void>
  /** Removes all that `prepare` made; hostPath and claims stay. A pod that has nothing is no error. */
  remove(uid: PodUid): Promise<void>
  /** The pods that have something on disk. */
  list(): Promise<readonly PodUid[]>
}
