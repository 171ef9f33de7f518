/** What may go wrong in a container engine: operations that fail, before or after they took effect, or hang; events and pulls. */
import type { OperationResult } from '../agents/core/agent-event.js'
import type { Random } from '../base/random.js'
import type { TimeSource } from './pausable-time.js'

/** The agent's connection to the engine gives an operation up after this (engine-connection.ts). */
const OPERATION_LIMIT_MS = 60_000

type Answer = (result: OperationResult) => void

export class EngineFaults {
  /** The share of operations that fail. */
  errorShare = 0
  failsPulls = false
  pullFactor = 1
  private hanging: (() => void)[] | null = null
  private deafness = false

  constructor(
    private readonly time: TimeSource,
    private readonly random: Random,
    private readonly lost: () => void,
  ) {}

  /** Events never come. */
  get isDeaf(): boolean {
    return this.deafness
  }

  setDeaf(isDeaf: boolean): void {
    if (this.deafness && !isDeaf) this.lost()
    this.deafness = isDeaf
  }

  /** Operations begin nothing until it ends; those that were given up meanwhile take effect all the same. */
  setHanging(isHanging: boolean): void {
    const waiting = this.hanging ?? []
    this.hanging = isHanging ? (this.hanging ?? []) : null
    if (!isHanging) for (const run of waiting) run()
  }

  get isHanging(): boolean {
    return this.hanging !== null
  }

  /** Runs an operation with the faults of the moment around it. */
  around(run: (answer: Answer) => void, answer: Answer): void {
    if (this.hanging !== null) {
      this.hang(run, answer)
      return
    }
    if (this.errorShare === 0 || !this.random.chance(this.errorShare)) {
      run(answer)
      return
    }
    const isDone = this.random.chance(0.5)
    const code = this.random.chance(0.5) ? 'unavailable' : 'internal'
    const refuse = (): void => answer({ ok: false, code, message: 'the engine failed', retryable: true })
    if (isDone) run(refuse)
    else this.time.schedule(5, refuse)
  }

  private hang(run: (answer: Answer) => void, answer: Answer): void {
    let isGivenUp = false
    const giveUp = this.time.schedule(OPERATION_LIMIT_MS, () => {
      isGivenUp = true
      answer({ ok: false, code: 'timeout', message: 'the engine did not answer in time', retryable: true })
    })
    this.hanging?.push(() => {
      if (!isGivenUp) giveUp()
      run(isGivenUp ? () => {} : answer)
    })
  }
}
