/** Names, labels and annotations of objects and templates (Kubernetes: ValidateObjectMeta and each kind's name rule). */
import type { ObjectMeta } from '../generated/kubernetes.js'
import { type Kind, type KindInfo, kinds } from '../kinds.js'
import { DRAIN_ANNOTATION } from '../taint.js'
import {
  checkDns1035,
  checkLabelName,
  checkLabelValue,
  checkPathSegment,
  checkQualifiedName,
  checkSubdomain,
  type NameCheck,
} from './names.js'
import { invalid, type Report, required } from './report.js'
import { utf8Length } from './utf8-length.js'

const ANNOTATIONS_MAX_BYTES = 256 * 1024
/** Room for the 11 letters of a Job's name that a CronJob adds (Kubernetes: ValidateCronJob). */
const CRON_JOB_NAME_MAX = 52

const NAME_LABEL = 'kubernetes.io/metadata.name'

const NAME_CHECKS: Partial<Record<Kind, NameCheck>> = {
  Namespace: checkLabelName,
  Service: checkDns1035,
  Role: checkPathSegment,
  RoleBinding: checkPathSegment,
  ClusterRole: checkPathSegment,
  ClusterRoleBinding: checkPathSegment,
  CronJob: (name) =>
    name.length > CRON_JOB_NAME_MAX ? `must be no more than ${CRON_JOB_NAME_MAX} characters` : checkSubdomain(name),
  ClusterConfiguration: (name) => (name === 'cluster' ? null : 'must be "cluster": there is one for the whole cluster'),
}

/** The metadata of an object of a kind. */
export function validateMetadata(kind: Kind, metadata: ObjectMeta | undefined, report: Report): void {
  const name = metadata?.name ?? ''
  if (name === '') {
    const hint =
      metadata?.generateName === undefined
        ? 'name is required'
        : 'a manifest in git needs a fixed name; generateName is not supported'
    report.add(required(hint), 'name')
  } else {
    const why = (NAME_CHECKS[kind] ?? checkSubdomain)(name)
    if (why !== null) report.add(invalid(name, why), 'name')
  }
  const info: KindInfo = kinds[kind]
  const namespace = metadata?.namespace ?? ''
  if (namespace !== '' && info.namespaced) {
    const why = checkLabelName(namespace)
    if (why !== null) report.add(invalid(namespace, why), 'namespace')
  }
  // Defaulting gives a namespace its name as a label: a bad name is said once.
  const { [NAME_LABEL]: named, ...labels } = metadata?.labels ?? {}
  validateLabels(named === name || named === undefined ? labels : metadata?.labels, report.at('labels'))
  validateAnnotations(metadata?.annotations, report.at('annotations'))
}

/** The metadata of a pod template: no name. */
export function validateTemplateMetadata(metadata: ObjectMeta | undefined, report: Report): void {
  validateLabels(metadata?.labels, report.at('labels'))
  validateAnnotations(metadata?.annotations, report.at('annotations'))
}

/** Keys and values of labels, node selectors and matchLabels. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, report: Report): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    const badKey = checkQualifiedName(key)
    if (badKey !== null) report.add(invalid(key, badKey), key)
    const badValue = checkLabelValue(value)
    if (badValue !== null) report.add(invalid(value, badValue), key)
  }
}

/** Annotations of our own that turn something on or off: another value is a slip, and would do nothing without a word. */
const SWITCHES = [DRAIN_ANNOTATION, 'headway.dev/roll-on-config-change', 'headway.dev/rollout-respects-budgets']

function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, report: Report): void {
  let bytes = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    const why = checkQualifiedName(key.toLowerCase())
    if (why !== null) report.add(invalid(key, why), key)
    if (SWITCHES.includes(key) && value !== 'true' && value !== 'false')
      report.add(invalid(value, 'must be "true" or "false"'), key)
    bytes += utf8Length(key) + utf8Length(value)
  }
  if (bytes > ANNOTATIONS_MAX_BYTES) report.add(`Too long: may not be more than ${ANNOTATIONS_MAX_BYTES} bytes`)
}
