/**
 * What the volumes that a pod's claims are bound to say of nodes (Kubernetes: semantics §3.2, VolumeBinding and VolumeZone): the
 * node affinity of a PersistentVolume, and its zone and region labels. A claim is bound to the volume that it names, or that
 * names it. Claims that are not bound say nothing here: what is not carried out yet waits on `unsupported`.
 */
import { stableHash } from '../base/hash.js'
import type { DesiredState } from '../model/desired-state.js'
import type { PersistentVolume, PersistentVolumeClaim, PodSpec } from '../model/generated/kubernetes.js'
import { makeKey } from '../model/keys.js'
import { VOLUME_ZONE_LABELS } from './scheduler/filters/volume-zone.js'
import type { ScheduleRequest, VolumeZone } from './scheduler/request.js'

/** Between the zones of a volume that is in several. */
const SEPARATOR = '__'

interface Volumes {
  readonly desired: DesiredState
  /** Volumes by the claim that they name, as `namespace/name`. */
  readonly byClaim: ReadonlyMap<string, PersistentVolume>
  readonly requests: WeakMap<ScheduleRequest, ScheduleRequest>
}

const volumesOf = new WeakMap<DesiredState, Volumes>()

/** The request of pods with this spec, with what their bound volumes ask; the same one when they have none. */
export function withVolumes(desired: DesiredState | null, spec: PodSpec, request: ScheduleRequest): ScheduleRequest {
  const claims = claimNames(spec)
  if (desired === null || claims.length === 0) return request
  const volumes = readVolumes(desired)
  let bound = volumes.requests.get(request)
  if (bound === undefined) {
    bound = bind(
      request,
      claims.flatMap((name) => boundVolume(volumes, request.namespace, name) ?? []),
    )
    volumes.requests.set(request, bound)
  }
  return bound
}

function claimNames({ volumes = [] }: PodSpec): string[] {
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
}

function readVolumes(desired: DesiredState): Volumes {
  let volumes = volumesOf.get(desired)
  if (volumes !== undefined) return volumes
  const byClaim = new Map<string, PersistentVolume>()
  for (const { kind, manifest } of desired.objects.values()) {
    if (kind !== 'PersistentVolume') continue
    const volume = manifest as PersistentVolume
    const { namespace, name } = volume.spec?.claimRef ?? {}
    if (name !== undefined) byClaim.set(`${namespace ?? ''}/${name}`, volume)
  }
  volumes = { desired, byClaim, requests: new WeakMap() }
  volumesOf.set(desired, volumes)
  return volumes
}

/** Null for a claim that is not there, or not bound; a volume that names another claim is not this one's. */
function boundVolume({ desired, byClaim }: Volumes, namespace: string, name: string): PersistentVolume | null {
  const claim = desired.objects.get(makeKey('PersistentVolumeClaim', namespace, name))?.manifest as
    | PersistentVolumeClaim
    | undefined
  if (claim === undefined) return null
  const volumeName = claim.spec?.volumeName ?? ''
  if (volumeName === '') return byClaim.get(`${namespace}/${name}`) ?? null
  const volume = desired.objects.get(makeKey('PersistentVolume', '', volumeName))?.manifest as
    | PersistentVolume
    | undefined
  const named = volume?.spec?.claimRef
  if (volume === undefined) return null
  return named === undefined || (named.namespace === namespace && named.name === name) ? volume : null
}

function bind(request: ScheduleRequest, volumes: readonly PersistentVolume[]): ScheduleRequest {
  const volumeTerms = volumes.flatMap(({ spec }) => {
    const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms
    return terms === undefined ? [] : [terms]
  })
  const volumeZones = volumes.flatMap(zonesOf)
  if (volumeTerms.length + volumeZones.length === 0) return request
  const classKey = stableHash({ classKey: request.classKey, volumeTerms, volumeZones })
  return { ...request, classKey, volumeTerms, volumeZones }
}

function zonesOf({ metadata }: PersistentVolume): VolumeZone[] {
  return VOLUME_ZONE_LABELS.flatMap((key) => {
    const value = metadata?.labels?.[key]
    return value === undefined ? [] : [{ key, values: value.split(SEPARATOR) }]
  })
}
