/** The manager as a process of its own: `headway run-manager`, which `up` starts detached and systemd starts as a unit. */
import { hostname } from 'node:os'
import { AdminError } from '../../manager/admin-server.js'
import { ListenError } from '../../manager/link/link-server.js'
import { type Manager, type ManagerOptions, runManager } from '../../manager/manager.js'
import { SyncError } from '../../sync/sync-error.js'
import { CliError, EXIT_UNREACHABLE } from '../cli-error.js'
import { readVersion } from '../commands/version.js'
import type { Context } from '../context.js'
import { readSettings, type SourceSetting, statePaths } from '../state-directory.js'
import { chooseAddress } from './host-names.js'
import { watchLogSize } from './log-file.js'
import { giveTo } from './owner.js'
import { makeForecasts } from './predict.js'

export interface ManagerProcessOptions {
  readonly dir: string
  readonly logFile?: string
}

/** Runs until TERM, Ctrl-C or a shutdown request; resolves to the exit code. */
export async function runManagerProcess(context: Context, options: ManagerProcessOptions): Promise<number> {
  const paths = statePaths(options.dir)
  const settings = readSettings(paths)
  const interrupt = context.takeInterrupts()
  if (options.logFile !== undefined) watchLogSize(options.logFile)
  const log = (line: string): void => context.out(`${new Date(context.now()).toISOString()} ${line}\n`)
  log(`manager ${readVersion(context.packageRoot)} starts on ${hostname()}, process ${process.pid}`)
  const manager = await startManager({
    directory: paths.directory,
    sources: settings.sources.map(sourceOptions),
    host: settings.host,
    port: settings.port,
    advertise: chooseAddress(settings.nodeAddress, settings.host),
    version: readVersion(context.packageRoot),
    localNode: settings.nodeName === '' ? null : settings.nodeName,
    ...makeForecasts(),
    log,
  })
  giveTo(settings.owner, paths.socket)
  await Promise.race([
    manager.stopRequested,
    new Promise<void>((resolve) => {
      if (interrupt.aborted) resolve()
      interrupt.addEventListener('abort', () => resolve())
    }),
  ])
  log('manager stops')
  await manager.close()
  return Number(process.exitCode ?? 0)
}

/** What people can mend is said without a stack: a port that is taken, another manager, a source that is none. */
async function startManager(options: ManagerOptions): Promise<Manager> {
  try {
    return await runManager(options)
  } catch (error) {
    const isTold = error instanceof ListenError || error instanceof AdminError || error instanceof SyncError
    throw isTold ? new CliError(EXIT_UNREACHABLE, error.message, { cause: error }) : error
  }
}

function sourceOptions(source: SourceSetting): Parameters<typeof runManager>[0]['sources'][number] {
  const { id, url, branch, path, tokenFile } = source
  return { id, url, branch, path, ...(tokenFile === '' ? {} : { tokenFile }) }
}
