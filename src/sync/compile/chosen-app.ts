/** An app and the version of it that is taken: what choosing works on. */
import type { Instant } from '../../base/instant.js'
import type { AppId } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import type { Problem } from '../../model/problem.js'
import type { AppEvaluation } from './evaluate-folder.js'
import type { Chain, SourceTimeline, Version } from './source-timeline.js'

export interface SourceAtHead {
  readonly id: string
  readonly timeline: SourceTimeline
  readonly chain: Chain
  /** At the head, by directory. */
  readonly apps: ReadonlyMap<string, AppEvaluation>
}

/** A source that is not compiled: its apps stay as they are. */
export interface StandingSource {
  readonly id: string
  readonly timeline: null
}

/** An app and the version it is taken at. */
export interface ChosenApp {
  readonly id: AppId
  readonly source: SourceAtHead | StandingSource
  readonly directory: string
  readonly head: AppEvaluation
  /** Null: no version of it was ever good. */
  version: Version | null
  isHeld: boolean
  /** Errors that hold it, beyond those of the head's own evaluation. */
  readonly problems: Problem[]
  /** Objects of a held version that have moved to another app since. */
  readonly moved: Set<ObjectKey>
  /** When its files changed last, as far as is looked back; 0 before that. */
  readonly changedAt: Instant
  /** Versions that are allowed while it is held; null allows all. */
  accepted: ReadonlySet<AppEvaluation> | null
}

/** Beyond the window no change of an immutable field is known, and good by itself is good enough. */
export function isAccepted(app: ChosenApp, version: Version): boolean {
  return app.accepted === null || app.accepted.size === 0 || app.accepted.has(version.app)
}
