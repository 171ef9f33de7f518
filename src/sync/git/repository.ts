/**
 * A repository on disk, read directly: references, commits, trees and blobs, by path of a bare or normal repository or
 * of a linked work tree. Reads are synchronous and small; callers that read thousands yield in between.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { SyncError } from '../sync-error.js'
import { type Commit, decodeCommit, decodeTree, isTree, type TreeEntry } from './git-objects.js'
import { isMissing, type ObjectFormat, ObjectStore } from './object-store.js'
import type { ObjectType } from './pack.js'

/** Trees and commits are small and asked for again and again; beyond this many the oldest half goes. */
const CACHE_ENTRIES_MAX = 20_000

export class Repository {
  /** The folder with HEAD. */
  readonly gitDirectory: string
  /** The folder with refs and objects: another one for a linked work tree. */
  readonly commonDirectory: string
  readonly format: ObjectFormat
  readonly objects: ObjectStore
  readonly #commits = new Map<string, Commit>()
  readonly #trees = new Map<string, readonly TreeEntry[]>()

  /** Opens by path. Throws SyncError `missing-repository` or `needs-git`. */
  constructor(folder: string) {
    const found = findGitDirectory(folder)
    this.gitDirectory = found.gitDirectory
    this.commonDirectory = found.commonDirectory
    this.format = readFormat(this.commonDirectory)
    this.objects = new ObjectStore(path.join(this.commonDirectory, 'objects'), this.format)
  }

  get oidLength(): number {
    return this.format === 'sha1' ? 40 : 64
  }

  /** The object a reference names; null when there is none. Follows symbolic references. */
  readRef(name: string, depth = 0): string | null {
    if (depth > 5) return null
    const text = this.#looseRef(name)
    if (text === null) return this.#packedRef(name)
    if (text.startsWith('ref: ')) return this.readRef(text.slice(5).trim(), depth + 1)
    return isOid(text, this.oidLength) ? text : null
  }

  /** The tip of a branch; null when the branch does not exist. */
  branchTip(branch: string): string | null {
    return this.readRef(`refs/heads/${branch}`)
  }

