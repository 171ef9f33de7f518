/** Label selectors and node selectors (Kubernetes: ValidateLabelSelector, ValidateNodeSelector). */
import type {
  LabelSelector,
  LabelSelectorRequirement,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
} from '../generated/kubernetes.js'
import { matchesSelector } from '../selector.js'
import { validateLabels } from './metadata.js'
import { checkLabelValue, checkQualifiedName, checkSubdomain } from './names.js'
import { eachItem, forbidden, invalid, type Report, required } from './report.js'

/** Keys, operators and values of a label selector. */
export function validateLabelSelector(selector: LabelSelector | undefined, report: Report): void {
  if (selector === undefined) return
  validateLabels(selector.matchLabels, report.at('matchLabels'))
  eachItem(report.at('matchExpressions'), selector.matchExpressions, validateRequirement)
}

/** The selector of a workload: given, not empty, and matching its own template's labels. */
export function validateOwnSelector(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> | undefined,
  spec: Report,
): void {
  if (selector === undefined) {
    spec.add(required(), 'selector')
    return
  }
  validateLabelSelector(selector, spec.at('selector'))
  const isEmpty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  if (isEmpty) {
    spec.add(invalid(selector, 'an empty selector would select every pod: name labels of the template'), 'selector')
    return
  }
  if (!matchesSelector(labels ?? {}, selector)) {
    spec.add(invalid(labels ?? {}, '`selector` does not match template `labels`'), 'template', 'metadata', 'labels')
  }
}

function validateRequirement(requirement: LabelSelectorRequirement, report: Report): void {
  const values = requirement.values ?? []
  const badKey = checkQualifiedName(requirement.key)
  if (badKey !== null) report.add(invalid(requirement.key, badKey), 'key')
  validateValueCount(requirement.operator, values.length, report)
  for (const [i, value] of values.entries()) {
    const why = checkLabelValue(value)
    if (why !== null) report.add(invalid(value, why), 'values', i)
  }
}

function validateValueCount(operator: string, count: number, report: Report): void {
  if ((operator === 'In' || operator === 'NotIn') && count === 0)
    report.add(required("must be specified when `operator` is 'In' or 'NotIn'"), 'values')
  if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0)
    report.add(forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'"), 'values')
  if ((operator === 'Gt' || operator === 'Lt') && count !== 1)
    report.add(required("must be specified single value when `operator` is 'Lt' or 'Gt'"), 'values')
}

/** Required node affinity: at least one term, and values that a label can have. */
export function validateNodeSelector(selector: NodeSelector, report: Report): void {
  const terms = selector.nodeSelectorTerms
  if (terms.length === 0) report.add(required('must have at least one node selector term'), 'nodeSelectorTerms')
  eachItem(report.at('nodeSelectorTerms'), terms, (term, at) => {
    validateNodeSelectorTerm(term, at)
    eachItem(at.at('matchExpressions'), term.matchExpressions, (expression, place) => {
      eachItem(place.at('values'), expression.values, (value, below) => {
        const why = checkLabelValue(value)
        if (why !== null) below.add(invalid(value, why))
      })
    })
  })
}

export function validateNodeSelectorTerm(term: NodeSelectorTerm, report: Report): void {
  eachItem(report.at('matchExpressions'), term.matchExpressions, validateNodeExpression)
  eachItem(report.at('matchFields'), term.matchFields, validateNodeField)
}

function validateNodeExpression(requirement: NodeSelectorRequirement, report: Report): void {
  const values = requirement.values ?? []
  const badKey = checkQualifiedName(requirement.key)
  if (badKey !== null) report.add(invalid(requirement.key, badKey), 'key')
  validateValueCount(requirement.operator, values.length, report)
  const isNumeric = requirement.operator === 'Gt' || requirement.operator === 'Lt'
  if (isNumeric && values.length === 1 && !/^[+-]?\d+$/.test(values[0]!))
    report.add(invalid(values[0], 'for Gt and Lt the value must be an integer'), 'values', 0)
}

function validateNodeField(requirement: NodeSelectorRequirement, report: Report): void {
  const values = requirement.values ?? []
  if (requirement.operator !== 'In' && requirement.operator !== 'NotIn')
    report.add(invalid(requirement.operator, 'not a valid selector operator for a field: use In or NotIn'), 'operator')
  else if (values.length !== 1)
    report.add(required('must be only one value when `operator` is In or NotIn for node field selector'), 'values')
  if (requirement.key !== 'metadata.name') {
    report.add(invalid(requirement.key, 'not a valid field selector key: use metadata.name'), 'key')
    return
  }
  for (const [i, value] of values.entries()) {
    const why = checkSubdomain(value)
    if (why !== null) report.add(invalid(value, why), 'values', i)
  }
}
