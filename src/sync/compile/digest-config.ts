/**
 * ConfigMaps and Secrets by keyed digest: the core sees only HMACs, the values go to the vault. The key's name and the
 * object's are part of what is digested, so that equal passwords do not show as equal.
 */
import { createHmac } from 'node:crypto'
import { compareText } from '../../base/ordered.js'
import type { ConfigContent, Manifest } from '../../model/desired-state.js'
import type { ConfigContents } from '../../model/protocol.js'

export interface DigestedConfig {
  /**
   * Of a Secret: every value replaced by its digest, stringData merged into data, and without the annotation in which
   * `kubectl apply` keeps the values once more. Of a ConfigMap: as it is.
   */
  readonly manifest: Manifest
  readonly config: ConfigContent
  /** For the vault only. */
  readonly contents: ConfigContents
}

type Texts = Readonly<Record<string, string>> | undefined

/** The digests of a ConfigMap's or Secret's data, and its contents. */
export function digestConfig(manifest: Manifest, key: Uint8Array): DigestedConfig {
  const kind = manifest.kind === 'Secret' ? 'Secret' : 'ConfigMap'
  const data = kind === 'Secret' ? secretData(manifest) : configMapData(manifest)
  const secretType = kind === 'Secret' ? ((manifest as { type?: string }).type ?? 'Opaque') : ''
  const scope = `${kind}/${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`
  const keys = new Map<string, string>()
  for (const name of Object.keys(data).sort(compareText)) {
    keys.set(name, hmac(key, `value\0${scope}\0${name}\0${data[name]}`))
  }
  const whole = [...keys].map(([name, digest]) => `${name}=${digest}`).join('\0')
  const digest = hmac(key, `object\0${scope}\0${secretType}\0${whole}`)
  return {
    manifest: kind === 'Secret' ? withoutValues(manifest, keys) : manifest,
    config: { digest, keys },
    contents: { digest, kind, secretType, data },
  }
}

function secretData(manifest: Manifest): Record<string, string> {
  const { data, stringData } = manifest as { data?: Texts; stringData?: Texts }
  const merged: Record<string, string> = {}
  // Written out anew: base64 with line breaks means the same as without.
  for (const [name, value] of Object.entries(data ?? {})) merged[name] = Buffer.from(value, 'base64').toString('base64')
  for (const [name, value] of Object.entries(stringData ?? {})) merged[name] = Buffer.from(value).toString('base64')
  return merged
}

function configMapData(manifest: Manifest): Record<string, string> {
  const { data, binaryData } = manifest as { data?: Texts; binaryData?: Texts }
  const merged: Record<string, string> = {}
  for (const [name, value] of Object.entries(data ?? {})) merged[name] = Buffer.from(value).toString('base64')
  for (const [name, value] of Object.entries(binaryData ?? {})) {
    merged[name] = Buffer.from(value, 'base64').toString('base64')
  }
  return merged
}

/** It comes into a repository with what `kubectl get -o yaml` printed. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

function withoutValues(manifest: Manifest, keys: ReadonlyMap<string, string>): Manifest {
  const { stringData: _values, ...rest } = manifest as Manifest & { stringData?: unknown }
  return { ...rest, metadata: withoutLastApplied(manifest.metadata), data: Object.fromEntries(keys) } as Manifest
}

function withoutLastApplied(metadata: Manifest['metadata']): Manifest['metadata'] {
  if (metadata.annotations?.[LAST_APPLIED] === undefined) return metadata
  const { [LAST_APPLIED]: _applied, ...annotations } = metadata.annotations
  const { annotations: _all, ...others } = metadata
  return Object.keys(annotations).length === 0 ? others : { ...others, annotations }
}

function hmac(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}
