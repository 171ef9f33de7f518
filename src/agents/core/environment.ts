/**
 * A container's environment as Kubernetes makes it: envFrom in order (later wins, names that are no variable names are
 * skipped), then env in order, each value expanded with what came before it; a field or resource of the pod in
 * between. Configuration values come from a function: the core itself holds digests only (DESIGN 18).
 */
import type { AssignedPod } from '../../model/assignment.js'
import type { Container, EnvFromSource, EnvVarSource } from '../../model/generated/kubernetes.js'
import { containerRequests, parseAmounts } from '../../model/pod-resources.js'
import { parseMilli, parseUnits } from '../../model/quantity.js'

/** The configuration a container needs is missing or unfit: reason CreateContainerConfigError. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** The values of a ConfigMap or Secret as text by key; null when the object is absent. */
export type ConfigLookup = (kind: 'ConfigMap' | 'Secret', name: string) => Readonly<Record<string, string>> | null

/** What a pod may ask of its node. */
export interface NodeContext {
  readonly name: string
  readonly address: string
  /** Limits that a container leaves open are the node's allocatable. */
  readonly allocatable: {
    readonly cpuMilli: number
    readonly memoryBytes: number
    readonly ephemeralStorageBytes: number
  }
}

const VARIABLE_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

/** Name to value, in the order of first definition. Throws ConfigurationError. */
export function makeEnvironment(
  pod: AssignedPod,
  container: Container,
  node: NodeContext,
  lookup: ConfigLookup,
): ReadonlyMap<string, string> {
  const environment = new Map<string, string>()
  for (const source of container.envFrom ?? []) takeAll(environment, source, lookup)
  for (const variable of container.env ?? []) {
    let value = expandVariables(variable.value ?? '', environment)
    if (!variable.value && variable.valueFrom) {
      const found = readSource(pod, container, variable.name, variable.valueFrom, node, lookup)
      if (found === null) continue
      value = found
    }
    environment.set(variable.name, value)
  }
  return environment
}

function takeAll(environment: Map<string, string>, source: EnvFromSource, lookup: ConfigLookup): void {
  const kind = source.configMapRef !== undefined ? 'ConfigMap' : 'Secret'
  const from = source.configMapRef ?? source.secretRef
  if (from?.name === undefined) return
  const values = lookup(kind, from.name)
  if (values === null) {
    if (from.optional) return
    throw new ConfigurationError(`${kind.toLowerCase()} "${from.name}" not found: add it to the repository`)
  }
  for (const [key, value] of Object.entries(values)) {
    const name = `${source.prefix ?? ''}${key}`
    if (VARIABLE_NAME.test(name)) environment.set(name, value)
  }
}

/** Null: an optional value that is absent, so the variable is left out. */
function readSource(
  pod: AssignedPod,
  container: Container,
  variable: string,
  source: EnvVarSource,
  node: NodeContext,
  lookup: ConfigLookup,
): string | null {
  if (source.configMapKeyRef) return readKey('ConfigMap', source.configMapKeyRef, lookup)
  if (source.secretKeyRef) return readKey('Secret', source.secretKeyRef, lookup)
  if (source.fieldRef) return readField(pod, node, source.fieldRef.fieldPath)
  if (source.resourceFieldRef) {
    const { containerName, resource, divisor } = source.resourceFieldRef
    return readResource(pod, node, containerName || container.name, resource, String(divisor ?? '1'))
  }
  throw new ConfigurationError(
    `environment variable ${variable}: this valueFrom is not supported; use a key, field or resource`,
  )
}

function readKey(
  kind: 'ConfigMap' | 'Secret',
  from: { readonly name?: string; readonly key: string; readonly optional?: boolean },
  lookup: ConfigLookup,
): string | null {
  const values = from.name === undefined ? null : lookup(kind, from.name)
  if (values !== null && Object.hasOwn(values, from.key)) return values[from.key]!
  if (from.optional) return null
  const object = `${kind.toLowerCase()} "${from.name}"`
  throw new ConfigurationError(
    values === null
      ? `${object} not found: add it to the repository`
      : `couldn't find key ${from.key} in ${object}: add the key, or mark the reference optional`,
  )
}

