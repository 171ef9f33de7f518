/**
 * One folder's manifests as an app: its objects and what is wrong with it by itself. Nothing here looks at other apps
 * or at history. The same folder value gives the same answer value again.
 */
import { isEqual } from '../../base/equal.js'
import { type ClusterConfiguration, defaultClusterConfiguration } from '../../model/cluster-configuration.js'
import type { ObjectKey } from '../../model/keys.js'
import type { Problem } from '../../model/problem.js'
import type { ConfigContents } from '../../model/protocol.js'
import type { Path } from '../../model/validate/finding.js'
import { formatPath } from '../../model/validate/finding.js'
import { makeLocator } from '../decode/decode-file.js'
import { SyncError } from '../sync-error.js'
import type { Folder, ManifestFile } from './list-manifests.js'
import { type FileObject, type FileResult, makeObjects } from './make-objects.js'
import type { ParseCache } from './parse-cache.js'
import type { TreeReader } from './tree-reader.js'

export interface AppObject {
  readonly object: FileObject
  readonly file: ManifestFile
}

export interface AppEvaluation {
  readonly folder: Folder
  readonly objects: readonly AppObject[]
  readonly byKey: ReadonlyMap<ObjectKey, AppObject>
  /** Errors and warnings in order of file and line. */
  readonly problems: readonly Problem[]
  readonly isBad: boolean
  /** Values of its ConfigMaps and Secrets, for the vault. */
  readonly contents: readonly ConfigContents[]
}

export interface EvaluatorInput {
  readonly reader: TreeReader
  readonly cache: ParseCache
  readonly digestKey: Uint8Array
}

/** Decoding runs this long before it lets other work in: an agent's heartbeat must not wait for a large push. */
const SLICE_MS = 10
/** Results of files that no current folder has are kept up to this many. */
const SPARE_RESULTS = 2_000

export class FolderEvaluator {
  readonly #input: EvaluatorInput
  readonly #results = new Map<string, FileResult>()
  #evaluations = new WeakMap<Folder, AppEvaluation>()
  #configuration = defaultClusterConfiguration
  #sliceEnd = 0

  constructor(input: EvaluatorInput) {
    this.#input = input
  }

