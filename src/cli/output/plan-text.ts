/** A preview for the terminal: verdict first, then what happens, when, and what to think of it. */
import { formatInstant } from '../../base/instant.js'
import { groupBy } from '../../base/ordered.js'
import { formatKey } from '../../model/keys.js'
import type {
  BudgetPreview,
  ObjectPreview,
  PodPreview,
  Preview,
  TimelineRow,
  WorkloadPreview,
} from '../../simulation/preview/preview-types.js'
import type { Colors } from '../context.js'
import { formatCommit, formatCount, formatKeySafely } from './format.js'
import type { PlanExtras } from './plan-view.js'
import {
  actionCounts,
  backText,
  cosmeticText,
  formatSeconds,
  orderText,
  readyText,
  revertText,
  shortValue,
  sourceText,
  verdictText,
} from './plan-words.js'
import { cutText, renderTable } from './table.js'

const PODS_MAX = 40
/** What does not change is read last. */
const KEPT_MAX = 10
const FIELDS_MAX = 12
const ROWS_MAX = 30
const PENDING_MAX = 10
const SAME_MAX = 3

/** The whole text; lines of the chart are cut to the terminal. */
export function renderPlan(preview: Preview, extras: PlanExtras, colors: Colors, columns: number): string {
  return [
    headText(preview, colors),
    extras.goesBack ? `${colors.yellow(backText(preview))}\n` : '',
    checkText(extras, colors),
    section('RISKS', risksText(preview, colors), colors),
    section('OBJECTS', preview.objects.map((object) => objectText(object, colors)).join(''), colors),
    section('WORKLOADS', workloadsText(preview.workloads), colors),
    section('BUDGETS', budgetsText(preview.budgets), colors),
    section('PODS', podsText(preview), colors),
    section('TIMELINE', chartText(preview, columns), colors),
    section('FITS NOWHERE', unschedulableText(preview), colors),
    section('IMAGES TO PULL', pullsText(preview), colors),
    section('TIMES USED', timesText(preview), colors),
    section('PENDING, NOT YOURS', pendingText(preview), colors),
    section('TOGETHER WITH', orderText(extras.together, preview.head), colors),
    `\n${totalsText(preview)}\nfingerprint ${preview.fingerprint}\n`,
  ].join('')
}

function section(title: string, text: string, colors: Colors): string {
  return text === '' ? '' : `\n${colors.bold(title)}\n${text}`
}

function headText(preview: Preview, { bold, dim, green, yellow, red }: Colors): string {
  const paint = { ok: green, warn: yellow, fail: red }[preview.verdict]
  const revisions = `${bold(formatCommit(preview.base))} -> ${bold(formatCommit(preview.head))}`
  return `${revisions}: ${paint(verdictText(preview))}\n${dim(`live state of ${formatInstant(preview.takenAt)}`)}\n`
}

function checkText({ check }: PlanExtras, { green, yellow }: Colors): string {
  if (check === null) return ''
  const head = check.asReviewed ? green('as reviewed') : yellow('not as reviewed')
  return `${head}${check.changes.length === 0 ? '' : `: ${check.changes.join('; ')}`}\n`
}

function risksText({ risks }: Preview, { yellow, red }: Colors): string {
  return risks
    .map(({ severity, code, text }) => `${(severity === 'fail' ? red : yellow)(severity)} ${code}: ${text}\n`)
    .join('')
}

function objectText(object: ObjectPreview, { green, yellow, red, dim }: Colors): string {
  const marks = { create: green('+'), update: yellow('~'), delete: red('-'), move: dim('>') }
  const from = object.fromFile === null ? '' : `, moved from ${object.fromFile}`
  const cosmetic = object.cosmetic ? dim(` ${cosmeticText(object)}`) : ''
  const head = `${marks[object.action]} ${formatKey(object.key)} (${object.file}:${object.line}${from})${cosmetic}\n`
  const shown = object.fields.slice(0, FIELDS_MAX)
  const lines = shown.map(
    ({ path, before, after }) => `    ${path}: ${red(shortValue(before))} -> ${green(shortValue(after))}\n`,
  )
  const more = object.fields.length - shown.length
  return `${head}${lines.join('')}${more > 0 ? `    and ${more} more fields: -o json lists them\n` : ''}`
}

function workloadsText(workloads: readonly WorkloadPreview[]): string {
  const table = renderTable(
    ['WORKLOAD', 'DESIRED', 'READY', 'LOWEST', 'DONE AFTER'],
    workloads.map((workload) => [
      formatKeySafely(workload.key),
      `${workload.desired}`,
      `${workload.readyBefore}`,
      readyText(workload),
      workload.doneSeconds === null ? 'never' : formatSeconds(workload.doneSeconds),
    ]),
  )
  const waits = workloads.flatMap((workload) =>
    workload.waits.map((wait) => {
      const until = wait.toSeconds === null ? 'without end' : `until ${formatSeconds(wait.toSeconds)}`
      const times = wait.count > 1 ? ` (${wait.count} times)` : ''
      return `  ${formatKeySafely(workload.key)} waits from ${formatSeconds(wait.fromSeconds)} ${until} on ${wait.on}: ${wait.detail}${times}\n`
    }),
  )
  return `${table}${waits.join('')}`
}

