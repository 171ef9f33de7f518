/** Holds a reviewed plan's fingerprint against the plan as it is now: as reviewed, or what is another since. */
import type { Snapshot } from '../../model/snapshot.js'
import { FORM, HOST_LETTERS, heardHosts, hostHash, hosts, VERDICT_LETTERS } from './fingerprint.js'
import type { Preview } from './preview-types.js'

export interface FingerprintCheck {
  /** The plan is the one that was reviewed. */
  readonly asReviewed: boolean
  /** What is another than when it was reviewed, and how the plan differs; empty when nothing is. */
  readonly changes: readonly string[]
}

/** A text that is no fingerprint of this form. */
export class FingerprintError extends Error {
  override readonly name = 'FingerprintError'
}

/** Holds a reviewed plan's fingerprint against the plan as it is now. Throws FingerprintError. */
export function checkFingerprint(
  reviewed: string,
  now: Pick<Preview, 'fingerprint'>,
  snapshot: Snapshot,
): FingerprintCheck {
  const before = parseFingerprint(reviewed)
  const after = parseFingerprint(now.fingerprint)
  const changes: string[] = []
  changes.push(...compareBases(before.base, after.base, snapshot))
  if (before.change !== after.change) changes.push('the change itself is another than the one that was reviewed')
  const hostChanges = compareHosts(before.hosts, snapshot)
  changes.push(...hostChanges)
  if (before.live.slice(0, 4) !== after.live.slice(0, 4) && hostChanges.length === 0)
    changes.push('hosts offer something else than when it was reviewed')
  // Of another change these are the pods of other workloads.
  if (before.live.slice(4) !== after.live.slice(4) && before.change === after.change)
    changes.push('other pods of these workloads run than when it was reviewed')
  if (before.planner !== after.planner) changes.push('the plan was made by another version of headway')
  const differences = planDifferences(before, after)
  const asReviewed = before.change === after.change && differences.length === 0
  if (!asReviewed) changes.push(...differences)
  else if (before.places !== after.places) changes.push('the plan is the same, though pods go to other hosts')
  else if (changes.length > 0) changes.push('the plan is the same all the same')
  return { asReviewed, changes }
}

interface Parsed {
  readonly base: string
  readonly change: string
  readonly work: string
  readonly from: string
  readonly places: string
  readonly live: string
  readonly planner: string
  readonly totals: string
  readonly hosts: string
}

const WHOLE = /^p2(?:\.[0-9a-z-]+){2}(?:\.[0-9a-f]{8}){4}\.[0-9a-f]{4}\.\d+r\d+c\d+d[owf]\.(?:n\d+|(?:[0-9a-f]{4})*)$/

/** Of a form that is not made any more. */
const OLDER = /^p1(?:\.[0-9a-z-]*){7}$/

function parseFingerprint(given: string): Parsed {
  const text = given.trim()
  if (OLDER.test(text))
    throw new FingerprintError(`${text} is a plan's fingerprint of an older headway: make the plan again`)
  if (!WHOLE.test(text))
    throw new FingerprintError(
      `${text} is not a plan's fingerprint: copy it whole from the reviewed plan (it begins with ${FORM}.)`,
    )
  const [, base = '', change = '', work = '', from = '', places = '', live = '', planner = '', ...rest] =
    text.split('.')
  const [totals = '', hosts = ''] = rest
  return { base, change, work, from, places, live, planner, totals, hosts }
}

/** A sentence for each source that another commit came to; of one source, or of other ones than then, a sentence for all. */
function compareBases(before: string, after: string, { desired }: Snapshot): string[] {
  if (before === after) return []
  const sources = desired?.sources ?? []
  const [then, now] = [before.split('-'), after.split('-')]
  if (sources.length < 2 || then.length !== sources.length || now.length !== sources.length)
    return [cameFirst('', before, after)]
  return sources.flatMap(({ id }, i) => {
    const [was, is] = [then[i] ?? '', now[i] ?? '']
    return was === is ? [] : [cameFirst(` in source ${id}`, was, is)]
  })
}

function cameFirst(where: string, before: string, after: string): string {
  return `another commit came first${where}: the plan was made on ${before}, now ${after} is desired`
}

/** In sentences; none when the plan is the same. Other hosts count where the cluster itself is another for the plan. */
function planDifferences(before: Parsed, after: Parsed): string[] {
  const differences: string[] = []
  const [then, now] = [parseTotals(before.totals), parseTotals(after.totals)]
  if (then.restarts !== now.restarts || then.created !== now.created || then.deleted !== now.deleted)
    differences.push(
      `the plan differs: ${now.restarts} restarts (${then.restarts} when reviewed), ${now.created} pods created (${then.created}), ${now.deleted} deleted (${then.deleted})`,
    )
  else if (before.work !== after.work) differences.push('the plan differs: as many pods, but of other workloads')
  else if (before.from !== after.from)
    differences.push('the plan differs: the pods that it touches are of another template than when it was reviewed')
  else if (before.places !== after.places && before.live !== after.live)
    differences.push('the plan differs: as many pods, but on other hosts')
  if (then.verdict !== now.verdict)
    differences.push(`the plan differs: its verdict is ${now.verdict} (${then.verdict} when reviewed)`)
  return differences
}

interface Totals {
  readonly restarts: string
  readonly created: string
  readonly deleted: string
  readonly verdict: string
}

function parseTotals(text: string): Totals {
  const [restarts = '', created = '', deleted = '', letter = ''] = text.split(/[rcd]/)
  const [verdict = ''] = Object.entries(VERDICT_LETTERS).find(([, known]) => known === letter) ?? []
  return { restarts, created, deleted, verdict }
}

function compareHosts(before: string, snapshot: Snapshot): string[] {
  const names = heardHosts(snapshot)
  const after = hosts(snapshot)
  if (before === after) return []
  if (before.startsWith('n') || after.startsWith('n')) {
    const count = before.startsWith('n') ? Number(before.slice(1)) : before.length / HOST_LETTERS
    return [`there were ${count} hosts, now there are ${names.length}`]
  }
  const known = new Set(before.match(/.{4}/g) ?? [])
  const changes = names.filter((name) => !known.has(hostHash(name))).map((name) => `host ${name} has joined`)
  for (const name of names) known.delete(hostHash(name))
  // A host that left is known by name as long as the cluster remembers it.
  const remembered = new Set([
    ...snapshot.planned.nodes.keys(),
    ...snapshot.observed.nodes.keys(),
    ...snapshot.observed.unheard,
  ])
  for (const hash of known) {
    const name = [...remembered].find((candidate) => hostHash(candidate) === hash)
    changes.push(name === undefined ? 'a host left' : `host ${name} left, or is silent`)
  }
  return changes
}
