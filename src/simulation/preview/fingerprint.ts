/**
 * What a reviewed plan stood on, in a short text: base, change, the plan itself, live state, planner, totals and hosts,
 * each as a hash of its own, so that a later check can say which of them is another now. Times are in none of them, nor
 * what follows from times alone: in which order pods go, and on which of several hosts a new one finds the better place.
 */
import { hash32, stableHash } from '../../base/hash.js'
import { compareText, groupBy } from '../../base/ordered.js'
import type { DesiredState } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import type { Snapshot } from '../../model/snapshot.js'
import { changesBetween } from '../../sync/history.js'
import type { PodPreview, Verdict } from './preview-types.js'

export interface FingerprintInput {
  readonly snapshot: Snapshot
  readonly base: DesiredState
  readonly head: DesiredState
  readonly verdict: Verdict
  readonly restarts: number
  readonly pods: readonly PodPreview[]
  readonly touched: ReadonlySet<ObjectKey>
}

/** Another one when the parts mean something else. */
export const FORM = 'p2'
/** With more hosts than this only their number is told. */
const HOSTS_MAX = 40
/** Of the hash of one host's name. */
export const HOST_LETTERS = 4

/** `p2.BASE.CHANGE.WORK.FROM.PLACES.LIVE.PLANNER.TOTALS.HOSTS`. */
export function makeFingerprint(input: FingerprintInput): string {
  const { snapshot, base, head, touched } = input
  return [
    FORM,
    baseText(base),
    changeHash(base, head).slice(0, 12),
    workHash(input).slice(0, 8),
    templatesHash(snapshot, touched).slice(0, 8),
    placesHash(input).slice(0, 8),
    liveHash(snapshot, touched),
    stableHash(snapshot.plannerVersion).slice(0, 4),
    totals(input),
    hosts(snapshot),
  ].join('.')
}

/** Of several sources each one's commit, in their order: a later check names the one that another commit came to. */
function baseText({ revision, sources }: DesiredState): string {
  return sources.length > 1 ? sources.map(({ commit }) => commit.slice(0, 8)).join('-') : revision.slice(0, 12)
}

/**
 * The same change has the same hash on every machine, whatever else became of the object meanwhile: Secrets count by the
 * names of the keys that change.
 */
function changeHash(base: DesiredState, head: DesiredState): string {
  const changes = changesBetween(base, head).map(({ action, key, fields }) => {
    const object = head.objects.get(key)
    if ((object ?? base.objects.get(key))?.kind === 'Secret') return [action, key, fields.map((field) => field.path)]
    if (action !== 'change') return [action, key, object?.hash ?? '']
    return [action, key, fields.map(({ path, after }) => [path, after === undefined ? null : [after]])]
  })
  return stableHash(changes)
}

/** How many pods of which workload the plan creates, deletes, replaces on a host or on another, and leaves. */
function workHash({ pods }: FingerprintInput): string {
  const owners = groupBy(pods, (pod) => pod.owner)
  const work = [...owners].map(([owner, own]) => [
    owner,
    countOf(own, 'create'),
    countOf(own, 'delete'),
    countOf(own, 'replace') + countOf(own, 'move'),
    countOf(own, 'keep'),
  ])
  return stableHash(work.sort(([left], [right]) => compareText(String(left), String(right))))
}

/** What runs of the touched workloads before the change. */
function templatesHash({ planned }: Snapshot, touched: ReadonlySet<ObjectKey>): string {
  const templates = [...touched].map((key) => `${key} ${planned.workloads.get(key)?.templateHash ?? ''}`)
  return stableHash(templates.sort())
}

/** The hosts that new pods go to. */
function placesHash({ pods }: FingerprintInput): string {
  const places = pods.filter(({ action }) => action !== 'keep').map(({ owner, toNode }) => `${owner} ${toNode ?? ''}`)
  return stableHash(places.sort())
}

/** What the plan depends on, four letters each: hosts with what they offer, and the pods of the workloads it touches. */
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
  return stableHash(nodes).slice(0, 4) + stableHash(pods.sort()).slice(0, 4)
}

/** How the totals end. */
export const VERDICT_LETTERS: Readonly<Record<Verdict, string>> = { ok: 'o', warn: 'w', fail: 'f' }

/** `3r0c1dw`: restarts, pods created and deleted, and the verdict. */
function totals({ pods, restarts, verdict }: FingerprintInput): string {
  return `${restarts}r${countOf(pods, 'create')}c${countOf(pods, 'delete')}d${VERDICT_LETTERS[verdict]}`
}

function countOf(pods: readonly PodPreview[], action: PodPreview['action']): number {
  return pods.filter((pod) => pod.action === action).length
}

/** A few letters for each host that is heard, in order, or their number. */
export function hosts(snapshot: Snapshot): string {
  const names = heardHosts(snapshot)
  return names.length > HOSTS_MAX ? `n${names.length}` : names.map(hostHash).join('')
}

/** Names of the hosts that are heard, in order. */
export function heardHosts({ observed }: Snapshot): string[] {
  return [...observed.nodes.values()].filter((node) => node.silentSince === null).map((node) => node.facts.name)
}

/** The letters that stand for a host. */
export function hostHash(name: string): string {
  return hash32(name).toString(16).padStart(8, '0').slice(0, HOST_LETTERS)
}
