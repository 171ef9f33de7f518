/**
 * What the manager's history asks of the simulation: what a commit will do, and whether it does what its reviewed plan
 * said. One thread each, one at a time; too many at once are refused. A thread gets the
 * snapshot as text in pieces: to copy that of a large cluster at once would hold the manager up for seconds.
 */
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.js'
import { ValueEncoder } from '../../base/value-codec.js'
import type { Predict } from '../../manager/history/history-keeper.js'
import type { Review } from '../../manager/history/plan-reviews.js'
import { diffDesired } from '../../manager/journal/desired-delta.js'
import type { DesiredState } from '../../model/desired-state.js'
import { type Snapshot, snapshotPieces } from '../../model/snapshot.js'
import type { Answer, PredictionRequest } from './prediction-worker.js'

/** With so many commits at once nobody waits for what the first of them would have done. */
const WAITING_MAX = 4
const MEMORY_MB = 1_024
/** Encoding gives way to the manager after this time. */
const SLICE_MS = 5

/** The ports of the manager that the simulation stands behind. */
export interface Forecasts {
  readonly predict: Predict
  readonly review: Review
}

/** Both ports share the one thread that runs at a time. */
export function makeForecasts(): Forecasts {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const queue = (snapshot: Snapshot, desired: DesiredState, reviewed: readonly string[] | null): Promise<Answer> => {
    if (waiting >= WAITING_MAX) return Promise.reject(new Error('too many commits came at once to simulate them all'))
    waiting++
    const run = last.then(() => runWorker(snapshot, desired, reviewed))
    last = run.catch(() => {}).finally(() => waiting--)
    return run
  }
  return {
    predict: async (snapshot, desired) => {
      const answer = await queue(snapshot, desired, null)
      assert('timeline' in answer, 'a prediction is answered with a timeline')
      return answer.timeline
    },
    review: async (snapshot, desired, fingerprints) => {
      const answer = await queue(snapshot, desired, fingerprints)
      assert('reviews' in answer, 'fingerprints are answered with reviews')
      return answer.reviews
    },
  }
}

async function runWorker(
  snapshot: Snapshot,
  desired: DesiredState,
  reviewed: readonly string[] | null,
): Promise<Answer> {
  const url = new URL('./prediction-worker.js', import.meta.url)
  const worker = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
  // The manager may end while one is under way.
  worker.unref()
  const answer = new Promise<Answer>((resolve, reject) => {
    worker.once('message', (message: Answer) => resolve(message))
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the simulation ended without a result')))
  })
  const [result] = await Promise.all([answer, send(worker, { snapshot, desired, reviewed })])
  return result
}

interface Question {
  readonly snapshot: Snapshot
  readonly desired: DesiredState
  readonly reviewed: readonly string[] | null
}

async function send(worker: Worker, { snapshot, desired, reviewed }: Question): Promise<void> {
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
  post({ delta: new ValueEncoder().encode(diffDesired(snapshot.desired, desired)), reviewed })
}
