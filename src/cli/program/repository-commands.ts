/** Commands about the cluster repository: validate, diff, rollback. */
import type { Command } from 'commander'
import { addCommand, type Runner } from './add-command.js'

export function addRepositoryCommands(program: Command, run: Runner): void {
  addCommand(program, 'validate [folder]', 'check manifests as the manager would; needs no manager', [
    'headway validate                       # the manifests in this folder',
    'headway validate --revision main~1     # a revision of the cluster repository',
    'headway validate -o json | jq ".problems[]"',
  ])
    .option('--revision <commit>', 'a revision of the cluster repository instead of a folder')
    .action((folder, options) =>
      run(async (context) => (await import('../commands/validate.js')).runValidate(context, folder, options)),
    )

  addCommand(program, 'diff [before] [after]', 'objects and fields that differ between two revisions; exit 1 if any', [
    'headway diff                           # what is desired now against the newest commit',
    'headway diff main~3 main',
  ]).action((before, after, options) =>
    run(async (context) => (await import('../commands/diff.js')).runDiff(context, before, after, options)),
  )

  addCommand(program, 'rollback [revision]', 'commit and push the reverse of a commit (default: the newest)', [
    'headway rollback && headway wait',
    'headway rollback 3f2a91c               # takes back only what that commit did',
    'headway rollback main~3..main          # the last three commits',
  ]).action((revision, options) =>
    run(async (context) => (await import('../commands/rollback.js')).runRollback(context, revision, options)),
  )
}
