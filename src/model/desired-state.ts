/**
 * Desired state: all objects at one revision of the sources, validated, defaulted and immutable. Made by sync, read by
 * everything else. An object that did not change keeps its identity (===) from one desired state to the next, so that
 * what changed is found by comparing references.
 */
import type { Instant } from '../base/instant.js'
import type { ClusterConfiguration } from './cluster-configuration.js'
import type { ObjectMeta } from './generated/kubernetes.js'
import type { ObjectKey } from './keys.js'
import type { Kind } from './kinds.js'
import type { Problem } from './problem.js'
import type { ReviewTrailer } from './reviewed-plan.js'

/** `sourceId:directory`, the directory without trailing slash and empty for the root. */
export type AppId = string

/** Where a manifest stands. */
export interface Origin {
  readonly source: string
  readonly file: string
  /** Line of the document's first key, from 1. */
  readonly line: number
  /** Index of the document in its file, from 0 (an item of a List counts as one). */
  readonly document: number
}

/** Any Kubernetes object after defaults: metadata.name is there, and namespace where the kind has one. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta & { readonly name: string }
}

/**
 * A desired object. `manifest` is the defaulted object, typed by its kind at the use (`as Deployment`). In a Secret
 * every value of `data` is replaced by its keyed digest: secret values never reach the core (DESIGN 18).
 */
export interface DesiredObject {
  readonly key: ObjectKey
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly manifest: Manifest
  /** stableHash of `manifest`: equal hash, equal meaning. */
  readonly hash: string
  readonly origin: Origin
  readonly app: AppId
  /** The commit whose tree this object was read from: the head, or its app's last good commit while it is held. */
  readonly commit: string
  /** ConfigMap and Secret only: what mounts and environment take from it. */
  readonly config?: ConfigContent
}

/** Keyed digests (HMAC, 64 hex digits) of configuration: the values themselves stay in the shell's vault. */
export interface ConfigContent {
  /** Over the whole object's data. */
  readonly digest: string
  /** Per key of data, binaryData and stringData; keys sorted. */
  readonly keys: ReadonlyMap<string, string>
}

export interface AppState {
  readonly id: AppId
  readonly source: string
  readonly directory: string
  /** The commit its objects are taken from. */
  readonly revision: string
  /** Held back at `revision` because of the problems, all of severity error. */
  readonly held: boolean
  readonly problems: readonly Problem[]
}

export interface SourceRevision {
  readonly id: string
  readonly url: string
  readonly branch: string
  readonly path: string
  readonly commit: string
  readonly author: string
  readonly subject: string
  readonly committedAt: Instant
}

/** A trailer that lets a set of deletions go. */
export interface Confirmation {
  /** Of the set, in full or its first 8 letters or more. */
  readonly hash: string
  /** Commits that came after the one that says so: what they brought is not confirmed by it. */
  readonly newer: readonly string[]
}

export interface DesiredState {
  /** The commit of the first source; with several sources a hash over all their commits. */
  readonly revision: string
  readonly sources: readonly SourceRevision[]
  /** Sorted by key. */
  readonly objects: ReadonlyMap<ObjectKey, DesiredObject>
  /** Sorted by id. */
  readonly apps: ReadonlyMap<AppId, AppState>
  /** Errors and warnings at the head, in order of file and line. */
  readonly problems: readonly Problem[]
  /** True while any document at the head cannot be read or is invalid: pruning waits, the object may have moved there. */
  readonly hasUnreadable: boolean
  /** From `Headway-Confirm-Delete:` trailers of the newest commits, newest first. */
  readonly confirmations: readonly Confirmation[]
  /**
   * Keys that the newest commits only take away again: a revert that deletes nothing but what the reverted commits
   * added passes the delete brake (DESIGN 7).
   */
  readonly revertedAdditions: ReadonlySet<ObjectKey>
  readonly configuration: ClusterConfiguration
  /** `Headway-Plan:` trailers of the newest commits, newest first. Absent: none has one. */
  readonly reviews?: readonly ReviewTrailer[]
}
