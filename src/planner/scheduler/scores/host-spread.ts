/**
 * Spreads one replica set's pods over hosts: 100 on a node with none of them, 50 with one, 33 with two. Kubernetes gets
 * there by default topology spread constraints (semantics §3.8); a share of the node's own count alone keeps the score
 * of every other node still while pods are placed. Its weight outweighs the most that the allocation scores usually differ by.
 */
import type { RowScorePlugin } from '../plug-in.js'

export const hostSpread: RowScorePlugin = {
  name: 'HostSpread',
  weight: 4,
  score: (_request, _nodes, _row, ownPods) => Math.trunc(100 / (1 + ownPods)),
}
