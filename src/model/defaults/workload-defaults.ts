/** Defaults of workloads (Kubernetes: apps/v1, batch/v1 and core/v1 defaults; semantics §5). */
import type {
  CronJob,
  DaemonSet,
  Deployment,
  DeploymentStrategy,
  Job,
  JobSpec,
  ObjectMeta,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../generated/kubernetes.js'
import { mapped, mappedItems } from './mapped.js'
import { defaultTemplate } from './pod-defaults.js'
import { defaultClaimSpec } from './volume-defaults.js'

const HISTORY_LIMIT = 10
const PROGRESS_DEADLINE_SECONDS = 600
const BACKOFF_LIMIT = 6
const MAX_INT32 = 2 ** 31 - 1

export function defaultDeployment(deployment: Deployment): Deployment {
  return mapped(deployment, 'spec', (spec) => ({
    ...spec,
    replicas: spec.replicas ?? 1,
    strategy: defaultStrategy(spec.strategy ?? {}),
    revisionHistoryLimit: spec.revisionHistoryLimit ?? HISTORY_LIMIT,
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? PROGRESS_DEADLINE_SECONDS,
    template: defaultTemplate(spec.template),
  }))
}

function defaultStrategy(strategy: DeploymentStrategy): DeploymentStrategy {
  const type = strategy.type ?? 'RollingUpdate'
  if (type !== 'RollingUpdate') return { ...strategy, type }
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy.rollingUpdate ?? {}
  return { ...strategy, type, rollingUpdate: { maxSurge, maxUnavailable } }
}

export function defaultReplicaSet(replicaSet: ReplicaSet): ReplicaSet {
  return mapped(replicaSet, 'spec', (spec) =>
    mapped({ ...spec, replicas: spec.replicas ?? 1 }, 'template', defaultTemplate),
  )
}

/** The only workload whose selector and labels come from its template. */
export function defaultReplicationController(controller: ReplicationController): ReplicationController {
  const labels = controller.spec?.template?.metadata?.labels
  const labelled = labels === undefined ? controller : withLabels(controller, labels)
  return mapped(labelled, 'spec', (spec) =>
    mapped(
      {
        ...spec,
        replicas: spec.replicas ?? 1,
        ...(spec.selector === undefined && labels !== undefined ? { selector: labels } : {}),
      },
      'template',
      defaultTemplate,
    ),
  )
}

export function defaultStatefulSet(set: StatefulSet): StatefulSet {
  return mapped(set, 'spec', (spec) => {
    const type = spec.updateStrategy?.type ?? 'RollingUpdate'
    const rolling = { partition: 0, ...spec.updateStrategy?.rollingUpdate }
    const retention = spec.persistentVolumeClaimRetentionPolicy
    const result = {
      ...spec,
      replicas: spec.replicas ?? 1,
      podManagementPolicy: spec.podManagementPolicy ?? 'OrderedReady',
      revisionHistoryLimit: spec.revisionHistoryLimit ?? HISTORY_LIMIT,
      updateStrategy: type === 'RollingUpdate' ? { type, rollingUpdate: rolling } : { ...spec.updateStrategy, type },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: retention?.whenDeleted ?? 'Retain',
        whenScaled: retention?.whenScaled ?? 'Retain',
      },
      template: defaultTemplate(spec.template),
    }
    return mappedItems(result, 'volumeClaimTemplates', (claim) => mapped(claim, 'spec', defaultClaimSpec))
  })
}

export function defaultDaemonSet(set: DaemonSet): DaemonSet {
  return mapped(set, 'spec', (spec) => {
    const type = spec.updateStrategy?.type ?? 'RollingUpdate'
    const rolling = { maxUnavailable: 1, maxSurge: 0, ...spec.updateStrategy?.rollingUpdate }
    return {
      ...spec,
      revisionHistoryLimit: spec.revisionHistoryLimit ?? HISTORY_LIMIT,
      updateStrategy: type === 'RollingUpdate' ? { type, rollingUpdate: rolling } : { ...spec.updateStrategy, type },
      template: defaultTemplate(spec.template),
    }
  })
}

export function defaultJob(job: Job): Job {
  const labels = job.spec?.template.metadata?.labels
  return mapped(labels === undefined ? job : withLabels(job, labels), 'spec', defaultJobSpec)
}

function defaultJobSpec(spec: JobSpec): JobSpec {
  const isBare = spec.completions === undefined && spec.parallelism === undefined
  const result: JobSpec = {
    ...spec,
    ...(isBare ? { completions: 1 } : {}),
    parallelism: spec.parallelism ?? 1,
    backoffLimit: spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? BACKOFF_LIMIT : MAX_INT32),
    completionMode: spec.completionMode ?? 'NonIndexed',
    podReplacementPolicy:
      spec.podReplacementPolicy ?? (spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
    template: defaultTemplate(spec.template),
  }
  return mapped(result, 'podFailurePolicy', (policy) =>
    mappedItems(policy, 'rules', (rule) =>
      mappedItems(rule, 'onPodConditions', (condition) => ({ ...condition, status: condition.status ?? 'True' })),
    ),
  )
}

/** Kubernetes gives the Job inside its defaults only when it makes one. */
export function defaultCronJob(cronJob: CronJob): CronJob {
  return mapped(cronJob, 'spec', (spec) => ({
    ...spec,
    concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
    successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
    failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
    jobTemplate: mapped(spec.jobTemplate, 'spec', (job) => ({ ...job, template: defaultTemplate(job.template) })),
  }))
}

function withLabels<T extends { readonly metadata?: ObjectMeta }>(
  object: T,
  labels: Readonly<Record<string, string>>,
): T {
  if (object.metadata?.labels !== undefined) return object
  return { ...object, metadata: { ...object.metadata, labels } }
}
