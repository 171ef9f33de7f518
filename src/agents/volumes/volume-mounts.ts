/** The mounts of a pod's containers, from its prepared volumes: subPaths, propagation, and what the sandbox holds. */
import path from 'node:path'
import type { Container, VolumeMount } from '../../model/generated/kubernetes.js'
import { SANDBOX } from '../core/pod-form.js'
import { type PodMounts, VolumeError, type VolumeRequest } from '../pod-volumes.js'
import type { RuntimeMount } from '../runtime.js'
import { bindSubPath, checkSubPath, expandSubPath, resolveOwnSubPath } from './sub-path.js'

/** Where a prepared volume is. `generated`: only the agent writes it. */
export interface PreparedVolume {
  readonly kind: 'generated' | 'folder' | 'engine'
  /** A path on the host, or an engine volume's name. */
  readonly source: string
}

/** Mounts by container, binding subPaths below `podFolder`. Throws VolumeError. */
export async function podMounts(
  podFolder: string,
  request: VolumeRequest,
  prepared: ReadonlyMap<string, PreparedVolume>,
): Promise<PodMounts> {
  const mounts = new Map<string, readonly RuntimeMount[]>()
  const { spec } = request.pod
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const own: RuntimeMount[] = []
    for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
      const volume = prepared.get(mount.name)
      if (volume === undefined)
        throw new VolumeError(`container ${container.name} mounts ${mount.name}, which is no volume of the pod`)
      const subFolder = path.join(podFolder, 'sub', container.name, String(index))
      own.push(await containerMount(request, container, mount, volume, subFolder))
    }
    mounts.set(container.name, own)
  }
  mounts.set(SANDBOX, sandboxMounts(prepared))
  return mounts
}

/** The sandbox holds what lives in memory, which would be lost when no container uses it. */
function sandboxMounts(prepared: ReadonlyMap<string, PreparedVolume>): RuntimeMount[] {
  const mounts: RuntimeMount[] = []
  for (const [name, volume] of prepared) {
    if (volume.kind !== 'engine') continue
    const target = `/volumes/${name}`
    mounts.push({ type: 'volume', source: volume.source, target, readOnly: false, propagation: '', sizeBytes: null })
  }
  return mounts
}

async function containerMount(
  request: VolumeRequest,
  container: Container,
  mount: VolumeMount,
  volume: PreparedVolume,
  subFolder: string,
): Promise<RuntimeMount> {
  const subPath = mount.subPathExpr
    ? expandSubPath(mount.subPathExpr, request.environment(container.name))
    : (mount.subPath ?? '')
  checkSubPath(subPath)
  const base = { target: mount.mountPath, propagation: propagation(mount), sizeBytes: null } as const
  if (volume.kind === 'engine') {
    if (subPath !== '')
      throw new VolumeError(
        `container ${container.name}: subPath of ${mount.name}, an emptyDir in memory, is not carried out; mount it whole`,
      )
    return { ...base, type: 'volume', source: volume.source, readOnly: mount.readOnly ?? false, propagation: '' }
  }
  // As in Kubernetes, configuration is never writable.
  if (volume.kind === 'generated') {
    const source = subPath === '' ? volume.source : resolveOwnSubPath(volume.source, subPath)
    return { ...base, type: 'bind', source, readOnly: true }
  }
  if (subPath === '') return { ...base, type: 'bind', source: volume.source, readOnly: mount.readOnly ?? false }
  await bindSubPath(volume.source, subPath, subFolder)
  return { ...base, type: 'bind', source: subFolder, readOnly: mount.readOnly ?? false }
}

function propagation(mount: VolumeMount): RuntimeMount['propagation'] {
  if (mount.mountPropagation === 'HostToContainer') return 'rslave'
  return mount.mountPropagation === 'Bidirectional' ? 'rshared' : 'rprivate'
}
