/**
 * What a node says of itself. Of its capacity some is kept back for the engine, the agent and the system: 100m of cpu,
 * and 5 % of the memory but at least 100 MiB and at most 1 GiB (never more than half of either).
 */
import { readFile, statfs } from 'node:fs/promises'
import { compareText } from '../base/ordered.js'
import type { NodeFacts, NodeImage } from '../model/observed-state.js'
import type { EngineInfo, Runtime } from './runtime.js'

const MIB = 2 ** 20
const CPU_RESERVE_MILLI = 100
const MEMORY_RESERVE_MIN = 100 * MIB
const MEMORY_RESERVE_MAX = 1024 * MIB
const PODS_MAX = 110

/** The facts but for the images. Errors: RuntimeError of `info`. */
export async function readNodeFacts(
  info: EngineInfo,
  node: { readonly name: string; readonly address: string; readonly agentVersion: string },
): Promise<NodeFacts> {
  const architecture = /arm64|aarch64/.test(info.architecture) ? 'arm64' : 'amd64'
  const ephemeralStorageBytes = await diskBytes(info.rootDirectory)
  const cpuMilli = info.cpus * 1000
  const reserve = Math.min(MEMORY_RESERVE_MAX, Math.max(MEMORY_RESERVE_MIN, Math.floor(info.memoryBytes * 0.05)))
  const capacity = { cpuMilli, memoryBytes: info.memoryBytes, ephemeralStorageBytes, pods: PODS_MAX, extended: {} }
  return {
    name: node.name,
    address: node.address,
    agentVersion: node.agentVersion,
    engineVersion: info.version,
    kernelVersion: info.kernelVersion,
    osImage: info.osImage,
    architecture,
    capacity,
    allocatable: {
      ...capacity,
      cpuMilli: cpuMilli - Math.min(CPU_RESERVE_MILLI, cpuMilli / 2),
      memoryBytes: info.memoryBytes - Math.min(reserve, Math.floor(info.memoryBytes / 2)),
      // The same share that the image and log limits leave free.
      ephemeralStorageBytes: Math.floor(ephemeralStorageBytes * 0.9),
    },
    labels: {
      'kubernetes.io/hostname': node.name,
      'kubernetes.io/arch': architecture,
      'kubernetes.io/os': 'linux',
    },
    images: [],
    bootId: await readBootId(),
    agentPid: process.pid,
  }
}

/** The kernel's id of this boot. */
export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
}

async function diskBytes(directory: string): Promise<number> {
  for (const place of [directory, '/']) {
    try {
      const { blocks, bsize } = await statfs(place)
      return blocks * bsize
    } catch {
      // The engine's directory may be another machine's, or hidden from us: the root will do.
    }
  }
  return 0
}

/** The images on the host, sorted by id. */
export async function readNodeImages(runtime: Runtime): Promise<readonly NodeImage[]> {
  const images = await runtime.images()
  return images
    .map((image) => ({ id: image.id, names: [...image.tags, ...image.digests].sort(), sizeBytes: image.sizeBytes }))
    .sort((left, right) => compareText(left.id, right.id))
}
