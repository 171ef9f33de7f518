/** `headway status` for people: the revision and whether it is reached, then nodes, workloads, pods, services and what waits. */
import { formatDuration, type Instant } from '../../base/instant.js'
import { formatProblem } from '../../model/problem.js'
import type { BudgetView, NodeView, PodView, ServiceView, StatusView, WorkloadView } from '../../model/status-view.js'
import type { Colors } from '../context.js'
import {
  colorHealth,
  formatBytes,
  formatCommit,
  formatCount,
  formatCpu,
  formatKeySafely,
  formatProblems,
} from './format.js'
import { reviewText } from './review-text.js'
import { renderTable } from './table.js'
import { podOwners, waitingLines } from './waiting-lines.js'

export interface StatusTextOptions {
  readonly colors: Colors
  readonly now: Instant
}

/** The whole text, sections parted by an empty line; sections without rows are left out. */
export function renderStatus(status: StatusView, options: StatusTextOptions): string {
  const { colors } = options
  const sections = [
    renderHead(status, options),
    renderTable(['NODE', 'READY', 'PODS', 'CPU', 'MEMORY', 'ADDRESS', 'ENGINE'], status.nodes.map(nodeRow(colors))),
    renderTable(
      ['NAMESPACE', 'WORKLOAD', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'HEALTH', 'COMMIT', 'MESSAGE'],
      status.workloads.map(workloadRow(colors)),
    ),
    renderTable(
      ['NAMESPACE', 'POD', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'NODE', 'ADDRESS', 'COMMIT'],
      status.pods.map(podRow(options)),
    ),
    renderTable(['NAMESPACE', 'SERVICE', 'ADDRESS', 'PORTS', 'ENDPOINTS'], status.services.map(serviceRow)),
    renderTable(
      ['NAMESPACE', 'BUDGET', 'KEEPS', 'PODS', 'HEALTHY', 'NEEDED', 'MAY GO'],
      (status.budgets ?? []).map(budgetRow(colors)),
    ),
    renderHeld(status, colors),
    renderWaiting(status, colors),
    renderBrake(status, colors),
    renderNotCarriedOut(status),
  ]
  return sections.filter((section) => section !== '').join('\n')
}

function renderHead(status: StatusView, { colors }: StatusTextOptions): string {
  const lines: string[] = []
  if (status.revision === '') lines.push('no commit has been read yet')
  for (const source of status.sources) {
    const subject = source.commit === '' ? 'not read yet' : `"${source.subject}" (${source.author})`
    const behind =
      source.tip === '' || source.tip === source.commit ? '' : `; newest commit ${formatCommit(source.tip)}`
    lines.push(
      `${colors.bold(formatCommit(source.commit))} ${subject}${behind}, branch ${source.branch} of ${source.url}`,
    )
    if (source.error !== '') lines.push(colors.red(`source ${source.id}: ${source.error}`))
  }
  const mark = status.converged ? colors.green(status.summary) : colors.yellow(status.summary)
  lines.push(mark)
  if (status.reviewed !== undefined) lines.push(reviewText(status.reviewed, colors))
  if (status.manager.recovering)
    lines.push(colors.yellow('rebuilding from git and the nodes’ reports: nothing is created or deleted until then'))
  return `${lines.join('\n')}\n`
}

function nodeRow(colors: Colors): (node: NodeView) => string[] {
  return (node) => [
    node.name,
    node.ready ? readiness(node, colors) : colors.red(silence(node)),
    String(node.pods),
    `${formatCpu(node.cpuMilli.requested)}/${formatCpu(node.cpuMilli.allocatable)}`,
    `${formatBytes(node.memoryBytes.requested)}/${formatBytes(node.memoryBytes.allocatable)}`,
    node.address,
    node.engineVersion,
  ]
}

function readiness(node: NodeView, colors: Colors): string {
  if (node.drain === 'draining') return colors.yellow(`draining: ${formatCount(node.pods, 'pod')} left`)
  if (node.drain === 'drained') return colors.yellow('drained')
  return node.schedulable ? colors.green('yes') : colors.yellow('cordoned')
}

