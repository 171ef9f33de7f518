/** Defaults of a pod's volumes (Kubernetes: SetDefaults_Volume and those of its sources). */
import type {
  DownwardAPIVolumeFile,
  PersistentVolumeClaimSpec,
  Volume,
  VolumeProjection,
} from '../generated/kubernetes.js'
import { defaultPullPolicy, withoutUnitDivisor } from './container-defaults.js'
import { mapped, mappedItems } from './mapped.js'

/** 0644, the mode of files made from configuration. */
const FILE_MODE = 0o644
const TOKEN_SECONDS = 3600

/** A volume with its defaults; one without any source is an emptyDir. */
export function defaultVolume(volume: Volume): Volume {
  if (Object.keys(volume).length === 1) return { ...volume, emptyDir: {} }
  let result = volume
  result = mapped(result, 'configMap', (source) => ({ ...source, defaultMode: source.defaultMode ?? FILE_MODE }))
  result = mapped(result, 'secret', (source) => ({ ...source, defaultMode: source.defaultMode ?? FILE_MODE }))
  result = mapped(result, 'downwardAPI', (source) =>
    mappedItems({ ...source, defaultMode: source.defaultMode ?? FILE_MODE }, 'items', defaultFile),
  )
  result = mapped(result, 'projected', (source) =>
    mappedItems({ ...source, defaultMode: source.defaultMode ?? FILE_MODE }, 'sources', defaultProjection),
  )
  result = mapped(result, 'ephemeral', (source) =>
    mapped(source, 'volumeClaimTemplate', (template) => mapped(template, 'spec', defaultClaimSpec)),
  )
  return mapped(result, 'image', (source) => ({
    ...source,
    pullPolicy: source.pullPolicy ?? defaultPullPolicy(source.reference ?? ''),
  }))
}

export function defaultClaimSpec(spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  return { ...spec, volumeMode: spec.volumeMode ?? 'Filesystem' }
}

function defaultProjection(projection: VolumeProjection): VolumeProjection {
  const withFiles = mapped(projection, 'downwardAPI', (source) => mappedItems(source, 'items', defaultFile))
  return mapped(withFiles, 'serviceAccountToken', (token) => ({
    ...token,
    expirationSeconds: token.expirationSeconds ?? TOKEN_SECONDS,
  }))
}

function defaultFile(file: DownwardAPIVolumeFile): DownwardAPIVolumeFile {
  const withField = mapped(file, 'fieldRef', (ref) => ({ ...ref, apiVersion: ref.apiVersion ?? 'v1' }))
  return mapped(withField, 'resourceFieldRef', withoutUnitDivisor)
}
