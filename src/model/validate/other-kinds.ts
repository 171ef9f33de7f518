/** Kinds with few rules of their own, or that are not carried out yet: what would surely never work is refused now. */
import type {
  HTTPIngressPath,
  Ingress,
  LabelSelector,
  NetworkPolicy,
  Node,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PriorityClass,
  V2HorizontalPodAutoscaler,
} from '../generated/kubernetes.js'
import { checkSubdomain, checkWildcardSubdomain } from './names.js'
import { isOverHundredPercent, validateCountOrPercent, validatePortNumber } from './ranges.js'
import { eachItem, forbidden, invalid, type Report, required } from './report.js'
import { validateQuantity } from './resources.js'
import { USER_PRIORITY_MAX, validateTaints } from './scheduling.js'
import { validateLabelSelector } from './selectors.js'

export function validateNode(node: Node, report: Report): void {
  validateTaints(node.spec?.taints, report.at('spec', 'taints'))
}

export function validateDisruptionBudget(budget: PodDisruptionBudget, report: Report): void {
  const { minAvailable, maxUnavailable, selector } = budget.spec ?? {}
  const at = report.at('spec')
  validateLabelSelector(selector, at.at('selector'))
  validateCountOrPercent(minAvailable, at.at('minAvailable'))
  validateCountOrPercent(maxUnavailable, at.at('maxUnavailable'))
  for (const [name, value] of Object.entries({ minAvailable, maxUnavailable }))
    if (isOverHundredPercent(value)) at.add(invalid(value, 'must not be greater than 100%'), name)
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    at.add(invalid(maxUnavailable, 'minAvailable and maxUnavailable cannot be both set'), 'maxUnavailable')
}

export function validateAutoscaler(autoscaler: V2HorizontalPodAutoscaler, report: Report): void {
  const { spec } = autoscaler
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  const minReplicas = spec.minReplicas ?? 1
  if (minReplicas < 1) at.add(invalid(minReplicas, 'must be greater than or equal to 1'), 'minReplicas')
  if (spec.maxReplicas < 1) at.add(invalid(spec.maxReplicas, 'must be greater than 0'), 'maxReplicas')
  else if (spec.maxReplicas < minReplicas)
    at.add(invalid(spec.maxReplicas, 'must be greater than or equal to `minReplicas`'), 'maxReplicas')
  if (spec.scaleTargetRef.name === '') at.add(required(), 'scaleTargetRef', 'name')
}

export function validateIngress(ingress: Ingress, report: Report): void {
  const { spec } = ingress
  const at = report.at('spec')
  if (spec === undefined || ((spec.rules ?? []).length === 0 && spec.defaultBackend === undefined)) {
    at.add(required('either `defaultBackend` or `rules` must be specified'))
    return
  }
  eachItem(at.at('rules'), spec.rules, (rule, place) => {
    const why = rule.host === undefined || rule.host === '' ? null : checkWildcardSubdomain(rule.host)
    if (why !== null) place.add(invalid(rule.host, why), 'host')
    eachItem(place.at('http', 'paths'), rule.http?.paths, validateIngressPath)
  })
}

function validateIngressPath(path: HTTPIngressPath, report: Report): void {
  const { service, resource } = path.backend
  const text = path.path ?? ''
  if (path.pathType !== 'ImplementationSpecific' && !text.startsWith('/'))
    report.add(invalid(text, 'must be an absolute path'), 'path')
  const at = report.at('backend')
  if (service === undefined && resource === undefined) at.add(required('a service or resource is required'))
  if (service !== undefined && resource !== undefined)
    at.add(forbidden('cannot set both resource and service backends'), 'resource')
  if (service === undefined) return
  if (service.name === '') at.add(required(), 'service', 'name')
  const { name, number } = service.port ?? {}
  if (!name && !number) at.add(required('port name or number is required'), 'service', 'port')
  if (name && number) at.add(forbidden('cannot set both port name & port number'), 'service', 'port')
  if (number) validatePortNumber(number, at.at('service', 'port', 'number'))
}

export function validateNetworkPolicy(policy: NetworkPolicy, report: Report): void {
  const { spec } = policy
  if (spec === undefined) return
  const selector = (one: LabelSelector | undefined, at: Report): void => validateLabelSelector(one, at)
  selector(spec.podSelector, report.at('spec', 'podSelector'))
  const rules = [
    ...(spec.ingress ?? []).map((rule, i) => ({ peers: rule.from, at: report.at('spec', 'ingress', i, 'from') })),
    ...(spec.egress ?? []).map((rule, i) => ({ peers: rule.to, at: report.at('spec', 'egress', i, 'to') })),
  ]
  for (const { peers, at } of rules) {
    eachItem(at, peers, (peer, place) => {
      const count = [peer.podSelector, peer.namespaceSelector, peer.ipBlock].filter((part) => part !== undefined).length
      if (count === 0) place.add(required('must specify a peer'))
      if (peer.ipBlock !== undefined && count > 1) place.add(forbidden('may not specify both ipBlock and another peer'))
      selector(peer.podSelector, place.at('podSelector'))
      selector(peer.namespaceSelector, place.at('namespaceSelector'))
    })
  }
}

export function validateClaim(claim: PersistentVolumeClaim, report: Report): void {
  const { spec } = claim
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  if ((spec.accessModes ?? []).length === 0) at.add(required('at least 1 access mode is required'), 'accessModes')
  const storage = spec.resources?.requests?.['storage']
  if (storage === undefined) at.add(required(), 'resources', 'requests', 'storage')
  else validateQuantity(storage, at.at('resources', 'requests', 'storage'))
  const why = spec.storageClassName ? checkSubdomain(spec.storageClassName) : null
  if (why !== null) at.add(invalid(spec.storageClassName, why), 'storageClassName')
}

export function validatePriorityClass(object: PriorityClass, report: Report): void {
  const name = object.metadata?.name ?? ''
  if (name.startsWith('system-'))
    report.add(forbidden('names that begin with "system-" are reserved'), 'metadata', 'name')
  if ((object.value ?? 0) > USER_PRIORITY_MAX)
    report.add(forbidden(`maximum allowed value of a user defined priority is ${USER_PRIORITY_MAX}`), 'value')
}
