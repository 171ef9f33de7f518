/** Removes images that pods no longer run when the engine's disk fills, so that a month of rollouts fills none. */
import * as fs from 'node:fs/promises'
import path from 'node:path'
import { LABEL_CLUSTER } from '../core/container-names.js'
import type { Runtime } from '../runtime.js'
import { chooseImages, type DiskUsage } from './choose-images.js'

export interface ImageCollectorOptions {
  readonly runtime: Pick<Runtime, 'images' | 'list' | 'removeImage'>
  readonly clusterId: string
  /** Remembers over restarts which images pods have run: `images.json` in the ledger's folder. */
  readonly file: string
  /** The engine's folder (`EngineInfo.rootDirectory`), whose disk is looked at. */
  readonly rootDirectory: string
  readonly now: () => number
  readonly log: (line: string) => void
  /** In place of asking the file system. */
  readonly diskUsage?: () => Promise<DiskUsage>
}

export interface ImageCollector {
  /** Looks once; to be called every few minutes. Returns the ids removed. Errors: RuntimeError when the engine is gone. */
  collect(): Promise<readonly string[]>
}

export function openImageCollector(options: ImageCollectorOptions): ImageCollector {
  let lastUsed: Map<string, number> | null = null
  return {
    collect: async () => {
      lastUsed ??= await readRecord(options.file)
      const [images, containers] = await Promise.all([
        options.runtime.images(),
        options.runtime.list({ [LABEL_CLUSTER]: options.clusterId }),
      ])
      const now = options.now()
      const inUse = new Set(containers.map((container) => container.imageId))
      for (const id of inUse) lastUsed.set(id, now)
      const present = new Set(images.map((image) => image.id))
      for (const id of lastUsed.keys()) if (!present.has(id)) lastUsed.delete(id)
      await writeRecord(options.file, lastUsed)
      const disk = await (options.diskUsage ?? (() => diskUsage(options.rootDirectory)))()
      const removed: string[] = []
      for (const image of chooseImages({ images, inUse, lastUsed, disk, now })) {
        if (!(await removeImage(options, [...image.tags, ...image.digests, image.id]))) continue
        removed.push(image.id)
        options.log(`the disk fills: removed image ${image.tags[0] ?? image.digests[0] ?? image.id}`)
      }
      return removed
    },
  }
}

/** By all its names: an image with several is only let go with the last. One that another's container uses stays. */
async function removeImage(options: ImageCollectorOptions, names: readonly string[]): Promise<boolean> {
  try {
    for (const name of names) await options.runtime.removeImage(name)
    return true
  } catch (error) {
    options.log(`the disk fills, but: ${(error as Error).message}`)
    return false
  }
}

async function diskUsage(folder: string): Promise<DiskUsage> {
  const { blocks, bavail, bsize } = await fs.statfs(folder)
  return { totalBytes: blocks * bsize, usedBytes: (blocks - bavail) * bsize }
}

async function readRecord(file: string): Promise<Map<string, number>> {
  try {
    const record: unknown = JSON.parse(await fs.readFile(file, 'utf8'))
    return new Map(Object.entries(record as Record<string, number>).filter(([, at]) => typeof at === 'number'))
  } catch {
    // None yet, or broken: images are then remembered from now on.
    return new Map()
  }
}

async function writeRecord(file: string, lastUsed: ReadonlyMap<string, number>): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true })
  await fs.writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(lastUsed)))
  await fs.rename(`${file}.new`, file)
}
