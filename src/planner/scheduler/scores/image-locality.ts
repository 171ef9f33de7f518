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
    const wanted = request.images
      .map((image) => normalizeReference(image))
      .map((reference) => ({ reference, share: (nodes.imageNodes.get(reference) ?? 0) / nodes.size }))
    if (wanted.every(({ share }) => share === 0)) return null
    const most = MOST_BYTES * wanted.length
    const score = (row: number): number => {
      const images = nodes.images[row]!
      let bytes = 0
      let present = 0
      for (const { reference, share } of wanted) {
        const size = images.get(reference)
        if (size === undefined) continue
        present += 1
        bytes += Math.trunc(size * share)
      }
      const clamped = Math.min(Math.max(bytes, LEAST_BYTES), most)
      const bySize = Math.trunc((100 * (clamped - LEAST_BYTES)) / (most - LEAST_BYTES))
      return Math.max(bySize, Math.trunc((PRESENT_SCORE * present) / wanted.length))
    }
    return { score }
  },
}
