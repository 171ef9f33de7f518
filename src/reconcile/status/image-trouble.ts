/**
 * Images that no node can find: pods of such a template are bound, but their host is not told of them until the image is
 * resolved (DESIGN 19), so what kubectl would read from the containers is read from the set and the node that was asked.
 */
import type { ObservedState } from '../../model/observed-state.js'
import type { PlannedReplicaSet, PlannedState } from '../../model/planned-state.js'

export interface ImageTrouble {
  /** As in kubectl's STATUS column. */
  readonly status: 'ImagePullBackOff' | 'ErrImageNeverPull'
  readonly text: string
}

/** The answer of each asked node that did not find an image, by reference. */
export function unresolvedImages({ nodes }: PlannedState, observed: ObservedState): ReadonlyMap<string, string> {
  const errors = new Map<string, string>()
  for (const { name, resolve } of nodes.values()) {
    const answers = observed.nodes.get(name)?.resolvedImages
    for (const reference of resolve) {
      const error = answers?.get(reference)?.error ?? ''
      if (error !== '') errors.set(reference, error)
    }
  }
  return errors
}

/** The first image of the set that cannot be had; null when each one is known or still looked for. */
export function imageTroubleOf(
  set: PlannedReplicaSet | undefined,
  errors: ReadonlyMap<string, string>,
): ImageTrouble | null {
  const { initContainers = [], containers = [] } = set?.template.spec ?? {}
  for (const { image = '', imagePullPolicy } of [...initContainers, ...containers]) {
    if (Object.hasOwn(set?.images ?? {}, image)) continue
    const error = errors.get(image)
    if (error !== undefined) return { status: 'ImagePullBackOff', text: `image ${image} cannot be pulled: ${error}` }
    if (imagePullPolicy === 'Never') {
      const text = `no node has image ${image}, and its pull policy is Never: bring it to a node or change the policy`
      return { status: 'ErrImageNeverPull', text }
    }
  }
  return null
}
