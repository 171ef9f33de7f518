/**
 * A bound volume with zone or region labels is reached from nodes with one of their values (Kubernetes: semantics §3.2); nodes
 * without any such label are taken to be in a cluster of one zone, and pass. A label's beta name means today's, on a node too.
 */
import { labelOf } from '../../../model/selector.js'
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

/** The labels that say where a volume can be reached, with what a node may have in their place. */
const PRESENT_NAMES: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
}

/** Of volumes: today's names and those of beta. */
export const VOLUME_ZONE_LABELS: readonly string[] = [...Object.values(PRESENT_NAMES), ...Object.keys(PRESENT_NAMES)]
const REASONS = ['node(s) had no available volume zone']
const MISSES = ['is in another zone than its volumes']

export const volumeZone: FilterPlugin = {
  name: 'VolumeZone',
  prepare({ request: { volumeZones = [] }, nodes }) {
    if (volumeZones.length === 0) return null
    const isReached = (row: number): boolean => {
      const labels = nodes.labels(row)
      if (VOLUME_ZONE_LABELS.every((key) => labelOf(labels, key) === undefined)) return true
      return volumeZones.every(({ key, values }) => {
        const value = labelOf(labels, key) ?? labelOf(labels, PRESENT_NAMES[key] ?? key)
        return value !== undefined && values.includes(value)
      })
    }
    return {
      check: (row) => (isReached(row) ? FITS : UNRESOLVABLE),
      explain: () => REASONS,
      misses: () => MISSES,
    }
  },
}
