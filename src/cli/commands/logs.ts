/** `headway logs`: the output of a pod's container, or of all pods of a workload, each line behind its pod's name. */
import type { PodView } from '../../model/status-view.js'
import { openAdminClient } from '../admin-client.js'
import { CliError, EXIT_DONE, EXIT_NO, type ExitCode } from '../cli-error.js'
import type { Context } from '../context.js'
import { findPods, parsePodOwner } from '../object-reference.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { makeLineSplitter } from '../output/lines.js'
import { chooseContainer, nodeOf, streamRefused } from '../pod-containers.js'
import { openPodStream, type PodStream } from '../stream.js'

export interface LogsOptions extends CommonOptions {
  readonly namespace?: string
  readonly container?: string
  readonly follow?: boolean
  readonly previous?: boolean
  readonly tail?: number
  readonly since?: number
  readonly timestamps?: boolean
}

export async function runLogs(context: Context, object: string, options: LogsOptions): Promise<ExitCode> {
  const reference = parsePodOwner(object)
  const paths = pathsOf(context, options)
  const client = openAdminClient(paths)
  const pods = findPods(await client.status(), reference, options.namespace)
  if (pods.length === 0) throw new CliError(EXIT_NO, `${object} has no pods now: "headway why ${object}" says why`)
  const interrupt = context.takeInterrupts()
  const streams = await Promise.all(
    pods.map(async (pod) => {
      const container = await chooseContainer(client, pod, options.container)
      const opened = openLogs(context, options, paths.socket, { pod, container, isOneOfMany: pods.length > 1 })
      return { pod, ...opened }
    }),
  )
  interrupt.addEventListener('abort', () => {
    for (const { stream } of streams) stream.close()
  })
  const ends = await Promise.allSettled(
    streams.map(async ({ pod, stream, flush }) => {
      const end = await stream.ended
      flush()
      if (end.error !== null) throw streamRefused(pod, end.error)
    }),
  )
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined && !interrupt.aborted) throw failed.reason
  return EXIT_DONE
}

interface LogTarget {
  readonly pod: PodView
  readonly container: string
  readonly isOneOfMany: boolean
}

function openLogs(
  context: Context,
  options: LogsOptions,
  socket: string,
  { pod, container, isOneOfMany }: LogTarget,
): { readonly stream: PodStream; readonly flush: () => void } {
  const name = pod.key.split('/')[1] ?? pod.key
  const print = (line: string, isError: boolean): void => {
    if (options.output === 'json')
      context.out(`${JSON.stringify({ pod: pod.key, container, stream: isError ? 'stderr' : 'stdout', line })}\n`)
    else if (isOneOfMany) context.out(`${context.colors.cyan(`[${name}]`)} ${line}\n`)
    else context.out(`${line}\n`)
  }
  const stdout = makeLineSplitter((line) => print(line, false))
  const stderr = makeLineSplitter((line) => print(line, true))
  const request = {
    type: 'logs',
    pod: pod.uid,
    container,
    previous: options.previous === true,
    follow: options.follow === true,
    tailLines: options.tail ?? null,
    sinceMs: options.since ?? null,
    timestamps: options.timestamps === true,
  } as const
  const stream = openPodStream(socket, nodeOf(pod), request, (data, isError) => (isError ? stderr : stdout).push(data))
  const flush = (): void => {
    stdout.flush()
    stderr.flush()
  }
  return { stream, flush }
}
