/** Runs one command line to its exit code: parses, runs the command, and prints what goes wrong. */
import { type Command, CommanderError } from 'commander'
import { nearestName } from '../sync/schema/nearest-name.js'
import { CliError, EXIT_DONE, EXIT_USAGE, messageOf } from './cli-error.js'
import type { Context } from './context.js'
import { makeProgram } from './program.js'

/** An exit code as after SIGINT, for a command that Ctrl-C ended before its answer. */
export const EXIT_INTERRUPTED = 130

/** `args` without the program's name. Never throws: an unexpected error is printed with its stack, exit code 3. */
export async function runCli(args: readonly string[], context: Context): Promise<number> {
  let exitCode: number = EXIT_DONE
  const program = makeProgram(async (action) => {
    exitCode = await action(context)
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride()
    command.configureOutput({
      writeOut: context.out,
      writeErr: context.err,
      getOutHelpWidth: () => Math.min(context.columns, 120),
      getErrHelpWidth: () => Math.min(context.columns, 120),
      outputError: (text, write) => write(`${text.replace(/^error: /, 'headway: ')}${suggestion(text, program)}`),
    })
  }
  // Its own suggestions are of words that have little in common.
  program.showSuggestionAfterError(false)
  try {
    await program.parseAsync(commandFirst(args), { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, context)
  }
}

/** `--dir X status` means `status --dir X`: what every command takes may stand before its name. */
function commandFirst(args: readonly string[]): string[] {
  let end = 0
  while (end < args.length) {
    const arg = args[end] ?? ''
    if (arg === '--dir' || arg === '-o' || arg === '--output') end += 2
    else if (arg.startsWith('--dir=') || arg.startsWith('--output=') || /^-o./.test(arg)) end += 1
    else break
  }
  const [command, ...rest] = args.slice(end)
  return command === undefined || command.startsWith('-') ? [...args] : [command, ...args.slice(0, end), ...rest]
}

function suggestion(text: string, program: Command): string {
  const name = /^error: unknown command '(.+)'/.exec(text)?.[1]
  if (name === undefined) return ''
  const names = program.commands.map((command) => command.name()).filter((known) => known !== 'run-manager')
  const near = nearestName(name, names)
  return near === null ? '' : `(Did you mean ${near}?)\n`
}

function exitCodeOf(error: unknown, context: Context): number {
  // commander prints its own text: help asked for is no mistake, everything else is wrong usage.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_USAGE
  if (error instanceof CliError) {
    context.err(`headway: ${error.message}\n`)
    return error.exitCode
  }
  if (error instanceof Error && error.message === 'interrupted') return EXIT_INTERRUPTED
  const text = error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
  context.err(`headway: unexpected: ${text}\n`)
  return 3
}