  /** Throws SyncError `corrupt-object` when the commit is missing or not one. */
  commit(oid: string): Commit {
    const known = this.#commits.get(oid)
    if (known !== undefined) return known
    const commit = decodeCommit(oid, this.#read(oid, 'commit'))
    remember(this.#commits, oid, commit)
    return commit
  }

  hasCommit(oid: string): boolean {
    return this.#commits.has(oid) || this.objects.read(oid)?.type === 'commit'
  }

  tree(oid: string): readonly TreeEntry[] {
    const known = this.#trees.get(oid)
    if (known !== undefined) return known
    const tree = decodeTree(this.#read(oid, 'tree'), this.oidLength / 2)
    remember(this.#trees, oid, tree)
    return tree
  }

  blob(oid: string): Buffer {
    return this.#read(oid, 'blob')
  }

  /** The entry at a path below a tree; null when there is none. The empty path is the tree itself. */
  entryAt(tree: string, filePath: string): TreeEntry | null {
    let entry: TreeEntry = { mode: 0o40000, name: '', oid: tree }
    for (const name of filePath.split('/').filter((part) => part !== '' && part !== '.')) {
      if (!isTree(entry)) return null
      const next = this.tree(entry.oid).find((child) => child.name === name)
      if (next === undefined) return null
      entry = next
    }
    return entry
  }

  /** The parents that are here: a shallow clone ends before history does. */
  parents(commit: Commit): readonly string[] {
    return commit.parents.filter((parent) => this.hasCommit(parent))
  }

  /** True when `ancestor` is `of` or comes before it. */
  isAncestor(ancestor: string, of: string): boolean {
    const seen = new Set<string>([of])
    const queue = [of]
    for (let oid = queue.pop(); oid !== undefined; oid = queue.pop()) {
      if (oid === ancestor) return true
      for (const parent of this.parents(this.commit(oid))) {
        if (seen.has(parent)) continue
        seen.add(parent)
        queue.push(parent)
      }
    }
    return false
  }

  /** `from` and its first parents, newest first, at most `limit`. */
  firstParents(from: string, limit: number): Commit[] {
    const chain: Commit[] = []
    for (let oid: string | undefined = from; oid !== undefined && chain.length < limit; ) {
      const commit: Commit = this.commit(oid)
      chain.push(commit)
      const parent: string | undefined = commit.parents[0]
      oid = parent !== undefined && this.hasCommit(parent) ? parent : undefined
    }
    return chain
  }

  /** Full names of objects that begin with some digits, at most two. */
  namesWith(start: string): string[] {
    return this.objects.namesWith(start)
  }

  close(): void {
    this.objects.close()
  }

  #read(oid: string, type: ObjectType): Buffer {
    const object = this.objects.read(oid)
    if (object === null || object.type !== type) {
      const what = object === null ? 'is missing' : `is a ${object.type}`
      throw new SyncError(
        'corrupt-object',
        `${type} ${oid} ${what} in ${this.commonDirectory}: run git fsck there, and fetch or push the commit again`,
      )
    }
    return object.data
  }

  #looseRef(name: string): string | null {
    const folders = new Set([this.gitDirectory, this.commonDirectory])
    for (const folder of folders) {
      try {
        return readFileSync(path.join(folder, name), 'utf8').trim()
      } catch (error) {
        if (!isMissing(error) && (error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
      }
    }
    return null
  }

  #packedRef(name: string): string | null {
    const file = path.join(this.commonDirectory, 'packed-refs')
    if (!existsSync(file)) return null
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line.slice(this.oidLength + 1) === name) return line.slice(0, this.oidLength)
    }
    return null
  }
}

export function isOid(text: string, length: number): boolean {
  return text.length === length && /^[0-9a-f]+$/.test(text)
}

function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  if (cache.size >= CACHE_ENTRIES_MAX) {
    let left = CACHE_ENTRIES_MAX / 2
    for (const old of cache.keys()) {
      if (left-- <= 0) break
      cache.delete(old)
    }
  }
  cache.set(key, value)
}

function findGitDirectory(folder: string): { gitDirectory: string; commonDirectory: string } {
  for (const candidate of [folder, path.join(folder, '.git')]) {
    if (existsSync(path.join(candidate, 'HEAD')) && statSync(candidate).isDirectory()) return withCommon(candidate)
  }
  const link = path.join(folder, '.git')
  if (existsSync(link) && statSync(link).isFile()) {
    const target = /^gitdir: (.*)$/m.exec(readFileSync(link, 'utf8'))?.[1]
    if (target !== undefined && existsSync(path.join(path.resolve(folder, target), 'HEAD')))
      return withCommon(path.resolve(folder, target))
  }
  throw new SyncError(
    'missing-repository',
    `there is no git repository at ${folder}: check the path, or make one with git init --bare`,
  )
}

function withCommon(gitDirectory: string): { gitDirectory: string; commonDirectory: string } {
  const file = path.join(gitDirectory, 'commondir')
  if (!existsSync(file)) return { gitDirectory, commonDirectory: gitDirectory }
  return { gitDirectory, commonDirectory: path.resolve(gitDirectory, readFileSync(file, 'utf8').trim()) }
}

function readFormat(commonDirectory: string): ObjectFormat {
  const file = path.join(commonDirectory, 'config')
  const config = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (/^\s*refstorage\s*=\s*reftable/im.test(config)) {
    throw new SyncError(
      'needs-git',
      `${commonDirectory} keeps its references as a reftable, which is not read yet: git refs migrate --ref-format=files`,
    )
  }
  return /^\s*objectformat\s*=\s*sha256/im.test(config) ? 'sha256' : 'sha1'
}
