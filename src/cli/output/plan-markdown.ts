/** A preview as a comment on a pull request: what matters in sight, the rest folded, never longer than a comment may be. */
import { formatInstant } from '../../base/instant.js'
import type { Preview, TimelineRow } from '../../simulation/preview/preview-types.js'
import { formatCount, formatKeySafely } from './format.js'
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

/** GitHub takes 65,536 letters, GitLab and Gitea more. */
export const MARKDOWN_LETTERS_MAX = 60_000
/** By this line a CI job finds its comment again. */
export const MARKDOWN_MARK = '<!-- headway-plan -->'

const SECTION_ROWS_MAX = 300

interface Section {
  readonly title: string
  readonly rows: readonly string[]
  /** How many things the rows tell of; default: one each. */
  readonly count?: number
  /** Heads of a table; null for plain lines. */
  readonly heads: readonly string[] | null
}

/** The comment, under 60,000 letters: sections lose rows from the longest on until it fits. */
export function renderPlanMarkdown(preview: Preview, extras: PlanExtras): string {
  const sections = [
    objectsSection(preview),
    waitsSection(preview),
    budgetsSection(preview),
    podsSection(preview),
    timelineSection(preview),
    pullsSection(preview),
    timesSection(preview),
    pendingSection(preview),
  ].filter((section) => section.rows.length > 0)
  const before = headText(preview, extras)
  const after = footText(preview)
  for (let limit = SECTION_ROWS_MAX; ; limit = Math.floor(limit / 2)) {
    const text = `${before}${sections.map((section) => fold(section, limit)).join('')}${after}`
    if (text.length < MARKDOWN_LETTERS_MAX) return text
    if (limit === 0) return `${before.slice(0, MARKDOWN_LETTERS_MAX - after.length - 100)}\n\n(cut)\n${after}`
  }
}

/** A comment in the place of a plan that cannot be made until somebody acts. */
export function renderPlanProblem(problem: string): string {
  return `${MARKDOWN_MARK}\n### ❌ headway plan: ${cell(problem)}\n`
}

/** The line is ready to paste: as a trailer it must stand by itself. */
function footText({ fingerprint }: Preview): string {
  const hint = 'With this line in the message of the merge commit the cluster says whether the merge was as reviewed:'
  return `\n<sub>${hint}</sub>\n\n\`\`\`\nHeadway-Plan: ${fingerprint}\n\`\`\`\n`
}

function headText(preview: Preview, extras: PlanExtras): string {
  const signs = { ok: '✅', warn: '⚠️', fail: '❌' }
  const lines = [
    MARKDOWN_MARK,
    `### ${signs[preview.verdict]} headway plan: ${cell(verdictText(preview))}`,
    '',
    `\`${preview.base.slice(0, 10)}\` → \`${preview.head.slice(0, 10)}\` on the live state of ${formatInstant(preview.takenAt)}: ${actionCounts(preview)}; ${formatCount(preview.kept, 'pod')} ${preview.kept === 1 ? 'keeps' : 'keep'} running. ` +
      `${formatCount(preview.restarts, 'restart')} in ${formatSeconds(preview.seconds)}; the way back: ${cell(revertText(preview))}.`,
    '',
  ]
  if (extras.goesBack) lines.push(`**${cell(backText(preview))}**`, '')
  if (extras.check !== null) {
    const { asReviewed, changes } = extras.check
    const words = asReviewed ? '**As reviewed**' : '**Not as reviewed**'
    lines.push(`${words}${changes.length === 0 ? '.' : `: ${changes.map(cell).join('; ')}.`}`, '')
  }
  for (const risk of preview.risks)
    lines.push(`- ${risk.severity === 'fail' ? '❌' : '⚠️'} \`${risk.code}\` ${cell(risk.text)}`)
  if (preview.risks.length > 0) lines.push('')
  if (extras.together !== null) {
    lines.push('**Together with other branches**', '')
    for (const line of orderText(extras.together, preview.head).trimEnd().split('\n')) lines.push(`- ${cell(line)}`)
    lines.push('')
  }
  const workloads = preview.workloads.slice(0, 50)
  if (workloads.length > 0) {
    lines.push(...tableHead(['Workload', 'Desired', 'Ready now', 'Lowest ready', 'Done after', 'Waits on']))
    for (const workload of workloads) {
      const done = workload.doneSeconds === null ? 'never' : formatSeconds(workload.doneSeconds)
      const waits = [...new Set(workload.waits.map(({ on }) => on))].join(', ')
      const { desired, readyBefore } = workload
      lines.push(row([formatKeySafely(workload.key), `${desired}`, `${readyBefore}`, readyText(workload), done, waits]))
    }
    const more = preview.workloads.length - workloads.length
    if (more > 0) lines.push('', `and ${more} more workloads`)
    lines.push('')
  }
  return `${lines.join('\n')}\n`
}

