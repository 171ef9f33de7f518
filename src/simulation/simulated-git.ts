/**
 * The cluster repository: commits of manifest objects, made into desired state by the same defaults, rules and digests
 * as sync's. An app (folder) may be unreadable in a commit: then its last good objects stay.
 */
import { deepFreeze } from '../base/deep-freeze.js'
import { isEqual } from '../base/equal.js'
import { canonicalJson, hashText, stableHash } from '../base/hash.js'
import type { Instant } from '../base/instant.js'
import { sortedMap } from '../base/ordered.js'
import { type ClusterConfiguration, defaultClusterConfiguration } from '../model/cluster-configuration.js'
import { applyDefaults } from '../model/defaults/apply-defaults.js'
import type { AppState, DesiredObject, DesiredState, Manifest } from '../model/desired-state.js'
import { makeKey, type ObjectKey } from '../model/keys.js'
import { isKind, type Kind, kinds } from '../model/kinds.js'
import type { Problem } from '../model/problem.js'
import type { ConfigContents } from '../model/protocol.js'
import { readClusterConfiguration } from '../model/validate/cluster-configuration.js'
import { formatPath } from '../model/validate/finding.js'
import { validateObject } from '../model/validate/validate-object.js'
import { digestConfig } from '../sync/compile/digest-config.js'

/** A manifest as written, before defaults. */
export interface WrittenManifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string } & Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

/** What an app's folder holds; `unreadable`: something in it that cannot be decoded. */
export type AppContent = readonly WrittenManifest[] | 'unreadable'

/** All manifests of the repository: by folder, or in its root. */
export type CommitContent = readonly WrittenManifest[] | Readonly<Record<string, AppContent>>

export interface CommitOptions {
  readonly subject?: string
  /** `Headway-Confirm-Delete:` trailers. */
  readonly confirmations?: readonly string[]
}

interface Commit {
  readonly id: string
  readonly subject: string
  readonly committedAt: Instant
  readonly apps: Readonly<Record<string, AppContent>>
  readonly confirmations: readonly string[]
  readonly revertedAdditions: ReadonlySet<ObjectKey>
}

/** What a manifest says once it is read. */
interface Prepared {
  readonly key: ObjectKey
  readonly kind: Kind
  readonly manifest: Manifest
  readonly hash: string
  /** Of a ConfigMap or Secret. */
  readonly digested: ReturnType<typeof digestConfig> | null
}

const DIGEST_KEY = new Uint8Array(32).fill(1)
const SOURCE = 'main'
/** Scenarios of a process write much the same: what a manifest says is read once for all of them, by its text. */
const PREPARED_MAX = 5_000
const preparedTexts = new Map<string, Prepared>()

export class SimulatedGit {
  private readonly commits: Commit[] = []
  private state: DesiredState | null = null
  private contents = new Map<string, ConfigContents>()
  private readonly prepared = new WeakMap<WrittenManifest, Prepared>()
  private readonly texts = new WeakMap<readonly WrittenManifest[], string>()

  get head(): DesiredState | null {
    return this.state
  }

  /** Contents of a ConfigMap or Secret of the head, as sync's vault gives them. */
  config(digest: string): ConfigContents | null {
    return this.contents.get(digest) ?? null
  }

  /** Adds a commit that holds exactly these manifests. Throws when one breaks a rule of its kind. */
  commit(content: CommitContent, now: Instant, options: CommitOptions = {}): DesiredState {
    const apps = Array.isArray(content)
      ? { '': content as AppContent }
      : (content as Readonly<Record<string, AppContent>>)
    return this.add(apps, now, options.subject ?? 'a change', options.confirmations ?? [], new Set())
  }

  /** Adds a commit with what the one before the newest held. Throws when there is none. */
  revert(now: Instant): DesiredState {
    const [undone, target] = [this.commits.at(-1), this.commits.at(-2)]
    if (undone === undefined || target === undefined) throw new Error('there is nothing to revert to')
    const [before, after] = [keysIn(target.apps), keysIn(undone.apps)]
    const additions = new Set([...after].filter((key) => !before.has(key)))
    return this.add(target.apps, now, `Revert "${undone.subject}"`, [], additions)
  }

