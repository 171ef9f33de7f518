/** Defaults of containers, probes and environment (Kubernetes: SetDefaults_Container, _Probe, _HTTPGetAction, _ObjectFieldSelector). */
import type {
  Container,
  EnvVar,
  HTTPGetAction,
  LifecycleHandler,
  Probe,
  SecurityContext,
} from '../generated/kubernetes.js'
import { mapped, mappedItems, without } from './mapped.js'

const TERMINATION_MESSAGE_PATH = '/dev/termination-log'

/** A container, init container or sidecar with its defaults; under `hostNetwork` a port's host port is its container port. */
export function defaultContainer(container: Container, hostNetwork: boolean): Container {
  let result: Container = {
    ...container,
    imagePullPolicy: container.imagePullPolicy ?? defaultPullPolicy(container.image ?? ''),
    terminationMessagePath: container.terminationMessagePath ?? TERMINATION_MESSAGE_PATH,
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
  }
  result = mappedItems(result, 'ports', (port) => ({
    ...port,
    ...(hostNetwork ? { hostPort: port.hostPort ?? port.containerPort } : {}),
    protocol: port.protocol ?? 'TCP',
  }))
  result = mappedItems(result, 'env', defaultVariable)
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    result = mapped(result, name, defaultProbe)
  result = mapped(result, 'lifecycle', (lifecycle) =>
    mapped(mapped(lifecycle, 'postStart', defaultHandler), 'preStop', defaultHandler),
  )
  result = mappedItems(result, 'volumeMounts', (mount) => {
    const isPrivate = mount.mountPropagation === 'None'
    const isPlain = mount.recursiveReadOnly === 'Disabled'
    return without(
      mount,
      ...(isPrivate ? (['mountPropagation'] as const) : []),
      ...(isPlain ? (['recursiveReadOnly'] as const) : []),
    )
  })
  const security = result.securityContext === undefined ? undefined : plainSecurity(result.securityContext)
  if (security === undefined || Object.keys(security).length === 0) return without(result, 'securityContext')
  return { ...result, securityContext: security }
}

/** Always for a tag that moves (`latest`, or none), else IfNotPresent (Kubernetes: SetDefaults_Container). */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent'
  const name = image.slice(image.lastIndexOf('/') + 1)
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

/** Defaults that are written out say nothing: they go, so that writing them restarts nothing (DESIGN 4). */
function plainSecurity(security: SecurityContext): SecurityContext {
  const isDefaultEscalation = security.allowPrivilegeEscalation === true
  const isDefaultProc = security.procMount === 'Default'
  return without(
    security,
    ...(isDefaultEscalation ? (['allowPrivilegeEscalation'] as const) : []),
    ...(isDefaultProc ? (['procMount'] as const) : []),
  )
}

function defaultVariable(variable: EnvVar): EnvVar {
  return mapped(variable, 'valueFrom', (from) => {
    const withField = mapped(from, 'fieldRef', (ref) => ({ ...ref, apiVersion: ref.apiVersion ?? 'v1' }))
    return mapped(withField, 'resourceFieldRef', withoutUnitDivisor)
  })
}

/** A divisor of 0 (what Kubernetes prints for none) or 1 divides nothing. */
export function withoutUnitDivisor<T extends { readonly divisor?: string }>(ref: T): T {
  return ref.divisor === '0' || ref.divisor === '1' ? without(ref, 'divisor') : ref
}

function defaultProbe(probe: Probe): Probe {
  return mapped(
    {
      ...probe,
      timeoutSeconds: probe.timeoutSeconds ?? 1,
      periodSeconds: probe.periodSeconds ?? 10,
      successThreshold: probe.successThreshold ?? 1,
      failureThreshold: probe.failureThreshold ?? 3,
    },
    'httpGet',
    defaultHttpGet,
  )
}

function defaultHandler(handler: LifecycleHandler): LifecycleHandler {
  return mapped(handler, 'httpGet', defaultHttpGet)
}

function defaultHttpGet(get: HTTPGetAction): HTTPGetAction {
  return { ...get, path: get.path ?? '/', scheme: get.scheme ?? 'HTTP' }
}
