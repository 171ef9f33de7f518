/** The files of configMap, secret, downwardAPI and projected volumes, from the contents the assignment names. Pure. */
import type { DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection } from '../../model/generated/kubernetes.js'
import { VolumeError, type VolumeRequest } from '../pod-volumes.js'
import type { VolumeFile, VolumeFiles } from './atomic-writer.js'

const DEFAULT_MODE = 0o644

export interface GeneratedFiles {
  readonly files: VolumeFiles
  /** True when the files hold values of Secrets: they then stay in memory. */
  readonly isSecret: boolean
}

/** The files of a volume; null when the volume is not of a generated kind. Throws VolumeError for what is missing or refused. */
export function generatedFiles(volume: Volume, request: VolumeRequest): GeneratedFiles | null {
  const files = new Map<string, VolumeFile>()
  if (volume.configMap) {
    const { name = '', items, optional = false, defaultMode } = volume.configMap
    addConfig(files, request, { kind: 'ConfigMap', name, items, optional, mode: defaultMode ?? DEFAULT_MODE })
    return { files, isSecret: false }
  }
  if (volume.secret) {
    const { secretName: name = '', items, optional = false, defaultMode } = volume.secret
    addConfig(files, request, { kind: 'Secret', name, items, optional, mode: defaultMode ?? DEFAULT_MODE })
    return { files, isSecret: true }
  }
  if (volume.downwardAPI) {
    addDownward(files, request, volume.downwardAPI.items ?? [], volume.downwardAPI.defaultMode ?? DEFAULT_MODE)
    return { files, isSecret: false }
  }
  if (volume.projected) {
    const mode = volume.projected.defaultMode ?? DEFAULT_MODE
    const sources = volume.projected.sources ?? []
    for (const source of sources) addProjection(files, request, volume.name, source, mode)
    return { files, isSecret: sources.some((source) => source.secret !== undefined) }
  }
  return null
}

function addProjection(
  files: Map<string, VolumeFile>,
  request: VolumeRequest,
  volume: string,
  source: VolumeProjection,
  mode: number,
): void {
  const { configMap, secret, downwardAPI } = source
  if (configMap) {
    const { name = '', items, optional = false } = configMap
    addConfig(files, request, { kind: 'ConfigMap', name, items, optional, mode })
  } else if (secret) {
    const { name = '', items, optional = false } = secret
    addConfig(files, request, { kind: 'Secret', name, items, optional, mode })
  } else if (downwardAPI) addDownward(files, request, downwardAPI.items ?? [], mode)
  else {
    const kind = Object.keys(source)[0] ?? 'an empty source'
    const advice =
      kind === 'serviceAccountToken' ? '; there is no API server to use a token with: take the source out' : ''
    throw new VolumeError(`projected volume ${volume}: ${kind} is not carried out${advice}`)
  }
}

interface ConfigSource {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly items: readonly KeyToPath[] | undefined
  readonly optional: boolean
  readonly mode: number
}

function addConfig(files: Map<string, VolumeFile>, request: VolumeRequest, source: ConfigSource): void {
  const { kind, name, items, optional, mode } = source
  const assigned = request.pod.configs.find((config) => config.kind === kind && config.name === name)
  if (assigned === undefined || assigned.digest === null) {
    if (optional) return
    throw new VolumeError(`${kind.toLowerCase()} "${name}" not found`)
  }
  const contents = request.contents(assigned.digest)
  if (contents === null) throw new VolumeError(`the contents of ${kind.toLowerCase()} "${name}" have not arrived yet`)
  if (items === undefined) {
    for (const [key, value] of Object.entries(contents.data)) files.set(key, { content: decode(value), mode })
    return
  }
  for (const item of items) {
    const value = contents.data[item.key]
    if (value !== undefined) files.set(item.path, { content: decode(value), mode: item.mode ?? mode })
    else if (!optional) throw new VolumeError(`${kind.toLowerCase()} "${name}" has no key "${item.key}"`)
  }
}

function addDownward(
  files: Map<string, VolumeFile>,
  request: VolumeRequest,
  items: readonly DownwardAPIVolumeFile[],
  defaultMode: number,
): void {
  for (const item of items) {
    const mode = item.mode ?? defaultMode
    if (item.fieldRef) files.set(item.path, { content: Buffer.from(request.field(item.fieldRef.fieldPath)), mode })
    else if (item.resourceFieldRef) {
      const { containerName = '', resource, divisor = '0' } = item.resourceFieldRef
      files.set(item.path, { content: Buffer.from(request.resource(containerName, resource, divisor)), mode })
    } else throw new VolumeError(`downward API file "${item.path}" names neither a field nor a resource`)
  }
}

function decode(base64: string): Uint8Array {
  return Buffer.from(base64, 'base64')
}
