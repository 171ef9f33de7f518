/** The processes of a cluster on this machine, manager and local agent: how each is started, found and stopped. */
import path from 'node:path'
import { type AdminClient, isManagerAnswering } from '../admin-client.js'
import { CliError, EXIT_UNREACHABLE } from '../cli-error.js'
import type { Context } from '../context.js'
import type { ClusterSettings, StatePaths } from '../state-directory.js'
import { type DetachedProcess, startDetached, waitForProcess } from './detach.js'
import { findProcess } from './pid-file.js'
import { installUnit, type UnitInput } from './service-units.js'

/** Reading the store and every source's first state may take a while on a large cluster. */
const MANAGER_LIMIT_MS = 60_000
export const AGENT_LIMIT_MS = 60_000

/** The CLI's own main file. */
export function mainFile(context: Context): string {
  return path.join(context.packageRoot, 'dist', 'src', 'cli', 'main.js')
}

export function managerProcess(context: Context, paths: StatePaths): DetachedProcess {
  return {
    name: 'manager',
    pidFile: paths.managerPid,
    logFolder: paths.log,
    args: ['run-manager', '--dir', paths.directory],
    mainFile: mainFile(context),
  }
}

/** The local agent; `join` only until the host is a member. */
export function agentProcess(
  context: Context,
  paths: StatePaths,
  settings: ClusterSettings,
  join: string | null,
): DetachedProcess {
  const args = ['agent', '--dir', paths.directory, '--node-name', settings.nodeName]
  if (settings.nodeAddress !== '') args.push('--node-address', settings.nodeAddress)
  if (join !== null) args.push('--join', join)
  return { name: 'agent', pidFile: paths.agentPid, logFolder: paths.log, args, mainFile: mainFile(context) }
}

/** The systemd unit that runs the same. */
export function unitOf(role: 'manager' | 'agent', detached: DetachedProcess, context: Context): UnitInput {
  const dockerHost = context.env['DOCKER_HOST']
  return {
    role,
    nodePath: process.execPath,
    mainFile: detached.mainFile,
    args: detached.args,
    environment: dockerHost === undefined || dockerHost === '' ? {} : { DOCKER_HOST: dockerHost },
  }
}

/** Starts the manager unless it answers already; resolves when it does. True when it was started. */
export async function ensureManager(
  context: Context,
  paths: StatePaths,
  settings: ClusterSettings,
  client: AdminClient,
): Promise<boolean> {
  if (await isManagerAnswering(client)) return false
  const detached = managerProcess(context, paths)
  if (settings.service) {
    installUnit(unitOf('manager', detached, context))
    await waitForAnswer(client, MANAGER_LIMIT_MS)
    return true
  }
  startDetached(detached)
  await waitForProcess(detached, MANAGER_LIMIT_MS, async () => ((await isManagerAnswering(client)) ? true : null))
  return true
}

async function waitForAnswer(client: AdminClient, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await isManagerAnswering(client))) {
    if (Date.now() > end)
      throw new CliError(
        EXIT_UNREACHABLE,
        `the manager does not answer ${limitMs / 1_000} s after its start as a service: "journalctl -u headway-manager" says why; where it was only slow, run the same command again`,
      )
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** True when the local agent's process runs. */
export function isAgentRunning(paths: StatePaths): boolean {
  return findProcess(paths.agentPid) !== null
}
