/** The quick start's images, made on the host itself: `headway-demo/web:v1` and `:v2` answer HTTP on port 8080 (`demo-program.ts`). */
import type { Runtime, RuntimeImage } from '../runtime.js'
import { DEMO_PORT, demoProgram } from './demo-program.js'
import { makeElfFile } from './elf-file.js'
import { imageIdOf } from './image-archive.js'
import { machineArchitecture } from './sandbox-image.js'
import { makeTar } from './tar-file.js'

export const DEMO_REPOSITORY = 'headway-demo/web'
export const DEMO_VERSIONS = ['v1', 'v2'] as const

/** Makes the demo images that are not there yet, or not with these contents. Errors: RuntimeError. */
export async function ensureDemoImages(
  runtime: Runtime,
  versions: readonly string[] = DEMO_VERSIONS,
): Promise<readonly RuntimeImage[]> {
  const images: RuntimeImage[] = []
  for (const version of versions) images.push(await ensureDemoImage(runtime, version))
  return images
}

/**
 * One version's image, `headway-demo/web:VERSION`; it runs as nobody (65534). An image of that name with other contents,
 * as an older Headway made it, loses the name to this one and stays: pods that run it are pinned to its id.
 */
export async function ensureDemoImage(runtime: Runtime, version: string): Promise<RuntimeImage> {
  const reference = `${DEMO_REPOSITORY}:${version}`
  const machine = machineArchitecture()
  const layer = makeTar([{ path: 'web', mode: 0o755, content: makeElfFile(demoProgram(version), machine) }])
  const changes = ['ENTRYPOINT ["/web"]', 'USER 65534:65534', `EXPOSE ${DEMO_PORT}/tcp`]
  const id = imageIdOf({ layer, changes, architecture: machine === 'arm64' ? 'arm64' : 'amd64' })
  const existing = await runtime.inspectImage(reference)
  if (existing?.id === id) return existing
  return runtime.importImage(reference, layer, changes)
}
