/**
 * Objects that mean the same at two commits though their text does not read the same: comments, the order of fields or
 * documents, defaults written out. Only files that differ are read.
 */
import { decodeFile } from '../decode/decode-file.js'
import { splitLines } from '../git/line-diff.js'
import { Repository } from '../git/repository.js'
import { diffTrees } from '../git/tree-diff.js'
import type { RetouchInput, UnchangedObject } from './history-types.js'
import { resolveOrThrow } from './list-commits.js'

/** Blank lines, comments and separators before a document's first key. */
const BETWEEN = /^\s*(?:#.*|---.*|\.\.\.\s*)?$/
/** What parts documents and lines says nothing of any of them. */
const SAYS_NOTHING = /^\s*(?:---|\.\.\.)?\s*$/

/** Keys of the objects that were only retouched, in the order they were given. Throws SyncError. */
export async function retouchedObjects(input: RetouchInput): Promise<readonly string[]> {
  const repository = new Repository(input.repository)
  try {
    const treeOf = (revision: string): string =>
      repository.commit(resolveOrThrow(repository, input.repository, revision)).tree
    const byFile = new Map<string, UnchangedObject[]>()
    for (const object of input.objects) {
      const objects = byFile.get(object.file)
      if (objects === undefined) byFile.set(object.file, [object])
      else objects.push(object)
    }
    const retouched = new Set<string>()
    for (const { path, before, after } of diffTrees(repository, treeOf(input.before), treeOf(input.after))) {
      const objects = byFile.get(path)
      if (objects === undefined || before === null || after === null || before.oid === after.oid) continue
      const old = documentTexts(repository.blob(before.oid))
      const now = documentTexts(repository.blob(after.oid))
      const moved = movedObjects(objects)
      for (const object of objects)
        if (moved.has(object) || old[object.documentBefore] !== now[object.documentAfter]) retouched.add(object.key)
    }
    return input.objects.map(({ key }) => key).filter((key) => retouched.has(key))
  } finally {
    repository.close()
  }
}

/** Each document's lines with the comments above it; blank lines and separators left out. */
function documentTexts(bytes: Buffer): string[] {
  const { documents } = decodeFile(bytes)
  const lines = splitLines(bytes.toString('utf8'))
  const starts = documents.map(({ line }) => {
    let start = line - 1
    while (start > 0 && BETWEEN.test(plain(lines[start - 1]))) start--
    return start
  })
  return starts.map((start, i) => {
    const end = starts[i + 1] ?? lines.length
    return lines
      .slice(start, end)
      .map(plain)
      .filter((line) => !SAYS_NOTHING.test(line))
      .join('\n')
  })
}

function plain(line: string | undefined): string {
  return (line ?? '').trimEnd()
}

/** Those that stand elsewhere among the others of their file. */
function movedObjects(objects: readonly UnchangedObject[]): ReadonlySet<UnchangedObject> {
  const before = objects.toSorted((left, right) => left.documentBefore - right.documentBefore)
  const after = objects.toSorted((left, right) => left.documentAfter - right.documentAfter)
  return new Set(after.filter((object, i) => before[i] !== object))
}
