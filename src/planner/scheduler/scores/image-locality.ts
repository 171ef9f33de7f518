/**
 * Prefers nodes that have the pod's images: 100 times the share of its images that are there. Kubernetes weighs by size
 * (semantics §3.4) and so overlooks small images; without a registry an image that is missing cannot be fetched at all.
 */
import { normalizeReference } from '../../image-reference.js'
import type { StaticScorePlugin } from '../plug-in.js'

export const imageLocality: StaticScorePlugin = {
  name: 'ImageLocality',
  weight: 1,
  score(request, nodes, feasible, scores) {
    const wanted = request.images.map(normalizeReference)
    for (let row = 0; row < nodes.count; row++) {
      if (feasible[row] === 0) continue
      const present = wanted.filter((reference) => nodes.images[row]!.has(reference)).length
      scores[row] = wanted.length === 0 ? 0 : Math.trunc((100 * present) / wanted.length)
    }
  },
}