function silence(node: NodeView): string {
  return node.silentForMs === null ? 'no' : `silent ${formatDuration(node.silentForMs)}`
}

function workloadRow(colors: Colors): (workload: WorkloadView) => string[] {
  return (workload) => [
    workload.namespace,
    `${workload.kind.toLowerCase()}/${workload.name}`,
    `${workload.ready}/${workload.desired}`,
    String(workload.updated),
    String(workload.available),
    colorHealth(colors, workload.health),
    formatCommit(workload.commit),
    workload.message,
  ]
}

function podRow({ colors, now }: StatusTextOptions): (pod: PodView) => string[] {
  return (pod) => {
    const [namespace = '', name = pod.key] = pod.key.split('/')
    return [
      namespace,
      name,
      pod.ready ? colors.green('yes') : colors.yellow('no'),
      pod.status,
      String(pod.restarts),
      formatDuration(now - pod.createdAt),
      pod.node ?? '-',
      pod.address ?? '-',
      formatCommit(pod.commit),
    ]
  }
}

function serviceRow(service: ServiceView): string[] {
  const [, namespace = '', name = service.key] = service.key.split('/')
  return [
    namespace,
    name,
    service.address ?? 'None',
    service.ports.map((port) => (port.nodePort === null ? `${port.port}` : `${port.port}:${port.nodePort}`)).join(','),
    service.ports.map((port) => String(port.endpoints)).join(','),
  ]
}

/** `min 2` or `max 1 gone`; what a budget allows now, and whether something waits for it to allow more. */
function budgetRow(colors: Colors): (budget: BudgetView) => string[] {
  return (budget) => {
    const { minAvailable, maxUnavailable, disruptionsAllowed } = budget
    const least = minAvailable === null ? '' : `min ${minAvailable}`
    return [
      budget.namespace,
      budget.name,
      maxUnavailable === null ? least : `max ${maxUnavailable} gone`,
      String(budget.expectedPods),
      String(budget.currentHealthy),
      String(budget.desiredHealthy),
      disruptionsAllowed > 0 ? String(disruptionsAllowed) : colors.yellow('0'),
    ]
  }
}

function renderHeld(status: StatusView, colors: Colors): string {
  const held = status.apps.filter((app) => app.held)
  const lines = held.map((app) => {
    const version = app.revision === '' ? 'no good version yet' : `at ${formatCommit(app.revision)}`
    return `${colors.red('held')} ${app.id}, ${version}: ${formatCount(app.problems, 'problem')}\n`
  })
  return `${lines.join('')}${formatProblems(colors, status.problems)}`
}

function renderWaiting(status: StatusView, colors: Colors): string {
  const lines = waitingLines(status.waiting, podOwners(status))
  return lines.map((line) => `${colors.yellow('waiting')} ${line}\n`).join('')
}

function renderBrake(status: StatusView, colors: Colors): string {
  const { brake } = status
  if (brake === null) return ''
  const keys = brake.keys.map((key) => `  ${formatKeySafely(key)}\n`).join('')
  return `${colors.yellow('deletions wait')}: ${brake.reason}\n${keys}to delete them: headway confirm ${brake.hash.slice(0, 8)}\n`
}

function renderNotCarriedOut(status: StatusView): string {
  if (status.notCarriedOut.length === 0) return ''
  return `accepted, not carried out yet: ${status.notCarriedOut.map(formatKeySafely).join(', ')}\n`
}

/** What changes between two looks, in one line: for logs of progress without a terminal. */
export function renderProgressLine(status: StatusView): string {
  const workloads = status.workloads
    .filter((workload) => workload.health !== 'Healthy')
    .map((workload) => {
      const name = `${workload.kind.toLowerCase()}/${workload.name}`
      return `${name} ${workload.ready}/${workload.desired} ready, ${workload.updated} up to date`
    })
  const errors = status.problems.filter((problem) => problem.severity === 'error').slice(0, 3)
  return [status.summary, ...workloads, ...errors.map(formatProblem)].join('; ')
}
