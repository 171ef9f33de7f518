/** Whether the cluster is what the newest commit says, and one line on what is missing. */
import type { AppView, WorkloadView } from '../../model/status-view.js'
import type { StatusInput } from './status-input.js'

export interface SummaryInput {
  readonly input: StatusInput
  readonly apps: readonly AppView[]
  readonly workloads: readonly WorkloadView[]
}

/** Every source's newest tip is desired, no app is held, nothing waits, and every workload is as it should be. */
export function isConverged({ input, apps, workloads }: SummaryInput): boolean {
  const { desired } = input
  return (
    desired !== null &&
    !input.manager.recovering &&
    isApplied(input) &&
    input.brake === null &&
    input.waiting.length === 0 &&
    input.sources.every((source) => source.tip === source.commit) &&
    apps.every((app) => !app.held) &&
    workloads.every((workload) => isSettled(input, workload))
  )
}

/** Every desired object has been applied, and nothing else is left. A commit that changes nothing makes no plan, so revisions do not tell. */
function isApplied({ desired, planned }: StatusInput): boolean {
  if (desired === null || planned.inventory.size !== desired.objects.size) return false
  for (const object of desired.objects.values()) {
    if (planned.inventory.get(object.key)?.hash !== object.hash) return false
  }
  return true
}

/** Healthy, or suspended on purpose with nothing left to do. */
function isSettled(input: StatusInput, { key, health }: WorkloadView): boolean {
  return input.desired?.objects.has(key) === true && (health === 'Healthy' || health === 'Suspended')
}

/** Its deletion waits for a word: it runs on as it is, and nothing of the commit waits for it. */
function isHeldBack({ brake }: StatusInput, { key }: WorkloadView): boolean {
  return brake?.keys.includes(key) === true
}

/** One line for people. */
export function makeSummary(summary: SummaryInput): string {
  const { input, apps, workloads } = summary
  const { desired, brake } = input
  if (desired === null) return 'no commit has been read yet'
  if (input.manager.recovering) return 'recovering: nothing is changed until every node has reported'
  if (isConverged(summary)) return 'converged'
  const parts: string[] = []
  const held = apps.filter((app) => app.held)
  if (held.length > 0)
    parts.push(`held: ${held.map((app) => app.id).join(', ')} (${count(problemsOf(held), 'problem')})`)
  if (brake !== null) {
    parts.push(`${count(brake.keys.length, 'deletion')} held: headway confirm ${brake.hash.slice(0, 8)} lets them go`)
  }
  for (const source of input.sources) {
    if (source.error !== '') parts.push(`source ${source.id} cannot be read: ${source.error}`)
  }
  const open = workloads.filter((workload) => !isSettled(input, workload) && !isHeldBack(input, workload)).length
  const revision = desired.revision.slice(0, 8)
  if (open > 0) parts.push(`rolling out ${revision}: ${open} of ${count(workloads.length, 'workload')} not ready`)
  else if (input.sources.some((source) => source.tip !== source.commit)) parts.push('a newer commit is being read')
  else if (parts.length === 0) parts.push(input.waiting[0]?.detail ?? `applying ${revision}`)
  return parts.join('; ')
}

function problemsOf(apps: readonly AppView[]): number {
  return apps.reduce((sum, app) => sum + app.problems, 0)
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`
}
