/**
 * The command line: every command with its options, help and examples. A command's own module is loaded only when it
 * runs, so that help and completion answer at once.
 */
import { Command } from 'commander'
import type { Runner } from './program/add-command.js'
import { addCapacityCommands } from './program/capacity-commands.js'
import { addClusterCommands } from './program/cluster-commands.js'
import { addHostCommands } from './program/host-commands.js'
import { addObjectCommands } from './program/object-commands.js'
import { addRepositoryCommands } from './program/repository-commands.js'

/** The whole program. `run` is called by the one command that is meant. */
export function makeProgram(run: Runner): Command {
  const program = new Command('headway')
    .description("Kubernetes' idea of a cluster with git in the place of the API's database, for plain Docker hosts")
    .usage('COMMAND [OPTIONS]')
    .helpCommand('help [COMMAND]', 'help on a command')
    .helpOption('-h, --help', 'help on the command')
    .showHelpAfterError('(headway --help lists the commands)')
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 cannot reach the manager or the repository.

First steps:
  headway up                                      a cluster on this machine, with an example that runs
  git clone .headway/cluster.git my-cluster       change a manifest, commit, git push
  headway wait                                    exit 0 when the newest commit is healthy
  headway status                                  what runs, and what waits on what`,
    )
  addClusterCommands(program, run)
  addRepositoryCommands(program, run)
  addCapacityCommands(program, run)
  addObjectCommands(program, run)
  addHostCommands(program, run)
  return program
}
