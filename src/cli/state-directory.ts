/**
 * The state directory of a cluster on this machine: where it is, what stands where in it, and `cluster.json`, the
 * settings that `headway up` was given and that later commands need (sources, address, owner).
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CliError, codeOf, EXIT_UNREACHABLE, EXIT_USAGE, messageOf } from './cli-error.js'
import type { Context } from './context.js'

/** Files and folders below the state directory. */
export interface StatePaths {
  readonly directory: string
  readonly settings: string
  readonly socket: string
  readonly repository: string
  readonly pki: string
  readonly store: string
  readonly agent: string
  readonly log: string
  readonly managerPid: string
  readonly agentPid: string
}

/** One source as `headway up` was given it. */
export interface SourceSetting {
  readonly id: string
  readonly url: string
  readonly branch: string
  readonly path: string
  /** File that holds the access token; empty for none. */
  readonly tokenFile: string
}

export interface ClusterSettings {
  readonly version: 1
  readonly sources: readonly SourceSetting[]
  readonly host: string
  readonly port: number
  readonly nodeName: string
  readonly nodeAddress: string
  /** The person the repository and the socket belong to: `uid:gid` of who ran sudo; empty for the process's own. */
  readonly owner: string
  /** systemd keeps manager and agent running. */
  readonly service: boolean
}

/** The paths inside a state directory. */
export function statePaths(directory: string): StatePaths {
  const at = (...parts: string[]): string => path.join(directory, ...parts)
  return {
    directory,
    settings: at('cluster.json'),
    socket: at('manager.sock'),
    repository: at('cluster.git'),
    pki: at('pki'),
    store: at('store'),
    agent: at('agent'),
    log: at('log'),
    managerPid: at('manager.pid'),
    agentPid: at('agent.pid'),
  }
}

/**
 * The state directory a command works on: `--dir`, HEADWAY_DIR, else `.headway` beside the launcher (DESIGN 4). When
 * Headway is installed from npm there is no checkout to stand beside, and it is `~/.headway`.
 */
export function findStateDirectory(context: Context, option: string | undefined): string {
  const given = option ?? context.env['HEADWAY_DIR']
  if (given !== undefined && given !== '') return path.resolve(context.cwd, given)
  const isInstalled = context.packageRoot.split(path.sep).includes('node_modules')
  if (isInstalled) return path.join(context.env['HOME'] ?? '/var/lib', '.headway')
  return path.join(context.packageRoot, '.headway')
}

/** Reads cluster.json; error 3 when `headway up` was never run here. */
export function readSettings(paths: StatePaths): ClusterSettings {
  const settings = findSettings(paths)
  if (settings !== null) return settings
  throw new CliError(
    EXIT_UNREACHABLE,
    `no cluster in ${paths.directory}: run "headway up", or name another state directory with --dir or HEADWAY_DIR`,
  )
}

/** Reads cluster.json; null when there is none. */
export function findSettings(paths: StatePaths): ClusterSettings | null {
  let text: string
  try {
    text = readFileSync(paths.settings, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
    throw new CliError(EXIT_UNREACHABLE, `read ${paths.settings}: ${messageOf(error)}: check who owns it`)
  }
  try {
    const settings = JSON.parse(text) as ClusterSettings
    if (settings.version !== 1 || !Array.isArray(settings.sources)) throw new Error('not a settings file of version 1')
    return settings
  } catch (error) {
    throw new CliError(
      EXIT_UNREACHABLE,
      `read ${paths.settings}: ${messageOf(error)}: repair it, or remove it and run "headway up" again`,
    )
  }
}

/** Writes cluster.json by rename, so that a crash leaves the old or the new one. */
export function writeSettings(paths: StatePaths, settings: ClusterSettings): void {
  const next = `${paths.settings}.next`
  writeFileSync(next, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o644 })
  renameSync(next, paths.settings)
}

/** Makes the state directory. Error 2 when its path is too long for a Unix socket in it (107 bytes on Linux). */
export function makeStateDirectory(paths: StatePaths): void {
  if (Buffer.byteLength(paths.socket) > 107)
    throw new CliError(
      EXIT_USAGE,
      `the state directory's path is too long for a Unix socket in it (${paths.socket}): choose a shorter one with --dir`,
    )
  if (!existsSync(paths.directory)) mkdirSync(paths.directory, { recursive: true, mode: 0o755 })
  mkdirSync(paths.log, { recursive: true, mode: 0o755 })
}
