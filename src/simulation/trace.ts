/** What happened, line by line, with a hash over all of it: equal hashes, equal runs. */
import { hashText } from '../base/hash.js'
import type { Instant } from '../base/instant.js'

export class Trace {
  readonly lines: string[] = []
  private digest = ''

  constructor(
    private readonly startedAt: Instant,
    private readonly now: () => Instant,
    private readonly onLine: (line: string) => void,
  ) {}

  /** Adds a line: who (`git`, `manager`, a node, `fault`) and what. */
  add(who: string, what: string): void {
    const seconds = ((this.now() - this.startedAt) / 1_000).toFixed(3)
    const line = `${seconds.padStart(9)} ${who.padEnd(8)} ${what}`
    this.lines.push(line)
    this.digest = hashText(`${this.digest}\n${line}`)
    this.onLine(line)
  }

  get hash(): string {
    return this.digest.slice(0, 16)
  }
}
