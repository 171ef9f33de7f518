/** What may go wrong in a container engine: operations that fail, before or after they took effect, or hang; a full disk; events and pulls. */
import type { Operation } from '../agents/core/agent-effect.js'
import type { OperationResult } from '../agents/core/agent-event.js'
import type { Random } from '../base/random.js'
import type { TimeSource } from './pausable-time.js'

/** The agent's connection to the engine gives an operation up after this (engine-connection.ts). */
const OPERATION_LIMIT_MS = 60_000
/** The agent's shell glances at all containers this often at the least (engine-watch.ts). */
const GLANCE_EVERY_MS = 36_000

type Answer = (result: OperationResult) => void

export class EngineFaults {
  /** The share of operations that fail. */
  errorShare = 0
  failsPulls = false
  /** No host can pull. */
  isRegistryDown = false
  /** Nothing can be pulled or created. */
  isDiskFull = false
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

  /** With `isBroken` the stream breaks when it is well again, and the agent lists; else it has never noticed. */
  setDeaf(isDeaf: boolean, isBroken = true): void {
    if (this.deafness && !isDeaf && isBroken) this.lost()
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

  /** From now until the agent's next glance finds what an event did not tell. */
  glanceMs(): number {
    return this.random.integer(0, GLANCE_EVERY_MS)
  }

  /** Whether an image that is not on the host cannot be had. */
  get refusesPulls(): boolean {
    return this.failsPulls || this.isRegistryDown || this.isDiskFull
  }

  /** Runs an operation with the faults of the moment around it. */
  around(type: Operation['type'], run: (answer: Answer) => void, answer: Answer): void {
    if (this.hanging !== null) {
      this.hang(run, answer)
      return
    }
    if (this.isDiskFull && type === 'create') {
      const message = 'no space left on device'
      this.time.schedule(5, () => answer({ ok: false, code: 'internal', message, retryable: true }))
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
