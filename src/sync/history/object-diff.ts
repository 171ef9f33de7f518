/** What changed between two desired states, object by object and field by field. Secrets show as digests, as everywhere. */
import { isEqual } from '../../base/equal.js'
import { compareText } from '../../base/ordered.js'
import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import { formatPath } from '../../model/validate/finding.js'
import type { FieldChange, ObjectChange } from './history-types.js'

type Parts = readonly (string | number)[]

/** Every field that differs, deepest first differing place only, in the order of the fields. Lists are compared by their items' names where all have one. */
export function diffFields(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = []
  compare(before, after, [], changes)
  return changes
}

/** What happened to one object; null when nothing did. Where it stands does not count. */
export function diffObjects(before: DesiredObject | null, after: DesiredObject | null): ObjectChange | null {
  const there = after ?? before
  if (there === null || before === after || before?.hash === after?.hash) return null
  const action = before === null ? 'create' : after === null ? 'delete' : 'change'
  const fields = action === 'change' ? diffFields(before?.manifest, after?.manifest) : []
  return { action, key: there.key, file: there.origin.file, line: there.origin.line, fields }
}

/** Every object that differs, sorted by key; without a state before, all are created. */
export function changesBetween(before: DesiredState | null, after: DesiredState): ObjectChange[] {
  const keys = new Set([...(before?.objects.keys() ?? []), ...after.objects.keys()])
  const changes: ObjectChange[] = []
  for (const key of [...keys].sort(compareText)) {
    const change = diffObjects(before?.objects.get(key) ?? null, after.objects.get(key) ?? null)
    if (change !== null) changes.push(change)
  }
  return changes
}

function compare(before: unknown, after: unknown, path: Parts, changes: FieldChange[]): void {
  if (isEqual(before, after)) return
  if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, changes)
  else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[key], after[key], [...path, key], changes)
    }
  } else changes.push({ path: formatPath(path), before, after })
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Parts,
  changes: FieldChange[],
): void {
  const old = namesOf(before)
  const now = namesOf(after)
  if (old === null || now === null) {
    const length = Math.max(before.length, after.length)
    for (let i = 0; i < length; i++) compare(before[i], after[i], [...path, i], changes)
    return
  }
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const at = now.get(name) ?? old.get(name)!
    const was = old.get(name)
    const is = now.get(name)
    compare(
      was === undefined ? undefined : before[was],
      is === undefined ? undefined : after[is],
      [...path, at],
      changes,
    )
  }
}

/** Index by name, when every item has one and none twice. */
function namesOf(items: readonly unknown[]): Map<string, number> | null {
  const names = new Map<string, number>()
  for (const [i, item] of items.entries()) {
    const name = isObject(item) ? item['name'] : undefined
    if (typeof name !== 'string' || names.has(name)) return null
    names.set(name, i)
  }
  return names
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
