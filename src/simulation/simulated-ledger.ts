/** An agent's ledger on the host's disk, written only by the core's `save-…` effects: what a restarted agent gets back. */
import type { AgentEffect } from '../agents/core/agent-effect.js'
import type { LedgerSnapshot, PodLedger } from '../agents/core/ledger-snapshot.js'
import type { NetworkTable, PodUid } from '../model/assignment.js'

export class SimulatedLedger {
  /** The disk is full: what is written is kept in memory and lost with the process. */
  private written: (() => void)[] | null = null
  /** How often records were lost. */
  losses = 0
  private assignment: LedgerSnapshot['assignment'] = null
  private network: NetworkTable | null = null
  private readonly pods = new Map<PodUid, PodLedger>()
  private readonly configs = new Set<string>()
  private bootId: string | null = null

  /** Writes what the effect says; other effects are none of its business. */
  write(effect: AgentEffect, bootId: string): void {
    if (this.written !== null) this.written.push(() => this.put(effect, bootId))
    else this.put(effect, bootId)
  }

  /** The disk is full, or no longer: then what waits is written. */
  setFull(isFull: boolean): void {
    const waiting = this.written ?? []
    this.written = isFull ? (this.written ?? []) : null
    if (!isFull) for (const write of waiting) write()
  }

  /** The process that had unwritten records in memory is gone. */
  processEnded(): void {
    if (this.written === null) return
    if (this.written.length > 0) this.losses++
    this.written = []
  }

  /** The disk was replaced. */
  lose(): void {
    this.losses++
    this.assignment = null
    this.network = null
    this.pods.clear()
    this.configs.clear()
    this.bootId = null
    if (this.written !== null) this.written = []
  }

  private put(effect: AgentEffect, bootId: string): void {
    switch (effect.type) {
      case 'save-assignment':
        this.assignment = effect.assignment
        break
      case 'save-network':
        this.network = effect.table
        break
      case 'save-pod':
        if (effect.pod === null) this.pods.delete(effect.uid)
        else this.pods.set(effect.uid, effect.pod)
        break
      case 'forget-config':
        for (const digest of effect.digests) this.configs.delete(digest)
        break
      default:
        return
    }
    this.bootId = bootId
  }

  /** Contents arrived: the shell keeps them before it tells the core. */
  keepConfigs(digests: readonly string[]): void {
    if (this.written !== null) {
      this.written.push(() => this.keepConfigs(digests))
      return
    }
    for (const digest of digests) this.configs.add(digest)
  }

  /** Null on a host whose agent never wrote anything. */
  read(): LedgerSnapshot | null {
    const { assignment, network, bootId } = this
    if (bootId === null) return null
    return { assignment, network, bootId, pods: [...this.pods.values()], configs: [...this.configs] }
  }
}
