/** Where a pod may run: tolerations, affinity, spread (Kubernetes: ValidateTolerations, validateAffinity, validateTopologySpreadConstraints; semantics §3.5 to §3.8). */
import type {
  Affinity,
  PodAffinityTerm,
  PodSchedulingGate,
  PodSpec,
  Taint,
  Toleration,
  TopologySpreadConstraint,
} from '../generated/kubernetes.js'
import { validateLabelKeys } from './label-keys.js'
import { validateLabels } from './metadata.js'
import { checkLabelName, checkLabelValue, checkQualifiedName, checkSubdomain } from './names.js'
import { validateRange } from './ranges.js'
import { duplicate, eachItem, forbidden, invalid, type Report, required, unsupported } from './report.js'
import { validateLabelSelector, validateNodeSelector, validateNodeSelectorTerm } from './selectors.js'

/** Highest priority that users may give (Kubernetes: semantics §3.9). */
export const USER_PRIORITY_MAX = 1_000_000_000

/** Everything in a pod spec that speaks of nodes. */
export function validateScheduling(spec: PodSpec, report: Report): void {
  validateLabels(spec.nodeSelector, report.at('nodeSelector'))
  if (spec.nodeName !== undefined && spec.nodeName !== '') {
    const why = checkSubdomain(spec.nodeName)
    if (why !== null) report.add(invalid(spec.nodeName, why), 'nodeName')
  }
  eachItem(report.at('tolerations'), spec.tolerations, validateToleration)
  if (spec.affinity !== undefined) validateAffinity(spec.affinity, report.at('affinity'))
  validateSpread(spec.topologySpreadConstraints, report.at('topologySpreadConstraints'))
  validateGates(spec.schedulingGates, report.at('schedulingGates'))
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0)
    report.add(forbidden('cannot be set until all schedulingGates have been cleared'), 'nodeName')
  // Beside the name of a class it says nothing: the class' own value holds.
  if (!spec.priorityClassName && (spec.priority ?? 0) > USER_PRIORITY_MAX)
    report.add(forbidden(`maximum allowed value without a priorityClassName is ${USER_PRIORITY_MAX}`), 'priority')
}

function validateGates(gates: readonly PodSchedulingGate[] | undefined, report: Report): void {
  const seen = new Set<string>()
  eachItem(report, gates, ({ name }, at) => {
    const why = checkQualifiedName(name)
    if (why !== null) at.add(invalid(name, why), 'name')
    if (seen.has(name)) at.add(duplicate(name))
    seen.add(name)
  })
}

/** The comparing operators of tolerations are behind a gate in Kubernetes, and tolerate nothing here. */
const TOLERATION_OPERATORS = ['Equal', 'Exists']

function validateToleration(toleration: Toleration, report: Report): void {
  const { key = '', value = '', effect = '' } = toleration
  const operator = toleration.operator || 'Equal'
  if (!TOLERATION_OPERATORS.includes(operator)) {
    report.add(unsupported(operator, TOLERATION_OPERATORS), 'operator')
    return
  }
  if (key !== '') {
    const why = checkQualifiedName(key)
    if (why !== null) report.add(invalid(key, why), 'key')
  } else if (operator !== 'Exists')
    report.add(
      invalid(operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'),
      'operator',
    )
  if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute')
    report.add(invalid(effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"), 'effect')
  if (operator === 'Exists') {
    if (value !== '') report.add(invalid(value, "value must be empty when `operator` is 'Exists'"), 'value')
    return
  }
  const why = checkLabelValue(value)
  if (why !== null) report.add(invalid(value, why), 'value')
}

function validateAffinity(affinity: Affinity, report: Report): void {
  const node = affinity.nodeAffinity
  const at = report.at('nodeAffinity')
  if (node?.requiredDuringSchedulingIgnoredDuringExecution !== undefined)
    validateNodeSelector(
      node.requiredDuringSchedulingIgnoredDuringExecution,
      at.at('requiredDuringSchedulingIgnoredDuringExecution'),
    )
  eachItem(
    at.at('preferredDuringSchedulingIgnoredDuringExecution'),
    node?.preferredDuringSchedulingIgnoredDuringExecution,
    (term, place) => {
      validateRange(term.weight, 1, 100, place.at('weight'))
      validateNodeSelectorTerm(term.preference, place.at('preference'))
    },
  )
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) {
    const part = affinity[name]
    const place = report.at(name)
    eachItem(
      place.at('requiredDuringSchedulingIgnoredDuringExecution'),
      part?.requiredDuringSchedulingIgnoredDuringExecution,
      validatePodTerm,
    )
    eachItem(
      place.at('preferredDuringSchedulingIgnoredDuringExecution'),
      part?.preferredDuringSchedulingIgnoredDuringExecution,
      (term, below) => {
        validateRange(term.weight, 1, 100, below.at('weight'))
        validatePodTerm(term.podAffinityTerm, below.at('podAffinityTerm'))
      },
    )
  }
}

function validatePodTerm(term: PodAffinityTerm, report: Report): void {
  validateLabelSelector(term.labelSelector, report.at('labelSelector'))
  validateLabelSelector(term.namespaceSelector, report.at('namespaceSelector'))
  eachItem(report.at('namespaces'), term.namespaces, (namespace, at) => {
    const why = checkLabelName(namespace)
    if (why !== null) at.add(invalid(namespace, why))
  })
  validateLabelKeys(term, report)
  validateTopologyKey(term.topologyKey, report)
}

/** A label of nodes. */
export function validateTopologyKey(key: string, report: Report): void {
  if (key === '') {
    report.add(required('can not be empty'), 'topologyKey')
    return
  }
  const why = checkQualifiedName(key)
  if (why !== null) report.add(invalid(key, why), 'topologyKey')
}

function validateSpread(constraints: readonly TopologySpreadConstraint[] | undefined, report: Report): void {
  const seen = new Set<string>()
  eachItem(report, constraints, (constraint, at) => {
    if (!(constraint.maxSkew > 0)) at.add(invalid(constraint.maxSkew, 'must be greater than zero'), 'maxSkew')
    validateTopologyKey(constraint.topologyKey, at)
    validateLabelSelector(constraint.labelSelector, at.at('labelSelector'))
    validateLabelKeys(constraint, at)
    if (constraint.minDomains !== undefined) {
      if (!(constraint.minDomains > 0))
        at.add(invalid(constraint.minDomains, 'must be greater than zero'), 'minDomains')
      if (constraint.whenUnsatisfiable !== 'DoNotSchedule')
        at.add(
          invalid(constraint.minDomains, 'can only use minDomains if whenUnsatisfiable is DoNotSchedule'),
          'minDomains',
        )
    }
    const key = `${constraint.topologyKey}, ${constraint.whenUnsatisfiable}`
    if (seen.has(key)) at.add(duplicate(`{${key}}`))
    seen.add(key)
  })
}

/** The taints of a Node manifest. */
export function validateTaints(taints: readonly Taint[] | undefined, report: Report): void {
  const seen = new Set<string>()
  eachItem(report, taints, (taint, at) => {
    const badKey = taint.key === '' ? 'name part must be non-empty' : checkQualifiedName(taint.key)
    if (badKey !== null) at.add(invalid(taint.key, badKey), 'key')
    const badValue = checkLabelValue(taint.value ?? '')
    if (badValue !== null) at.add(invalid(taint.value, badValue), 'value')
    if (taint.effect === '') at.add(required(), 'effect')
    const key = `${taint.key}:${taint.effect}`
    if (seen.has(key)) at.add(`${duplicate(key)}: taints must be unique by key and effect`)
    seen.add(key)
  })
}
