/** What happened, line by line, with a hash over all of it: equal hashes, equal runs. Text is made only when somebody reads it. */
import { hashText } from '../base/hash.js'
import type { Instant } from '../base/instant.js'

interface Entry {
  readonly at: Instant
  readonly who: string
  readonly what: string | (() => string)
}

export class Trace {
  private readonly entries: Entry[] = []
  /** The lines made so far, and the hash over those that were hashed. */
  private readonly made: string[] = []
  private hashed = 0
  private digest = ''

  constructor(
    private readonly startedAt: Instant,
    private readonly now: () => Instant,
    private readonly onLine: ((line: string) => void) | null,
  ) {}

  /** Adds a line: who (`git`, `manager`, a node, `fault`) and what; a function of values that never change is called when it is read. */
  add(who: string, what: string | (() => string)): void {
    this.entries.push({ at: this.now(), who, what })
    this.onLine?.(this.lines.at(-1) ?? '')
  }

  get lines(): readonly string[] {
    for (let i = this.made.length; i < this.entries.length; i++) this.made.push(this.format(this.entries[i]!))
    return this.made
  }

  /** 16 hexadecimal digits; each line goes into it once. */
  get hash(): string {
    const { lines } = this
    for (; this.hashed < lines.length; this.hashed++) this.digest = hashText(`${this.digest}\n${lines[this.hashed]}`)
    return this.digest.slice(0, 16)
  }

  private format({ at, who, what }: Entry): string {
    const seconds = ((at - this.startedAt) / 1_000).toFixed(3)
    return `${seconds.padStart(9)} ${who.padEnd(8)} ${typeof what === 'string' ? what : what()}`
  }
}
