/**
 * A pod's volumes on disk and in memory, and the mounts its containers get. All of it lies below one folder a pod,
 * named by the uid, so that clearing up needs no record:
 *
 *     DIRECTORY/UID/empty/VOLUME          emptyDir
 *     DIRECTORY/UID/files/VOLUME          configMap, downwardAPI, projected without secrets
 *     DIRECTORY/UID/sub/CONTAINER/N       bound subPaths
 *     DIRECTORY/UID/engine/VOLUME         a mark for an engine volume (emptyDir in memory)
 *     MEMORY/UID/VOLUME                   secret, projected with secrets
 */
import * as fs from 'node:fs/promises'
import path from 'node:path'
import type { PodUid } from '../../model/assignment.js'
import type { EmptyDirVolumeSource, Volume } from '../../model/generated/kubernetes.js'
import { parseUnits } from '../../model/quantity.js'
import { LABEL_CLUSTER, LABEL_POD_UID } from '../core/container-names.js'
import { type PodVolumes, VolumeError, type VolumeRequest } from '../pod-volumes.js'
import type { Runtime } from '../runtime.js'
import { writeAtomically } from './atomic-writer.js'
import { generatedFiles } from './generated-files.js'
import { prepareHostPath } from './host-path.js'
import { ensureMemoryFolder } from './memory-folder.js'
import { unmountBelow } from './mount-table.js'
import { type PreparedVolume, podMounts } from './volume-mounts.js'

export interface PodVolumesOptions {
  /** Below the agent's own folder: `.headway/agent/volumes`. */
  readonly directory: string
  /** On a tmpfs, or a place where one can be mounted: `/run/headway/CLUSTER/secrets`. */
  readonly memoryDirectory: string
  readonly clusterId: string
  readonly runtime: Pick<Runtime, 'ensureVolume' | 'removeVolume'>
}

/** Opens the volumes adapter. Nothing is made before the first `prepare`. */
export function openPodVolumes(options: PodVolumesOptions): PodVolumes {
  const podFolder = (uid: PodUid): string => path.join(options.directory, safeUid(uid))
  return {
    prepare: async (request) => {
      const { spec, uid } = request.pod
      await fs.mkdir(podFolder(uid), { recursive: true, mode: 0o700 })
      const prepared = new Map<string, PreparedVolume>()
      for (const volume of spec.volumes ?? []) prepared.set(volume.name, await prepareVolume(options, request, volume))
      return podMounts(podFolder(uid), request, prepared)
    },
    update: async (request) => {
      for (const volume of request.pod.spec.volumes ?? []) await writeGenerated(options, request, volume)
    },
    remove: (uid) => removePod(options, podFolder(uid), uid),
    list: async () => {
      try {
        const entries = await fs.readdir(options.directory, { withFileTypes: true })
        return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    },
  }
}

/** A uid names a folder: it must be one. */
function safeUid(uid: PodUid): string {
  if (!/^[0-9a-zA-Z-]+$/.test(uid)) throw new VolumeError(`not a pod's uid: ${uid}`)
  return uid
}

async function prepareVolume(
  options: PodVolumesOptions,
  request: VolumeRequest,
  volume: Volume,
): Promise<PreparedVolume> {
  const generated = await writeGenerated(options, request, volume)
  if (generated !== null) return { kind: 'generated', source: generated }
  if (volume.hostPath) {
    await prepareHostPath(volume.name, volume.hostPath.path, volume.hostPath.type ?? '')
    return { kind: 'folder', source: volume.hostPath.path }
  }
  if (volume.emptyDir) {
    return volume.emptyDir.medium === 'Memory'
      ? prepareMemoryVolume(options, request, volume.name, volume.emptyDir)
      : { kind: 'folder', source: await prepareEmptyDir(options, request, volume.name) }
  }
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'a volume without a source'
  throw new VolumeError(
    `volume ${volume.name}: ${kind} is not carried out on Docker hosts yet; use emptyDir or hostPath`,
  )
}

/** The folder of a generated volume, with its files up to date; null when the volume is of another kind. */
async function writeGenerated(
  options: PodVolumesOptions,
  request: VolumeRequest,
  volume: Volume,
): Promise<string | null> {
  const generated = generatedFiles(volume, request)
  if (generated === null) return null
  const { uid } = request.pod
  if (generated.isSecret) await ensureMemoryFolder(options.memoryDirectory)
  const folder = generated.isSecret
    ? path.join(options.memoryDirectory, safeUid(uid), volume.name)
    : path.join(options.directory, safeUid(uid), 'files', volume.name)
  await writeAtomically(folder, generated.files, fsGroup(request))
  return folder
}

function fsGroup(request: VolumeRequest): number | null {
  return request.pod.spec.securityContext?.fsGroup ?? null
}

/** Mode 0777 as in Kubernetes; with fsGroup it belongs to the group, and so does what is made inside. */
async function prepareEmptyDir(options: PodVolumesOptions, request: VolumeRequest, name: string): Promise<string> {
  const folder = path.join(options.directory, safeUid(request.pod.uid), 'empty', name)
  try {
    await fs.access(folder)
    // What the pod did to its own folder since stays.
    return folder
  } catch {
    // Made under another name first, so that a crash leaves none with the wrong owner.
  }
  const fresh = `${folder}..new`
  await fs.mkdir(fresh, { recursive: true })
  const group = fsGroup(request)
  if (group !== null) await fs.chown(fresh, -1, group)
  await fs.chmod(fresh, group === null ? 0o777 : 0o2777)
  await fs.rename(fresh, folder)
  return folder
}

async function prepareMemoryVolume(
  options: PodVolumesOptions,
  request: VolumeRequest,
  name: string,
  source: EmptyDirVolumeSource,
): Promise<PreparedVolume> {
  const { uid } = request.pod
  const group = fsGroup(request)
  const parts = [
    ...(source.sizeLimit === undefined ? [] : [`size=${parseUnits(source.sizeLimit)}`]),
    ...(group === null ? ['mode=0777'] : ['mode=2777', `gid=${group}`]),
  ]
  const engineName = engineVolumeName(options, uid, name)
  await fs.mkdir(path.join(options.directory, safeUid(uid), 'engine', name), { recursive: true })
  const labels = { [LABEL_CLUSTER]: options.clusterId, [LABEL_POD_UID]: uid }
  await options.runtime.ensureVolume(engineName, { type: 'tmpfs', device: 'tmpfs', o: parts.join(',') }, labels)
  return { kind: 'engine', source: engineName }
}

function engineVolumeName(options: PodVolumesOptions, uid: PodUid, volume: string): string {
  return `headway-${options.clusterId}-${uid}-${volume}`
}

async function removePod(options: PodVolumesOptions, podFolder: string, uid: PodUid): Promise<void> {
  // First what may be another's: nothing is deleted through a mount.
  await unmountBelow(podFolder)
  for (const name of await namesIn(path.join(podFolder, 'engine')))
    await options.runtime.removeVolume(engineVolumeName(options, uid, name))
  await fs.rm(path.join(options.memoryDirectory, safeUid(uid)), { recursive: true, force: true })
  await fs.rm(podFolder, { recursive: true, force: true })
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(folder)
  } catch {
    return []
  }
}