function fold({ title, rows, count = rows.length, heads }: Section, limit: number): string {
  const shown = rows.slice(0, limit)
  const hidden = rows.length - shown.length
  const more =
    hidden > 0 ? `\n${shown.length > 0 ? '\n' : ''}and ${hidden} more: \`headway plan -o json\` lists them\n` : '\n'
  const body = [...(heads === null || shown.length === 0 ? [] : tableHead(heads)), ...shown].join('\n')
  return `<details><summary>${title} (${count})</summary>\n\n${body}${more}\n</details>\n`
}

function objectsSection({ objects }: Preview): Section {
  const rows = objects.flatMap((object) => {
    const from = object.fromFile === null ? '' : `, moved from ${object.fromFile}`
    const note = object.cosmetic ? ` _${cosmeticText(object)}_` : ''
    const head = `- **${object.action}** ${cell(formatKeySafely(object.key))} (${cell(`${object.file}:${object.line}${from}`)})${note}`
    return [
      head,
      ...object.fields.map(
        ({ path, before, after }) => `  - ${code(path)}: ${code(shortValue(before))} → ${code(shortValue(after))}`,
      ),
    ]
  })
  return { title: 'Objects', rows, count: objects.length, heads: null }
}

function waitsSection({ workloads }: Preview): Section {
  const rows = workloads.flatMap(({ key, waits }) =>
    waits.map(({ on, detail, count, fromSeconds, toSeconds }) => {
      const until = toSeconds === null ? 'never' : formatSeconds(toSeconds)
      const times = count > 1 ? ` (${count} times)` : ''
      return row([formatKeySafely(key), on, formatSeconds(fromSeconds), until, `${detail}${times}`])
    }),
  )
  return { title: 'What waits', rows, heads: ['Workload', 'On', 'From', 'Until', 'What'] }
}

function budgetsSection({ budgets }: Preview): Section {
  const rows = budgets.map((budget) => {
    const workloads = budget.workloads.map(formatKeySafely).join(', ')
    return row([formatKeySafely(budget.key), `${budget.needed}`, `${budget.readyBefore}`, readyText(budget), workloads])
  })
  return { title: 'Budgets', rows, heads: ['Budget', 'Asks for', 'Ready now', 'Lowest ready', 'Of'] }
}

function podsSection({ pods }: Preview): Section {
  const rows = pods.map((pod) =>
    row([
      pod.action,
      pod.key,
      pod.fromNode ?? '',
      pod.toNode ?? '',
      pod.action === 'keep' ? '' : formatSeconds(pod.atSeconds),
      pod.readySeconds === null ? '' : formatSeconds(pod.readySeconds),
      pod.reason,
    ]),
  )
  return { title: 'Pods', rows, heads: ['Action', 'Pod', 'From', 'To', 'At', 'Ready', 'Why'] }
}

function timelineSection({ timeline }: Preview): Section {
  const rows = timeline.map((item: TimelineRow) => {
    const to = item.toSeconds === null ? 'never' : formatSeconds(item.toSeconds)
    return row([formatSeconds(item.fromSeconds), to, item.what, item.pod, item.node ?? '', item.reason])
  })
  return { title: 'Timeline', rows, heads: ['From', 'To', 'What', 'Pod', 'Host', 'Why'] }
}

function pullsSection({ pulls }: Preview): Section {
  const rows = pulls.map(({ image, nodes, seconds }) => row([image, formatSeconds(seconds), nodes.join(', ')]))
  return { title: 'Images to pull', rows, heads: ['Image', 'Seconds', 'Hosts'] }
}

function timesSection({ times }: Preview): Section {
  const rows = times.map((time) => {
    const of = time.step === 'pull' ? time.subject : formatKeySafely(time.subject)
    return row([time.step, of, formatSeconds(time.ms / 1_000), sourceText(time)])
  })
  return { title: 'Where the times come from', rows, heads: ['Step', 'Of', 'Time', 'From'] }
}

function pendingSection({ pendingNotYours }: Preview): Section {
  const rows = pendingNotYours.map(({ key, diagnosis }) => row([formatKeySafely(key), diagnosis]))
  return { title: 'Pending, not yours', rows, heads: ['What', 'Why'] }
}

function tableHead(heads: readonly string[]): string[] {
  return [`| ${heads.join(' | ')} |`, `|${heads.map(() => '---').join('|')}|`]
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`
}

/** Text that cannot end a cell, begin markup, or call people by an at sign. */
function cell(text: string): string {
  return text
    .replace(/\r?\n/g, ' ')
    .replace(/[\\|<>*_[\]`~]/g, (letter) => (letter === '<' ? '&lt;' : letter === '>' ? '&gt;' : `\\${letter}`))
    .replace(/@/g, '@\u200b')
}

function code(text: string): string {
  const plain = text.replace(/\r?\n/g, ' ')
  return plain.includes('`') ? `\`\` ${plain} \`\`` : `\`${plain}\``
}
