/** What is asked of the writer and what it answers; the door is writer.ts. */

export interface Signature {
  readonly name: string
  readonly email: string
}

/** Where a commit goes: a repository by path, or a remote as in SourceOptions. */
export interface BranchTarget {
  readonly url: string
  readonly branch: string
  readonly tokenFile?: string
  /** Folder for a clone while a remote's commit is made; needed for remotes only. */
  readonly workDirectory?: string
}

export interface RevertInput {
  readonly target: BranchTarget
  /** Commit, or `from..to` as git understands ranges (`from` itself excluded). */
  readonly revision: string
  readonly author: Signature
  /** Milliseconds since 1970. */
  readonly now: number
  /** `Name: value` lines put at the end of the message. */
  readonly trailers?: readonly string[]
}

export interface TrailerInput {
  readonly target: BranchTarget
  readonly subject: string
  readonly author: Signature
  readonly now: number
  readonly trailers: readonly string[]
}

export interface CommitAnswer {
  /** The new tip. */
  readonly commit: string
  /** The tip it was made on. */
  readonly parent: string
  /** Files it changed, sorted. */
  readonly files: readonly string[]
}

export interface SeedInput {
  /** The new bare repository; must not exist or be empty. */
  readonly bareDirectory: string
  readonly fromFolder: string
  readonly branch: string
  readonly author: Signature
  readonly now: number
  readonly subject?: string
}
