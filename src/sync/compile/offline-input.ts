/** What is compiled without a running sync; the door is compile-revision.ts. */

export interface RevisionInput {
  /** A bare or normal repository's folder. */
  readonly repository: string
  /** Branch, tag, HEAD, `HEAD~2`, commit id or the unique start of one. */
  readonly revision: string
  /** Folder in the repository; empty for all of it. */
  readonly path: string
  readonly digestKey: Uint8Array
  /** Part of app ids; `main` when left out. */
  readonly sourceId?: string
}

export interface FolderInput {
  readonly folder: string
  readonly digestKey: Uint8Array
  readonly sourceId?: string
}