function budgetsText(budgets: readonly BudgetPreview[]): string {
  return renderTable(
    ['BUDGET', 'ASKS FOR', 'READY', 'LOWEST', 'OF'],
    budgets.map((budget) => [
      formatKeySafely(budget.key),
      `${budget.needed} ready`,
      `${budget.readyBefore}`,
      readyText(budget),
      budget.workloads.map(formatKeySafely).join(', '),
    ]),
  )
}

/** Those that change, then those of the same workloads that are kept. */
function podsText(preview: Preview): string {
  const isKept = ({ action }: PodPreview): boolean => action === 'keep'
  const changed = preview.pods.filter((pod) => !isKept(pod))
  const shown = [...changed.slice(0, PODS_MAX), ...preview.pods.filter(isKept).slice(0, KEPT_MAX)]
  const table = renderTable(
    ['ACTION', 'POD', 'FROM', 'TO', 'AT', 'READY', 'WHY'],
    shown.map((pod) => [
      pod.action,
      pod.key,
      pod.fromNode ?? '-',
      pod.toNode ?? '-',
      pod.action === 'keep' ? '-' : formatSeconds(pod.atSeconds),
      pod.readySeconds === null ? '-' : formatSeconds(pod.readySeconds),
      pod.reason,
    ]),
  )
  const more = preview.pods.length - shown.length
  const kept =
    preview.kept > 0
      ? `${formatCount(preview.kept, 'pod')} ${preview.kept === 1 ? 'keeps running as it is' : 'keep running as they are'}\n`
      : ''
  const updated =
    preview.updatedInPlace > 0
      ? `${formatCount(preview.updatedInPlace, 'pod')} ${preview.updatedInPlace === 1 ? 'takes' : 'take'} changed configuration in place\n`
      : ''
  return `${table}${more > 0 ? `and ${more} more: -o json lists them\n` : ''}${updated}${kept}`
}

/** Bars over seconds: `=` starts until it is ready, `x` leaves until it is gone. */
function chartText({ timeline, timelineOmitted }: Preview, columns: number): string {
  if (timeline.length === 0) return ''
  const rows = timeline.slice(0, ROWS_MAX)
  const end = Math.max(1, ...timeline.map((row) => row.toSeconds ?? row.fromSeconds))
  const name = Math.min(40, Math.max(...rows.map((row) => row.pod.length)))
  const width = Math.max(20, Math.min(60, columns - name - 24))
  const lines = rows.map((row) => {
    const label = cutText(row.pod, name).padEnd(name)
    const to = row.toSeconds === null ? 'never' : formatSeconds(row.toSeconds)
    return `${label} |${bar(row, end, width)}| ${formatSeconds(row.fromSeconds)}-${to}\n`
  })
  const hidden = timeline.length - rows.length + timelineOmitted
  const scale = `${' '.repeat(name)}  0${formatSeconds(end).padStart(width - 1)}\n`
  const legend = `${' '.repeat(name)}  = starts until ready, x leaves until gone\n`
  return `${lines.join('')}${scale}${legend}${hidden > 0 ? `and ${hidden} more: -o json lists them\n` : ''}`
}

function bar(row: TimelineRow, end: number, width: number): string {
  const at = (seconds: number): number => Math.min(width - 1, Math.floor((seconds / end) * width))
  const from = at(row.fromSeconds)
  const to = row.toSeconds === null ? width - 1 : at(row.toSeconds)
  const mark = row.what === 'starts' ? '=' : 'x'
  return `${' '.repeat(from)}${mark.repeat(Math.max(1, to - from + 1))}`.padEnd(width)
}

/** Pods that lack the same in one line. */
function unschedulableText({ unschedulable }: Preview): string {
  const groups = groupBy(unschedulable, ({ diagnosis, nearestMiss }) => {
    return `${diagnosis}${nearestMiss === '' ? '' : `; nearest: ${nearestMiss}`}`
  })
  return [...groups]
    .map(([why, pods]) => {
      const names = pods.slice(0, SAME_MAX).map(({ key }) => key)
      const more = pods.length - names.length
      return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: ${why}\n`
    })
    .join('')
}

function pullsText({ pulls }: Preview): string {
  return renderTable(
    ['IMAGE', 'SECONDS', 'HOSTS'],
    pulls.map(({ image, nodes, seconds }) => [
      image,
      formatSeconds(seconds),
      nodes.length > 4 ? `${nodes.slice(0, 4).join(', ')} and ${nodes.length - 4} more` : nodes.join(', '),
    ]),
  )
}

function timesText({ times }: Preview): string {
  return renderTable(
    ['STEP', 'OF', 'TIME', 'FROM'],
    times
      .slice(0, ROWS_MAX)
      .map((time) => [
        time.step,
        time.step === 'pull' ? time.subject : formatKeySafely(time.subject),
        formatSeconds(time.ms / 1_000),
        sourceText(time),
      ]),
  )
}

function pendingText({ pendingNotYours }: Preview): string {
  const lines = pendingNotYours
    .slice(0, PENDING_MAX)
    .map(({ key, diagnosis }) => `${formatKeySafely(key)}: ${diagnosis}\n`)
  const more = pendingNotYours.length - lines.length
  return `${lines.join('')}${more > 0 ? `and ${more} more: -o json lists them\n` : ''}`
}

function totalsText(preview: Preview): string {
  const there = `${formatCount(preview.restarts, 'restart')} in ${formatSeconds(preview.seconds)}`
  return `${actionCounts(preview)}; ${there}; the way back: ${revertText(preview)}`
}
