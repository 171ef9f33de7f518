/** What a reviewer should know before merging, in words, each with a code that programs can go by. */
import { compareText, groupBy } from '../../base/ordered.js'
import type { DesiredState } from '../../model/desired-state.js'
import { formatKey, type ObjectKey } from '../../model/keys.js'
import { type KindInfo, kinds } from '../../model/kinds.js'
import type { PlannedState } from '../../model/planned-state.js'
import { templateOf } from './budget-previews.js'
import { blockingBudgetRisks, brokenBudgetRisks } from './budget-risks.js'
import { toSeconds } from './pod-previews.js'
import type {
  BudgetPreview,
  ObjectPreview,
  PodPreview,
  Risk,
  UnschedulablePreview,
  WorkloadPreview,
} from './preview-types.js'
import type { RunResult } from './run-record.js'
import { selectorRisks } from './selector-risks.js'

export interface RiskInput {
  readonly base: DesiredState
  readonly head: DesiredState
  readonly baseRun: RunResult
  readonly headRun: RunResult
  readonly objects: readonly ObjectPreview[]
  readonly pods: readonly PodPreview[]
  readonly workloads: readonly WorkloadPreview[]
  readonly budgets: readonly BudgetPreview[]
  /** The same budgets without the change. */
  readonly budgetsBefore: readonly BudgetPreview[]
  readonly unschedulable: readonly UnschedulablePreview[]
  readonly converges: boolean
}

/** All risks, failures first, then by code and object. */
export function findRisks(input: RiskInput): Risk[] {
  const risks = [
    ...deletionRisks(input),
    ...selectorRisks(input),
    ...heldRisks(input),
    ...idleRisks(input),
    ...input.workloads.flatMap((workload) => workloadRisks(input, workload)),
    ...brokenBudgetRisks(input.budgets),
    ...blockingBudgetRisks(input.budgets, input.budgetsBefore),
    ...evictionRisks(input),
    ...endRisks(input),
  ]
  return risks.sort(
    (left, right) =>
      compareText(left.severity, right.severity) ||
      compareText(left.code, right.code) ||
      compareText(left.key ?? '', right.key ?? ''),
  )
}

const HOLDS_DATA: ReadonlySet<string> = new Set(['PersistentVolumeClaim', 'PersistentVolume', 'Namespace'])

function deletionRisks({ base, objects, baseRun, headRun }: RiskInput): Risk[] {
  const risks: Risk[] = []
  for (const { action, key } of objects) {
    const kind = base.objects.get(key)?.kind ?? ''
    if (action !== 'delete' || !HOLDS_DATA.has(kind)) continue
    const what = kind === 'Namespace' ? 'everything in it goes' : 'what is stored in it goes'
    risks.push({ code: 'data-deleted', severity: 'warn', key, text: `${formatKey(key)} is removed: ${what} with it` })
  }
  const { brake } = headRun
  if (brake !== null && brake.hash !== baseRun.brake?.hash) {
    const count = brake.keys.length === 1 ? '1 deletion' : `${brake.keys.length} deletions`
    const text = `the delete brake would hold ${count} (${brake.reason}): confirm with "headway confirm ${brake.hash.slice(0, 8)}" or the trailer "Headway-Confirm-Delete: ${brake.hash}" in the commit message`
    risks.push({ code: 'delete-brake', severity: 'fail', key: null, text })
  }
  return risks
}

/** Objects that come or change and from which nothing follows, whatever they say: Headway does not carry out their kind yet. */
function idleRisks({ objects, head }: RiskInput): Risk[] {
  return objects.flatMap(({ action, key, cosmetic }): Risk[] => {
    const kind = head.objects.get(key)?.kind
    const isIdle = kind !== undefined && (kinds[kind] as KindInfo).support === 'accepted'
    if (!isIdle || cosmetic || action === 'delete') return []
    const text = `${formatKey(key)} is accepted but not carried out yet: nothing runs or changes because of it`
    return [{ code: 'not-carried-out', severity: 'warn', key, text }]
  })
}

