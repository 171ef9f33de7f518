/** Commands that ask what the cluster could take: capacity, whatif; they change nothing. */
import type { Command } from 'commander'
import { countOption } from '../options.js'
import { addCommand, type Runner } from './add-command.js'

const SNAPSHOT = ['--snapshot <file>', 'a saved snapshot instead of the running manager'] as const
/** More than anybody asks for, and quick. */
const PODS_MAX = 10_000

export function addCapacityCommands(program: Command, run: Runner): void {
  addCommand(program, 'capacity', 'how many more pods of a kind fit, where, and what limits; exit 1 when none does', [
    'headway capacity --pod shop/web.yaml        # a Pod, or anything with a pod template',
    'headway capacity --pod web.yaml --snapshot live.snapshot -o json | jq .fits',
  ])
    .requiredOption('--pod <file>', 'the manifest')
    .option(...SNAPSHOT)
    .option('--max <count>', 'count no further', countOption, PODS_MAX)
    .action((options) =>
      run(async (context) => (await import('../commands/capacity.js')).runCapacity(context, options)),
    )

  addCommand(program, 'whatif', 'what losing or adding hosts, or another revision, does; exit 1 if a pod is stranded', [
    'headway whatif --lose host-2 host-3',
    'headway whatif --add 3xcpu=4,memory=16Gi --add 1xhost-1     # a shape, or one like host-1',
    'headway whatif --lose host-2 --apply my-branch --snapshot live.snapshot',
  ])
    .option('--lose <node...>', 'hosts that are gone')
    .option('--add <shape...>', 'hosts that come: 3xcpu=4,memory=16Gi[,pods=110][,LABEL=VALUE], or 3xNODE')
    .option('--apply <revision>', 'a revision of the cluster repository, taken as it is; SOURCE:REV of several sources')
    .option(...SNAPSHOT)
    .option('--repo <folder>', 'the repository of --apply (default: this folder, else the cluster repository)')
    .action((options) => run(async (context) => (await import('../commands/whatif.js')).runWhatIf(context, options)))
}
