/** Where trees and blobs come from: a repository, or a plain folder that looks like one. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Instant } from '../../base/instant.js'
import { type Commit, MODE_FILE, MODE_SYMLINK, MODE_TREE, type TreeEntry } from '../git/git-objects.js'
import { nameOf } from '../git/object-store.js'

export interface TreeReader {
  /** Entries of a tree by its id. */
  tree(oid: string): readonly TreeEntry[]
  blob(oid: string): Buffer
}

/** Trees with a history: what compiling reads of a repository. */
export interface HistoryReader extends TreeReader {
  readonly oidLength: number
  commit(oid: string): Commit
  hasCommit(oid: string): boolean
  parents(commit: Commit): readonly string[]
  entryAt(tree: string, filePath: string): TreeEntry | null
  /** Full names of objects that begin with some digits, at most two. */
  namesWith(start: string): string[]
}

/** The only commit of a plain folder. */
export const WORKING_TREE = 'working-tree'

/** A folder on disk as trees: a folder's id is its path, a file's that of its contents. Reads each file once. */
export class FolderReader implements HistoryReader {
  readonly oidLength = 40
  readonly #blobs = new Map<string, Buffer>()
  readonly #root: string
  readonly #at: Instant

  constructor(root: string, at: Instant) {
    this.#root = root
    this.#at = at
  }

  commit(oid: string): Commit {
    const text = { author: '', subject: '', message: '' }
    return { id: oid, tree: this.#root, parents: [], ...text, committedAt: this.#at }
  }

  hasCommit(oid: string): boolean {
    return oid === WORKING_TREE
  }

  parents(): readonly string[] {
    return []
  }

  entryAt(): TreeEntry {
    return { mode: MODE_TREE, name: '', oid: this.#root }
  }

  namesWith(): string[] {
    return []
  }

  tree(folder: string): readonly TreeEntry[] {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !(entry.name === '.git' || (entry.isDirectory() && entry.name === 'node_modules')))
      .map((entry) => this.#entry(path.join(folder, entry.name), entry.name))
      .filter((entry) => entry !== null)
      .sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  blob(oid: string): Buffer {
    const bytes = this.#blobs.get(oid)
    if (bytes === undefined) throw new Error(`file ${oid} was not listed`)
    return bytes
  }

  #entry(full: string, name: string): TreeEntry | null {
    const stat = lstatSync(full)
    if (stat.isSymbolicLink()) return { mode: MODE_SYMLINK, name, oid: full }
    if (stat.isDirectory()) return { mode: MODE_TREE, name, oid: full }
    if (!stat.isFile()) return null
    if (!/\.(?:ya?ml|json)$|^\.headwayignore$|^Kustomization$/.test(name)) return { mode: MODE_FILE, name, oid: '' }
    const data = readFileSync(full)
    const oid = nameOf({ type: 'blob', data }, 'sha1')
    this.#blobs.set(oid, data)
    return { mode: MODE_FILE, name, oid }
  }
}