  /** Takes the newest commits away, as a force-push does; at least one stays. Gives the new head. */
  rewind(count: number): DesiredState {
    const keep = Math.max(1, this.commits.length - count)
    const commit = this.commits[keep - 1]
    if (commit === undefined) throw new Error('there is nothing to go back to')
    this.commits.length = keep
    this.state = deepFreeze(this.compile(commit))
    return this.state
  }

  /** Number of commits of the branch. */
  get length(): number {
    return this.commits.length
  }

  private add(
    apps: Commit['apps'],
    now: Instant,
    subject: string,
    confirmations: readonly string[],
    revertedAdditions: ReadonlySet<ObjectKey>,
  ): DesiredState {
    const parent = this.commits.at(-1)?.id ?? ''
    const content = hashText(`[${JSON.stringify(parent)},${this.textOf(apps)},${now}]`)
    const id = `${content}${stableHash([subject])}`.slice(0, 40)
    const commit: Commit = { id, subject, committedAt: now, apps, confirmations, revertedAdditions }
    this.contents = new Map()
    const state = this.compile(commit)
    this.commits.push(commit)
    this.state = deepFreeze(state)
    return this.state
  }

  /** The canonical JSON of all apps; that of one is made once, since most commits leave it as it is. */
  private textOf(apps: Commit['apps']): string {
    const parts: string[] = []
    for (const directory of Object.keys(apps).sort()) {
      const content = apps[directory]
      if (content === undefined) continue
      let text = content === 'unreadable' ? '"unreadable"' : this.texts.get(content)
      if (text === undefined) {
        text = canonicalJson(content)
        this.texts.set(content as readonly WrittenManifest[], text)
      }
      parts.push(`${JSON.stringify(directory)}:${text}`)
    }
    return `{${parts.join(',')}}`
  }

  private compile(commit: Commit): DesiredState {
    const objects = new Map<ObjectKey, DesiredObject>()
    const appStates = new Map<string, AppState>()
    const problems: Problem[] = []
    for (const [directory, content] of Object.entries(commit.apps)) {
      const app = `${SOURCE}:${directory}`
      const held = content === 'unreadable'
      const found = held ? this.lastGood(app) : this.read(directory, content, commit.id)
      if (held) problems.push(unreadable(directory))
      for (const object of found) {
        if (objects.has(object.key)) throw new Error(`${object.key} is defined twice`)
        objects.set(object.key, object)
      }
      const revision = held ? (this.state?.apps.get(app)?.revision ?? '') : commit.id
      const problemsHere = held ? [unreadable(directory)] : []
      appStates.set(app, { id: app, source: SOURCE, directory, revision, held, problems: problemsHere })
    }
    const source = { id: SOURCE, url: 'simulated', branch: 'main', path: '', commit: commit.id }
    const { subject, committedAt } = commit
    return {
      revision: commit.id,
      sources: [{ ...source, author: 'Ada <ada@example.com>', subject, committedAt }],
      objects: sortedMap(objects),
      apps: sortedMap(appStates),
      problems,
      hasUnreadable: problems.length > 0,
      confirmations: commit.confirmations.map((hash) => ({ hash, newer: [] })),
      revertedAdditions: new Set([...commit.revertedAdditions].filter((key) => !objects.has(key))),
      configuration: this.configurationOf(objects),
    }
  }

  /** The same as long as the repository says the same of it. */
  private configurationOf(objects: ReadonlyMap<ObjectKey, DesiredObject>): ClusterConfiguration {
    const object = objects.get(makeKey('ClusterConfiguration', '', 'cluster'))
    const now =
      object === undefined ? defaultClusterConfiguration : readClusterConfiguration(object.manifest).configuration
    const before = this.state?.configuration
    return before !== undefined && isEqual(before, now) ? before : now
  }

