/**
 * A bound volume with zone or region labels is reached from nodes with one of their values (Kubernetes: semantics §3.2); nodes
 * without any such label are taken to be in a cluster of one zone, and pass.
 */
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

const LABELS: readonly string[] = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']
const REASONS = ['node(s) had no available volume zone']

export const volumeZone: FilterPlugin = {
  name: 'VolumeZone',
  prepare({ request: { volumeZones = [] }, nodes }) {
    if (volumeZones.length === 0) return null
    const isReached = (row: number): boolean => {
      const labels = nodes.labels(row)
      if (LABELS.every((key) => labels[key] === undefined)) return true
      return volumeZones.every(({ key, values }) => values.includes(labels[key] ?? ''))
    }
    return { check: (row) => (isReached(row) ? FITS : UNRESOLVABLE), explain: () => REASONS }
  },
}
