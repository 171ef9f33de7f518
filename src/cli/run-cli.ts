/** Runs one command line to its exit code: parses, runs the command, and prints what goes wrong. */
import { CommanderError } from 'commander'
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
      outputError: (text, write) => write(text.replace(/^error: /, 'headway: ')),
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, context)
  }
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
