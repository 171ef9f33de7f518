/** Pods counted by domain of a topology key, with the least count of the domains that a spread looks at. */

export class Tally {
  readonly #counts = new Map<string, number>()
  /** How many of the domains looked at have each count; kept so that the least is found without a search. */
  readonly #having = new Map<number, number>()
  #least = 0
  #total = 0

  /** `domains` are those whose least count is asked for; none unless a spread asks. */
  constructor(private readonly domains: ReadonlySet<string> = new Set()) {
    this.#having.set(0, domains.size)
  }

  add(domain: string, by: number): void {
    const before = this.at(domain)
    this.#counts.set(domain, before + by)
    this.#total += by
    if (!this.domains.has(domain)) return
    this.#have(before, -1)
    this.#have(before + by, 1)
    this.#least = Math.min(this.#least, before + by)
    while (!this.#having.has(this.#least)) this.#least += 1
  }

  at(domain: string): number {
    return this.#counts.get(domain) ?? 0
  }

  /** Over all domains. */
  get total(): number {
    return this.#total
  }

  /** 0 when there is no domain to look at. */
  get least(): number {
    return this.domains.size === 0 ? 0 : this.#least
  }

  #have(count: number, by: number): void {
    const domains = (this.#having.get(count) ?? 0) + by
    if (domains === 0) this.#having.delete(count)
    else this.#having.set(count, domains)
  }
}
