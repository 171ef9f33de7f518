/** Commands about the whole cluster: up, down, wait, status, confirm, backup, restore, history, replay, snapshot. */
import type { Command } from 'commander'
import {
  addressOption,
  branchOption,
  countOption,
  nodeNameOption,
  portOption,
  repositoryFolderOption,
  timeOption,
} from '../options.js'
import { addCommand, type Runner } from './add-command.js'

export function addClusterCommands(program: Command, run: Runner): void {
  addUp(program, run)
  addCommand(program, 'down', 'stop manager and agent; containers go on running', [
    'headway down                    # headway up takes the containers over again',
    'headway down --prune            # first remove every container, network and address of the cluster',
  ])
    .option('--prune', 'remove every container, network and address of the cluster first')
    .addOption(timeOption('--timeout <time>', 'how long stopping may take', 60_000))
    .action((options) => run(async (context) => (await import('../commands/down.js')).runDown(context, options)))

  addCommand(program, 'wait', 'wait until a commit is healthy: exit 0 then, 1 when it is held or not there in time', [
    'git push && headway wait',
    'headway wait --revision 3f2a91c --timeout 5m',
    'headway wait -o json | jq .waiting',
  ])
    .option('--revision <commit>', 'commit, or the beginning of one, branch or tag (default: the newest commit)')
    .addOption(timeOption('--timeout <time>', 'give up after this time', 60_000))
    .action((options) => run(async (context) => (await import('../commands/wait.js')).runWait(context, options)))

  addCommand(program, 'status', 'what runs, what is desired, and what waits on what', [
    'headway status',
    'headway status --watch',
    'headway status -o json | jq -r ".pods[] | select(.ready | not) | .key"',
  ])
    .option('-w, --watch', 'follow changes until Ctrl-C')
    .action((options) => run(async (context) => (await import('../commands/status.js')).runStatus(context, options)))

  addCommand(program, 'confirm <hash>', 'let deletions go that the delete brake holds', [
    'headway status                  # says which deletions wait, and their hash',
    'headway confirm 5be2c01d',
  ]).action((hash, options) =>
    run(async (context) => (await import('../commands/confirm.js')).runConfirm(context, hash, options)),
  )

  addBackups(program, run)
  addRecords(program, run)
  addSnapshot(program, run)
}

/** What is saved of a cluster, and brought back. */
function addBackups(program: Command, run: Runner): void {
  addCommand(program, 'backup <file>', 'save what cannot be made again: keys and the cluster repository', [
    'headway backup cluster-2026-11-21.tar',
  ]).action((file, options) =>
    run(async (context) => (await import('../commands/backup.js')).runBackup(context, file, options)),
  )

  addCommand(program, 'restore <file>', 'bring keys and repository back from a backup into an empty state directory', [
    'headway restore cluster-2026-11-21.tar --dir /var/lib/headway && headway up --dir /var/lib/headway',
  ]).action((file, options) =>
    run(async (context) => (await import('../commands/backup.js')).runRestore(context, file, options)),
  )
}

/** What the manager wrote down. */
function addRecords(program: Command, run: Runner): void {
  addCommand(program, 'history [revision]', 'the commits the cluster took, and what became of each', [
    'headway history',
    'headway history --limit 5 -o json',
    'headway history 3f2a91c                # what was predicted of one commit, beside what happened',
  ])
    .option('--limit <count>', 'how many', countOption, 20)
    .action((revision, options) =>
      run(async (context) => (await import('../commands/history.js')).runHistory(context, revision, options)),
    )

  addCommand(
    program,
    'replay',
    'run the journal through the planner again: exit 0 when every plan comes out the same',
    [
      'headway replay --from 20m',
      'headway replay --from 2026-11-21T10:00:00Z --to 2026-11-21T10:05:00Z -o json',
      'headway replay --journal ./journal-from-a-bug-report',
    ],
  )
    .option('--from <time>', '2026-11-21T10:00:00Z, 10:00 today, 20m ago (default: the beginning)')
    .option('--to <time>', 'as --from (default: the end)')
    .option('--journal <folder>', 'the journal to read (default: journal/ in the state directory); needs no manager')
    .action((options) => run(async (context) => (await import('../commands/replay.js')).runReplay(context, options)))
}

function addUp(program: Command, run: Runner): void {
  addCommand(program, 'up', 'set up and start a cluster on this machine, and show its progress until it is healthy', [
    'headway up                                        # until Ctrl-C, with the example repository',
    'headway up --detach                               # return once all is healthy and leave it running',
    'headway up --repo https://git.example.com/ops/cluster.git --token-file token',
    'sudo headway up --service                         # as systemd services: a reboot brings it back',
  ])
    .option('-d, --detach', 'return once everything is healthy and leave manager and agent running')
    .option('--repo <url>', 'the cluster repository: a path, https://… or ssh (default: a new one with an example)')
    .option('--branch <name>', 'its branch (default: main)', branchOption)
    .option('--path <folder>', 'folder in it that holds the manifests (default: all of it)', repositoryFolderOption)
    .option('--token-file <file>', 'file with the access token of an https repository')
    .option('--listen <address>', 'address on which the manager awaits agents (default: 0.0.0.0)', addressOption)
    .option('--port <port>', 'its port (default: 7443)', portOption)
    .option('--node-name <name>', 'name of this host in the cluster (default: its host name)', nodeNameOption)
    .option(
      '--node-address <address>',
      'address of this host towards the others (default: its first one)',
      addressOption,
    )
    .option('--no-agent', 'only the manager: this machine runs no pods')
    .option('--service', 'install systemd units instead of plain processes')
    .addOption(timeOption('--timeout <time>', 'how long everything may take to become healthy', 180_000))
    .action((options) => run(async (context) => (await import('../commands/up.js')).runUp(context, options)))
}

/** Its -o names the file: a snapshot has one form only. */
function addSnapshot(program: Command, run: Runner): void {
  program
    .command('snapshot')
    .description('save the live state without secret values, for previews elsewhere')
    .helpOption('-h, --help', 'this text')
    .option('--dir <folder>', 'state directory (default: HEADWAY_DIR, else .headway beside the launcher)')
    .requiredOption('-o, --output <file>', 'the file to write, for its owner only; - for standard output')
    .showHelpAfterError('(headway snapshot --help shows how it is used)')
    .addHelpText(
      'after',
      `\nExamples:\n  headway snapshot -o live.snapshot\n  headway plan --snapshot live.snapshot --head my-branch`,
    )
    .action((options) =>
      run(async (context) => (await import('../commands/snapshot.js')).runSnapshot(context, options)),
    )
}
