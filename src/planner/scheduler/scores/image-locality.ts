/**
 * Prefers nodes that have the pod's images (Kubernetes: semantics §3.4): size * (nodes that have it / all nodes), summed
 * over the containers, from 23 MiB to 1000 MiB a container as 0 to 100. Small images count for nothing there; here a node
 * that has them all gets at least 40, since without a registry an image that is missing cannot be fetched at all. That is
 * too little to outweigh spreading an owner's pods.
 */
import { normalizeReference } from '../../image-reference.js'
import type { RowScorePlugin } from '../plug-in.js'

const LEAST_BYTES = 23 * 1024 ** 2
const MOST_BYTES = 1000 * 1024 ** 2
const PRESENT_SCORE = 40

export const imageLocality: RowScorePlugin = {
  name: 'ImageLocality',
  prepare({ request, nodes }) {
    const holders = request.images.map((image) => nodes.imageHolders.get(normalizeReference(image)))
    if (holders.every((rows) => rows === undefined)) return null
    const most = MOST_BYTES * holders.length
    const bytes = new Float64Array(nodes.count)
    const present = new Uint16Array(nodes.count)
    for (const rows of holders) {
      if (rows === undefined) continue
      const share = rows.size / nodes.size
      // Entries of a loop would be 5,000 pairs of garbage a batch.
      rows.forEach((size, row) => {
        bytes[row]! += Math.trunc(size * share)
        present[row]! += 1
      })
    }
    return {
      score(row) {
        if (present[row] === 0) return 0
        const clamped = Math.min(Math.max(bytes[row]!, LEAST_BYTES), most)
        const bySize = Math.trunc((100 * (clamped - LEAST_BYTES)) / (most - LEAST_BYTES))
        return Math.max(bySize, Math.trunc((PRESENT_SCORE * present[row]!) / holders.length))
      },
    }
  },
}
