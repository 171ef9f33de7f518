/**
 * The thread in which a commit is simulated from the snapshot that it is given: answers with the timeline, or with how the
 * plan compares with those that were reviewed.
 */
import { parentPort } from 'node:worker_threads'
import { ValueDecoder } from '../../base/value-codec.js'
import { type DesiredDelta, patchDesired } from '../../manager/journal/desired-delta.js'
import type { ReviewAnswer } from '../../model/reviewed-plan.js'
import { decodeSnapshot } from '../../model/snapshot.js'
import type { PredictedTimeline } from '../../model/timeline.js'
import { predictTimeline, reviewChange } from '../../simulation/preview/preview-change.js'

/**
 * The snapshot's text in pieces, then what the commit changes in its desired state; `reviewed`: fingerprints to hold
 * against it, null for a prediction.
 */
export type PredictionRequest =
  | { readonly text: string }
  | { readonly delta: string; readonly reviewed: readonly string[] | null }

export type Answer = { readonly timeline: PredictedTimeline } | { readonly reviews: readonly ReviewAnswer[] }

const pieces: string[] = []
parentPort?.on('message', (request: PredictionRequest) => {
  if ('text' in request) {
    pieces.push(request.text)
    return
  }
  parentPort?.postMessage(answer(request.delta, request.reviewed))
  parentPort?.close()
})

function answer(text: string, reviewed: readonly string[] | null): Answer {
  const snapshot = decodeSnapshot(pieces.join(''))
  const delta = new ValueDecoder().decode(text) as DesiredDelta
  const base = snapshot.desired
  const head = patchDesired(base, delta)
  if (reviewed === null) return { timeline: predictTimeline(snapshot, head) }
  if (base === null) throw new Error('nothing was desired before the commit')
  return { reviews: reviewChange({ snapshot, base, head }, reviewed) }
}
