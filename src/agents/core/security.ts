/** Security contexts in the engine's words. Throws ConfigurationError for what the engine could not hold. */
import type { Container, PodSecurityContext, PodSpec, SecurityContext } from '../../model/generated/kubernetes.js'
import { ConfigurationError } from './environment.js'

export interface EngineSecurity {
  readonly user: string
  readonly groups: readonly number[]
  readonly readOnlyRoot: boolean
  readonly privileged: boolean
  readonly capabilitiesAdd: readonly string[]
  readonly capabilitiesDrop: readonly string[]
  readonly securityOptions: readonly string[]
}

/** What a container may do: its own security context over the pod's. `imageUser` is the image's configured user. */
export function engineSecurity(container: Container, spec: PodSpec, imageUser: string): EngineSecurity {
  const own: SecurityContext = container.securityContext ?? {}
  const pod: PodSecurityContext = spec.securityContext ?? {}
  const user = own.runAsUser ?? pod.runAsUser
  const group = own.runAsGroup ?? pod.runAsGroup
  if (own.runAsNonRoot ?? pod.runAsNonRoot ?? false) checkNonRoot(user, imageUser)
  const name = user === undefined ? (imageUser.split(':')[0] ?? '') : String(user)
  return {
    user: group === undefined ? (user === undefined ? '' : name) : `${name || '0'}:${group}`,
    groups: [...new Set([...(pod.supplementalGroups ?? []), ...(pod.fsGroup === undefined ? [] : [pod.fsGroup])])],
    readOnlyRoot: own.readOnlyRootFilesystem ?? false,
    privileged: own.privileged ?? false,
    capabilitiesAdd: capabilityNames(own.capabilities?.add),
    capabilitiesDrop: capabilityNames(own.capabilities?.drop),
    securityOptions: securityOptions(own, pod),
  }
}

function checkNonRoot(user: number | undefined, imageUser: string): void {
  if (user === 0) throw new ConfigurationError("container's runAsUser breaks non-root policy: set another runAsUser")
  if (user !== undefined) return
  const named = imageUser.split(':')[0] ?? ''
  if (named === '' || named === '0' || named === 'root')
    throw new ConfigurationError('container has runAsNonRoot and image will run as root: set runAsUser')
  if (!/^\d+$/.test(named))
    throw new ConfigurationError(
      `container has runAsNonRoot and image has non-numeric user (${named}), cannot verify user is non-root: set runAsUser`,
    )
}

/** Manifests write `ALL` and `all`, `NET_ADMIN` and `CAP_NET_ADMIN`. */
function capabilityNames(names: readonly string[] | undefined): string[] {
  return (names ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ''))
}

function securityOptions(own: SecurityContext, pod: PodSecurityContext): string[] {
  const options: string[] = []
  if (own.allowPrivilegeEscalation === false) options.push('no-new-privileges')
  const seccomp = own.seccompProfile ?? pod.seccompProfile
  if (seccomp?.type === 'Unconfined') options.push('seccomp=unconfined')
  if (seccomp?.type === 'Localhost')
    throw new ConfigurationError('seccompProfile type Localhost is not supported: use RuntimeDefault or Unconfined')
  const appArmor = own.appArmorProfile ?? pod.appArmorProfile
  if (appArmor?.type === 'Unconfined') options.push('apparmor=unconfined')
  if (appArmor?.type === 'Localhost') options.push(`apparmor=${appArmor.localhostProfile ?? ''}`)
  const selinux = { ...pod.seLinuxOptions, ...own.seLinuxOptions }
  for (const part of ['user', 'role', 'type', 'level'] as const) {
    if (selinux[part]) options.push(`label=${part}:${selinux[part]}`)
  }
  return options
}