/** Apps that the change makes unreadable or invalid: they would stay as they are. */
function heldRisks({ base, head }: RiskInput): Risk[] {
  const risks: Risk[] = []
  for (const app of head.apps.values()) {
    if (!app.held || base.apps.get(app.id)?.held === true) continue
    const [first] = app.problems
    const why = first === undefined ? '' : `: ${first.file}:${first.line}: ${first.message}`
    const folder = app.directory === '' ? 'the root folder' : app.directory
    const source = head.sources.length > 1 ? ` of source ${app.source}` : ''
    const what =
      app.revision === '' ? 'not be applied, it has no good version' : 'be held back at its last good version'
    const text = `the app in ${folder}${source} would ${what}${why}`
    risks.push({ code: 'held-app', severity: 'fail', key: null, text })
  }
  return risks
}

function workloadRisks(input: RiskInput, workload: WorkloadPreview): Risk[] {
  const object = input.head.objects.get(workload.key)
  const pods = input.pods.filter((pod) => pod.owner === workload.key)
  const rolled = pods.filter(({ action }) => action === 'replace' || action === 'move')
  const isStarted = rolled.length > 0 || pods.some(({ action }) => action === 'create')
  const name = formatKey(workload.key)
  const risk = (code: Risk['code'], text: string, severity: Risk['severity'] = 'warn'): Risk => {
    return { code, severity, key: workload.key, text }
  }
  const risks: Risk[] = []
  if (workload.lowestReady === 0 && workload.readyBefore > 0 && workload.desired > 0) {
    const when = downtimeText(workload, input.headRun)
    if (workload.readyBefore === 1 && workload.desired === 1)
      risks.push(risk('single-replica-downtime', `${name} has one replica, which is down ${when}`))
    else risks.push(risk('downtime', `no pod of ${name} is ready ${when}`))
  }
  if (object === undefined || !isStarted) return risks
  const template = templateOf(object)
  // Of pods that only make way, or are more, the images are known and pinned, and the probes are what they were.
  const isOther = templateHashOf(input.baseRun, workload) !== templateHashOf(input.headRun, workload)
  const unprobed = (template?.spec?.containers ?? []).filter((container) => container.readinessProbe === undefined)
  if (isOther && rolled.length > 0 && unprobed.length > 0)
    risks.push(
      risk(
        'no-readiness-probe',
        `${name} has no readiness probe (${unprobed.map((c) => c.name).join(', ')}): a pod counts as ready as soon as it runs`,
      ),
    )
  const containers = [...(template?.spec?.initContainers ?? []), ...(template?.spec?.containers ?? [])]
  const mutable = containers.map((container) => container.image ?? '').filter(isMutable)
  if (isOther && mutable.length > 0)
    risks.push(
      risk(
        'mutable-tag',
        `${name} takes ${[...new Set(mutable)].join(', ')}: what the tag means may change between here and the merge`,
      ),
    )
  const crowd = crowdOf(input, workload)
  if (crowd > 0) risks.push(risk('no-spread', crowdText(crowd, workload)))
  return risks
}

function templateHashOf({ planned }: RunResult, { key }: WorkloadPreview): string | undefined {
  return planned.workloads.get(key)?.templateHash
}

function crowdText(crowd: number, { key, desired }: WorkloadPreview): string {
  const name = formatKey(key)
  if (crowd === desired) return `all ${desired} pods of ${name} would run on one host`
  return `the ${crowd} of ${desired} pods of ${name} that find a host would run on one`
}

/** The first time that none is ready: `from 0.5 s until 5.9 s after the merge`. */
function downtimeText({ key, readyBefore }: WorkloadPreview, { readySteps }: RunResult): string {
  let ready = readyBefore
  let from: number | null = null
  for (const { workload, atMs, change } of readySteps) {
    if (workload !== key) continue
    ready += change
    if (ready === 0) from ??= atMs
    else if (from !== null && atMs > from) return `from ${toSeconds(from)} s until ${toSeconds(atMs)} s after the merge`
  }
  return `from ${toSeconds(from ?? 0)} s after the merge on, without end`
}

/** No tag, or `latest`. */
function isMutable(image: string): boolean {
  if (image.includes('@sha256:')) return false
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1]
  return tag === undefined || tag === 'latest'
}

