/**
 * The virtual addresses of Services on the loopback interface, each with a label that carries the cluster's id, so that
 * ours are told from all others and two clusters on one host leave each other alone.
 */
import { HostCommandError, runHostCommand } from '../host-command.js'

interface ListedLink {
  readonly addr_info?: readonly { readonly local?: string; readonly label?: string }[]
}

export class VirtualAddresses {
  readonly #label: string
  /** Null until the host has been asked: an earlier run may have left some. */
  #present: Set<string> | null = null

  constructor(clusterTag: string) {
    // The kernel takes 15 letters at most, and wants the interface's name in front.
    this.#label = `lo:hw${clusterTag.slice(0, 8)}`
  }

  /** Makes exactly these addresses present; tells what could not be done. */
  async apply(wanted: ReadonlySet<string>): Promise<readonly string[]> {
    if (wanted.size === 0 && this.#present?.size === 0) return []
    try {
      this.#present ??= await this.#read()
      const commands: string[] = []
      for (const address of wanted)
        if (!this.#present.has(address))
          commands.push(`address add ${address}/32 dev lo label ${this.#label} scope host`)
      for (const address of this.#present) if (!wanted.has(address)) commands.push(`address del ${address}/32 dev lo`)
      if (commands.length === 0) return []
      // Asked again next time, whatever comes of it.
      const before = this.#present
      this.#present = null
      await runHostCommand('ip', ['-force', '-batch', '-'], `${commands.join('\n')}\n`)
      this.#present = new Set([...wanted, ...[...before].filter((address) => wanted.has(address))])
      return []
    } catch (error) {
      if (!(error instanceof HostCommandError)) throw error
      // A host without Services needs neither the tool nor the right to use it.
      return wanted.size === 0 ? [] : [`virtual addresses of Services: ${error.message}`]
    }
  }

  async #read(): Promise<Set<string>> {
    const output = await runHostCommand('ip', ['-json', '-4', 'address', 'show', 'dev', 'lo'])
    const links = JSON.parse(output || '[]') as readonly ListedLink[]
    const addresses = links.flatMap((link) => link.addr_info ?? [])
    return new Set(
      addresses.flatMap(({ local, label }) => (label === this.#label && local !== undefined ? [local] : [])),
    )
  }
}
