/** `headway down`: stops manager and agent. Containers go on running, unless --prune removes all of the cluster first. */
import { existsSync, rmSync } from 'node:fs'
import { isManagerAnswering, openAdminClient } from '../admin-client.js'
import { EXIT_DONE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson } from '../output/format.js'
import { findProcess, hasEnded, stopProcess } from '../processes/pid-file.js'
import { pruneLocalHost } from '../processes/prune-local.js'
import { removeUnit } from '../processes/service-units.js'
import { readSettings, type StatePaths } from '../state-directory.js'

export interface DownOptions extends CommonOptions {
  readonly prune?: boolean
  readonly timeout: number
}

export interface StopRequest {
  readonly prune: boolean
  readonly timeoutMs: number
}

export interface StopAnswer {
  readonly manager: boolean
  readonly agent: boolean
  /** Containers removed by this command itself, because no manager or agent did. */
  readonly removed: number
}

export async function runDown(context: Context, options: DownOptions): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  // A host that only runs an agent has no settings, but something to stop all the same.
  if (!existsSync(paths.agent)) readSettings(paths)
  const answer = await stopCluster(context, paths, { prune: options.prune === true, timeoutMs: options.timeout })
  if (options.output === 'json') context.out(formatJson(answer))
  else context.out(renderStop(answer, options.prune === true))
  return EXIT_DONE
}

function renderStop(answer: StopAnswer, prune: boolean): string {
  const stopped = [answer.manager ? 'manager' : '', answer.agent ? 'agent' : ''].filter((name) => name !== '')
  const what = stopped.length === 0 ? 'neither manager nor agent ran' : `stopped ${stopped.join(' and ')}`
  return `${what}; ${prune ? 'nothing of the cluster is left on this host' : 'containers go on running'}\n`
}

/** Stops the cluster's processes on this machine, the manager first: it tells what to prune. */
export async function stopCluster(context: Context, paths: StatePaths, request: StopRequest): Promise<StopAnswer> {
  const client = openAdminClient(paths)
  const manager = findProcess(paths.managerPid)
  const answers = await isManagerAnswering(client)
  if (answers) {
    await client.shutdown({ prune: request.prune })
    if (manager !== null) await hasEnded(manager, request.timeoutMs)
  }
  // Units first: systemd would start again what is stopped below. An agent's host has one without having settings.
  const agent = findProcess(paths.agentPid)
  for (const role of ['manager', 'agent'] as const) removeUnit(role, paths.directory)
  const managerStopped = (await stopProcess(paths.managerPid, 10_000)) || answers
  const agentStopped = (await stopProcess(paths.agentPid, 10_000)) || agent !== null
  if (existsSync(paths.socket)) rmSync(paths.socket, { force: true })
  const removed = request.prune ? await pruneLocalHost(context, paths) : 0
  return { manager: managerStopped, agent: agentStopped, removed }
}