/** How many pods share the one host; 0 when they do not, or already did: that says nothing of the change. */
function crowdOf({ headRun, baseRun }: RiskInput, { key }: WorkloadPreview): number {
  const heard = [...headRun.observed.nodes.values()].filter((node) => node.silentSince === null)
  const hosts = podsByHost(key, headRun.planned)
  const [crowd = 0, ...others] = hosts.values()
  if (heard.length < 2 || crowd < 2 || others.length > 0) return 0
  return podsByHost(key, baseRun.planned).size === 1 ? 0 : crowd
}

/** How many pods of a workload are to stay on each host that has any. */
function podsByHost(workload: ObjectKey, planned: PlannedState): ReadonlyMap<string, number> {
  const hosts = new Map<string, number>()
  for (const node of planned.nodes.values()) {
    const count = node.pods.filter((pod) => pod.workload === workload && pod.stop === null).length
    if (count > 0) hosts.set(node.name, count)
  }
  return hosts
}

/** Pods of workloads that the change does not speak of, and that must go for it. */
function evictionRisks({ pods, objects }: RiskInput): Risk[] {
  const changed = new Set(objects.map(({ key }) => key))
  const victims = new Map<string, string[]>()
  for (const pod of pods) {
    if (changed.has(pod.owner) || pod.action === 'create' || !/preemption|drain|taint/.test(pod.reason)) continue
    const known = victims.get(pod.owner)
    if (known === undefined) victims.set(pod.owner, [pod.reason])
    else known.push(pod.reason)
  }
  return [...victims].map(([key, reasons]) => {
    const pods = reasons.length === 1 ? '1 pod' : `${reasons.length} pods`
    const text = `${pods} of ${formatKey(key)} must make way (${[...new Set(reasons)].join(', ')})`
    return { code: 'evicts-others', severity: 'warn', key, text }
  })
}

/** Pods of one workload that lack the same are one risk. */
function unschedulableRisks({ unschedulable, pods }: RiskInput): Risk[] {
  const owners = new Map(pods.map((pod) => [pod.newKey ?? pod.key, pod.owner]))
  const groups = groupBy(unschedulable, ({ key, diagnosis, nearestMiss }) => {
    return JSON.stringify([owners.get(key) ?? key, diagnosis, nearestMiss])
  })
  return [...groups.values()].flatMap((group): Risk[] => {
    const [first] = group
    if (first === undefined) return []
    const owner = owners.get(first.key)
    const many = owner === undefined ? `${group.length} pods` : `${group.length} pods of ${formatKey(owner)}`
    const who = group.length === 1 ? `pod ${first.key} fits` : `${many} fit`
    const nearest = first.nearestMiss === '' ? '' : `; nearest: ${first.nearestMiss}`
    const text = `${who} on no host: ${first.diagnosis}${nearest}`
    return [{ code: 'unschedulable', severity: 'fail', key: owner ?? null, text }]
  })
}

function endRisks(input: RiskInput): Risk[] {
  const { converges, headRun, baseRun } = input
  const risks = unschedulableRisks(input)
  const before = new Set(baseRun.waiting.map((item) => `${item.on} ${item.key ?? ''}`))
  const waiting = headRun.waiting.filter((item) => !before.has(`${item.on} ${item.key ?? ''}`))
  for (const { on, key, detail } of waiting) {
    if (on !== 'disruption-budget') continue
    const text = `${key === null ? '' : `${formatKey(key)}: `}a disruption budget blocks it for ever: ${detail}`
    risks.push({ code: 'budget-blocks', severity: 'fail', key, text })
  }
  // What the delete brake holds is a risk of its own.
  const untold = waiting.filter(({ on }) => on !== 'delete-brake')
  if (converges || risks.length > 0 || (untold.length === 0 && waiting.length > 0)) return risks
  const [first] = untold
  const why = first === undefined ? '' : `: ${first.key === null ? '' : `${formatKey(first.key)}: `}${first.detail}`
  risks.push({
    code: 'would-not-converge',
    severity: 'fail',
    key: null,
    text: `the cluster would not come to rest${why}`,
  })
  return risks
}
