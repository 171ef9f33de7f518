/** How commits come from a remote into a bare clone on this machine. */

export interface RemoteTip {
  /** Null: the remote has no such branch. */
  readonly oid: string | null
  /** False: the remote has no branches at all, as far as it says. */
  readonly hasBranches: boolean
}

export interface Transport {
  /** The branch's tip at the remote: one cheap request. */
  tip(): Promise<RemoteTip>
  /** Brings the branch into the clone (made when missing) and moves the clone's own branch to it; gives its commit. */
  fetch(gitDirectory: string, oid: string): Promise<string>
  /** Moves the remote's branch from `from` to `to`, whose objects the clone has. Throws SyncError `moved` when it is elsewhere. */
  push(gitDirectory: string, from: string, to: string): Promise<void>
  close(): void
}
