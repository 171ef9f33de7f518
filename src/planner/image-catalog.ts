/** Which image ids stand for a reference on the nodes that are heard. */
import { compareText } from '../base/ordered.js'
import type { PinnedImage } from '../model/assignment.js'
import type { NodeImage } from '../model/observed-state.js'
import { normalizeReference, repositoryOf } from './image-reference.js'

interface Holders {
  count: number
  readonly digests: readonly string[]
}

/** References of a node's images in long form, made once per list. */
const sizesOf = new WeakMap<readonly NodeImage[], ReadonlyMap<string, number>>()

export function imageNames(images: readonly NodeImage[]): { has(reference: string): boolean } {
  return imageSizes(images)
}

/** Sizes in bytes by reference. */
export function imageSizes(images: readonly NodeImage[]): ReadonlyMap<string, number> {
  let sizes = sizesOf.get(images)
  if (sizes === undefined) {
    sizes = new Map(images.flatMap((image) => image.names.map((name) => [normalizeReference(name), image.sizeBytes])))
    sizesOf.set(images, sizes)
  }
  return sizes
}

export class ImageCatalog {
  readonly #byReference = new Map<string, Map<string, Holders>>()

  add(images: readonly NodeImage[]): void {
    this.#count(images, 1)
  }

  remove(images: readonly NodeImage[]): void {
    this.#count(images, -1)
  }

  /** The id that most nodes have under the reference, ties by id; null when none has it. */
  find(reference: string): PinnedImage | null {
    const ids = this.#byReference.get(normalizeReference(reference))
    let best: { readonly id: string; readonly holders: Holders } | null = null
    for (const [id, holders] of ids ?? []) {
      const isBetter =
        best === null ||
        holders.count > best.holders.count ||
        (holders.count === best.holders.count && compareText(id, best.id) < 0)
      if (isBetter) best = { id, holders }
    }
    if (best === null) return null
    const repository = repositoryOf(reference)
    return { id: best.id, digest: best.holders.digests.find((name) => repositoryOf(name) === repository) ?? '' }
  }

  #count(images: readonly NodeImage[], sign: 1 | -1): void {
    for (const image of images) {
      for (const name of image.names) {
        const reference = normalizeReference(name)
        let ids = this.#byReference.get(reference)
        if (ids === undefined) {
          ids = new Map()
          this.#byReference.set(reference, ids)
        }
        const holders = ids.get(image.id)
        if (holders !== undefined) holders.count += sign
        else if (sign === 1)
          ids.set(image.id, { count: 1, digests: image.names.filter((text) => text.includes('@sha256:')) })
        if ((ids.get(image.id)?.count ?? 0) <= 0) ids.delete(image.id)
        if (ids.size === 0) this.#byReference.delete(reference)
      }
    }
  }
}
