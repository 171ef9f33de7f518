/**
 * Documents of one file to objects: known kind, schema, defaults, rules, digests. The answer depends on the file's
 * bytes only (never on its path or commit), so it is kept by blob id.
 */
import { stableHash } from '../../base/hash.js'
import type { ClusterConfiguration } from '../../model/cluster-configuration.js'
import type { ConfigContent, Manifest } from '../../model/desired-state.js'
import { makeKey, type ObjectKey } from '../../model/keys.js'
import { isKind, type Kind, type KindInfo, kinds } from '../../model/kinds.js'
import type { ProblemCode, ProblemSeverity } from '../../model/problem.js'
import type { ConfigContents } from '../../model/protocol.js'
import type { Path } from '../../model/validate/finding.js'
import { formatPath } from '../../model/validate/finding.js'
import { type DecodedDocument, type DecodedFile, isRecord, makeLocator, NOT_A_MANIFEST } from '../decode/decode-file.js'
import type { FileFinding } from '../decode/finding.js'
import { nearestName } from '../schema/nearest-name.js'
import type { SchemaFinding } from '../schema/schema-finding.js'
import { applyDefaults, validateObject, validateSchema } from './checks.js'
import { digestConfig } from './digest-config.js'
import { rulesBeside } from './rules-beside.js'

/** An object as a file gives it: everything of a DesiredObject but where the file stands and at which commit. */
export interface FileObject {
  readonly key: ObjectKey
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly manifest: Manifest
  readonly hash: string
  readonly line: number
  readonly column: number
  /** Index in the file, items of Lists counted. */
  readonly document: number
  readonly config?: ConfigContent
  /** Where it stands, to find places in it again. */
  readonly source: DecodedDocument
}

export interface FileResult {
  readonly objects: readonly FileObject[]
  readonly findings: readonly FileFinding[]
  /** Something in it is an error: the file's app is held. */
  readonly isBad: boolean
  /** Values of its ConfigMaps and Secrets, for the vault. */
  readonly contents: readonly ConfigContents[]
}

export interface MakeInput {
  readonly file: DecodedFile
  /** Read only when there is something to say. */
  bytes(): Buffer
  readonly digestKey: Uint8Array
  readonly configuration: ClusterConfiguration
}

/** Objects and findings of a decoded file. */
export function makeObjects(input: MakeInput): FileResult {
  const maker = new Maker(input)
  input.file.documents.forEach((document, index) => {
    maker.take(document, index)
  })
  return maker.result()
}

class Maker {
  readonly #input: MakeInput
  readonly #objects: FileObject[] = []
  readonly #findings: FileFinding[]
  readonly #contents: ConfigContents[] = []
  #locate: ReturnType<typeof makeLocator> | null = null

  constructor(input: MakeInput) {
    this.#input = input
    this.#findings = [...input.file.findings]
  }

