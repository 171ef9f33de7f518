/** Who changed some lines last: follows the lines back through history, over merges and plain renames. */
import type { Commit } from '../git/git-objects.js'
import { diffLines, type Hunk, splitLines } from '../git/line-diff.js'
import { Repository } from '../git/repository.js'
import { diffTrees } from '../git/tree-diff.js'
import type { BlameInput, BlameView } from './history-types.js'
import { resolveOrThrow, viewOf } from './list-commits.js'

interface Lines {
  readonly file: string
  readonly oid: string
  /** From 0, end excluded. */
  readonly start: number
  readonly end: number
}

/** The newest commit that changed any of the lines; null when the revision has no such file. Throws SyncError. */
export async function blameObject(input: BlameInput): Promise<BlameView | null> {
  const repository = new Repository(input.repository)
  try {
    let commit = repository.commit(resolveOrThrow(repository, input.repository, input.revision))
    const entry = repository.entryAt(commit.tree, input.file)
    if (entry === null) return null
    let lines: Lines = { file: input.file, oid: entry.oid, start: input.firstLine - 1, end: input.lastLine }
    for (;;) {
      const step = follow(repository, commit, lines)
      if (!('next' in step)) return { commit: viewOf(commit), file: lines.file, line: step.changed + 1 }
      commit = step.next
      lines = step.lines
    }
  } finally {
    repository.close()
  }
}

type Step = { readonly next: Commit; readonly lines: Lines } | { readonly changed: number }

/** To the first parent that has the lines as they are; else this commit is the one. */
function follow(repository: Repository, commit: Commit, lines: Lines): Step {
  let changed: number | null = null
  for (const id of repository.parents(commit)) {
    const parent = repository.commit(id)
    const before = findBefore(repository, parent, commit, lines)
    if (before === null) continue
    if (before.oid === lines.oid) return { next: parent, lines: { ...lines, file: before.file } }
    const hunks = diffLines(linesOf(repository, before.oid), linesOf(repository, lines.oid))
    const hit = hunks.find((hunk) => touches(hunk, lines))
    if (hit === undefined) return { next: parent, lines: moveBack(hunks, lines, before) }
    changed ??= Math.max(hit.afterStart, lines.start)
  }
  return { changed: changed ?? lines.start }
}

/** The file in the parent: under the same path, or a file that went away with the same contents. */
function findBefore(
  repository: Repository,
  parent: Commit,
  commit: Commit,
  lines: Lines,
): { file: string; oid: string } | null {
  const same = repository.entryAt(parent.tree, lines.file)
  if (same !== null) return { file: lines.file, oid: same.oid }
  const renamed = diffTrees(repository, parent.tree, commit.tree).find(
    ({ before, after }) => after === null && before?.oid === lines.oid,
  )
  return renamed === undefined ? null : { file: renamed.path, oid: lines.oid }
}

function touches(hunk: Hunk, lines: Lines): boolean {
  if (hunk.afterStart === hunk.afterEnd) return hunk.afterStart > lines.start && hunk.afterStart < lines.end
  return hunk.afterStart < lines.end && hunk.afterEnd > lines.start
}

function moveBack(hunks: readonly Hunk[], lines: Lines, before: { file: string; oid: string }): Lines {
  let shift = 0
  for (const hunk of hunks) {
    if (hunk.afterEnd > lines.start) break
    shift += hunk.beforeEnd - hunk.beforeStart - (hunk.afterEnd - hunk.afterStart)
  }
  return { ...before, start: lines.start + shift, end: lines.end + shift }
}

function linesOf(repository: Repository, oid: string): string[] {
  return splitLines(repository.blob(oid).toString('utf8'))
}
