/**
 * The identity of a pod template revision. Taken over the defaulted template in canonical form, so that comments,
 * order, and defaults written out change nothing (DESIGN 4); and over the digests of configuration that a container
 * reads only at its start (DESIGN 16).
 */
import { stableHash } from '../base/hash.js'
import type { PodTemplateSpec } from './generated/kubernetes.js'

/** Goes into the hash's text: a new version is a new prefix, and all live versions are computed side by side. */
export const TEMPLATE_HASH_VERSION = 'v1'

/** Digests by `Kind/name/key`; null for an optional object that is absent. */
export type EnvironmentDigests = Readonly<Record<string, string | null>>

/** `v1-` and 32 hexadecimal digits. */
export function templateHash(template: PodTemplateSpec, environment: EnvironmentDigests): string {
  const { labels, annotations } = template.metadata ?? {}
  const text = { labels: labels ?? {}, annotations: annotations ?? {}, spec: template.spec, environment }
  return `${TEMPLATE_HASH_VERSION}-${stableHash(text)}`
}
