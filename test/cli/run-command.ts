/** Runs a command line in process, as a person without a terminal would, and keeps what it prints. */
import picocolors from 'picocolors'
import { type Context, packageRoot } from '../../src/cli/context.js'
import { runCli } from '../../src/cli/run-cli.js'

export interface CommandResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** 2026-11-21T10:00:00Z: ages in golden files count from here. */
export const NOW = Date.UTC(2026, 10, 21, 10, 0, 0)

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly isTerminal?: boolean
  readonly colors?: boolean
  readonly cwd?: string
  readonly interrupt?: AbortSignal
  readonly rows?: number
  readonly onOut?: (text: string) => void
}

export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  let out = ''
  let err = ''
  const context: Context = {
    out: (text) => {
      out += text
      options.onOut?.(text)
    },
    err: (text) => {
      err += text
    },
    isTerminal: options.isTerminal ?? false,
    columns: 120,
    rows: options.rows ?? 40,
    colors: picocolors.createColors(options.colors ?? false),
    env: options.env ?? {},
    cwd: options.cwd ?? '/tmp',
    packageRoot,
    now: () => NOW,
    takeInterrupts: () => options.interrupt ?? new AbortController().signal,
  }
  const code = await runCli(args, context)
  return { code, out, err }
}
