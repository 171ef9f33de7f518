/**
 * Group commit: jobs that arrive while a batch is being made durable form the next batch. An exclusive job is a batch
 * of its own, because what it reads (leases) is brought up to date only after each batch.
 */
import type { StoreEvent } from './store.js'

export interface Job {
  readonly isExclusive: boolean
  /** Called inside the write transaction; returns the events of one revision, none when it changed no record. */
  run(): readonly StoreEvent[]
}

interface Waiter {
  readonly job: Job
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Larger batches gain nothing and would hold the loop up. */
const BATCH_MAX = 1_000

export class JobQueue {
  private waiters: Waiter[] = []
  private running: Promise<void> | null = null

  /** `commit` carries out a batch and gives, for each job, null or why it was refused; it never rejects. */
  constructor(private readonly commit: (jobs: readonly Job[]) => Promise<readonly (Error | null)[]>) {}

  /** Resolves when the job is durable; rejects when it was refused. */
  add(job: Job): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiters.push({ job, resolve, reject })
      this.running ??= this.runAll()
    })
  }

  /** Resolves when nothing is left. */
  async drain(): Promise<void> {
    while (this.running !== null) await this.running
  }

  private async runAll(): Promise<void> {
    // Lets the jobs of this turn gather.
    await Promise.resolve()
    while (this.waiters.length > 0) {
      const batch = this.waiters.splice(0, this.batchSize())
      const errors = await this.commit(batch.map((waiter) => waiter.job))
      batch.forEach((waiter, i) => {
        const error = errors[i] ?? null
        if (error === null) waiter.resolve()
        else waiter.reject(error)
      })
    }
    this.running = null
  }

  private batchSize(): number {
    if (this.waiters[0]!.job.isExclusive) return 1
    const exclusive = this.waiters.findIndex((waiter) => waiter.job.isExclusive)
    return Math.min(BATCH_MAX, exclusive === -1 ? this.waiters.length : exclusive)
  }
}
