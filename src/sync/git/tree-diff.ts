/** What differs between two trees, by object id: folders with the same id are not entered, so cost follows change. */
import { isTree, type TreeEntry } from './git-objects.js'
import type { Repository } from './repository.js'

export interface FileDifference {
  readonly path: string
  /** Null: there was no file. */
  readonly before: TreeEntry | null
  /** Null: there is no file. */
  readonly after: TreeEntry | null
}

/** Every file that differs, sorted by path as git sorts it. Either tree may be null for nothing. */
export function diffTrees(
  repository: Repository,
  before: string | null,
  after: string | null,
  prefix = '',
): FileDifference[] {
  if (before === after) return []
  const differences: FileDifference[] = []
  const old = new Map((before === null ? [] : repository.tree(before)).map((entry) => [entry.name, entry]))
  for (const entry of after === null ? [] : repository.tree(after)) {
    const was = old.get(entry.name) ?? null
    old.delete(entry.name)
    if (was !== null && was.oid === entry.oid && was.mode === entry.mode) continue
    differences.push(...diffEntries(repository, was, entry, prefix + entry.name))
  }
  for (const was of old.values()) differences.push(...diffEntries(repository, was, null, prefix + was.name))
  return differences
}

function diffEntries(
  repository: Repository,
  before: TreeEntry | null,
  after: TreeEntry | null,
  path: string,
): FileDifference[] {
  const oldTree = before !== null && isTree(before) ? before.oid : null
  const newTree = after !== null && isTree(after) ? after.oid : null
  const oldFile = before !== null && !isTree(before) ? before : null
  const newFile = after !== null && !isTree(after) ? after : null
  const differences = oldFile !== null || newFile !== null ? [{ path, before: oldFile, after: newFile }] : []
  if (oldTree !== null || newTree !== null) differences.push(...diffTrees(repository, oldTree, newTree, `${path}/`))
  return differences
}