  take(document: DecodedDocument, index: number): void {
    const { apiVersion, kind } = document.value
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
      this.#report(document, [], 'error', 'unreadable-file', NOT_A_MANIFEST)
    } else if (!isKind(kind)) this.#report(document, ['kind'], 'error', 'unsupported', unknownKind(apiVersion, kind))
    else if (kinds[kind].support === ('refused' as KindInfo['support'])) {
      const message = `a ${kind} is made by the system, not by manifests: remove it`
      this.#report(document, ['kind'], 'error', 'unsupported', message)
    } else this.#check(document, index, kind, apiVersion)
  }

  result(): FileResult {
    const isBad = this.#findings.some((finding) => finding.severity === 'error')
    return { objects: this.#objects, findings: this.#findings, isBad, contents: this.#contents }
  }

  #check(document: DecodedDocument, index: number, kind: Kind, apiVersion: string): void {
    const findings = validateSchema(kind, apiVersion, document.value)
    for (const { path, severity, code, message } of findings) this.#report(document, path, severity, code, message)
    const errors = findings.filter((finding) => finding.severity === 'error')
    // A field too many hides none of the others, and a wrong value few: what else is wrong is told at once, too.
    const offending: Pick<SchemaFinding, 'path' | 'meant'>[] = errors.filter(({ code }) => code !== 'unknown-field')
    if (!offending.some(({ path }) => isMetadata(path)) && !hasName(document.value)) {
      const message =
        'Required value: every object in a repository needs a fixed name (generateName makes a new one each time)'
      const path = ['metadata', 'name']
      this.#report(document, path, 'error', 'invalid-object', message)
      offending.push({ path })
    }
    if (offending.length > 0) {
      const { configuration } = this.#input
      const beside = rulesBeside({ kind, value: withoutStatus(document.value), offending, configuration })
      for (const { path, message } of beside) this.#report(document, path, 'error', 'invalid-object', message)
      return
    }
    const manifest = withNamespace(kind, applyDefaults(kind, withoutStatus(document.value) as unknown as Manifest))
    const broken = validateObject(kind, manifest, this.#input.configuration)
    for (const { path, message } of broken) this.#report(document, path, 'error', 'invalid-object', message)
    if (broken.length > 0 || errors.length > 0) return
    const info: KindInfo = kinds[kind]
    if (info.support === 'accepted') {
      const message = `kind ${kind} is accepted but not carried out yet`
      this.#report(document, ['kind'], 'warning', 'not-carried-out', message)
    }
    this.#objects.push(this.#object(document, index, kind, manifest))
  }

  #object(document: DecodedDocument, index: number, kind: Kind, manifest: Manifest): FileObject {
    const namespace = manifest.metadata.namespace ?? ''
    const { name } = manifest.metadata
    const place = { line: document.line, column: document.column, document: index, source: withoutValue(document) }
    const key = makeKey(kind, namespace, name)
    if (kind !== 'ConfigMap' && kind !== 'Secret') {
      return { key, kind, namespace, name, manifest, hash: stableHash(manifest), ...place }
    }
    const digested = digestConfig(manifest, this.#input.digestKey)
    this.#contents.push(digested.contents)
    const hash = stableHash(digested.manifest)
    return { key, kind, namespace, name, manifest: digested.manifest, hash, config: digested.config, ...place }
  }

  #report(document: DecodedDocument, path: Path, severity: ProblemSeverity, code: ProblemCode, message: string): void {
    this.#locate ??= makeLocator(this.#input.bytes())
    const place = this.#locate(document, path)
    this.#findings.push({ severity, code, ...place, path: formatPath(path), message })
  }
}

/** What the schema says of the name makes a second word on it needless. */
function isMetadata(path: Path): boolean {
  return path.length === 0 || (path[0] === 'metadata' && (path.length === 1 || path[1] === 'name'))
}

function hasName({ metadata }: Readonly<Record<string, unknown>>): boolean {
  return isRecord(metadata) && typeof metadata['name'] === 'string' && metadata['name'] !== ''
}

/** Where a document stands, without what it says: an object must not keep a Secret's values alive. */
function withoutValue(document: DecodedDocument): DecodedDocument {
  return { ...document, value: {} }
}

/** Status is the system's to write; in a manifest it means nothing. */
function withoutStatus(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!('status' in value)) return value
  const { status: _status, ...rest } = value
  return rest
}

function withNamespace(kind: Kind, manifest: Manifest): Manifest {
  const wanted = kinds[kind].namespaced ? manifest.metadata.namespace || 'default' : undefined
  if (manifest.metadata.namespace === wanted) return manifest
  const { namespace: _namespace, ...metadata } = manifest.metadata
  return { ...manifest, metadata: wanted === undefined ? metadata : { ...metadata, namespace: wanted } }
}

function unknownKind(apiVersion: string, kind: string): string {
  const near = nearestName(kind, Object.keys(kinds))
  const advice = near === null ? 'remove it, or name its file in .headwayignore' : `did you mean ${near}?`
  return `kind ${kind} of ${apiVersion} is not known: ${advice}`
}
