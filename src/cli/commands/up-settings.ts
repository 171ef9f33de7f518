/** The settings `headway up` works with: what it was given now, over what it was given before, over the defaults. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { CliError, EXIT_USAGE } from '../cli-error.js'
import type { Context } from '../context.js'
import type { CommonOptions } from '../options.js'
import { makeNodeName } from '../processes/host-names.js'
import { findOwner } from '../processes/owner.js'
import type { ClusterSettings, SourceSetting, StatePaths } from '../state-directory.js'

export interface UpOptions extends CommonOptions {
  readonly detach?: boolean
  readonly repo?: string
  readonly branch?: string
  readonly path?: string
  readonly tokenFile?: string
  readonly listen?: string
  readonly port?: number
  readonly nodeName?: string
  readonly nodeAddress?: string
  /** False for --no-agent. */
  readonly agent: boolean
  readonly service?: boolean
  readonly timeout: number
}

export const DEFAULT_PORT = 7_443

/** The merged settings. Errors 2: a repository path or token file that is not there. */
export function mergeSettings(
  context: Context,
  paths: StatePaths,
  known: ClusterSettings | null,
  options: UpOptions,
): ClusterSettings {
  return {
    version: 1,
    sources: mergeSources(context, paths, known, options),
    host: options.listen ?? known?.host ?? '0.0.0.0',
    port: options.port ?? known?.port ?? DEFAULT_PORT,
    nodeName: options.agent ? (options.nodeName ?? (known?.nodeName || makeNodeName())) : '',
    nodeAddress: options.nodeAddress ?? known?.nodeAddress ?? '',
    owner: known?.owner ?? findOwner(context),
    service: options.service ?? known?.service ?? false,
  }
}

function mergeSources(
  context: Context,
  paths: StatePaths,
  known: ClusterSettings | null,
  options: UpOptions,
): readonly SourceSetting[] {
  const [before, ...others] = known?.sources ?? []
  if (options.tokenFile !== undefined && !existsSync(path.resolve(context.cwd, options.tokenFile)))
    throw new CliError(EXIT_USAGE, `--token-file ${options.tokenFile} is not there: name a file that holds the token`)
  const main: SourceSetting = {
    id: before?.id ?? 'main',
    url: options.repo === undefined ? (before?.url ?? paths.repository) : resolveUrl(context, options.repo),
    branch: options.branch ?? before?.branch ?? 'main',
    path: options.path ?? before?.path ?? '',
    tokenFile:
      options.tokenFile === undefined ? (before?.tokenFile ?? '') : path.resolve(context.cwd, options.tokenFile),
  }
  return [main, ...others]
}

/** URLs and scp-like addresses stay; anything else is a path, which must be there. */
function resolveUrl(context: Context, repo: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(repo)) {
    if (/^(https?|ssh):/i.test(repo)) return repo
    if (repo.startsWith('file://')) return resolveUrl(context, repo.slice('file://'.length))
    throw new CliError(EXIT_USAGE, `--repo ${repo}: give a path, https://…, ssh://… or user@host:path`)
  }
  const full = path.resolve(context.cwd, repo)
  if (existsSync(full)) return full
  if (/^[^/]+@[^/:]+:/.test(repo) || /^[^/:]+:[^/]/.test(repo)) return repo
  throw new CliError(EXIT_USAGE, `--repo ${repo}: ${full} is not there: give the path of a git repository, or a URL`)
}
