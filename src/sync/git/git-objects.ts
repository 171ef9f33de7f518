/** What git objects say: commits and trees, from and to their bytes. */
import type { Instant } from '../../base/instant.js'

export interface Commit {
  readonly id: string
  readonly tree: string
  readonly parents: readonly string[]
  /** `Name <mail>`. */
  readonly author: string
  readonly subject: string
  readonly message: string
  readonly committedAt: Instant
}

export interface TreeEntry {
  readonly mode: number
  readonly name: string
  readonly oid: string
}

export const MODE_TREE = 0o40000
export const MODE_FILE = 0o100644
export const MODE_EXECUTABLE = 0o100755
export const MODE_SYMLINK = 0o120000
export const MODE_SUBMODULE = 0o160000

export function isTree(entry: TreeEntry): boolean {
  return entry.mode === MODE_TREE
}

/** A regular file, executable or not (old repositories have 100664 too). */
export function isFile(entry: TreeEntry): boolean {
  return (entry.mode & 0o170000) === 0o100000
}

export function decodeCommit(id: string, data: Buffer): Commit {
  const text = data.toString('utf8')
  const end = text.indexOf('\n\n')
  const head = end < 0 ? text : text.slice(0, end)
  const message = end < 0 ? '' : text.slice(end + 2)
  let tree = ''
  let author = ''
  let committedAt = 0
  const parents: string[] = []
  for (const line of head.split('\n')) {
    if (line.startsWith('tree ')) tree = line.slice(5)
    else if (line.startsWith('parent ')) parents.push(line.slice(7))
    else if (line.startsWith('author ')) author = line.slice(7, line.lastIndexOf('>') + 1)
    else if (line.startsWith('committer ')) {
      committedAt =
        Number(
          line
            .slice(line.lastIndexOf('>') + 1)
            .trim()
            .split(' ')[0],
        ) * 1_000
    }
  }
  const subject = (message.trimStart().split(/\n\s*\n/)[0] ?? '').split('\n').join(' ').trim()
  return { id, tree, parents, author, subject, message, committedAt }
}

export function decodeTree(data: Buffer, oidBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at)
    const end = data.indexOf(0, space)
    if (space < 0 || end < 0 || end + oidBytes >= data.length + 1) throw new Error('the tree ends early')
    entries.push({
      mode: Number.parseInt(data.toString('latin1', at, space), 8),
      name: data.toString('utf8', space + 1, end),
      oid: data.toString('hex', end + 1, end + 1 + oidBytes),
    })
    at = end + 1 + oidBytes
  }
  return entries
}

/** The bytes of a tree; git orders entries by name, a folder's as if it ended in a slash. */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const keyed = entries.map((entry) => ({ entry, key: Buffer.from(isTree(entry) ? `${entry.name}/` : entry.name) }))
  keyed.sort((left, right) => Buffer.compare(left.key, right.key))
  return Buffer.concat(
    keyed.flatMap(({ entry }) => [
      Buffer.from(`${entry.mode.toString(8)} ${entry.name}\0`),
      Buffer.from(entry.oid, 'hex'),
    ]),
  )
}

export interface CommitDraft {
  readonly tree: string
  readonly parents: readonly string[]
  readonly name: string
  readonly email: string
  readonly at: Instant
  readonly message: string
}

export function encodeCommit(draft: CommitDraft): Buffer {
  const clean = (text: string): string => text.replace(/[<>\n\0]/g, '').trim()
  const who = `${clean(draft.name)} <${clean(draft.email)}> ${Math.floor(draft.at / 1_000)} +0000`
  const parents = draft.parents.map((parent) => `parent ${parent}\n`).join('')
  const message = draft.message.endsWith('\n') ? draft.message : `${draft.message}\n`
  return Buffer.from(`tree ${draft.tree}\n${parents}author ${who}\ncommitter ${who}\n\n${message}`)
}
