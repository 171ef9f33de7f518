/** Names of everything derived: hashes, not random numbers (DESIGN 10). */
import { hashText, nameSuffix } from '../base/hash.js'
import type { PodUid } from './assignment.js'
import { makeKey, type ObjectKey, parseKey } from './keys.js'

export interface PodIdentity {
  readonly uid: PodUid
  readonly name: string
}

/** A UUID from any text: for pods, and for objects of the API. */
export function makeUid(text: string): string {
  const h = hashText(text)
  // Version 8 (free form), variant 10.
  const variant = (8 + (Number.parseInt(h[16]!, 16) & 3)).toString(16)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`
}

/** The replica set of a workload's template: `web-` and ten letters of the template hash. */
export function replicaSetKey(workload: ObjectKey, templateHash: string): ObjectKey {
  const { namespace, name } = parseKey(workload)
  return makeKey('ReplicaSet', namespace, `${name}-${nameSuffix(templateHash, 10)}`)
}

/** A pod of a replica set. Names are at most 63 letters: a longer owner's name is cut, the suffix stays whole. */
export function replicaPodIdentity(
  clusterId: string,
  replicaSet: ObjectKey,
  templateHash: string,
  ordinal: number,
  incarnation: number,
): PodIdentity {
  const text = `${clusterId}\n${replicaSet}\n${templateHash}\n${ordinal}\n${incarnation}`
  return { uid: makeUid(text), name: `${parseKey(replicaSet).name.slice(0, 57)}-${nameSuffix(text, 5)}` }
}

/** A pod from a Pod manifest keeps the manifest's name. */
export function manifestPodIdentity(
  clusterId: string,
  pod: ObjectKey,
  templateHash: string,
  incarnation: number,
): PodIdentity {
  return { uid: makeUid(`${clusterId}\n${pod}\n${templateHash}\n${incarnation}`), name: parseKey(pod).name }
}
