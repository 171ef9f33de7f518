/** Commands about the cluster repository: plan, validate, diff, rollback. */
import { type Command, Option } from 'commander'
import { addCommand, type Runner } from './add-command.js'

export function addRepositoryCommands(program: Command, run: Runner): void {
  addPlan(program, run)
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

/** Its -o knows one more form. */
function addPlan(program: Command, run: Runner): void {
  program
    .command('plan')
    .description('what merging a revision does to the running cluster: pods, hosts, order, seconds, risks')
    .helpOption('-h, --help', 'this text')
    .option('--dir <folder>', 'state directory (default: HEADWAY_DIR, else .headway beside the launcher)')
    .addOption(
      new Option('-o, --output <format>', 'text for people, json for programs, markdown for a pull request')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .option('--head <revision>', 'what is to be merged (default: HEAD of the checkout you stand in, else the branch)')
    .option('--base <revision>', 'what it is merged into (default: what the cluster desires now)')
    .option('--with <revision...>', 'other open branches, up to three: do they fit together, in which order')
    .option('--snapshot <file>', 'a saved snapshot instead of the running manager')
    .option('--repo <folder>', 'the repository (default: the checkout you stand in, else the cluster’s own)')
    .option('--check <fingerprint>', 'is the plan still the one that was reviewed; exit 1 when it is not')
    .showHelpAfterError('(headway plan --help shows how it is used)')
    .addHelpText(
      'after',
      `
Exit codes: 0 it would come to rest, 1 it would not or breaks a budget, 2 wrong usage, 3 no manager or repository.

Examples:
  headway plan                              # the branch you stand in
  headway plan --head origin/new-image -o json | jq .verdict
  headway plan --head my-branch --with other-branch
  headway plan --head shop:my-branch        # of the source shop, in a cluster of several
  headway plan --snapshot live.snapshot --head my-branch -o markdown`,
    )
    .action((options) => run(async (context) => (await import('../commands/plan.js')).runPlan(context, options)))
}
