/** How single values are printed: commits, keys, amounts, waiting reasons, problems. */
import { formatDuration } from '../../base/instant.js'
import { formatKey } from '../../model/keys.js'
import { formatProblem, type Problem } from '../../model/problem.js'
import type { Health } from '../../model/status-view.js'
import type { Waiting } from '../../model/waiting.js'
import type { Colors } from '../context.js'

/** The first eight letters of a commit; `-` for none. */
export function formatCommit(commit: string): string {
  return commit === '' ? '-' : commit.slice(0, 8)
}

/** `2`, `250m` as Kubernetes prints cpu. */
export function formatCpu(milli: number): string {
  return milli % 1_000 === 0 ? String(milli / 1_000) : `${milli}m`
}

/** `512Mi`, `3.8Gi`: the largest binary unit that keeps a whole part. */
export function formatBytes(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti']
  let value = bytes
  let unit = 0
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024
    unit += 1
  }
  const text = value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1)
  return `${text}${units[unit]}`
}

/** `1 pod`, `3 pods`. */
export function formatCount(count: number, word: string, plural = `${word}s`): string {
  return `${count} ${count === 1 ? word : plural}`
}

/** `deployment/web: readiness: 2 of 3 pods are ready`. */
export function formatWaiting(waiting: Waiting): string {
  const key = waiting.key === null ? '' : `${formatKeySafely(waiting.key)}: `
  return `${key}${waiting.on}: ${waiting.detail}`
}

/** formatKey, or the text itself when it is no key (an API of a newer version may send one we do not know). */
export function formatKeySafely(key: string): string {
  try {
    return formatKey(key)
  } catch {
    return key
  }
}

export function colorHealth(colors: Colors, health: Health): string {
  if (health === 'Healthy') return colors.green(health)
  if (health === 'Degraded' || health === 'Missing') return colors.red(health)
  return colors.yellow(health)
}

/** Errors red, warnings yellow, one a line. */
export function formatProblems(colors: Colors, problems: readonly Problem[]): string {
  return problems
    .map((problem) => `${(problem.severity === 'error' ? colors.red : colors.yellow)(formatProblem(problem))}\n`)
    .join('')
}

/** JSON for programs: indented, one newline at the end. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Milliseconds from `90s`, `2m`, `1h30m`, `500ms`, `45` (seconds); null for anything else. */
export function parseDuration(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1_000)
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) return null
  const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  return Math.round(parts.reduce((sum, part) => sum + Number(part[1]) * unitMs[part[2]!]!, 0))
}

/** `0.8s`, `12.3s` below a minute, then as kubectl prints ages. */
export function formatDurationMs(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)}s` : formatDuration(ms)
}
