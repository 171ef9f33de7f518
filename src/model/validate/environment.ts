/** Environment of containers (Kubernetes: ValidateEnv, validateEnvFrom). A name given twice is allowed: the last one wins. */
import type {
  Container,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../generated/kubernetes.js'
import { checkConfigKey, checkQualifiedName, checkSubdomain, checkVariableName } from './names.js'
import { eachItem, forbidden, invalid, type Report, required, unsupported } from './report.js'

const ENVIRONMENT_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
const SUBSCRIPT = /^metadata\.(labels|annotations)\['(.*)'\]$/
const RESOURCE = /^(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-.+)$/
const CPU_DIVISORS = new Set(['0', '1', '1m'])
const BYTE_DIVISORS = new Set(['0', '1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'])
const SOURCES = ['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef'] as const

export function validateEnvironment(container: Container, report: Report): void {
  eachItem(report.at('env'), container.env, validateVariable)
  eachItem(report.at('envFrom'), container.envFrom, validateFrom)
}

function validateVariable(variable: EnvVar, report: Report): void {
  if (variable.name === '') report.add(required(), 'name')
  else {
    const why = checkVariableName(variable.name)
    if (why !== null) report.add(invalid(variable.name, why), 'name')
  }
  if (variable.valueFrom === undefined) return
  const at = report.at('valueFrom')
  const given = SOURCES.filter((source) => variable.valueFrom?.[source] !== undefined)
  if (given.length === 0) at.add(required(`must specify one of ${SOURCES.join(', ')}`))
  if (given.length > 1) at.add(forbidden('may not have more than one field specified at a time'))
  if (variable.value !== undefined && variable.value !== '')
    at.add(forbidden('may not be specified when `value` is not empty'))
  validateSource(variable.valueFrom, at)
}

function validateSource(source: EnvVarSource, report: Report): void {
  if (source.configMapKeyRef !== undefined) validateKeyRef(source.configMapKeyRef, report.at('configMapKeyRef'))
  if (source.secretKeyRef !== undefined) validateKeyRef(source.secretKeyRef, report.at('secretKeyRef'))
  if (source.fieldRef !== undefined) validateFieldRef(source.fieldRef, 'environment', report.at('fieldRef'))
  if (source.resourceFieldRef !== undefined) validateResourceRef(source.resourceFieldRef, report.at('resourceFieldRef'))
}

function validateKeyRef(ref: { readonly name?: string; readonly key: string }, report: Report): void {
  if (!ref.name) report.add(required(), 'name')
  else {
    const why = checkSubdomain(ref.name)
    if (why !== null) report.add(invalid(ref.name, why), 'name')
  }
  if (ref.key === '') report.add(required(), 'key')
  else {
    const why = checkConfigKey(ref.key)
    if (why !== null) report.add(invalid(ref.key, why), 'key')
  }
}

/** A field of the pod itself; volumes may take whole label sets, the environment may take addresses. */
export function validateFieldRef(ref: ObjectFieldSelector, use: 'environment' | 'volume', report: Report): void {
  if (ref.fieldPath === '') {
    report.add(required(), 'fieldPath')
    return
  }
  if (ref.apiVersion !== undefined && ref.apiVersion !== 'v1')
    report.add(unsupported(ref.apiVersion, ['v1']), 'apiVersion')
  const subscript = SUBSCRIPT.exec(ref.fieldPath)
  if (subscript !== null) {
    const why = checkQualifiedName(subscript[1] === 'labels' ? subscript[2]! : subscript[2]!.toLowerCase())
    if (why !== null) report.add(invalid(ref.fieldPath, why), 'fieldPath')
    return
  }
  const fields = use === 'environment' ? ENVIRONMENT_FIELDS : VOLUME_FIELDS
  if (!fields.includes(ref.fieldPath)) report.add(unsupported(ref.fieldPath, fields), 'fieldPath')
}

/** A request or limit of a container. */
export function validateResourceRef(ref: ResourceFieldSelector, report: Report): void {
  if (ref.resource === '') {
    report.add(required(), 'resource')
    return
  }
  if (!RESOURCE.test(ref.resource)) {
    report.add(
      unsupported(ref.resource, [
        'limits.cpu',
        'limits.memory',
        'limits.ephemeral-storage',
        'requests.cpu',
        'requests.memory',
        'requests.ephemeral-storage',
      ]),
      'resource',
    )
    return
  }
  if (ref.divisor === undefined) return
  const divisors = ref.resource.endsWith('.cpu') ? CPU_DIVISORS : BYTE_DIVISORS
  if (!divisors.has(ref.divisor))
    report.add(invalid(ref.divisor, `unsupported divisor: use one of ${[...divisors].slice(1).join(', ')}`), 'divisor')
}

function validateFrom(source: EnvFromSource, report: Report): void {
  if (source.prefix !== undefined && source.prefix !== '') {
    const why = checkVariableName(source.prefix)
    if (why !== null) report.add(invalid(source.prefix, why), 'prefix')
  }
  const { configMapRef, secretRef } = source
  if (configMapRef === undefined && secretRef === undefined)
    report.add(required('must specify one of: `configMapRef` or `secretRef`'))
  if (configMapRef !== undefined && secretRef !== undefined)
    report.add(forbidden('may not have more than one field specified at a time'))
  if (configMapRef !== undefined && !configMapRef.name) report.add(required(), 'configMapRef', 'name')
  if (secretRef !== undefined && !secretRef.name) report.add(required(), 'secretRef', 'name')
}