  /** Rules that follow the configuration are applied anew when it is another one: true then. */
  setConfiguration(configuration: ClusterConfiguration): boolean {
    if (isEqual(configuration, this.#configuration)) return false
    this.#configuration = configuration
    this.#results.clear()
    this.#evaluations = new WeakMap()
    return true
  }

  /** Evaluates folders one by one, yielding to the event loop now and then. */
  async evaluateAll(folders: ReadonlyMap<string, Folder>): Promise<Map<string, AppEvaluation>> {
    const evaluations = new Map<string, AppEvaluation>()
    for (const [directory, folder] of folders) {
      evaluations.set(directory, this.#evaluations.get(folder) ?? (await this.evaluate(folder)))
    }
    return evaluations
  }

  async evaluate(folder: Folder): Promise<AppEvaluation> {
    const known = this.#evaluations.get(folder)
    if (known !== undefined) return known
    const results: FileResult[] = []
    for (const file of folder.files) {
      if (!this.#results.has(file.oid)) await this.#pause()
      results.push(this.#resultOf(file))
    }
    const evaluation = assemble(folder, results)
    this.#evaluations.set(folder, evaluation)
    return evaluation
  }

  /** A problem about a place inside an object that was read. */
  problemAt(at: AppObject, path: Path, message: string, code: Problem['code']): Problem {
    const place =
      path.length === 0
        ? { line: at.object.line, column: at.object.column }
        : makeLocator(this.#input.reader.blob(at.file.oid))(at.object.source, path)
    return { severity: 'error', code, file: at.file.path, ...place, path: formatPath(path), message }
  }

  /** Forgets results of files that are not in use, beyond a number. */
  forgetExcept(used: ReadonlySet<string>): void {
    let spare = this.#results.size - used.size - SPARE_RESULTS
    for (const oid of this.#results.keys()) {
      if (spare <= 0) break
      if (used.has(oid)) continue
      this.#results.delete(oid)
      spare--
    }
  }

  #resultOf(file: ManifestFile): FileResult {
    let result = this.#results.get(file.oid)
    if (result === undefined) {
      result = this.#read(file.oid)
      this.#results.set(file.oid, result)
    }
    return result
  }

  #read(oid: string): FileResult {
    const bytes = (): Buffer => this.#input.reader.blob(oid)
    try {
      const file = this.#input.cache.decode(oid, bytes)
      return makeObjects({ file, bytes, digestKey: this.#input.digestKey, configuration: this.#configuration })
    } catch (error) {
      // A blob that is damaged is one more unreadable file: the other apps advance.
      if (!(error instanceof SyncError) || error.code !== 'corrupt-object') throw error
      const finding = { severity: 'error', code: 'unreadable-file', line: 1, column: 1, path: '' } as const
      return { objects: [], findings: [{ ...finding, message: error.message }], isBad: true, contents: [] }
    }
  }

  async #pause(): Promise<void> {
    const now = performance.now()
    if (now < this.#sliceEnd) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#sliceEnd = performance.now() + SLICE_MS
  }
}

function assemble(folder: Folder, results: readonly FileResult[]): AppEvaluation {
  const problems: Problem[] = [...folder.warnings]
  const objects: AppObject[] = []
  const byKey = new Map<ObjectKey, AppObject>()
  let isBad = false
  folder.files.forEach((file, i) => {
    const { findings, objects: found, isBad: isFileBad } = results[i]!
    isBad ||= isFileBad
    for (const finding of findings) problems.push({ ...finding, file: file.path })
    for (const object of found) {
      const twin = byKey.get(object.key)
      const here = { object, file }
      objects.push(here)
      if (twin === undefined) {
        byKey.set(object.key, here)
        continue
      }
      isBad = true
      problems.push(duplicateProblem(twin, here), duplicateProblem(here, twin))
    }
  })
  if (folder.kustomization !== null) {
    isBad = true
    problems.push(kustomizationProblem(folder))
  }
  const contents = results.flatMap((result) => result.contents)
  return { folder, objects, byKey, problems: sortProblems(problems), isBad, contents }
}

/** `at` stands twice: here and at `other`, which is in another source where `source` names one. */
export function duplicateProblem(at: AppObject, other: AppObject, source = ''): Problem {
  const where = `${other.file.path}:${other.object.line}${source === '' ? '' : ` of source ${source}`}`
  return {
    severity: 'error',
    code: 'duplicate-key',
    file: at.file.path,
    line: at.object.line,
    column: at.object.column,
    path: '',
    message: `${at.object.key} is also defined at ${where}: remove one of them`,
  }
}

function kustomizationProblem(folder: Folder): Problem {
  const name = folder.directory === '' ? 'the root folder' : folder.directory
  return {
    severity: 'error',
    code: 'unsupported',
    file: folder.kustomization ?? '',
    line: 1,
    column: 1,
    path: '',
    message: `app ${name} is a kustomization, which is not rendered yet: commit what kustomize build prints, and remove this file or name the folder in .headwayignore`,
  }
}

/** By file, line and column; equal ones once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const sorted = [...problems].sort(
    (left, right) =>
      (left.file < right.file ? -1 : left.file > right.file ? 1 : 0) ||
      left.line - right.line ||
      left.column - right.column ||
      (left.message < right.message ? -1 : left.message > right.message ? 1 : 0),
  )
  return sorted.filter((problem, i) => {
    const before = sorted[i - 1]
    return (
      before === undefined ||
      before.message !== problem.message ||
      before.file !== problem.file ||
      before.line !== problem.line ||
      before.path !== problem.path
    )
  })
}
