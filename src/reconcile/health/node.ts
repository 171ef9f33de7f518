/** Health of a node: Healthy while it is heard; Suspended while it takes no new pods. */
import type { HealthReport } from './health-report.js'

export interface NodeHealthInput {
  readonly isHeard: boolean
  readonly isSchedulable: boolean
  /** Null when it has never been heard by this manager. */
  readonly silentForMs: number | null
  readonly hasReported: boolean
  readonly drain?: 'draining' | 'drained'
  readonly pods?: number
}

export function nodeHealth(input: NodeHealthInput): HealthReport {
  if (!input.hasReported) return { health: 'Unknown', message: 'its agent has not reported yet' }
  if (!input.isHeard) {
    const seconds = Math.round((input.silentForMs ?? 0) / 1000)
    return { health: 'Degraded', message: `its agent has been silent for ${seconds} s` }
  }
  if (input.drain === 'draining') {
    const left = input.pods === 1 ? '1 pod' : `${input.pods ?? 0} pods`
    return { health: 'Suspended', message: `draining: ${left} left` }
  }
  if (input.drain === 'drained') return { health: 'Suspended', message: 'drained: no pods, and no new ones' }
  if (!input.isSchedulable) return { health: 'Suspended', message: 'cordoned: no new pods' }
  return { health: 'Healthy', message: '' }
}
