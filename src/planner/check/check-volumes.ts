/**
 * A pod runs where the volumes that its claims are bound to can be reached: the node affinity of each PersistentVolume, and
 * its zone and region labels (Kubernetes: semantics §3.2, VolumeBinding and VolumeZone).
 */
import type { Node, PersistentVolume, PersistentVolumeClaim, PodSpec } from '../../model/generated/kubernetes.js'
import { makeKey } from '../../model/keys.js'
import type { PlannedPod } from '../../model/planned-state.js'
import { type Labels, labelOf } from '../../model/selector.js'
import { meetsTerm } from './meets-term.js'
import type { Survey } from './survey.js'

/** A label of today and its name in beta: a volume may have either, and a node that has the other is meant too. */
const PLACES: readonly (readonly [today: string, beta: string])[] = [
  ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
]

/** A volume in several zones names all of them. */
const SEPARATOR = '__'

/** True unless a volume of the pod cannot be reached from the node. */
export function isReachable(survey: Survey, pod: PlannedPod, spec: PodSpec, node: string): boolean {
  return unreachableVolume(survey, pod, spec, node) === null
}

/** The name of a volume that the pod cannot reach from the node; null when there is none. */
export function unreachableVolume(survey: Survey, pod: PlannedPod, spec: PodSpec, node: string): string | null {
  for (const { persistentVolumeClaim } of spec.volumes ?? []) {
    const volume = persistentVolumeClaim && volumeOf(survey, pod.namespace, persistentVolumeClaim.claimName)
    if (volume && !isWithinReach(volume, labelsOf(survey, node), node)) return volume.metadata?.name ?? ''
  }
  return null
}

function labelsOf({ input }: Survey, node: string): Labels {
  const manifest = input.desired?.objects.get(makeKey('Node', '', node))?.manifest as Node | undefined
  return { ...input.observed.nodes.get(node)?.facts.labels, ...manifest?.metadata?.labels }
}

/** The volume that a claim names, or that names the claim; null for a claim that is not there or not bound. */
function volumeOf({ input }: Survey, namespace: string, name: string): PersistentVolume | null {
  const objects = input.desired?.objects
  const claim = objects?.get(makeKey('PersistentVolumeClaim', namespace, name))
  if (objects === undefined || claim === undefined) return null
  const { spec } = claim.manifest as PersistentVolumeClaim
  const isForIt = (volume: PersistentVolume): boolean =>
    volume.spec?.claimRef?.name === name && (volume.spec.claimRef.namespace ?? '') === namespace
  if (spec?.volumeName) {
    const volume = objects.get(makeKey('PersistentVolume', '', spec.volumeName))?.manifest as
      | PersistentVolume
      | undefined
    return volume !== undefined && (volume.spec?.claimRef === undefined || isForIt(volume)) ? volume : null
  }
  let found: PersistentVolume | null = null
  for (const { kind, manifest } of objects.values())
    if (kind === 'PersistentVolume' && isForIt(manifest as PersistentVolume)) found = manifest as PersistentVolume
  return found
}

function isWithinReach({ spec, metadata }: PersistentVolume, labels: Labels, node: string): boolean {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms
  if (terms !== undefined && !terms.some((term) => meetsTerm(term, labels, node))) return false
  // A node that says nothing of where it is, is in a cluster of one zone.
  if (PLACES.flat().every((key) => labelOf(labels, key) === undefined)) return true
  return PLACES.every(([today, beta]) => isInPlace(metadata?.labels ?? {}, labels, today, beta))
}

function isInPlace(volume: Labels, node: Labels, today: string, beta: string): boolean {
  const asked: readonly (readonly [string | undefined, string | undefined])[] = [
    [labelOf(volume, today), labelOf(node, today)],
    [labelOf(volume, beta), labelOf(node, beta) ?? labelOf(node, today)],
  ]
  return asked.every(
    ([places, place]) => places === undefined || (place !== undefined && places.split(SEPARATOR).includes(place)),
  )
}
