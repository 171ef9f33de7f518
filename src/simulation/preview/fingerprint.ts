/**
 * What a reviewed plan stood on, in a short text: base, change, the plan itself, live state, planner, totals and hosts,
 * each as a hash of its own, so that a later check can say which of them is another now. Times are in none of them.
 */
import { hash32, stableHash } from '../../base/hash.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import type { Snapshot } from '../../model/snapshot.js'
import { changesBetween } from '../../sync/history.js'
import type { PodPreview, Preview } from './preview-types.js'

export interface FingerprintInput {
  readonly snapshot: Snapshot
  readonly base: DesiredState
  readonly head: DesiredState
  readonly verdict: string
  readonly restarts: number
  readonly pods: readonly PodPreview[]
  readonly touched: ReadonlySet<ObjectKey>
}

const FORM = 'p1'
/** With more hosts than this only their number is told. */
const HOSTS_MAX = 40
const HOST_LETTERS = 4

/** `p1.BASE.CHANGE.PLAN.LIVE.PLANNER.TOTALS.HOSTS`. */
export function makeFingerprint(input: FingerprintInput): string {
  const { snapshot, base, head, pods } = input
  const moves = pods.map(({ action, key, owner, fromNode, toNode }) => {
    // Names of new pods follow from digests of configuration, which differ off the cluster.
    return [action, action === 'create' ? '' : key, owner, fromNode, toNode]
  })
  return [
    FORM,
    base.revision.slice(0, 12),
    changeHash(base, head).slice(0, 12),
    stableHash([moves, input.verdict]).slice(0, 12),
    liveHash(snapshot, input.touched).slice(0, 8),
    stableHash(snapshot.plannerVersion).slice(0, 4),
    totals(input),
    hosts(snapshot),
  ].join('.')
}

/** The same change has the same hash on every machine: Secrets count by the names of the keys that change. */
function changeHash(base: DesiredState, head: DesiredState): string {
  const changes = changesBetween(base, head).map(({ action, key, fields }) => {
    const object = head.objects.get(key)
    if (object?.kind === 'Secret') return [action, key, fields.map((field) => field.path)]
    return [action, key, object?.hash ?? '']
  })
  return stableHash(changes)
}

/** What the plan depends on: hosts with what they offer, and the pods of the workloads it touches. */
function liveHash({ observed, planned }: Snapshot, touched: ReadonlySet<ObjectKey>): string {
  const nodes = [...observed.nodes.values()].map(({ facts, silentSince, taints }) => [
    facts.name,
    facts.allocatable,
    facts.labels,
    taints,
    silentSince === null,
  ])
  const pods: string[] = []
  for (const node of planned.nodes.values())
    for (const pod of node.pods) if (touched.has(pod.workload)) pods.push(`${pod.uid} ${node.name}`)
  return stableHash([nodes, pods.sort()])
}

function totals({ pods, restarts }: Pick<FingerprintInput, 'pods' | 'restarts'>): string {
  const count = (action: PodPreview['action']): number => pods.filter((pod) => pod.action === action).length
  return `${restarts}r${count('create')}c${count('delete')}d`
}

function hosts(snapshot: Snapshot): string {
  const names = heardHosts(snapshot)
  return names.length > HOSTS_MAX ? `n${names.length}` : names.map(hostHash).join('')
}

function heardHosts({ observed }: Snapshot): string[] {
  return [...observed.nodes.values()].filter((node) => node.silentSince === null).map((node) => node.facts.name)
}

function hostHash(name: string): string {
  return hash32(name).toString(16).padStart(8, '0').slice(0, HOST_LETTERS)
}

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
  const isSamePlan = before.plan === after.plan && before.change === after.change
  const changes: string[] = []
  if (before.base !== after.base)
    changes.push(`another commit came first: the plan was made on ${before.base}, now ${after.base} is desired`)
  if (before.change !== after.change) changes.push('the change itself is another than the one that was reviewed')
  const hostChanges = compareHosts(before.hosts, snapshot)
  changes.push(...hostChanges)
  if (before.live !== after.live && hostChanges.length === 0)
    changes.push('hosts offer something else, or pods of these workloads run elsewhere')
  if (before.planner !== after.planner) changes.push('the plan was made by another version of headway')
  if (changes.length > 0) changes.push(isSamePlan ? 'the plan is the same all the same' : planChange(before, after))
  else if (!isSamePlan) changes.push(planChange(before, after))
  return { asReviewed: isSamePlan, changes }
}

interface Parsed {
  readonly base: string
  readonly change: string
  readonly plan: string
  readonly live: string
  readonly planner: string
  readonly totals: string
  readonly hosts: string
}

function parseFingerprint(text: string): Parsed {
  const [form, base, change, plan, live, planner, totals, hosts, ...more] = text.trim().split('.')
  const isWhole = form === FORM && hosts !== undefined && more.length === 0 && /^\d+r\d+c\d+d$/.test(totals ?? '')
  if (!isWhole || !base || !change || !plan || !live || !planner || !totals)
    throw new FingerprintError(
      `${text} is not a plan's fingerprint: copy it whole from the reviewed plan (it begins with ${FORM}.)`,
    )
  return { base, change, plan, live, planner, totals, hosts }
}

function planChange(before: Parsed, after: Parsed): string {
  const read = (text: string): readonly string[] => text.split(/[rcd]/)
  const [restartsBefore, createdBefore, deletedBefore] = read(before.totals)
  const [restarts, created, deleted] = read(after.totals)
  if (before.totals === after.totals)
    return 'the plan differs: the same number of pods, on other hosts or another verdict'
  return `the plan differs: ${restarts} restarts (${restartsBefore} when reviewed), ${created} pods created (${createdBefore}), ${deleted} deleted (${deletedBefore})`
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
