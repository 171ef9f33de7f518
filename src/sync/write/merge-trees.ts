/** Takes a change (base → theirs) onto another tree, as `git revert` does: files that only one side changed, and lines that only one side changed. */
import { encodeTree, isTree, MODE_TREE, type TreeEntry } from '../git/git-objects.js'
import { mergeLines } from '../git/line-diff.js'
import type { Repository } from '../git/repository.js'
import { diffTrees } from '../git/tree-diff.js'
import { writeObject } from './write-objects.js'

export interface MergedTree {
  readonly tree: string
  /** Files that differ from ours, sorted. */
  readonly files: readonly string[]
  /** Files where both sides changed the same lines: when there is one, `tree` is ours. */
  readonly conflicts: readonly string[]
}

export interface MergeInput {
  readonly base: string | null
  readonly ours: string
  readonly theirs: string | null
}

/** Writes the new trees and blobs; nothing refers to them yet. */
export function mergeTrees(repository: Repository, { base, ours, theirs }: MergeInput): MergedTree {
  const changes = new Map<string, TreeEntry | null>()
  const conflicts: string[] = []
  for (const { path, before, after } of diffTrees(repository, base, theirs)) {
    const our = repository.entryAt(ours, path)
    if (isSame(our, after)) continue
    if (isSame(our, before)) changes.set(path, after)
    else {
      const merged = mergeFile(repository, before, our, after)
      if (merged === null) conflicts.push(path)
      else if (!isSame(merged, our)) changes.set(path, merged)
    }
  }
  if (conflicts.length > 0) return { tree: ours, files: [], conflicts: conflicts.sort() }
  const tree = writeChanges(repository, ours, changes) ?? writeObject(repository, 'tree', Buffer.alloc(0))
  return { tree, files: [...changes.keys()].sort(), conflicts }
}

function isSame(left: TreeEntry | null, right: TreeEntry | null): boolean {
  return left?.oid === right?.oid && left?.mode === right?.mode
}

function mergeFile(
  repository: Repository,
  base: TreeEntry | null,
  ours: TreeEntry | null,
  theirs: TreeEntry | null,
): TreeEntry | null {
  if (base === null || ours === null || theirs === null || isTree(ours)) return null
  if (base.mode !== ours.mode || base.mode !== theirs.mode) return null
  const texts = [base, ours, theirs].map((entry) => repository.blob(entry.oid))
  if (texts.some((bytes) => bytes.includes(0))) return null
  const [from, our, their] = texts.map((bytes) => bytes.toString('latin1'))
  const merged = mergeLines(from!, our!, their!)
  if (merged === null) return null
  return { ...ours, oid: writeObject(repository, 'blob', Buffer.from(merged, 'latin1')) }
}

/** A tree with files put or removed; null when nothing is left in it. */
export function writeChanges(
  repository: Repository,
  tree: string | null,
  changes: ReadonlyMap<string, TreeEntry | null>,
): string | null {
  if (changes.size === 0) return tree
  const entries = new Map((tree === null ? [] : repository.tree(tree)).map((entry) => [entry.name, entry]))
  const below = new Map<string, Map<string, TreeEntry | null>>()
  for (const [path, entry] of changes) {
    const slash = path.indexOf('/')
    if (slash < 0) {
      if (entry === null) entries.delete(path)
      else entries.set(path, { ...entry, name: path })
      continue
    }
    const name = path.slice(0, slash)
    const group = below.get(name) ?? new Map<string, TreeEntry | null>()
    below.set(name, group.set(path.slice(slash + 1), entry))
  }
  for (const [name, group] of below) {
    const old = entries.get(name)
    const oid = writeChanges(repository, old !== undefined && isTree(old) ? old.oid : null, group)
    if (oid !== null) entries.set(name, { mode: MODE_TREE, name, oid })
    // A file that took the folder's place stays.
    else if (old !== undefined && isTree(old)) entries.delete(name)
  }
  return entries.size === 0 ? null : writeObject(repository, 'tree', encodeTree([...entries.values()]))
}
