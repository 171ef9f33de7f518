/**
 * What the rules say of an object that does not fit its schema: a mistyped word must not hide a bad name. The offending
 * values are taken out, and what is found then counts only where it cannot come from that: not at or around such a
 * value, and with every word that could have been meant.
 */
import type { ClusterConfiguration } from '../../model/cluster-configuration.js'
import type { Manifest } from '../../model/desired-state.js'
import type { Kind } from '../../model/kinds.js'
import { type Finding, formatPath, type Path } from '../../model/validate/finding.js'
import type { SchemaFinding } from '../schema/schema-finding.js'
import { applyDefaults, validateObject } from './checks.js'

/** More meanings of one object are not looked at. */
const MEANINGS_MAX = 16

export interface RulesBesideInput {
  readonly kind: Kind
  /** As decoded, before defaults. */
  readonly value: Readonly<Record<string, unknown>>
  readonly offending: readonly Pick<SchemaFinding, 'path' | 'meant'>[]
  readonly configuration: ClusterConfiguration
}

/** Findings of the rules that do not depend on the offending values; none where the rules cannot be applied without these. */
export function rulesBeside({ kind, value, offending, configuration }: RulesBesideInput): Finding[] {
  const places = offending.map(({ path, meant = [] }) => {
    const named = namedPath(path)
    return { path: named, meant: named.length === path.length ? meant : [] }
  })
  // Of a value that is wrong in two ways, what could have been meant counts: it is put in last.
  places.sort((left, right) => left.meant.length - right.meant.length)
  if (places.some(({ path }) => path.length === 0)) return []
  const meanings = Math.min(MEANINGS_MAX, Math.max(1, ...places.map(({ meant }) => meant.length)))
  let common: Finding[] | null = null
  for (let i = 0; i < meanings; i++) {
    const object = structuredClone(value)
    for (const { path, meant } of places) put(object, path, meant[i % Math.max(1, meant.length)])
    const found = applyRules(kind, object, configuration)
    if (found === null) return []
    const known = new Set(found.map(textOf))
    common = common === null ? found : common.filter((finding) => known.has(textOf(finding)))
  }
  const removed = places.map(({ path }) => path)
  return (common ?? []).filter((finding) => !dependsOn(finding, removed))
}

function textOf({ path, message }: Finding): string {
  return `${formatPath(path)}: ${message}`
}

/** Null when they stumble: they are made for objects that fit their schema. */
function applyRules(
  kind: Kind,
  object: Readonly<Record<string, unknown>>,
  configuration: ClusterConfiguration,
): Finding[] | null {
  try {
    return validateObject(kind, applyDefaults(kind, object as unknown as Manifest), configuration)
  } catch {
    return null
  }
}

/** Without an item of a list, the others would stand at other places: the whole list is the offending value. */
function namedPath(path: Path): Path {
  let end = path.length
  while (end > 0 && typeof path[end - 1] === 'number') end--
  return path.slice(0, end)
}

/** Sets the value at the path, or takes it out when undefined. A path that leads nowhere changes nothing. */
function put(object: object, path: Path, value: unknown): void {
  let holder: unknown = object
  for (const part of path.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null) return
    holder = (holder as Record<string | number, unknown>)[part]
  }
  const name = path.at(-1)
  if (typeof holder !== 'object' || holder === null || name === undefined) return
  if (value === undefined) delete (holder as Record<string | number, unknown>)[name]
  else (holder as Record<string | number, unknown>)[name] = value
}

function dependsOn({ path, message }: Finding, removed: readonly Path[]): boolean {
  return removed.some(
    (other) =>
      isPrefix(other, path) ||
      isPrefix(path, other) ||
      // What is not there may be what was taken out: the name of a volume.
      (message.startsWith('Not found') && other.includes('volumes')),
  )
}

function isPrefix(short: Path, long: Path): boolean {
  return short.length <= long.length && short.every((part, i) => part === long[i])
}
