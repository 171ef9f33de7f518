/**
 * Whether a pod needs a sandbox container. One container at a time owns its network itself (its address is fixed by
 * the planner and survives restarts); several share a sandbox's, and so does one whose in-memory volume must outlive
 * it, because a tmpfs volume is lost when no container uses it (DESIGN 17).
 */
import type { Container, PodSpec } from '../../model/generated/kubernetes.js'
import { isSidecar } from '../../model/pod-resources.js'

export type PodForm = 'single' | 'sandbox'

/** The name under which the sandbox goes among a pod's containers: no manifest can use it, it is no DNS label. */
export const SANDBOX = '_sandbox'

/** Made locally by the agent; no registry is needed. */
export const SANDBOX_IMAGE = 'headway/sandbox:1'

/** The form a pod keeps for its life. */
export function podForm(spec: PodSpec): PodForm {
  const init = spec.initContainers ?? []
  if (spec.containers.length > 1 || init.some(isSidecar)) return 'sandbox'
  const inMemory = new Set((spec.volumes ?? []).filter((v) => v.emptyDir?.medium === 'Memory').map((v) => v.name))
  const users = [...init, ...spec.containers].filter((c) => c.volumeMounts?.some((mount) => inMemory.has(mount.name)))
  if (users.length === 0) return 'single'
  const outlives = users.length > 1 || (spec.restartPolicy ?? 'Always') !== 'Never'
  return outlives ? 'sandbox' : 'single'
}

export type ContainerType = 'sandbox' | 'init' | 'sidecar' | 'app'

/** What a container of a pod is. */
export function containerType(container: Container, isInit: boolean): 'init' | 'sidecar' | 'app' {
  if (!isInit) return 'app'
  return isSidecar(container) ? 'sidecar' : 'init'
}
