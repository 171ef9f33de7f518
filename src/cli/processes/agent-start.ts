/** Starts the local agent: joins it with a token of its own the first time, and waits until the manager hears it. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { AdminClient } from '../admin-client.js'
import { CliError, EXIT_UNREACHABLE } from '../cli-error.js'
import type { Context } from '../context.js'
import type { ClusterSettings, StatePaths } from '../state-directory.js'
import { AGENT_LIMIT_MS, agentProcess, isAgentRunning, unitOf } from './cluster-processes.js'
import { startDetached, waitForProcess } from './detach.js'
import { installUnit } from './service-units.js'

/** A local agent joins within seconds of `up`: a short life keeps a token that was not used from lying about. */
const TOKEN_TTL_MS = 600_000

/** Starts the agent unless it runs, and waits until its node is ready. True when it was started. */
export async function ensureAgent(
  context: Context,
  paths: StatePaths,
  settings: ClusterSettings,
  client: AdminClient,
): Promise<boolean> {
  const isReady = async (): Promise<boolean> => {
    const status = await client.status()
    return status.nodes.some((node) => node.name === settings.nodeName && node.ready)
  }
  if (isAgentRunning(paths) && (await isReady())) return false
  const join = isMember(paths) ? null : (await client.token(TOKEN_TTL_MS)).join
  const detached = agentProcess(context, paths, settings, join)
  if (settings.service) {
    installUnit(unitOf('agent', agentProcess(context, paths, settings, join), context))
    await waitUntilReady(isReady, settings.nodeName)
    return true
  }
  const isStarted = startDetached(detached)
  await waitForProcess(detached, AGENT_LIMIT_MS, async () => ((await isReady()) ? true : null))
  return isStarted
}

/** True once this host has a certificate of the cluster. */
export function isMember(paths: StatePaths): boolean {
  return existsSync(path.join(paths.agent, 'identity', 'node.json'))
}

async function waitUntilReady(isReady: () => Promise<boolean>, nodeName: string): Promise<void> {
  const end = Date.now() + AGENT_LIMIT_MS
  while (!(await isReady())) {
    if (Date.now() > end)
      throw new CliError(
        EXIT_UNREACHABLE,
        `node ${nodeName} is not ready after ${AGENT_LIMIT_MS / 1_000} s: "journalctl -u headway-agent" says why`,
      )
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
