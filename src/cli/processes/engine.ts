/** The Docker Engine of this machine as `headway up` prepares it: found, or installed, fit, with the example's images. */
import { ensureDemoImages } from '../../agents/docker/demo-image.js'
import { openDockerRuntime } from '../../agents/docker/docker-runtime.js'
import type { Runtime } from '../../agents/runtime.js'
import { CliError, EXIT_UNREACHABLE, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'

export interface PreparedEngine {
  readonly socketPath: string
  readonly version: string
  readonly runtime: Runtime
}

/** Finds the engine of this machine and checks that it is fit; error 3 with what to do. */
export async function prepareEngine(context: Context, say: (line: string) => void): Promise<PreparedEngine> {
  const host = context.env['DOCKER_HOST'] ?? ''
  const socketPath = host.startsWith('unix://') ? host.slice('unix://'.length) : '/var/run/docker.sock'
  const runtime = openDockerRuntime({ socketPath, log: say })
  const info = await runtime.info().catch((error: unknown) => {
    throw new CliError(EXIT_UNREACHABLE, `find a Docker Engine: ${messageOf(error)}`)
  })
  if (info.refusal !== '')
    throw new CliError(EXIT_UNREACHABLE, `the engine at ${socketPath} is refused: ${info.refusal}`)
  return { socketPath, version: info.version, runtime }
}

/** Makes the small images of the example where they are not there yet. */
export async function prepareDemoImages(engine: PreparedEngine, say: (line: string) => void): Promise<void> {
  try {
    await ensureDemoImages(engine.runtime)
  } catch (error) {
    say(`the example's images could not be made: ${messageOf(error)}`)
  }
}
