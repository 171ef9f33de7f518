/**
 * Which ConfigMaps and Secrets a pod template takes, and how. What is mounted follows the commit in place; what comes
 * in through the environment or a subPath is fixed at the container's start, so a change of it rolls the workload (DESIGN 16).
 */
import type { Container, PodSpec, Volume } from './generated/kubernetes.js'

export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  /** A single key, or `*` for the whole object. */
  readonly key: string
  readonly optional: boolean
  /** `environment`: read once at start (env, envFrom, subPath); `mount`: swapped in place; `pull`: image pull secret. */
  readonly use: 'environment' | 'mount' | 'pull'
}

/** Every reference of a pod spec, in the spec's order, duplicates kept. */
export function configReferences(spec: PodSpec): ConfigReference[] {
  const references: ConfigReference[] = []
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]))
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    references.push(...environmentReferences(container))
    for (const mount of container.volumeMounts ?? []) {
      const volume = volumes.get(mount.name)
      if (volume === undefined || (!mount.subPath && !mount.subPathExpr)) continue
      for (const reference of volumeReferences(volume)) references.push({ ...reference, use: 'environment' })
    }
  }
  for (const volume of volumes.values()) references.push(...volumeReferences(volume))
  for (const secret of spec.imagePullSecrets ?? []) {
    if (secret.name) references.push({ kind: 'Secret', name: secret.name, key: '*', optional: true, use: 'pull' })
  }
  return references
}

function environmentReferences(container: Container): ConfigReference[] {
  const references: ConfigReference[] = []
  const take = (
    kind: ConfigReference['kind'],
    from: { readonly name?: string; readonly optional?: boolean } | undefined,
    key: string,
  ): void => {
    if (from?.name)
      references.push({ kind, name: from.name, key, optional: from.optional ?? false, use: 'environment' })
  }
  for (const source of container.envFrom ?? []) {
    take('ConfigMap', source.configMapRef, '*')
    take('Secret', source.secretRef, '*')
  }
  for (const variable of container.env ?? []) {
    const from = variable.valueFrom
    if (from?.configMapKeyRef) take('ConfigMap', from.configMapKeyRef, from.configMapKeyRef.key)
    if (from?.secretKeyRef) take('Secret', from.secretKeyRef, from.secretKeyRef.key)
  }
  return references
}

function volumeReferences(volume: Volume): ConfigReference[] {
  const references: ConfigReference[] = []
  const take = (kind: ConfigReference['kind'], name: string | undefined, optional: boolean | undefined): void => {
    if (name) references.push({ kind, name, key: '*', optional: optional ?? false, use: 'mount' })
  }
  if (volume.configMap) take('ConfigMap', volume.configMap.name, volume.configMap.optional)
  if (volume.secret) take('Secret', volume.secret.secretName, volume.secret.optional)
  for (const source of volume.projected?.sources ?? []) {
    if (source.configMap) take('ConfigMap', source.configMap.name, source.configMap.optional)
    if (source.secret) take('Secret', source.secret.name, source.secret.optional)
  }
  return references
}
