/** Why nothing was feasible, in kube-scheduler's words: `0/5 nodes are available: 2 node(s) were unschedulable, 3 Insufficient cpu`. */
import { compareText } from '../../base/ordered.js'
import type { Reasons } from './plug-in.js'

export class Diagnosis implements Reasons {
  readonly #counts = new Map<string, number>()

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  /** One sentence; reasons in the order of their texts, number first. */
  render(nodes: number): string {
    if (nodes === 0) return 'no nodes available to schedule pods'
    const reasons = [...this.#counts].map(([reason, count]) => `${count} ${reason}`).sort(compareText)
    return `0/${nodes} nodes are available${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}`
  }
}
