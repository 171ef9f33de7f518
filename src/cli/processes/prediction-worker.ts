/** The thread in which a prediction is made: simulates the commit from the snapshot that it is given and answers with the timeline. */
import { parentPort, workerData } from 'node:worker_threads'
import type { DesiredState } from '../../model/desired-state.js'
import type { Snapshot } from '../../model/snapshot.js'
import { predictTimeline } from '../../simulation/preview/preview-change.js'

const { snapshot, desired } = workerData as { readonly snapshot: Snapshot; readonly desired: DesiredState }
parentPort?.postMessage(predictTimeline(snapshot, desired))
