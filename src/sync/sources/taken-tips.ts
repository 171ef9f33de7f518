/**
 * Which commits of a source were taken, one line each: where to go on after a restart when the branch is gone, and the
 * record of what a forced push replaced (git itself forgets it).
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { formatInstant, type Instant } from '../../base/instant.js'

/** A few months of busy work. */
const LINES_MAX = 10_000

export class TakenTips {
  readonly #file: string

  /** @param folder of the source in the state directory */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#file = path.join(folder, 'tips')
  }

  /** Commits that were taken, newest first. */
  read(): string[] {
    return this.#lines()
      .map((line) => line.split(' ')[1] ?? '')
      .filter((commit) => commit !== '')
      .reverse()
  }

  /** @param how `first`, `advanced`, or `forced` when the commit does not descend from the one before */
  add(commit: string, how: string, now: Instant): void {
    const lines = this.#lines()
    if (lines.length >= LINES_MAX) {
      writeFileSync(this.#file, `${lines.slice(-LINES_MAX / 2).join('\n')}\n`, { mode: 0o600 })
    }
    appendFileSync(this.#file, `${formatInstant(now)} ${commit} ${how}\n`, { mode: 0o600 })
  }

  #lines(): string[] {
    if (!existsSync(this.#file)) return []
    return readFileSync(this.#file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  }
}
