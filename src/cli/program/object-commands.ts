/** Commands about one object: blame, why, events, evict, logs, exec. */
import type { Command } from 'commander'
import { countOption, durationOption } from '../options.js'
import { addCommand, type Runner } from './add-command.js'

const NAMESPACE = ['-n, --namespace <name>', 'its namespace (default: where the name is found)'] as const

export function addObjectCommands(program: Command, run: Runner): void {
  addCommand(program, 'blame <object>', 'who asked for it: container, commit, author, file and line', [
    'headway blame pod/web-6f7c9d4b8d-x2x4x',
    'headway blame deployment/web -n shop',
  ])
    .option(...NAMESPACE)
    .action((object, options) =>
      run(async (context) => (await import('../commands/blame.js')).runBlame(context, object, options)),
    )

  addCommand(program, 'why <object>', 'why a pod is pending, restarting or where it is, in a sentence', [
    'headway why pod/web-6f7c9d4b8d-x2x4x',
    'headway why deployment/web',
    'headway why node/host-2',
    'headway why pod/web-6f7c9d4b8d-x2x4x --at 10:15     # from the journal; needs no manager',
  ])
    .option(...NAMESPACE)
    .option('--at <time>', 'at a time that is over: 2026-11-21T10:15:00Z, 10:15 today, 20m ago')
    .option('--journal <folder>', 'the journal to read with --at (default: journal/ in the state directory)')
    .action((object, options) =>
      run(async (context) => (await import('../commands/why.js')).runWhy(context, object, options)),
    )

  addCommand(program, 'events [object]', 'what happened within the last hour, and what began to wait', [
    'headway events',
    'headway events deployment/web          # with those of its pods',
    'headway events --warnings -n shop',
  ])
    .option('-n, --namespace <name>', 'only those of its objects (default: all)')
    .option('--warnings', 'only what is a warning')
    .action((object, options) =>
      run(async (context) => (await import('../commands/events.js')).runEvents(context, object, options)),
    )

  addCommand(program, 'evict <pod>', 'stop a pod within its disruption budget; exit 1 when the budget refuses', [
    'headway evict pod/web-6f7c9d4b8d-x2x4x     # its owner makes another',
  ])
    .option(...NAMESPACE)
    .action((object, options) =>
      run(async (context) => (await import('../commands/evict.js')).runEvict(context, object, options)),
    )

  addStreams(program, run)
}

/** What speaks with a container. */
function addStreams(program: Command, run: Runner): void {
  addCommand(program, 'logs <object>', 'output of a pod, or of all pods of a workload', [
    'headway logs -f deployment/web',
    'headway logs pod/web-6f7c9d4b8d-x2x4x --previous --tail 50',
    'headway logs deployment/web -c sidecar --since 10m -o json',
  ])
    .option(...NAMESPACE)
    .option('-c, --container <name>', 'the container (default: the annotated default, else the first)')
    .option('-f, --follow', 'go on with new output until Ctrl-C')
    .option('-p, --previous', 'of the container before the last restart')
    .option('--tail <lines>', 'only the last lines', countOption)
    .option('--since <time>', 'only what is newer than this time ago', durationOption)
    .option('--timestamps', 'with the time of each line')
    .action((object, options) =>
      run(async (context) => (await import('../commands/logs.js')).runLogs(context, object, options)),
    )

  addCommand(program, 'exec <object> <command...>', 'run a command in a container; ends with its exit code', [
    'headway exec pod/web-6f7c9d4b8d-x2x4x -- cat /etc/hostname',
    'headway exec -it deployment/web -- sh        # in the first pod of the deployment',
  ])
    .option(...NAMESPACE)
    .option('-c, --container <name>', 'the container (default: the annotated default, else the first)')
    .option('-i, --stdin', 'hand standard input to the command')
    .option('-t, --tty', 'give the command a terminal')
    .passThroughOptions(false)
    .action((object, command, options) =>
      run(async (context) => (await import('../commands/exec.js')).runExec(context, object, command, options)),
    )
}
