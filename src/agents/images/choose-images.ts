/**
 * Which images go when the disk fills: the ones not used for longest, until enough is free (Kubernetes: from 85 % of the
 * disk down to 80 %, none used within two minutes). Only images that pods of this cluster have run are looked at, and
 * none that no registry knows: it could not be had again. Pure.
 */
import type { Instant } from '../../base/instant.js'
import { compareText } from '../../base/ordered.js'
import type { RuntimeImage } from '../runtime.js'

export const DISK_HIGH_FRACTION = 0.85
export const DISK_LOW_FRACTION = 0.8
export const IMAGE_REST_MS = 120_000

export interface DiskUsage {
  readonly usedBytes: number
  readonly totalBytes: number
}

export interface ChooseImagesInput {
  readonly images: readonly RuntimeImage[]
  /** Image ids that containers are made from. */
  readonly inUse: ReadonlySet<string>
  /** When pods last ran an image, by id. */
  readonly lastUsed: ReadonlyMap<string, Instant>
  readonly disk: DiskUsage
  readonly now: Instant
}

/** The images to remove, in order; none while the disk is below the upper mark. */
export function chooseImages(input: ChooseImagesInput): readonly RuntimeImage[] {
  const { disk, lastUsed, now } = input
  if (disk.totalBytes === 0 || disk.usedBytes < disk.totalBytes * DISK_HIGH_FRACTION) return []
  let excess = disk.usedBytes - disk.totalBytes * DISK_LOW_FRACTION
  const candidates = input.images
    .filter((image) => image.digests.length > 0 && !input.inUse.has(image.id))
    .map((image) => ({ image, usedAt: lastUsed.get(image.id) ?? Number.POSITIVE_INFINITY }))
    .filter(({ usedAt }) => usedAt + IMAGE_REST_MS <= now)
    .sort((left, right) => left.usedAt - right.usedAt || compareText(left.image.id, right.image.id))
  const chosen: RuntimeImage[] = []
  for (const { image } of candidates) {
    if (excess <= 0) break
    chosen.push(image)
    excess -= image.sizeBytes
  }
  return chosen
}
