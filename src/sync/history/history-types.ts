/** What history is asked and what it answers; the door is history.ts. */
import type { Instant } from '../../base/instant.js'
import type { ObjectKey } from '../../model/keys.js'

export interface CommitView {
  readonly id: string
  readonly parents: readonly string[]
  /** `Name <mail>`. */
  readonly author: string
  readonly subject: string
  readonly message: string
  readonly committedAt: Instant
}

/** One field that differs; absent on a side is undefined. Values of Secrets are only ever digests. */
export interface FieldChange {
  /** `spec.template.spec.containers[0].image`. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

export interface ObjectChange {
  readonly action: 'create' | 'change' | 'delete'
  readonly key: ObjectKey
  readonly file: string
  readonly line: number
  readonly fields: readonly FieldChange[]
}

export interface BlameInput {
  readonly repository: string
  readonly revision: string
  /** Path in the repository. */
  readonly file: string
  readonly firstLine: number
  readonly lastLine: number
}

export interface ObjectLinesInput {
  readonly repository: string
  readonly revision: string
  readonly file: string
  /** As in the object's origin. */
  readonly document: number
}

export interface LineRange {
  readonly firstLine: number
  readonly lastLine: number
}

/** An object that is the same at two commits, in the same file. */
export interface UnchangedObject {
  readonly key: ObjectKey
  /** Path in the repository. */
  readonly file: string
  /** Index of its document in the file at each commit, as in the object's origin. */
  readonly documentBefore: number
  readonly documentAfter: number
}

export interface RetouchInput {
  readonly repository: string
  /** The two revisions. */
  readonly before: string
  readonly after: string
  readonly objects: readonly UnchangedObject[]
}

/** The newest commit that changed any line of the range. */
export interface BlameView {
  readonly commit: CommitView
  /** Path of the file in that commit. */
  readonly file: string
  /** The line in that commit's version of the file. */
  readonly line: number
}