const QUOTED = /^metadata\.(labels|annotations)\['([^']+)'\]$/

/** A field of the pod by its path, as downward API writes it. Throws ConfigurationError for a path there is none for. */
export function readField(pod: AssignedPod, node: NodeContext, path: string): string {
  const quoted = QUOTED.exec(path)
  if (quoted !== null) return pod[quoted[1] as 'labels' | 'annotations'][quoted[2]!] ?? ''
  switch (path) {
    case 'metadata.name':
      return pod.name
    case 'metadata.namespace':
      return pod.namespace
    case 'metadata.uid':
      return pod.uid
    case 'metadata.labels':
      return formatPairs(pod.labels)
    case 'metadata.annotations':
      return formatPairs(pod.annotations)
    case 'spec.nodeName':
      return node.name
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default'
    case 'status.hostIP':
    case 'status.hostIPs':
      return node.address
    case 'status.podIP':
    case 'status.podIPs':
      return pod.address
    default:
      throw new ConfigurationError(`fieldPath ${path} is not a field that a pod can read`)
  }
}

/** One `key="escaped value"` a line, sorted, as a downwardAPI volume shows labels. */
function formatPairs(pairs: Readonly<Record<string, string>>): string {
  return Object.keys(pairs)
    .sort()
    .map((key) => `${key}=${JSON.stringify(pairs[key])}`)
    .join('\n')
}

/** A container's request or limit divided by the divisor, rounded up. Throws ConfigurationError. */
export function readResource(
  pod: AssignedPod,
  node: NodeContext,
  containerName: string,
  resource: string,
  divisor: string,
): string {
  const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((c) => c.name === containerName)
  if (container === undefined)
    throw new ConfigurationError(`resourceFieldRef: the pod has no container named ${containerName}`)
  const [list, name = ''] = splitOnce(resource)
  const allocatable: Readonly<Record<string, number>> = {
    cpu: node.allocatable.cpuMilli,
    memory: node.allocatable.memoryBytes,
    'ephemeral-storage': node.allocatable.ephemeralStorageBytes,
  }
  if ((list !== 'limits' && list !== 'requests') || (!(name in allocatable) && !name.startsWith('hugepages-')))
    throw new ConfigurationError(`resourceFieldRef: ${resource} is not a resource that a pod can read`)
  const amounts = list === 'limits' ? parseAmounts(container.resources?.limits) : containerRequests(container.resources)
  const amount = amounts[name] || (list === 'limits' ? allocatable[name] : 0) || 0
  const unit = (name === 'cpu' ? parseMilli : parseUnits)(divisor === '0' || divisor === '' ? '1' : divisor)
  return String(Math.ceil(amount / unit))
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('.')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/**
 * `$(NAME)` becomes the variable's value; one that is not known stays as written, and `$$` is a dollar sign, so that
 * `$$(NAME)` is the text `$(NAME)`.
 */
export function expandVariables(text: string, environment: ReadonlyMap<string, string>): string {
  if (!text.includes('$')) return text
  let out = ''
  let at = 0
  while (at < text.length) {
    const dollar = text.indexOf('$', at)
    if (dollar < 0 || dollar + 1 >= text.length) return out + text.slice(at)
    out += text.slice(at, dollar)
    const next = text[dollar + 1]
    const end = next === '(' ? text.indexOf(')', dollar + 2) : -1
    if (next === '$') {
      out += '$'
      at = dollar + 2
    } else if (end >= 0) {
      out += environment.get(text.slice(dollar + 2, end)) ?? text.slice(dollar, end + 1)
      at = end + 1
    } else {
      out += `$${next}`
      at = dollar + 2
    }
  }
  return out
}
