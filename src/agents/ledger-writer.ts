/**
 * Writes the ledger's files: gathered, each replaced in one step, and again until the disk takes them. What the disk
 * refuses stays in memory, so what is written in the end is the newest of everything.
 */
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { AgentLog } from './clock.js'

/** A full disk is tried again after this, and whenever something else is saved. */
const RETRY_MS = 5_000

/** Writes beside, flushes, and renames: a reader sees the old contents or the new. */
export async function replaceFile(file: string, bytes: Buffer): Promise<void> {
  const beside = `${file}.new`
  try {
    const handle = await open(beside, 'w', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, file)
  } catch (error) {
    // A half-written file would take the room that is missing.
    await rm(beside, { force: true }).catch(() => undefined)
    throw error
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What a file is to hold; null: it is to go. */
type FileContents = (() => Buffer) | null

/** Gathers writes and carries them out one batch after the other. What failed waits for the next batch or the retry. */
export class LedgerWriter {
  private listener: (trouble: string | null) => void = () => undefined
  private readonly pending = new Map<string, FileContents>()
  private running: Promise<void> | null = null
  private failure: Error | null = null
  private retryTimer: NodeJS.Timeout | undefined

  constructor(
    private readonly directory: string,
    private readonly log: AgentLog,
    private readonly retryMs: number = RETRY_MS,
  ) {}

  watch(listener: (trouble: string | null) => void): void {
    this.listener = listener
    if (this.failure !== null) listener(this.failure.message)
  }

  put(name: string, bytes: FileContents): void {
    this.pending.set(name, bytes)
    this.begin()
  }

  async flush(): Promise<void> {
    if (this.pending.size > 0) this.begin()
    while (this.running !== null) await this.running
    const { failure } = this
    if (failure !== null) throw new Error(`write the agent's ledger in ${this.directory}`, { cause: failure })
  }

  private begin(): void {
    clearTimeout(this.retryTimer)
    this.running ??= this.run()
  }

  private async run(): Promise<void> {
    // What one event saves in several calls goes into one batch.
    await Promise.resolve()
    let failure: Error | null = null
    while (this.pending.size > 0 && failure === null) {
      const batch = [...this.pending]
      this.pending.clear()
      failure = await this.writeBatch(batch)
    }
    this.running = null
    this.tell(failure)
    if (failure === null) return
    clearTimeout(this.retryTimer)
    this.retryTimer = setTimeout(() => this.begin(), this.retryMs)
    // A process that has nothing else to do need not stay for it.
    this.retryTimer.unref()
  }

  /** Said once when it begins and once when it ends. */
  private tell(failure: Error | null): void {
    const before = this.failure
    this.failure = failure
    if ((before === null) === (failure === null)) return
    if (failure === null) this.log.info(`the agent's ledger in ${this.directory} is written again`)
    else
      this.log.warning(
        `the agent's ledger in ${this.directory} cannot be written: ${failure.message}; free disk space or fix the disk: it is tried again every ${this.retryMs / 1_000} s`,
      )
    this.listener(failure === null ? null : failure.message)
  }

  /** Tries every file, as one that goes makes room for another; gives the first error, and what failed is pending again. */
  private async writeBatch(batch: readonly (readonly [string, FileContents])[]): Promise<Error | null> {
    const folders = new Set<string>()
    const failed: (readonly [string, FileContents])[] = []
    let failure: Error | null = null
    for (const [name, bytes] of batch) {
      const file = path.join(this.directory, name)
      try {
        if (bytes === null) await rm(file, { force: true })
        else await replaceFile(file, bytes())
        folders.add(path.dirname(file))
      } catch (error) {
        failed.push([name, bytes])
        failure ??= error as Error
      }
    }
    try {
      for (const folder of folders) await syncDirectory(folder)
    } catch (error) {
      // Nothing of the batch is known to be on disk.
      failed.splice(0, failed.length, ...batch)
      failure ??= error as Error
    }
    // What was saved again meanwhile is newer.
    for (const [name, bytes] of failed) if (!this.pending.has(name)) this.pending.set(name, bytes)
    return failure
  }
}
