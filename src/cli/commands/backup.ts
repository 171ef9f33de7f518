/**
 * `headway backup` and `restore`: what cannot be made again from git and the agents (DESIGN 3): the keys in pki/, the
 * settings, and the cluster repository where it lies in the state directory.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CliError, codeOf, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCount, formatJson } from '../output/format.js'
import { giveTo, giveTreeTo } from '../processes/owner.js'
import { findProcess } from '../processes/pid-file.js'
import {
  type ClusterSettings,
  makeStateDirectory,
  readSettings,
  type StatePaths,
  writeSettings,
} from '../state-directory.js'
import { createTar, readEntry, readTar, type TarEntry, type TarWriter } from '../tar.js'

/** First entry of a backup. */
interface BackupMark {
  readonly headwayBackup: 1
  readonly directory: string
  readonly madeAt: number
}

const MARK = 'headway-backup.json'

export async function runBackup(context: Context, file: string, options: CommonOptions): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  const settings = readSettings(paths)
  const target = path.resolve(context.cwd, file)
  if (!existsSync(paths.pki))
    throw new CliError(EXIT_NO, `${paths.pki} is not there: run "headway up" before the first backup`)
  const names = [...filesBelow(paths.directory, 'pki'), ...repositoryFiles(paths)]
  const mark: BackupMark = { headwayBackup: 1, directory: paths.directory, madeAt: context.now() }
  const tar = openBackup(target, context.now())
  try {
    tar.add({ name: MARK, data: Buffer.from(formatJson(mark)), mode: 0o600 })
    tar.add(readEntry(paths.settings, 'cluster.json', 0o644))
    for (const name of names) {
      const full = path.join(paths.directory, name)
      tar.add(readEntry(full, name, statSync(full).mode & 0o777))
    }
    tar.close()
  } catch (error) {
    rmSync(target, { force: true })
    throw error
  }
  giveTo(settings.owner, target)
  const bytes = statSync(target).size
  const remote = settings.sources.filter((source) => source.url !== paths.repository).map((source) => source.url)
  if (options.output === 'json')
    context.out(formatJson({ file: target, files: names.length + 1, bytes, notSaved: remote }))
  else {
    context.out(
      `saved ${formatCount(names.length + 1, 'file')} to ${target}: keep it secret, it holds the cluster's keys\n`,
    )
    for (const url of remote) context.out(`not in it: ${url}, which is kept elsewhere\n`)
  }
  return EXIT_DONE
}

function openBackup(target: string, now: number): TarWriter {
  try {
    return createTar(target, now)
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new CliError(EXIT_USAGE, `${target} is there already: choose another name`, { cause: error })
    throw new CliError(EXIT_USAGE, `write ${target}: ${messageOf(error)}: name another file`, { cause: error })
  }
}

/** References before objects: what a reference names is then always among the objects, also while somebody pushes. */
function repositoryFiles(paths: StatePaths): readonly string[] {
  if (!existsSync(paths.repository)) return []
  const files = filesBelow(paths.directory, 'cluster.git').filter((name) => !name.endsWith('.lock'))
  const isObject = (name: string): boolean => name.startsWith('cluster.git/objects/')
  return [...files.filter((name) => !isObject(name)), ...files.filter(isObject)]
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`
      if (entry.isDirectory()) return filesBelow(root, name)
      return entry.isFile() ? [name] : []
    })
}

export async function runRestore(context: Context, file: string, options: CommonOptions): Promise<ExitCode> {
  const paths = pathsOf(context, options)
  const source = path.resolve(context.cwd, file)
  if (!existsSync(source))
    throw new CliError(EXIT_USAGE, `${source} is not there: name a file that "headway backup" made`)
  if (findProcess(paths.managerPid) !== null)
    throw new CliError(EXIT_USAGE, 'a manager runs in this state directory: stop it first with "headway down"')
  for (const taken of [paths.pki, paths.repository, paths.settings])
    if (existsSync(taken))
      throw new CliError(EXIT_USAGE, `${taken} is there already: restore into an empty state directory (--dir)`)
  makeStateDirectory(paths)
  const restored = restoreInto(paths, source)
  if (options.output === 'json') context.out(formatJson({ directory: paths.directory, files: restored }))
  else
    context.out(
      `restored ${formatCount(restored, 'file')} to ${paths.directory}: start the cluster with "headway up${options.dir === undefined ? '' : ` --dir ${options.dir}`}"\n`,
    )
  return EXIT_DONE
}

function restoreInto(paths: StatePaths, file: string): number {
  let mark: BackupMark | null = null
  let settings: ClusterSettings | null = null
  let count = 0
  for (const entry of readTar(file)) {
    if (mark === null) mark = readMark(entry, file)
    else if (entry.name === 'cluster.json') settings = JSON.parse(entry.data.toString('utf8')) as ClusterSettings
    else writeEntry(paths, entry)
    if (entry.name !== MARK) count += 1
  }
  if (mark === null || settings === null)
    throw new CliError(EXIT_USAGE, `${file} is no backup of a cluster: take another one`)
  const before = path.join(mark.directory, 'cluster.git')
  const sources = settings.sources.map((source) =>
    source.url === before ? { ...source, url: paths.repository } : source,
  )
  writeSettings(paths, { ...settings, sources })
  // An empty folder is not in the archive, but git insists on these two.
  if (existsSync(paths.repository))
    for (const folder of ['refs/heads', 'objects/info'])
      mkdirSync(path.join(paths.repository, folder), { recursive: true })
  if (existsSync(paths.repository)) giveTreeTo(settings.owner, paths.repository)
  return count
}

function readMark(entry: TarEntry, file: string): BackupMark {
  try {
    if (entry.name !== MARK) throw new Error('no mark')
    const mark = JSON.parse(entry.data.toString('utf8')) as BackupMark
    if (mark.headwayBackup === 1) return mark
  } catch {
    // Falls through to the one error below.
  }
  throw new CliError(EXIT_USAGE, `${file} was not made by "headway backup": name one that was`)
}

/** Only paths that a backup has are written: an archive from elsewhere cannot reach out of the state directory. */
function writeEntry(paths: StatePaths, entry: TarEntry): void {
  const parts = entry.name.split('/')
  const isInside =
    (parts[0] === 'pki' || parts[0] === 'cluster.git') && !parts.some((part) => part === '..' || part === '')
  if (!isInside) throw new CliError(EXIT_USAGE, `the backup holds ${entry.name}, which no backup has: take another one`)
  const full = path.join(paths.directory, ...parts)
  mkdirSync(path.dirname(full), { recursive: true, mode: parts[0] === 'pki' ? 0o700 : 0o755 })
  writeFileSync(full, entry.data, { mode: entry.mode })
}
