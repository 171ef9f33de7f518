/** Which lines of a file an object takes: from its first key to the line before the next document or item. */
import { decodeFile } from '../decode/decode-file.js'
import { splitLines } from '../git/line-diff.js'
import { Repository } from '../git/repository.js'
import type { LineRange, ObjectLinesInput } from './history-types.js'
import { resolveOrThrow } from './list-commits.js'

/** The lines of an object at a revision; null when the file has no such document. Throws SyncError. */
export async function linesOfObject(input: ObjectLinesInput): Promise<LineRange | null> {
  const repository = new Repository(input.repository)
  try {
    const commit = repository.commit(resolveOrThrow(repository, input.repository, input.revision))
    const entry = repository.entryAt(commit.tree, input.file)
    if (entry === null) return null
    const bytes = repository.blob(entry.oid)
    const { documents } = decodeFile(bytes)
    const document = documents[input.document]
    if (document === undefined) return null
    const lines = splitLines(bytes.toString('utf8'))
    return { firstLine: document.line, lastLine: findEnd(lines, document.line, documents[input.document + 1]?.line) }
  } finally {
    repository.close()
  }
}

/** Blank lines and comments between two documents belong to neither. */
function findEnd(lines: readonly string[], firstLine: number, nextLine: number | undefined): number {
  const separator = lines.findIndex((line, i) => i >= firstLine && /^(?:---|\.\.\.)(?:\s|$)/.test(line))
  let last = Math.min(separator < 0 ? lines.length : separator, (nextLine ?? lines.length + 1) - 1)
  while (last > firstLine && /^\s*(?:#.*)?$/.test(lines[last - 1]!.trimEnd())) last--
  return last
}
