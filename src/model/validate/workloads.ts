/** Workloads beyond their templates (Kubernetes: apps and batch validation; semantics §5). */
import type {
  CronJob,
  DaemonSet,
  Deployment,
  DeploymentStrategy,
  Job,
  JobSpec,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../generated/kubernetes.js'
import { matchesLabels } from '../selector.js'
import { checkLabelName } from './names.js'
import { validatePodSpec, validateTemplate } from './pod-spec.js'
import {
  countOrPercentNumber,
  isOverHundredPercent,
  MAX_INT32,
  validateCountOrPercent,
  validateNonNegative,
  validateRange,
} from './ranges.js'
import { forbidden, invalid, type Report, required, unsupported } from './report.js'
import { validateOwnSelector } from './selectors.js'

/** Indexed Jobs keep a list of finished indexes: Kubernetes bounds it. */
const INDEXED_PARALLELISM_MAX = 100_000
const CRON_FIELDS = 5

export function validateDeployment(deployment: Deployment, report: Report): void {
  const { spec } = deployment
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  for (const name of ['replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'] as const)
    validateNonNegative(spec[name], at.at(name))
  const minReadySeconds = spec.minReadySeconds ?? 0
  if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= minReadySeconds)
    at.add(
      invalid(spec.progressDeadlineSeconds, `must be greater than minReadySeconds (${minReadySeconds})`),
      'progressDeadlineSeconds',
    )
  validateOwnSelector(spec.selector, spec.template.metadata?.labels, at)
  validateStrategy(spec.strategy, at.at('strategy'))
  validateLongRunning('Deployment', spec.template, at.at('template'))
}

function validateStrategy(strategy: DeploymentStrategy | undefined, report: Report): void {
  const rolling = strategy?.rollingUpdate
  if (strategy?.type === 'Recreate') {
    if (rolling !== undefined)
      report.add(forbidden("may not be specified when strategy `type` is 'Recreate'"), 'rollingUpdate')
    return
  }
  if (rolling === undefined) return
  const at = report.at('rollingUpdate')
  validateCountOrPercent(rolling.maxUnavailable, at.at('maxUnavailable'))
  validateCountOrPercent(rolling.maxSurge, at.at('maxSurge'))
  if (isOverHundredPercent(rolling.maxUnavailable))
    at.add(invalid(rolling.maxUnavailable, 'must not be greater than 100%'), 'maxUnavailable')
  const { maxUnavailable = '25%', maxSurge = '25%' } = rolling
  if (countOrPercentNumber(maxUnavailable) === 0 && countOrPercentNumber(maxSurge) === 0)
    at.add(invalid(maxUnavailable, 'may not be 0 when `maxSurge` is 0: the rollout could never move'), 'maxUnavailable')
}

/** A template whose pods are always replaced: restart policy Always, no deadline. */
function validateLongRunning(kind: string, template: PodTemplateSpec, report: Report): void {
  validateTemplate(template, report)
  const policy = template.spec?.restartPolicy ?? 'Always'
  if (policy !== 'Always') report.add(unsupported(policy, ['Always']), 'spec', 'restartPolicy')
  if (template.spec?.activeDeadlineSeconds !== undefined)
    report.add(forbidden(`activeDeadlineSeconds in ${kind} is not supported`), 'spec', 'activeDeadlineSeconds')
}

export function validateReplicaSet(replicaSet: ReplicaSet, report: Report): void {
  const { spec } = replicaSet
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  validateNonNegative(spec.replicas, at.at('replicas'))
  validateNonNegative(spec.minReadySeconds, at.at('minReadySeconds'))
  validateOwnSelector(spec.selector, spec.template?.metadata?.labels, at)
  if (spec.template === undefined) at.add(required(), 'template')
  else validateLongRunning('ReplicaSet', spec.template, at.at('template'))
}

export function validateReplicationController(controller: ReplicationController, report: Report): void {
  const { spec } = controller
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  validateNonNegative(spec.replicas, at.at('replicas'))
  validateNonNegative(spec.minReadySeconds, at.at('minReadySeconds'))
  if (spec.template === undefined) {
    at.add(required(), 'template')
    return
  }
  const selector = spec.selector ?? {}
  if (Object.keys(selector).length === 0) at.add(required(), 'selector')
  else if (!matchesLabels(spec.template.metadata?.labels ?? {}, selector))
    at.add(
      invalid(spec.template.metadata?.labels ?? {}, '`selector` does not match template `labels`'),
      'template',
      'metadata',
      'labels',
    )
  validateLongRunning('ReplicationController', spec.template, at.at('template'))
}

