/**
 * Carries stop orders forward: from leaving to stopping once every heard node has acknowledged a table without the pod, and
 * from stopping to forgotten once its node says that nothing of it runs.
 */
import { compareGenerations } from '../../model/generation.js'
import { inOrder, type Pass, report } from '../pass.js'
import type { PodRow } from '../plan-index.js'
import { forgetPod, sendStop } from '../stop-pod.js'

export function advanceStops(pass: Pass): void {
  const facts = { leaving: 0, sent: 0, stopping: 0, forgotten: 0 }
  for (const pod of inOrder(pass.index.stopping, (row) => row.uid)) {
    const { stop } = pod.planned
    if (stop === null || stop.phase === 'replacing') continue
    if (isOver(pod)) {
      forgetPod(pass, pod, pod.observed === null ? 'gone' : 'stopped')
      facts.forgotten += 1
    } else if (stop.phase === 'stopping') facts.stopping += 1
    else if (pass.acknowledgedVersion >= stop.networkVersion) {
      sendStop(pass, pod, stop)
      facts.sent += 1
    } else facts.leaving += 1
  }
  report(pass, 'advance-stops', facts)
}

/** Stopped by its agent, or no longer reported by an agent that has accepted an assignment with the pod in it. */
function isOver({ planned, observed, node }: PodRow): boolean {
  if (observed?.stopped === true) return true
  if (planned.stop?.phase !== 'stopping' || observed !== null || node?.isHeard !== true) return false
  const { record } = node
  if (node.observed === null || record === null || record.generation.counter === 0) return false
  return compareGenerations(node.observed.generation, record.generation) >= 0
}
