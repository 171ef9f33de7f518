/** `headway exec POD -- COMMAND`: runs a command in a container; ends with the command's own exit code. */
import { openAdminClient } from '../admin-client.js'
import { CliError, EXIT_NO } from '../cli-error.js'
import type { Context } from '../context.js'
import { findPods, parsePodOwner } from '../object-reference.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatJson } from '../output/format.js'
import { chooseContainer, nodeOf, streamRefused } from '../pod-containers.js'
import { openPodStream, type PodStream } from '../stream.js'

export interface ExecOptions extends CommonOptions {
  readonly namespace?: string
  readonly container?: string
  readonly stdin?: boolean
  readonly tty?: boolean
}

export async function runExec(
  context: Context,
  object: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const reference = parsePodOwner(object)
  const paths = pathsOf(context, options)
  const client = openAdminClient(paths)
  const pod = findPods(await client.status(), reference, options.namespace)[0]
  if (pod === undefined) throw new CliError(EXIT_NO, `${object} has no pods now: "headway why ${object}" says why`)
  const container = await chooseContainer(client, pod, options.container)
  const isJson = options.output === 'json'
  const tty = options.tty === true && !isJson
  const captured = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const request = { type: 'exec', pod: pod.uid, container, command, stdin: options.stdin === true, tty } as const
  const stream = openPodStream(paths.socket, nodeOf(pod), request, (data, isError) => {
    if (isJson) captured[isError ? 'stderr' : 'stdout'].push(data)
    else if (isError) process.stderr.write(data)
    else process.stdout.write(data)
  })
  const detach = options.stdin === true ? attachInput(stream, tty) : () => undefined
  try {
    const end = await stream.ended
    if (end.error !== null) throw streamRefused(pod, end.error)
    const exitCode = end.exitCode ?? EXIT_NO
    const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')
    if (isJson)
      context.out(
        formatJson({ pod: pod.key, exitCode, stdout: textOf(captured.stdout), stderr: textOf(captured.stderr) }),
      )
    return exitCode
  } finally {
    detach()
  }
}

/** Hands standard input on, raw where it is a terminal, with its size; returns what undoes it. */
function attachInput(stream: PodStream, tty: boolean): () => void {
  const { stdin, stdout } = process
  const isRaw = tty && stdin.isTTY === true
  const onData = (data: Buffer): void => stream.sendInput(data)
  const onEnd = (): void => stream.endInput()
  const onResize = (): void => stream.resize(stdout.columns ?? 80, stdout.rows ?? 24)
  if (isRaw) stdin.setRawMode(true)
  stdin.on('data', onData)
  stdin.on('end', onEnd)
  if (isRaw) {
    stdout.on('resize', onResize)
    onResize()
  }
  return () => {
    if (isRaw) stdin.setRawMode(false)
    stdin.off('data', onData)
    stdin.off('end', onEnd)
    stdout.off('resize', onResize)
    stdin.pause()
  }
}
