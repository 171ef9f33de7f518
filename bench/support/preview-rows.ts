/** How long the preview of one changed image takes on a cluster at rest, without and with the change and back again. */
import { previewChange } from '../../src/simulation/preview/preview-change.js'
import { type ClusterSize, makeRestingCluster } from './resting-cluster.js'

export interface PreviewSize extends ClusterSize {
  readonly name: string
  readonly rounds: number
}

/** The median of the rounds in milliseconds; the cluster is brought to rest beforehand, which is no part of the time. */
export function measurePreview({ name, rounds, ...size }: PreviewSize): number {
  const { snapshot, base, head } = makeRestingCluster(size)
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    const preview = previewChange({ snapshot, base, head })
    times.push(performance.now() - started)
    if (preview.restarts !== size.replicas || preview.verdict === 'fail')
      throw new Error(`the preview is wrong: ${preview.restarts} restarts, ${JSON.stringify(preview.risks)}`)
  }
  console.error(`${name}: ${times.map(Math.round).join(', ')} ms`)
  const sorted = [...times].sort((left, right) => left - right)
  return sorted[sorted.length >> 1] ?? 0
}
