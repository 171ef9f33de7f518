/**
 * The Docker Engine of this machine: as `headway up` prepares it (found, or installed, fit, with the example's images),
 * and as the agent of a member waits for it.
 */
import { setTimeout } from 'node:timers/promises'
import { ensureDemoImages } from '../../agents/docker/demo-image.js'
import { openDockerRuntime } from '../../agents/docker/docker-runtime.js'
import { canInstallEngine, findEngine, installEngine } from '../../agents/docker/open-engine.js'
import type { EngineInfo, Runtime } from '../../agents/runtime.js'
import { CliError, EXIT_UNREACHABLE, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'

export interface PreparedEngine {
  readonly socketPath: string
  readonly version: string
  readonly runtime: Runtime
}

/** First and longest wait between two looks for an engine that is away. */
const LOOK_AGAIN_MS = 250
const LOOK_AGAIN_MAX_MS = 5_000

export interface EngineWait {
  readonly say: (line: string) => void
  /** Ends the waiting. */
  readonly interrupt: AbortSignal
  /** Default 5 s: the longest wait between two looks. */
  readonly longestMs?: number
}

/**
 * The engine of a host that is a member already: one that is away is waited for, however long, with a line when it
 * begins (and when its reason changes) and when it is over. Nothing is installed or started: whoever stopped the engine
 * knows why. Null when interrupted; error 3 when the engine is unfit or DOCKER_HOST names a remote one.
 */
export async function awaitEngine(
  context: Pick<Context, 'env' | 'now'>,
  { say, interrupt, longestMs = LOOK_AGAIN_MAX_MS }: EngineWait,
): Promise<PreparedEngine | null> {
  const since = context.now()
  let told = ''
  for (let delayMs = LOOK_AGAIN_MS; !interrupt.aborted; delayMs = delayMs * 2) {
    const look = await lookForEngine(context, say)
    if ('runtime' in look) {
      if (told !== '') say(`the Docker Engine answers, after ${Math.round((context.now() - since) / 1_000)} s`)
      return look
    }
    if (look.away !== told) say(`${look.away}; waiting for it, nothing is done on this host meanwhile`)
    told = look.away
    await setTimeout(Math.min(delayMs, longestMs), undefined, { signal: interrupt }).catch(() => undefined)
  }
  return null
}

async function lookForEngine(
  context: Pick<Context, 'env'>,
  say: (line: string) => void,
): Promise<PreparedEngine | { readonly away: string }> {
  const found = findEngine(context.env)
  if ('error' in found) {
    if (!found.isAway) throw new CliError(EXIT_UNREACHABLE, found.error)
    return { away: found.error }
  }
  const { socketPath } = found
  const runtime = openDockerRuntime({ socketPath, log: say })
  try {
    const info = await runtime.info()
    refuseUnfit(socketPath, info)
    return { socketPath, version: info.version, runtime }
  } catch (error) {
    if (error instanceof CliError) throw error
    return { away: `the Docker Engine at ${socketPath} does not answer: ${messageOf(error)}` }
  }
}

function refuseUnfit(socketPath: string, info: EngineInfo): void {
  if (info.refusal !== '')
    throw new CliError(EXIT_UNREACHABLE, `the engine at ${socketPath} cannot be used: ${info.refusal}`)
}

/** Finds the engine of this machine, installing one where that can be done, and checks that it is fit; error 3 with what to do. */
export async function prepareEngine(context: Context, say: (line: string) => void): Promise<PreparedEngine> {
  const { socketPath } = await chooseEngine(context, say)
  const runtime = openDockerRuntime({ socketPath, log: say })
  const info = await runtime.info().catch((error: unknown) => {
    throw new CliError(EXIT_UNREACHABLE, `the Docker Engine at ${socketPath} does not answer: ${messageOf(error)}`)
  })
  refuseUnfit(socketPath, info)
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
