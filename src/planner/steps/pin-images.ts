/**
 * Which bytes an image reference stands for, once per template revision (DESIGN 19): what a heard node has under that name
 * where the pull policy allows it, else what one node that is to run a pod of the set finds when it is asked.
 */
import type { PinnedImage } from '../../model/assignment.js'
import type { Waiting } from '../../model/waiting.js'
import { isPinnedReference } from '../image-reference.js'
import { inOrder, type Pass, patchNode, report } from '../pass.js'
import type { NodeRow, PlanIndex, ReplicaSetRow } from '../plan-index.js'
import type { ImageNeed } from '../template-facts.js'

/** Take the tag: what the node finds under the name. */
const UNPINNED: PinnedImage = { id: '', digest: '' }

export interface PinnedImages {
  readonly images: Readonly<Record<string, PinnedImage>>
  readonly waiting: readonly Omit<Waiting, 'key'>[]
}

/** The pins the set has, and those it can get now. */
export function pinImages(pass: Pass, row: ReplicaSetRow): PinnedImages {
  const { record, facts } = row
  if (record === null || facts === null) return { images: {}, waiting: [] }
  let { images } = record
  const waiting: Omit<Waiting, 'key'>[] = []
  for (const need of facts.images) {
    if (Object.hasOwn(images, need.reference)) continue
    const pin = findPin(pass, row, need)
    if (pin === null) waiting.push({ on: 'image-resolve', detail: describeWait(pass, need) })
    else images = { ...images, [need.reference]: pin }
  }
  return { images, waiting }
}

function findPin(pass: Pass, row: ReplicaSetRow, need: ImageNeed): PinnedImage | null {
  const { index } = pass
  const { reference } = need
  const present = need.mayBePresent || isPinnedReference(reference) ? index.images.find(reference) : null
  if (present !== null) return forAllNodes(pass, present)
  if (isPinnedReference(reference)) return { id: '', digest: reference.startsWith('sha256:') ? '' : reference }
  // Only the pod's own agent has the credentials, and only with the pod: it takes the tag.
  if (row.facts?.hasPullSecrets === true && need.mayPull) return UNPINNED
  const resolved = askedNode(index, reference)?.observed?.resolvedImages.get(reference)
  if (resolved === undefined || resolved.error !== '') return null
  return forAllNodes(pass, { id: resolved.id, digest: resolved.digest })
}

/** An image id is one architecture's: where nodes differ, only a registry's digest means the same everywhere. */
function forAllNodes(pass: Pass, image: PinnedImage): PinnedImage {
  return pass.index.architectures.size > 1 ? { id: '', digest: image.digest } : image
}

/** The heard node that was asked already. */
function askedNode(index: PlanIndex, reference: string): NodeRow | null {
  for (const node of inOrder(index.resolving, (row) => row.name))
    if (node.isHeard && node.record?.resolve.includes(reference) === true) return node
  return null
}

function describeWait({ index }: Pass, { reference, mayPull }: ImageNeed): string {
  if (!mayPull)
    return `no node has image ${reference}, and its pull policy is Never: bring it to a node or change the policy`
  const node = askedNode(index, reference)
  const error = node?.observed?.resolvedImages.get(reference)?.error ?? ''
  if (node === null) return `image ${reference} is to be resolved by a node`
  return error === ''
    ? `node ${node.name} resolves image ${reference}`
    : `node ${node.name} cannot resolve image ${reference}: ${error}`
}

/** Asks one node for every reference that is missing: where a pod of the set is to run, and the node that was asked before if it is heard. */
export function askForImages(pass: Pass): void {
  const { index } = pass
  const asks = new Map<NodeRow, Set<string>>()
  const asked = new Set<string>()
  for (const row of inOrder(index.unready, (item) => item.key)) {
    for (const need of row.facts?.images ?? []) {
      const { reference } = need
      if (!need.mayPull || asked.has(reference) || Object.hasOwn(row.record?.images ?? {}, reference)) continue
      const node = askedNode(index, reference) ?? firstNode(row)
      if (node === null) continue
      asked.add(reference)
      asks.set(node, (asks.get(node) ?? new Set()).add(reference))
    }
  }
  for (const node of inOrder(new Set([...index.resolving, ...asks.keys()]), (row) => row.name)) {
    const resolve = [...(asks.get(node) ?? [])].sort()
    const before = node.record?.resolve ?? []
    if (resolve.join() === before.join()) continue
    patchNode(pass, node, { resolve })
    index.dirtyAssignments.add(node)
    if (resolve.length > 0) index.resolving.add(node)
    else index.resolving.delete(node)
    for (const reference of resolve)
      if (!before.includes(reference)) pass.actions.push({ type: 'resolve-image', node: node.name, reference })
  }
  report(pass, 'ask-for-images', { references: asked.size })
}

function firstNode(row: ReplicaSetRow): NodeRow | null {
  for (const pod of inOrder(row.pods.values(), (item) => item.uid)) if (pod.node?.isHeard === true) return pod.node
  return null
}
