/** Which images go when the disk fills, and what is remembered over restarts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { chooseImages } from '../../../src/agents/images/choose-images.js'
import { openImageCollector } from '../../../src/agents/images/image-collector.js'
import { type RuntimeContainer, RuntimeError, type RuntimeImage } from '../../../src/agents/runtime.js'

const tests = suite('image collector')

function image(id: string, sizeBytes = 10, digests: readonly string[] = [`r/${id}@sha256:${id}`]): RuntimeImage {
  return { id, tags: [`r/${id}:1`], digests, sizeBytes, user: '', entrypoint: [], command: [], stopSignal: '' }
}

const NOW = 1_000_000
const rows: readonly {
  name: string
  used: number
  images: readonly RuntimeImage[]
  lastUsed: Record<string, number>
  inUse?: string[]
  gone: string[]
}[] = [
  { name: 'nothing below 85 %', used: 84, images: [image('a')], lastUsed: { a: 0 }, gone: [] },
  {
    name: 'from 85 % on, down to 80 %',
    used: 85,
    images: [image('a', 5), image('b', 5)],
    lastUsed: { a: 2, b: 1 },
    gone: ['b'],
  },
  {
    name: 'the longest unused first, as many as needed',
    used: 95,
    images: [image('a'), image('b'), image('c')],
    lastUsed: { a: 3, b: 1, c: 2 },
    gone: ['b', 'c'],
  },
  {
    name: 'none in use',
    used: 99,
    images: [image('a'), image('b')],
    lastUsed: { a: 0, b: 0 },
    inUse: ['a'],
    gone: ['b'],
  },
  {
    name: 'none used within two minutes',
    used: 99,
    images: [image('a'), image('b')],
    lastUsed: { a: NOW - 119_999, b: NOW - 120_000 },
    gone: ['b'],
  },
  { name: 'none that pods never ran', used: 99, images: [image('a')], lastUsed: {}, gone: [] },
  { name: 'none that no registry knows', used: 99, images: [image('a', 10, [])], lastUsed: { a: 0 }, gone: [] },
]
for (const row of rows)
  tests(row.name, () => {
    const chosen = chooseImages({
      images: row.images,
      inUse: new Set(row.inUse ?? []),
      lastUsed: new Map(Object.entries(row.lastUsed)),
      disk: { usedBytes: row.used, totalBytes: 100 },
      now: NOW,
    })
    assert.equal(
      chosen.map((item) => item.id),
      row.gone,
    )
  })

interface Host {
  images: RuntimeImage[]
  running: string[]
  used: number
  readonly kept: Set<string>
}

function collectorOf(host: Host, file: string, now: () => number) {
  const runtime = {
    images: async () => host.images,
    list: async () => host.running.map((imageId) => ({ imageId }) as RuntimeContainer),
    removeImage: async (name: string) => {
      const found = host.images.find(
        (item) => item.id === name || item.tags.includes(name) || item.digests.includes(name),
      )
      if (found !== undefined && host.kept.has(found.id)) throw new RuntimeError('conflict', 'is in use', true)
      host.images = host.images.filter((item) => item !== found)
    },
  }
  const diskUsage = async () => ({ usedBytes: host.used, totalBytes: 100 })
  return openImageCollector({ runtime, clusterId: 'c', file, rootDirectory: '/', now, log: () => undefined, diskUsage })
}

tests('use is remembered over a restart; what another holds is passed over', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-images-'))
  try {
    const file = path.join(folder, 'agent', 'images.json')
    const host: Host = {
      images: ['a', 'b', 'c', 'foreign'].map((id) => image(id)),
      running: ['a', 'b', 'c'],
      used: 50,
      kept: new Set(['a']),
    }
    assert.equal(await collectorOf(host, file, () => 0).collect(), [])
    host.running = ['c']
    host.used = 99
    assert.equal(await collectorOf(host, file, () => 200_000).collect(), ['b'])
    assert.equal(
      host.images.map((item) => item.id),
      ['a', 'c', 'foreign'],
    )
    writeFileSync(file, 'broken')
    assert.equal(await collectorOf(host, file, () => 400_000).collect(), [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

tests.run()
