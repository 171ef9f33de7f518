/** Commands about hosts and the program itself: agent, token, version, completion, and the manager's own process. */
import { Argument, type Command, Option } from 'commander'
import { addressOption, nodeNameOption, timeOption } from '../options.js'
import { addCommand, type Runner } from './add-command.js'

export function addHostCommands(program: Command, run: Runner): void {
  addCommand(program, 'agent', 'join this host to a cluster and run its agent until Ctrl-C', [
    'headway agent --join 10.0.0.5:7443/3kq….9f2c…      # the string from "headway token" on the manager',
    'headway agent                                      # again later: the host is a member already',
    'sudo headway agent --join … --service              # as a systemd service: a reboot brings it back',
  ])
    .option('--join <string>', 'the string that "headway token" prints; needed the first time only')
    .option('--node-name <name>', 'name of this host in the cluster (default: its host name)', nodeNameOption)
    .option(
      '--node-address <address>',
      'address of this host towards the others (default: its first one)',
      addressOption,
    )
    .option('--service', 'install a systemd unit instead of running here')
    .addOption(new Option('--log-file <file>', 'keeps this log file short').hideHelp())
    .action((options) => run(async (context) => (await import('../commands/agent.js')).runAgent(context, options)))

  addCommand(program, 'token', 'make a one-time token with which another host joins', [
    'headway token',
    'headway token --ttl 24h -o json | jq -r .join',
  ])
    .addOption(timeOption('--ttl <time>', 'how long it may be used', 3_600_000))
    .action((options) => run(async (context) => (await import('../commands/token.js')).runToken(context, options)))

  addCommand(program, 'version', 'versions of this program and of the manager', ['headway version -o json']).action(
    (options) => run(async (context) => (await import('../commands/version.js')).runVersion(context, options)),
  )

  addCommand(program, 'completion', 'print the completion script of a shell', [
    'source <(headway completion bash)',
    'headway completion zsh > "$fpath[1]/_headway"',
    'headway completion fish > ~/.config/fish/completions/headway.fish',
  ])
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell, options) =>
      run(async (context) =>
        (await import('../commands/completion.js')).runCompletion(context, program, shell, options),
      ),
    )

  program
    .command('run-manager', { hidden: true })
    .requiredOption('--dir <folder>')
    .option('--log-file <file>')
    .action((options) =>
      run(async (context) => (await import('../processes/manager-process.js')).runManagerProcess(context, options)),
    )
}
