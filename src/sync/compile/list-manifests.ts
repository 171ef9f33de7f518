/**
 * Which files of a tree are manifests, folder by folder: `*.yaml`, `*.yml` and `*.json` below the source's path, minus
 * hidden folders and what `.headwayignore` names. A folder that did not change is the same value again, so that a
 * commit costs what it changed.
 */
import ignore, { type Ignore } from 'ignore'
import type { Problem } from '../../model/problem.js'
import { isFile, isTree, MODE_SUBMODULE, MODE_SYMLINK, type TreeEntry } from '../git/git-objects.js'
import type { TreeReader } from './tree-reader.js'

export interface ManifestFile {
  /** Path in the repository. */
  readonly path: string
  readonly oid: string
}

/** The manifests that stand directly in one folder: an app (DESIGN 6). */
export interface Folder {
  /** From the source's path; empty for that itself. */
  readonly directory: string
  readonly files: readonly ManifestFile[]
  /** Path of a kustomization file in it, or null. */
  readonly kustomization: string | null
  /** What is passed over: symbolic links and submodules. */
  readonly warnings: readonly Problem[]
}

export const IGNORE_FILE = '.headwayignore'
const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/
const MANIFEST = /\.(?:ya?ml|json)$/
/** Listings of old commits pile up in the memory; beyond this many all are listed again. */
const MEMORY_MAX = 50_000

interface Rules {
  readonly key: string
  readonly ignored: Ignore | null
}

interface Listing {
  readonly folder: Folder | null
  readonly below: readonly Listing[]
}

/** Lists a source's tree; one instance remembers what it listed. */
export class ManifestLister {
  readonly #reader: TreeReader
  readonly #prefix: string
  readonly #listings = new Map<string, Listing>()
  readonly #folders = new Map<string, Folder | null>()
  readonly #contents = new Map<string, Folder>()
  readonly #rules = new Map<string, Rules>()

  /** @param sourcePath the source's folder in the repository, empty for all of it */
  constructor(reader: TreeReader, sourcePath: string) {
    this.#reader = reader
    this.#prefix = sourcePath
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/')
  }

