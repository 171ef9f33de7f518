/**
 * What the newest commits say in their messages: to the delete brake (DESIGN 7) confirmations in trailers and reverts of
 * additions; to the manager the fingerprints of the plans under which they were reviewed.
 */
import type { Confirmation } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import type { ReviewTrailer } from '../../model/reviewed-plan.js'
import type { Commit } from '../git/git-objects.js'
import { unlessDamaged } from '../sync-error.js'
import { readCommit, type SourceTimeline } from './source-timeline.js'
import type { HistoryReader } from './tree-reader.js'

/** A brake waits for one of the next commits; one that is older than this many needs a new trailer. */
const COMMITS_READ = 50
const CONFIRM_TRAILER = /^Headway-Confirm-Delete:[ \t]*([0-9a-f]{8,64})[ \t]*$/gim
/** Whatever it says: a text that is no fingerprint is told to whoever wrote it. */
const PLAN_TRAILER = /^Headway-Plan:[ \t]*(\S.*?)[ \t]*\r?$/gim
const PLAN_LETTERS_MAX = 300
const REVERTED = /^This reverts commit ([0-9a-f]{7,64})\b/gm

/** The newest commits that are reachable, newest first by time of commit (parents never before children). */
export function newestCommits(repository: HistoryReader, head: string, limit: number): Commit[] {
  const commits: Commit[] = []
  const seen = new Set([head])
  const open = [repository.commit(head)]
  while (open.length > 0 && commits.length < limit) {
    let newest = 0
    open.forEach((commit, i) => {
      if (commit.committedAt > open[newest]!.committedAt) newest = i
    })
    const [commit] = open.splice(newest, 1)
    commits.push(commit!)
    for (const id of commit!.parents) {
      const parent = seen.has(id) ? null : readCommit(repository, id)
      seen.add(id)
      if (parent !== null) open.push(parent)
    }
  }
  return commits
}

/** Confirmed deletions, newest first. */
export function readConfirmations(repository: HistoryReader, head: string): Confirmation[] {
  const newer: string[] = []
  const confirmations: Confirmation[] = []
  for (const { id, message } of newestCommits(repository, head, COMMITS_READ)) {
    for (const [, hash = ''] of message.matchAll(CONFIRM_TRAILER))
      confirmations.push({ hash: hash.toLowerCase(), newer: [...newer] })
    newer.push(id)
  }
  return confirmations
}

/** Plans under which commits were reviewed, newest commit first. */
export function readReviewTrailers(repository: HistoryReader, head: string): ReviewTrailer[] {
  return newestCommits(repository, head, COMMITS_READ).flatMap(({ id, message }) =>
    [...message.matchAll(PLAN_TRAILER)].map((match) => ({
      commit: id,
      fingerprint: match[1]!.slice(0, PLAN_LETTERS_MAX),
    })),
  )
}

/**
 * Keys that commits added and the newest commits, all of them reverts (or merges of reverts), took away again. Claims
 * are never among them: their data would go.
 */
export async function readRevertedAdditions(timeline: SourceTimeline, head: string): Promise<Set<ObjectKey>> {
  const { repository } = timeline
  const added = new Set<ObjectKey>()
  for (const commit of newestCommits(repository, head, COMMITS_READ)) {
    const reverted = [...commit.message.matchAll(REVERTED)].map((match) => match[1]!)
    if (reverted.length === 0 && commit.parents.length < 2) break
    for (const id of reverted) {
      for (const key of await unlessDamaged(() => addedBy(timeline, id), [])) added.add(key)
    }
  }
  return added
}

async function addedBy(timeline: SourceTimeline, id: string): Promise<ObjectKey[]> {
  const { repository } = timeline
  const full = id.length === repository.oidLength ? id : (repository.namesWith(id)[0] ?? '')
  if (full === '' || !repository.hasCommit(full)) return []
  const commit = repository.commit(full)
  const parent = repository.parents(commit)[0]
  // The first commit has nothing before it; the end of a shallow clone only looks so.
  if (parent === undefined && commit.parents.length > 0) return []
  const before = parent === undefined ? null : repository.commit(parent)
  const old = new Set<ObjectKey>()
  const now = new Set<ObjectKey>()
  for (const directory of timeline.foldersChanged(commit, before)) {
    const was = before === null ? null : await timeline.appAt(before, directory)
    const is = await timeline.appAt(commit, directory)
    for (const key of was?.byKey.keys() ?? []) old.add(key)
    for (const key of is?.byKey.keys() ?? []) now.add(key)
  }
  return [...now].filter((key) => !old.has(key) && !key.startsWith('PersistentVolumeClaim.'))
}
