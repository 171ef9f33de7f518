/** How each group adds its commands to the program: what every command takes, and how its action is run. */
import { type Command, Option } from 'commander'
import type { Context } from '../context.js'

/** Runs a command's action; its result is the exit code. */
export type Runner = (action: (context: Context) => Promise<number>) => Promise<void>

/** A command with what all take: `--dir` and `-o`. */
export function addCommand(program: Command, name: string, description: string, examples: readonly string[]): Command {
  return program
    .command(name)
    .description(description)
    .helpOption('-h, --help', 'this text')
    .option('--dir <folder>', 'state directory (default: HEADWAY_DIR, else .headway beside the launcher)')
    .addOption(
      new Option('-o, --output <format>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .showHelpAfterError(`(headway ${name.split(' ')[0]} --help shows how it is used)`)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`)
}