  /** Every folder with manifests, by directory, from the tree at the source's path (null: the path does not exist). */
  listAll(tree: string | null): Map<string, Folder> {
    const folders = new Map<string, Folder>()
    if (tree === null) return folders
    const collect = (listing: Listing): void => {
      if (listing.folder !== null) folders.set(listing.folder.directory, listing.folder)
      for (const below of listing.below) collect(below)
    }
    collect(this.#list(tree, '', this.#rulesOf(tree)))
    return folders
  }

  /** One folder without listing the others; null when it holds no manifests. */
  listOne(tree: string | null, directory: string): Folder | null {
    if (tree === null) return null
    const rules = this.#rulesOf(tree)
    let at = tree
    let path = ''
    for (const name of directory.split('/').filter((part) => part !== '')) {
      const entry = this.#reader.tree(at).find((child) => child.name === name)
      path = path === '' ? name : `${path}/${name}`
      if (entry === undefined || !isTree(entry) || isPassedOver(entry, path, rules)) return null
      at = entry.oid
    }
    return this.#folder(at, directory, rules)
  }

  /** Directories whose own files differ between two trees. */
  listChanged(before: string | null, after: string | null): Set<string> {
    const changed = new Set<string>()
    const isSameRules = before !== null && after !== null && this.#rulesOf(before).key === this.#rulesOf(after).key
    if (isSameRules) this.#compare(before, after, '', changed)
    else {
      const old = this.listAll(before)
      const now = this.listAll(after)
      for (const directory of new Set([...old.keys(), ...now.keys()])) {
        if (old.get(directory) !== now.get(directory)) changed.add(directory)
      }
    }
    return changed
  }

  #compare(before: string | null, after: string | null, directory: string, changed: Set<string>): void {
    if (before === after) return
    const old = new Map((before === null ? [] : this.#reader.tree(before)).map((entry) => [entry.name, entry]))
    const names = new Set(old.keys())
    const now = new Map((after === null ? [] : this.#reader.tree(after)).map((entry) => [entry.name, entry]))
    for (const name of now.keys()) names.add(name)
    for (const name of names) {
      const left = old.get(name)
      const right = now.get(name)
      if (left?.oid === right?.oid && left?.mode === right?.mode) continue
      const oldTree = left !== undefined && isTree(left) ? left.oid : null
      const newTree = right !== undefined && isTree(right) ? right.oid : null
      if (oldTree !== null || newTree !== null) this.#compare(oldTree, newTree, join(directory, name), changed)
      if ((left !== undefined && oldTree === null) || (right !== undefined && newTree === null)) changed.add(directory)
    }
  }

  #list(tree: string, directory: string, rules: Rules): Listing {
    const key = `${directory}\0${tree}\0${rules.key}`
    const known = this.#listings.get(key)
    if (known !== undefined) return known
    const below = this.#reader
      .tree(tree)
      .filter((entry) => isTree(entry) && !isPassedOver(entry, join(directory, entry.name), rules))
      .map((entry) => this.#list(entry.oid, join(directory, entry.name), rules))
      .filter((listing) => listing.folder !== null || listing.below.length > 0)
    const listing = { folder: this.#folder(tree, directory, rules), below }
    if (this.#listings.size > MEMORY_MAX) this.#listings.clear()
    this.#listings.set(key, listing)
    return listing
  }

  #folder(tree: string, directory: string, rules: Rules): Folder | null {
    const key = `${directory}\0${tree}\0${rules.key}`
    const known = this.#folders.get(key)
    if (known !== undefined) return known
    const entries = this.#reader
      .tree(tree)
      .filter((entry) => !isTree(entry) && !entry.name.startsWith('.'))
      .filter((entry) => !(rules.ignored?.ignores(join(directory, entry.name)) ?? false))
    const files: ManifestFile[] = []
    const warnings: Problem[] = []
    let kustomization: string | null = null
    for (const entry of entries) {
      const path = join(this.#prefix, join(directory, entry.name))
      if (isFile(entry) && KUSTOMIZATION.test(entry.name)) kustomization = path
      else if (isFile(entry) && MANIFEST.test(entry.name)) files.push({ path, oid: entry.oid })
      else warnings.push(...passedOver(entry, path))
    }
    const isEmpty = files.length === 0 && kustomization === null && warnings.length === 0
    const folder = isEmpty ? null : this.#sameFolder({ directory, files, kustomization, warnings })
    if (this.#folders.size > MEMORY_MAX) this.#folders.clear()
    this.#folders.set(key, folder)
    return folder
  }

  /** A folder whose nested folders changed has another tree, but is the same app: the same value again. */
  #sameFolder(folder: Folder): Folder {
    const files = folder.files.map((file) => `${file.path} ${file.oid}`).join('\n')
    const passedOver = folder.warnings.map((warning) => warning.file).join('\n')
    const key = `${folder.directory}\0${folder.kustomization}\0${files}\0${passedOver}`
    const known = this.#contents.get(key)
    if (known !== undefined) return known
    if (this.#contents.size > MEMORY_MAX) this.#contents.clear()
    this.#contents.set(key, folder)
    return folder
  }

  #rulesOf(tree: string): Rules {
    const entry = this.#reader.tree(tree).find((child) => child.name === IGNORE_FILE && isFile(child))
    const key = entry?.oid ?? ''
    let rules = this.#rules.get(key)
    if (rules === undefined) {
      rules = { key, ignored: key === '' ? null : ignore().add(this.#reader.blob(key).toString('utf8')) }
      this.#rules.set(key, rules)
    }
    return rules
  }
}

function isPassedOver(entry: TreeEntry, path: string, rules: Rules): boolean {
  return entry.name.startsWith('.') || (rules.ignored?.ignores(`${path}/`) ?? false)
}

/** A link could lead outside the repository, a submodule is another repository: neither is followed, and it is said. */
function passedOver(entry: TreeEntry, path: string): Problem[] {
  const what =
    entry.mode === MODE_SUBMODULE
      ? 'a submodule is not followed: make its repository a source of its own'
      : entry.mode === MODE_SYMLINK && (MANIFEST.test(entry.name) || !entry.name.includes('.'))
        ? 'a symbolic link is not followed: put a copy of the file in its place'
        : null
  if (what === null) return []
  return [
    {
      severity: 'warning',
      code: 'unsupported',
      file: path,
      line: 1,
      column: 1,
      path: '',
      message: `${what}, or name it in ${IGNORE_FILE}`,
    },
  ]
}

function join(left: string, right: string): string {
  return left === '' ? right : right === '' ? left : `${left}/${right}`
}