export function validateStatefulSet(set: StatefulSet, report: Report): void {
  const { spec } = set
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  for (const name of ['replicas', 'minReadySeconds', 'revisionHistoryLimit'] as const)
    validateNonNegative(spec[name], at.at(name))
  validateOwnSelector(spec.selector, spec.template.metadata?.labels, at)
  if (spec.serviceName !== undefined && spec.serviceName !== '') {
    const why = checkLabelName(spec.serviceName)
    if (why !== null) at.add(invalid(spec.serviceName, why), 'serviceName')
  }
  const rolling = spec.updateStrategy?.rollingUpdate
  if (spec.updateStrategy?.type === 'OnDelete' && rolling !== undefined)
    at.add(forbidden("only allowed for updateStrategy 'RollingUpdate'"), 'updateStrategy', 'rollingUpdate')
  validateNonNegative(rolling?.partition, at.at('updateStrategy', 'rollingUpdate', 'partition'))
  // Claims of the set are volumes of its pods by their name.
  const claims = (spec.volumeClaimTemplates ?? []).flatMap(({ metadata }) =>
    metadata?.name === undefined ? [] : [{ name: metadata.name, persistentVolumeClaim: { claimName: metadata.name } }],
  )
  const own = (spec.template.spec?.volumes ?? []).filter(({ name }) => !claims.some((claim) => claim.name === name))
  const podSpec = spec.template.spec
  const template =
    podSpec === undefined ? spec.template : { ...spec.template, spec: { ...podSpec, volumes: [...own, ...claims] } }
  validateLongRunning('StatefulSet', template, at.at('template'))
}

export function validateDaemonSet(set: DaemonSet, report: Report): void {
  const { spec } = set
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  validateNonNegative(spec.minReadySeconds, at.at('minReadySeconds'))
  validateNonNegative(spec.revisionHistoryLimit, at.at('revisionHistoryLimit'))
  validateOwnSelector(spec.selector, spec.template.metadata?.labels, at)
  validateLongRunning('DaemonSet', spec.template, at.at('template'))
  const rolling = spec.updateStrategy?.rollingUpdate
  if (spec.updateStrategy?.type !== 'RollingUpdate' || rolling === undefined) return
  const place = at.at('updateStrategy', 'rollingUpdate')
  const { maxUnavailable = 1, maxSurge = 0 } = rolling
  validateCountOrPercent(maxUnavailable, place.at('maxUnavailable'))
  validateCountOrPercent(maxSurge, place.at('maxSurge'))
  const isUnavailable = countOrPercentNumber(maxUnavailable) !== 0
  const isSurge = countOrPercentNumber(maxSurge) !== 0
  if (isUnavailable && isSurge)
    place.add(invalid(maxSurge, 'may not be set when maxUnavailable is non-zero'), 'maxSurge')
  if (!isUnavailable && !isSurge) place.add(required('cannot be 0 when maxSurge is 0'), 'maxUnavailable')
}

export function validateJob(job: Job, report: Report): void {
  if (job.spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  validateJobSpec(job.spec, report.at('spec'))
}

function validateJobSpec(spec: JobSpec, report: Report): void {
  for (const name of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
    'ttlSecondsAfterFinished',
  ] as const)
    validateNonNegative(spec[name], report.at(name))
  if (spec.completionMode === 'Indexed') {
    if (spec.completions === undefined) report.add(required('when completion mode is Indexed'), 'completions')
    validateRange(spec.parallelism, 0, INDEXED_PARALLELISM_MAX, report.at('parallelism'))
  }
  if (spec.selector !== undefined && spec.manualSelector !== true)
    report.add(
      invalid(spec.selector, '`selector` is set automatically; leave it out or set `manualSelector`'),
      'selector',
    )
  if (spec.template.spec === undefined) report.add(required(), 'template', 'spec')
  else validatePodSpec(spec.template.spec, report.at('template', 'spec'))
  const policy = spec.template.spec?.restartPolicy ?? 'Always'
  if (policy === 'Always')
    report.add(
      `${required('valid values: "OnFailure", "Never"')} (the default, "Always", would never end)`,
      'template',
      'spec',
      'restartPolicy',
    )
  else if (policy !== 'Never' && spec.podFailurePolicy !== undefined)
    report.add(
      invalid(policy, "only 'Never' is supported when podFailurePolicy is specified"),
      'template',
      'spec',
      'restartPolicy',
    )
}

export function validateCronJob(cronJob: CronJob, report: Report): void {
  const { spec } = cronJob
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  const schedule = spec.schedule.trim()
  if (schedule === '') at.add(required(), 'schedule')
  else if (/^(TZ|CRON_TZ)=/.test(schedule))
    at.add(invalid(schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'), 'schedule')
  else if (!schedule.startsWith('@') && schedule.split(/\s+/).length !== CRON_FIELDS)
    at.add(invalid(schedule, `expected exactly ${CRON_FIELDS} fields, or a word like @daily`), 'schedule')
  if (spec.timeZone !== undefined && (spec.timeZone === '' || spec.timeZone.toLowerCase() === 'local'))
    at.add(invalid(spec.timeZone, 'must be the name of a time zone, such as "Europe/Paris"'), 'timeZone')
  for (const name of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const)
    validateNonNegative(spec[name], at.at(name))
  validateRange(spec.startingDeadlineSeconds, 0, MAX_INT32, at.at('startingDeadlineSeconds'))
  if (spec.jobTemplate.spec === undefined) at.add(required(), 'jobTemplate', 'spec')
  else validateJobSpec(spec.jobTemplate.spec, at.at('jobTemplate', 'spec'))
}
