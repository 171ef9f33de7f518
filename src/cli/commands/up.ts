/**
 * `headway up`: the whole set-up on one machine. Finds an engine, makes the state directory and the cluster repository,
 * starts manager and agent, and shows progress until everything is healthy. Again while it runs: says so.
 */
import { openAdminClient } from '../admin-client.js'
import { CliError, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { pathsOf } from '../options.js'
import { formatCommit, formatDurationMs, formatJson, formatProblems } from '../output/format.js'
import { openLiveText } from '../output/live.js'
import { renderProgressLine, renderStatus } from '../output/status-text.js'
import { waitingLines } from '../output/waiting-lines.js'
import { ensureAgent } from '../processes/agent-start.js'
import { ensureManager, isAgentRunning } from '../processes/cluster-processes.js'
import { prepareEngine } from '../processes/engine.js'
import { unitObstacle } from '../processes/service-units.js'
import { acquireStartLock } from '../processes/start-lock.js'
import { fetchSources, type RevisionProgress, waitForRevision } from '../revision-progress.js'
import {
  type ClusterSettings,
  findSettings,
  makeStateDirectory,
  type StatePaths,
  writeSettings,
} from '../state-directory.js'
import { stopCluster } from './down.js'
import { watchStatus } from './status.js'
import { prepareRepository } from './up-repository.js'
import { mergeSettings, type UpOptions } from './up-settings.js'

export async function runUp(context: Context, options: UpOptions): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  const say = (line: string): void => context.err(`${line}\n`)
  const known = findSettings(paths)
  const settings = mergeSettings(context, paths, known, options)
  const wasRunning = await refuseOtherSettings(paths, known, settings)
  if (settings.service) refuseWithoutSystemd()
  const isStarted = await startCluster(context, paths, settings, say)
  if (!isStarted && wasRunning) {
    say(`the cluster runs already, in ${paths.directory}`)
    const status = await openAdminClient(paths).status()
    const text = renderStatus(status, { colors: context.colors, now: context.now() })
    context.out(options.output === 'json' ? formatJson(status) : text)
    return EXIT_DONE
  }
  sayWhereToPush(paths, settings, say)
  return followStart(context, paths, { settings, options, isStarted })
}

/** Brings everything to where it runs; true when the manager was started by this. */
async function startCluster(
  context: Context,
  paths: StatePaths,
  settings: ClusterSettings,
  say: (line: string) => void,
): Promise<boolean> {
  const engine = settings.nodeName === '' ? null : await prepareEngine(context, say)
  makeStateDirectory(paths)
  const release = acquireStartLock(paths)
  try {
    const client = openAdminClient(paths)
    await prepareRepository(context, { paths, settings, engine, say })
    writeSettings(paths, settings)
    const isStarted = await ensureManager(context, paths, settings, client)
    if (engine !== null) await ensureAgent(context, paths, settings, client)
    return isStarted
  } finally {
    release()
  }
}

/** True when manager and agent run. Error 2 when they run with other settings than are asked for now. */
async function refuseOtherSettings(
  paths: StatePaths,
  known: ClusterSettings | null,
  settings: ClusterSettings,
): Promise<boolean> {
  const client = openAdminClient(paths)
  const isRunning = await client
    .status(AbortSignal.timeout(5_000))
    .then(() => true)
    .catch(() => false)
  if (isRunning && known !== null && JSON.stringify(known) !== JSON.stringify(settings))
    throw new CliError(
      EXIT_USAGE,
      'the cluster runs already, with other settings: stop it with "headway down", then "headway up" again with these',
    )
  return isRunning && (settings.nodeName === '' || settings.service || isAgentRunning(paths))
}

function refuseWithoutSystemd(): void {
  const obstacle = unitObstacle()
  if (obstacle !== null) throw new CliError(EXIT_USAGE, obstacle)
}

