/**
 * Predictions for the manager's history: one thread each, one at a time, the oldest that wait given up. A thread gets the
 * snapshot as text in pieces: to copy that of a large cluster at once would hold the manager up for seconds.
 */
import { Worker } from 'node:worker_threads'
import { ValueEncoder } from '../../base/value-codec.js'
import type { Predict } from '../../manager/history/history-keeper.js'
import { diffDesired } from '../../manager/journal/desired-delta.js'
import type { DesiredState } from '../../model/desired-state.js'
import { type Snapshot, snapshotPieces } from '../../model/snapshot.js'
import type { PredictedTimeline } from '../../model/timeline.js'
import type { PredictionRequest } from './prediction-worker.js'

/** With so many commits at once nobody waits for what the first of them would have done. */
const WAITING_MAX = 4
const MEMORY_MB = 1_024
/** Encoding gives way to the manager after this time. */
const SLICE_MS = 5

/** The port's own signature. */
export function makePredict(): Predict {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return (snapshot, desired) => {
    if (waiting >= WAITING_MAX) return Promise.reject(new Error('too many commits came at once to predict them all'))
    waiting++
    const run = last.then(() => runWorker(snapshot, desired))
    last = run.catch(() => {}).finally(() => waiting--)
    return run
  }
}

async function runWorker(snapshot: Snapshot, desired: DesiredState): Promise<PredictedTimeline> {
  const url = new URL('./prediction-worker.js', import.meta.url)
  const worker = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
  // The manager may end while one is under way.
  worker.unref()
  const answer = new Promise<PredictedTimeline>((resolve, reject) => {
    worker.once('message', (timeline: PredictedTimeline) => resolve(timeline))
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the prediction ended without a result')))
  })
  const [timeline] = await Promise.all([answer, send(worker, snapshot, desired)])
  return timeline
}

async function send(worker: Worker, snapshot: Snapshot, desired: DesiredState): Promise<void> {
  const post = (request: PredictionRequest): void => worker.postMessage(request)
  let pieces: string[] = []
  let end = performance.now() + SLICE_MS
  for (const piece of snapshotPieces(snapshot)) {
    pieces.push(piece)
    if (performance.now() < end) continue
    post({ text: pieces.join('') })
    pieces = []
    await new Promise((resolve) => setImmediate(resolve))
    end = performance.now() + SLICE_MS
  }
  post({ text: pieces.join('') })
  post({ delta: new ValueEncoder().encode(diffDesired(snapshot.desired, desired)) })
}
