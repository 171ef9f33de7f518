/** What the cases of the runtime suite share: the options of the suite and small steps. */
import type { ContainerSpec, Runtime, RuntimeContainer, RuntimeEvent } from '../../src/agents/runtime.js'
import { RuntimeError, type RuntimeErrorCode } from '../../src/agents/runtime.js'
import { waitFor } from '../support/wait-for.js'
import { containerSpec } from './container-spec.js'

/** Commands that make a container of the image behave in a way; the simulation understands its own. */
export interface RuntimeBehaviour {
  /** Runs until the stop signal, then exits with 0. */
  readonly serve: readonly string[]
  /** Runs and ignores the stop signal. */
  readonly ignoreStop: readonly string[]
  exit(code: number): readonly string[]
  /** Prints a line on each stream and exits with 0. */
  print(stdout: string, stderr: string): readonly string[]
}

export interface RuntimeSuiteOptions {
  readonly name: string
  open(): Promise<{ readonly runtime: Runtime; close(): Promise<void> }>
  /** On the host already; has no entrypoint of its own. */
  readonly image: string
  readonly behaviour: RuntimeBehaviour
  /** How long the runtime may take for what is not to be waited for otherwise. */
  readonly limitMs: number
  readonly skip: readonly { readonly test: string; readonly reason: string }[]
}

export interface RuntimeTest extends RuntimeSuiteOptions {
  readonly runtime: Runtime
  /** A name of its own for each test. */
  readonly unique: string
  /** Creates a container that is removed after the test. */
  create(spec: ContainerSpec): Promise<string>
}

export type AddCase = (test: string, run: (context: RuntimeTest) => Promise<void>) => void

/** For an image with busybox. */
export const busyboxBehaviour: RuntimeBehaviour = {
  serve: ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done'],
  ignoreStop: ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
  exit: (code) => ['/bin/sh', '-c', `exit ${code}`],
  print: (stdout, stderr) => ['/bin/sh', '-c', `echo '${stdout}'; echo '${stderr}' >&2`],
}

/** A container of the suite's image with the test's label. */
export function ownSpec(context: RuntimeTest, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return containerSpec({
    name: context.unique,
    image: context.image,
    labels: { 'dev.headway.test': context.unique },
    command: context.behaviour.serve,
    ...changes,
  })
}

/** Waits until the container has ended. */
export async function waitForExit(context: RuntimeTest, id: string): Promise<RuntimeContainer> {
  return waitFor(`the end of ${id}`, context.limitMs, async () => {
    const container = await context.runtime.inspect(id)
    return container?.state === 'exited' && container
  })
}

/** The code of the error a call ends with; throws when it does not fail. */
export async function errorOf(
  call: Promise<unknown>,
): Promise<{ code: RuntimeErrorCode; retryable: boolean; message: string }> {
  try {
    await call
  } catch (error) {
    if (error instanceof RuntimeError) return { code: error.code, retryable: error.retryable, message: error.message }
    throw error
  }
  throw new Error('the call was to fail')
}

/** Collects events until `stop`; resolves once the runtime listens. */
export async function recordEvents(context: RuntimeTest): Promise<{ readonly events: RuntimeEvent[]; stop(): void }> {
  const events: RuntimeEvent[] = []
  const stop = context.runtime.watch((event) => events.push(event))
  await waitFor('the event stream', context.limitMs, () => events.some((event) => event.type === 'connected'))
  return { events, stop }
}

/** All that a stream gives. */
export async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.toString()
  return text
}
