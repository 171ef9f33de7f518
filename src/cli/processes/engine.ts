/** The Docker Engine of this machine as `headway up` prepares it: found, or installed, fit, with the example's images. */
import { ensureDemoImages } from '../../agents/docker/demo-image.js'
import { openDockerRuntime } from '../../agents/docker/docker-runtime.js'
import { canInstallEngine, findEngine, installEngine } from '../../agents/docker/open-engine.js'
import type { Runtime } from '../../agents/runtime.js'
import { CliError, EXIT_UNREACHABLE, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'

export interface PreparedEngine {
  readonly socketPath: string
  readonly version: string
  readonly runtime: Runtime
}

/** Finds the engine of this machine, installing one where that can be done, and checks that it is fit; error 3 with what to do. */
export async function prepareEngine(context: Context, say: (line: string) => void): Promise<PreparedEngine> {
  const { socketPath } = await chooseEngine(context, say)
  const runtime = openDockerRuntime({ socketPath, log: say })
  const info = await runtime.info().catch((error: unknown) => {
    throw new CliError(EXIT_UNREACHABLE, `the Docker Engine at ${socketPath} does not answer: ${messageOf(error)}`)
  })
  if (info.refusal !== '')
    throw new CliError(EXIT_UNREACHABLE, `the engine at ${socketPath} cannot be used: ${info.refusal}`)
  return { socketPath, version: info.version, runtime }
}

async function chooseEngine(context: Context, say: (line: string) => void): Promise<{ readonly socketPath: string }> {
  const found = findEngine(context.env)
  if ('socketPath' in found) return found
  const isDefault = (context.env['DOCKER_HOST'] ?? '') === ''
  if (!isDefault || !canInstallEngine()) throw new CliError(EXIT_UNREACHABLE, found.error)
  say('no Docker Engine on this machine: installing one')
  return installEngine(say).catch((error: unknown) => {
    throw new CliError(EXIT_UNREACHABLE, messageOf(error), { cause: error })
  })
}

/** Makes the small images of the example where they are not there yet. */
export async function prepareDemoImages(engine: PreparedEngine, say: (line: string) => void): Promise<void> {
  try {
    await ensureDemoImages(engine.runtime)
  } catch (error) {
    say(`the example's images could not be made: ${messageOf(error)}`)
  }
}
