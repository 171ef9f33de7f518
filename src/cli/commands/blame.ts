/**
 * `headway blame`: from what runs back to who asked for it: the containers of a pod, the commit that brought their
 * template, its author, and the file and line of the manifest.
 */

import type { DesiredObject } from '../../model/desired-state.js'
import { makeKey } from '../../model/keys.js'
import type { PodView, StatusView } from '../../model/status-view.js'
import { blameObject, type CommitView } from '../../sync/history.js'
import { type AdminClient, openAdminClient } from '../admin-client.js'
import { CliError, EXIT_DONE, EXIT_NO, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { findPod, findUnmadePod, namespaceOf, type ObjectReference, parseReference } from '../object-reference.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCommit, formatJson, formatKeySafely } from '../output/format.js'
import { renderTable } from '../output/table.js'
import { asCliError, compileSource, readCommit, repositoryFolder } from '../repository.js'
import { readSettings, type SourceSetting, type StatePaths } from '../state-directory.js'

export interface BlameOptions extends CommonOptions {
  readonly namespace?: string
}

/** Beyond the end of any file that is read. */
const LAST_LINE = 10_000_000

/** What `-o json` prints. */
export interface BlameAnswer {
  readonly key: string
  readonly file: string
  readonly line: number
  readonly commit: string
  readonly author: string
  readonly subject: string
  readonly committedAt: number
  readonly pods: readonly {
    readonly key: string
    readonly node: string | null
    readonly containerIds: readonly string[]
    readonly images: readonly string[]
    readonly commit: string
  }[]
}

export async function runBlame(context: Context, object: string, options: BlameOptions): Promise<ExitCode> {
  const reference = parseReference(object)
  const paths = pathsOf(context, options)
  const client = openAdminClient(paths)
  const status = await client.status()
  const unmade = reference.kind === 'Pod' ? findUnmadePod(status, reference.name, options.namespace) : null
  const answer =
    reference.kind === 'Pod' && unmade === null
      ? await blamePod(paths, client, findPod(status, reference.name, options.namespace))
      : await blameByKey(paths, client, status, unmade?.key ?? (await keyOf(client, reference, options.namespace)))
  context.out(options.output === 'json' ? formatJson(answer) : renderBlame(context, answer))
  return EXIT_DONE
}

async function keyOf(client: AdminClient, reference: ObjectReference, namespace: string | undefined): Promise<string> {
  const { namespaces } = await client.namespaces(`${reference.kind}/${reference.name}`)
  return makeKey(reference.kind, namespaceOf(namespaces, reference, namespace), reference.name)
}

/** A pod runs its template's commit, which may be older than what is desired now: the file and line are that commit's. */
async function blamePod(paths: StatePaths, client: AdminClient, pod: PodView): Promise<BlameAnswer> {
  const current = await client.object(pod.workload).catch((error: unknown) => {
    if (error instanceof CliError && error.exitCode === EXIT_NO) return null
    throw error
  })
  const source = sourceOf(paths, current?.origin.source)
  const object = current?.commit === pod.commit ? current : ((await objectAt(paths, source, pod)) ?? current)
  const commit = await readCommit(repositoryFolder(paths, source), pod.commit)
  return makeAnswer(formatPodKey(pod), object, commit, [pod])
}

/** The newest commit that changed any line of the object's document: up to the next object of its file. */
async function blameByKey(
  paths: StatePaths,
  client: AdminClient,
  status: StatusView,
  key: string,
): Promise<BlameAnswer> {
  const object = await client.object(key)
  const source = sourceOf(paths, object.origin.source)
  const repository = repositoryFolder(paths, source)
  const pods = status.pods.filter((pod) => pod.workload === key)
  const { file, line } = object.origin
  const desired = await compileSource(paths, source, object.commit, new Uint8Array(32))
  const later = [...desired.objects.values()]
    .filter((other) => other.origin.file === file && other.origin.line > line)
    .map((other) => other.origin.line - 1)
  const lastLine = later.length === 0 ? LAST_LINE : Math.min(...later)
  const blamed = await asCliError(() =>
    blameObject({ repository, revision: object.commit, file, firstLine: line, lastLine }),
  )
  return makeAnswer(formatKeySafely(key), object, blamed?.commit ?? (await readCommit(repository, object.commit)), pods)
}

function sourceOf(paths: StatePaths, id: string | undefined): SourceSetting {
  const { sources } = readSettings(paths)
  const source = sources.find((candidate) => candidate.id === id) ?? sources[0]
  if (source === undefined) throw new CliError(EXIT_NO, 'the cluster has no source: run "headway up" again')
  return source
}

async function objectAt(paths: StatePaths, source: SourceSetting, pod: PodView): Promise<DesiredObject | null> {
  const desired = await compileSource(paths, source, pod.commit, new Uint8Array(32))
  return desired.objects.get(pod.workload) ?? null
}

function formatPodKey(pod: PodView): string {
  return `pod ${pod.key}`
}

function makeAnswer(
  key: string,
  object: DesiredObject | null,
  commit: CommitView,
  pods: readonly PodView[],
): BlameAnswer {
  return {
    key,
    file: object?.origin.file ?? '',
    line: object?.origin.line ?? 0,
    commit: commit.id,
    author: commit.author,
    subject: commit.subject,
    committedAt: commit.committedAt,
    pods: pods.map(({ key: pod, node, containerIds, images, commit: podCommit }) => ({
      key: pod,
      node,
      containerIds,
      images,
      commit: podCommit,
    })),
  }
}

function renderBlame(context: Context, answer: BlameAnswer): string {
  const where = answer.file === '' ? 'no manifest any more' : `${answer.file}:${answer.line}`
  const head = `${context.colors.bold(answer.key)}: ${where}, commit ${formatCommit(answer.commit)} "${answer.subject}" by ${answer.author}\n`
  const rows = answer.pods.flatMap((pod) =>
    pod.containerIds.map((id, index) => [
      id.slice(0, 12),
      pod.key,
      pod.node ?? '-',
      pod.images[index] ?? '-',
      formatCommit(pod.commit),
    ]),
  )
  return `${head}${renderTable(['CONTAINER', 'POD', 'NODE', 'IMAGE', 'COMMIT'], rows)}`
}
