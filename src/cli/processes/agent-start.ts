/** Starts the local agent: joins it with a token of its own the first time, and waits until the manager hears it. */
import path from 'node:path'
import { readIdentity } from '../../agents/link/identity.js'
import type { AdminClient } from '../admin-client.js'
import { CliError, EXIT_UNREACHABLE, EXIT_USAGE } from '../cli-error.js'
import type { Context } from '../context.js'
import type { ClusterSettings, StatePaths } from '../state-directory.js'
import { AGENT_LIMIT_MS, agentProcess, isAgentRunning, unitOf } from './cluster-processes.js'
import { startDetached, waitForProcess } from './detach.js'
import { findProcess } from './pid-file.js'
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
  // Ready by the word of the agent that runs now: one that has just died counts as ready for some seconds still.
  const isReady = async (): Promise<boolean> => {
    const pid = findProcess(paths.agentPid)?.pid
    const status = await client.status()
    return pid !== undefined && status.nodes.some((node) => node.ready && node.pid === pid)
  }
  if (isAgentRunning(paths) && (await isReady())) return false
  const identity = await readIdentity(path.join(paths.agent, 'identity'))
  if (identity !== null && identity.name !== settings.nodeName)
    throw new CliError(
      EXIT_USAGE,
      `this host is a member under the name ${identity.name} and keeps it: run "headway up --node-name ${identity.name}"`,
    )
  const join = identity === null ? (await client.token(TOKEN_TTL_MS)).join : null
  const detached = agentProcess(context, paths, settings, join)
  if (settings.service) {
    installUnit(unitOf('agent', detached, context))
    await waitUntilReady(isReady, settings.nodeName)
    return true
  }
  const isStarted = startDetached(detached)
  await waitForProcess(detached, AGENT_LIMIT_MS, async () => ((await isReady()) ? true : null))
  return isStarted
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
