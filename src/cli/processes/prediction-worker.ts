/** The thread in which a prediction is made: simulates the commit from the snapshot that it is given and answers with the timeline. */
import { parentPort } from 'node:worker_threads'
import { ValueDecoder } from '../../base/value-codec.js'
import { type DesiredDelta, patchDesired } from '../../manager/journal/desired-delta.js'
import { decodeSnapshot } from '../../model/snapshot.js'
import { predictTimeline } from '../../simulation/preview/preview-change.js'

/** The snapshot's text in pieces, then what the commit changes in its desired state. */
export type PredictionRequest = { readonly text: string } | { readonly delta: string }

const pieces: string[] = []
parentPort?.on('message', (request: PredictionRequest) => {
  if ('text' in request) {
    pieces.push(request.text)
    return
  }
  const snapshot = decodeSnapshot(pieces.join(''))
  const delta = new ValueDecoder().decode(request.delta) as DesiredDelta
  parentPort?.postMessage(predictTimeline(snapshot, patchDesired(snapshot.desired, delta)))
  parentPort?.close()
})
