/** Contents of ConfigMaps and Secrets by keyed digest, in memory only: values are nowhere else (DESIGN 18). */
import type { ConfigContents } from '../model/protocol.js'

/** An old replica set may come back and needs its old values; this many that nothing desired refers to are kept. */
const SPARE_ENTRIES = 1_000

export class Vault {
  readonly #contents = new Map<string, ConfigContents>()

  /** Keeps contents; what is kept again counts as new. */
  keep(contents: readonly ConfigContents[]): void {
    for (const one of contents) {
      this.#contents.delete(one.digest)
      this.#contents.set(one.digest, one)
    }
  }

  find(digest: string): ConfigContents | null {
    return this.#contents.get(digest) ?? null
  }

  /** Forgets the oldest that are not in use, beyond a number. */
  forgetExcept(used: ReadonlySet<string>): void {
    let spare = this.#contents.size - used.size - SPARE_ENTRIES
    for (const digest of this.#contents.keys()) {
      if (spare <= 0) break
      if (used.has(digest)) continue
      this.#contents.delete(digest)
      spare--
    }
  }
}
