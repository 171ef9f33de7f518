/** Predictions for the manager's history: one thread each, one at a time, the oldest that wait given up. */
import { Worker } from 'node:worker_threads'
import type { Predict } from '../../manager/history/history-keeper.js'
import type { PredictedTimeline } from '../../model/timeline.js'

/** With so many commits at once nobody waits for what the first of them would have done. */
const WAITING_MAX = 4
const MEMORY_MB = 1_024

/** The port's own signature. */
export function makePredict(): Predict {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return (snapshot, desired) => {
    if (waiting >= WAITING_MAX) return Promise.reject(new Error('too many commits came at once to predict them all'))
    waiting++
    const run = last.then(() => runWorker({ snapshot, desired }))
    last = run.catch(() => {}).finally(() => waiting--)
    return run
  }
}

function runWorker(workerData: unknown): Promise<PredictedTimeline> {
  return new Promise((resolve, reject) => {
    const url = new URL('./prediction-worker.js', import.meta.url)
    const worker = new Worker(url, { workerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
    // The manager may end while one is under way.
    worker.unref()
    worker.once('message', (timeline: PredictedTimeline) => resolve(timeline))
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the prediction ended without a result')))
  })
}
