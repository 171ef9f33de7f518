/**
 * What a command gets from its surroundings: where to write, whether a person watches, the environment and the clock.
 * Commands take it as an argument, so that tests run them in process with a fixed clock and no terminal.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import picocolors from 'picocolors'

export type Colors = ReturnType<typeof picocolors.createColors>

export interface Context {
  /** Writes to standard output, as it is. */
  readonly out: (text: string) => void
  /** Writes to standard error, as it is. */
  readonly err: (text: string) => void
  /** A person watches standard output: live lines may be redrawn. */
  readonly isTerminal: boolean
  /** Size of the terminal; 120 by 40 where there is none. */
  readonly columns: number
  readonly rows: number
  readonly colors: Colors
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Folder of the launcher, package.json and cluster-repo-example/. */
  readonly packageRoot: string
  readonly now: () => number
  /**
   * A command that has something to finish takes Ctrl-C and TERM: from then on the first one aborts the signal and the
   * second ends the process. Before, either ends the process at once.
   */
  readonly takeInterrupts: () => AbortSignal
}

/** dist/src/cli/context.js stands four levels below the package. */
export const packageRoot: string = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

/** The context of the real process. Colours need a terminal; NO_COLOR switches them off (https://no-color.org). */
export function processContext(): Context {
  const isTerminal = process.stdout.isTTY === true && process.env['TERM'] !== 'dumb'
  const noColor = process.env['NO_COLOR']
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal,
    columns: process.stdout.columns ?? 120,
    rows: process.stdout.rows ?? 40,
    colors: picocolors.createColors(isTerminal && (noColor === undefined || noColor === '')),
    env: process.env,
    cwd: process.cwd(),
    packageRoot,
    now: () => Date.now(),
    takeInterrupts,
  }
}

function takeInterrupts(): AbortSignal {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Error('interrupted'))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return controller.signal
}