  private lastGood(app: string): readonly DesiredObject[] {
    return [...(this.state?.objects.values() ?? [])].filter((object) => object.app === app)
  }

  private read(directory: string, manifests: readonly WrittenManifest[], commit: string): readonly DesiredObject[] {
    const app = `${SOURCE}:${directory}`
    return manifests.map((written, document) => {
      const prepared = this.prepare(written)
      if (prepared.digested !== null) this.contents.set(prepared.digested.contents.digest, prepared.digested.contents)
      const before = this.state?.objects.get(prepared.key)
      const isSame = before !== undefined && before.hash === prepared.hash && before.app === app
      // What did not change keeps its identity; only its place may have moved.
      return isSame && before.origin.document === document
        ? before
        : makeObject(prepared, { directory, document, commit, app })
    })
  }

  /** Once for each manifest, which most commits leave as it is. Throws when it breaks a rule. */
  private prepare(written: WrittenManifest): Prepared {
    let prepared = this.prepared.get(written)
    if (prepared === undefined) {
      prepared = prepareText(written)
      this.prepared.set(written, prepared)
    }
    return prepared
  }
}

/** As `prepare`, frozen: worlds share it. */
function prepareText(written: WrittenManifest): Prepared {
  const text = JSON.stringify(written)
  let prepared = preparedTexts.get(text)
  if (prepared === undefined) {
    prepared = deepFreeze(prepare(written))
    if (preparedTexts.size >= PREPARED_MAX) preparedTexts.clear()
    preparedTexts.set(text, prepared)
  }
  return prepared
}

/** With defaults, and checked. Throws when it breaks a rule. */
function prepare(written: WrittenManifest): Prepared {
  const { kind } = written
  if (!isKind(kind)) throw new Error(`kind ${kind} is not known`)
  const defaulted = applyDefaults(kind, withNamespace(written as Manifest, kinds[kind].namespaced))
  const [finding] = validateObject(kind, defaulted)
  if (finding !== undefined) {
    throw new Error(`${kind}/${defaulted.metadata.name}: ${formatPath(finding.path)}: ${finding.message}`)
  }
  const digested = kind === 'ConfigMap' || kind === 'Secret' ? digestConfig(defaulted, DIGEST_KEY) : null
  const manifest = digested?.manifest ?? defaulted
  const key = makeKey(kind, manifest.metadata.namespace ?? '', manifest.metadata.name)
  return { key, kind, manifest, hash: stableHash(manifest), digested }
}

function makeObject(
  { key, kind, manifest, hash, digested }: Prepared,
  at: { readonly directory: string; readonly document: number; readonly commit: string; readonly app: string },
): DesiredObject {
  const { directory, document, commit, app } = at
  const { namespace = '', name } = manifest.metadata
  const file = directory === '' ? 'all.yaml' : `${directory}/all.yaml`
  const origin = { source: SOURCE, file, line: 1 + document * 20, document }
  const object: DesiredObject = { key, kind, namespace, name, origin, app, commit, manifest, hash }
  return digested === null ? object : { ...object, config: digested.config }
}

function withNamespace(manifest: Manifest, isNamespaced: boolean): Manifest {
  if (!isNamespaced || manifest.metadata.namespace !== undefined) return manifest
  return { ...manifest, metadata: { ...manifest.metadata, namespace: 'default' } }
}

function keysIn(apps: Commit['apps']): ReadonlySet<ObjectKey> {
  const keys = new Set<ObjectKey>()
  for (const content of Object.values(apps)) {
    if (content === 'unreadable') continue
    for (const { kind, metadata } of content) {
      const namespace = String(metadata['namespace'] ?? 'default')
      if (isKind(kind)) keys.add(makeKey(kind, namespace, metadata.name))
    }
  }
  return keys
}

function unreadable(directory: string): Problem {
  return {
    severity: 'error',
    code: 'unreadable-file',
    file: `${directory}/all.yaml`,
    line: 1,
    column: 1,
    path: '',
    message: 'the file is not YAML',
  }
}