function sayWhereToPush(paths: StatePaths, settings: ClusterSettings, say: (line: string) => void): void {
  for (const source of settings.sources) {
    const isOwn = source.url === paths.repository
    say(`push to ${source.url} (branch ${source.branch}) to change the cluster`)
    if (isOwn) say(`  git clone ${source.url} my-cluster`)
  }
}

interface Start {
  readonly settings: ClusterSettings
  readonly options: UpOptions
  /** The manager was started by this command. */
  readonly isStarted: boolean
}

/** Shows progress until everything is healthy, then returns or, without --detach, follows until Ctrl-C and stops. */
async function followStart(
  context: Context,
  paths: StatePaths,
  { settings, options, isStarted }: Start,
): Promise<ExitCode> {
  const interrupt = context.takeInterrupts()
  const exitCode = await showProgress(context, paths, { settings, options, isStarted }, interrupt).catch(
    (error: unknown): ExitCode => {
      if (interrupt.aborted) return EXIT_DONE
      throw error
    },
  )
  if (options.detach === true || settings.service) return exitCode
  const client = openAdminClient(paths)
  await watchStatus(context, client, options, interrupt)
  context.err('stopping manager and agent; containers go on running (headway up takes them over again)\n')
  await stopCluster(context, paths, { prune: false, timeoutMs: 30_000 })
  return exitCode
}

async function showProgress(
  context: Context,
  paths: StatePaths,
  { options, isStarted }: Start,
  interrupt: AbortSignal,
): Promise<ExitCode> {
  const client = openAdminClient(paths)
  const started = context.now()
  const live = openLiveText(context, context.err)
  const limit = { timeoutMs: options.timeout, interrupt }
  const { sources } = await fetchSources(client, limit).catch(async (error: unknown) => {
    if (!isStarted || interrupt.aborted) throw error
    throw await stopUnread(context, paths, error)
  })
  const tip = sources.find((source) => source.tip !== '')?.tip
  if (tip === undefined) throw new CliError(EXIT_NO, 'the cluster repository is empty: push a first commit to it')
  let looks = Promise.resolve()
  const progress = await waitForRevision(client, tip, { timeoutMs: options.timeout, interrupt }, () => {
    // Shown on the side: what is shown never holds up what is waited for.
    looks = looks.then(async () => {
      const status = await client.status(interrupt)
      live.show(renderStatus(status, { colors: context.colors, now: context.now() }), renderProgressLine(status))
    })
    looks.catch(() => undefined)
  })
  await looks.catch(() => undefined)
  live.clear()
  const status = await client.status(interrupt)
  if (options.output === 'json')
    context.out(formatJson({ directory: paths.directory, sources, outcome: progress.outcome, status }))
  else {
    context.out(renderStatus(status, { colors: context.colors, now: context.now() }))
    context.out(renderOutcome(context, progress, context.now() - started))
  }
  return progress.outcome === 'converged' ? EXIT_DONE : EXIT_NO
}

/**
 * A cluster whose repository could never be read has nothing to do: what was started is stopped again. One that has been
 * read before goes on with what it knows. Gives the error to tell.
 */
async function stopUnread(context: Context, paths: StatePaths, error: unknown): Promise<unknown> {
  const status = await openAdminClient(paths).status()
  if (status.revision !== '') return error
  await stopCluster(context, paths, { prune: false, timeoutMs: 30_000 })
  if (!(error instanceof CliError)) return error
  return new CliError(error.exitCode, `${error.message}; what was started is stopped again`, { cause: error })
}

function renderOutcome(context: Context, { outcome, answer }: RevisionProgress, elapsedMs: number): string {
  const { green, red } = context.colors
  const commit = formatCommit(answer.revision)
  if (outcome === 'converged') return `${green('healthy')}: ${commit} after ${formatDurationMs(elapsedMs)}\n`
  const waiting = waitingLines(answer.waiting, answer.owners ?? {})
    .map((line) => `  ${line}\n`)
    .join('')
  return `${red('not healthy yet')}: ${commit} after ${formatDurationMs(elapsedMs)}; manager and agent go on\n${formatProblems(context.colors, answer.problems)}${waiting}`
}
