/** `headway capacity --pod FILE`: how many more pods like it fit, where, and what limits. Exit 1 when none fits. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { Pod, PodTemplateSpec } from '../../model/generated/kubernetes.js'
import type { Problem } from '../../model/problem.js'
import { type CapacityAnswer, countCapacity } from '../../planner/capacity.js'
import { compileFolder } from '../../sync/compile-revision.js'
import { CliError, EXIT_DONE, EXIT_NO, EXIT_USAGE, type ExitCode, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'
import { type CommonOptions, pathsOf } from '../options.js'
import { formatCount, formatJson, formatProblems } from '../output/format.js'
import { renderTable } from '../output/table.js'
import { readSnapshot } from '../plan-states.js'
import { asCliError } from '../repository.js'
import { inputOfSnapshot } from '../snapshot-input.js'

export interface CapacityOptions extends CommonOptions {
  /** A manifest: a Pod, or anything with a pod template. */
  readonly pod: string
  readonly snapshot?: string
  readonly max: number
}

/** No configuration is compared: any key will do for the digests. */
const DIGEST_KEY = new Uint8Array(32)

export async function runCapacity(context: Context, options: CapacityOptions): Promise<ExitCode> {
  const file = path.resolve(context.cwd, options.pod)
  const alone = await readManifest(file, [])
  const snapshot = await readSnapshot(context, pathsOf(context, options), options)
  const state = errorsOf(alone).length === 0 ? alone : await readManifest(file, namespacesOf(snapshot.desired))
  const { template, namespace } = templateOf(checked(context, state), file)
  const answer = countCapacity(inputOfSnapshot(snapshot), { namespace, template, max: options.max })
  context.out(options.output === 'json' ? formatJson(answer) : render(answer))
  return answer.fits > 0 ? EXIT_DONE : EXIT_NO
}

/** As the manager would read it: validated and with defaults, in a cluster that has these namespaces already. */
async function readManifest(file: string, namespaces: readonly string[]): Promise<DesiredState> {
  if (!existsSync(file)) throw new CliError(EXIT_USAGE, `${file} is not there: name a manifest with --pod`)
  const folder = mkdtempSync(path.join(tmpdir(), 'headway-pod-'))
  try {
    copyFileSync(file, path.join(folder, path.basename(file)))
    mkdirSync(path.join(folder, 'cluster'))
    writeFileSync(
      path.join(folder, 'cluster', 'namespaces.yaml'),
      namespaces.map((name) => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`).join(''),
    )
    return await asCliError(() => compileFolder({ folder, digestKey: DIGEST_KEY }))
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(EXIT_USAGE, `read ${file}: ${messageOf(error)}: name a manifest with --pod`, { cause: error })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function namespacesOf(desired: DesiredState | null): readonly string[] {
  return [...(desired?.objects.values() ?? [])].filter(({ kind }) => kind === 'Namespace').map(({ name }) => name)
}

function errorsOf({ problems }: DesiredState): readonly Problem[] {
  return problems.filter(({ severity }) => severity === 'error')
}

/** The state itself, when nothing in it is wrong. */
function checked(context: Context, state: DesiredState): DesiredState {
  const errors = errorsOf(state)
  if (errors.length === 0) return state
  throw new CliError(EXIT_USAGE, `the manifest is not valid:\n${formatProblems(context.colors, errors).trimEnd()}`)
}

/** Of the first object that has one. */
function templateOf(
  { objects }: DesiredState,
  file: string,
): { readonly template: PodTemplateSpec; readonly namespace: string } {
  for (const object of objects.values()) {
    const template = readTemplate(object)
    if (template !== null) return { template, namespace: object.namespace }
  }
  throw new CliError(EXIT_USAGE, `${file} has no Pod and nothing with a pod template: name a manifest that has one`)
}

function readTemplate({ kind, manifest }: DesiredObject): PodTemplateSpec | null {
  if (kind === 'Pod') {
    const { metadata, spec } = manifest as Pod
    return { metadata: { ...(metadata?.labels && { labels: metadata.labels }) }, ...(spec && { spec }) }
  }
  const { spec } = manifest as { readonly spec?: { readonly template?: PodTemplateSpec } }
  return spec?.template?.spec?.containers === undefined ? null : spec.template
}

function render(answer: CapacityAnswer): string {
  const count = answer.isMore
    ? `at least ${formatCount(answer.fits, 'more pod')}`
    : formatCount(answer.fits, 'more pod')
  const rows = answer.nodes.map(({ node, fits }) => [node, String(fits)])
  const waits =
    answer.pending === 0 ? '' : `${formatCount(answer.pending, 'pod waits', 'pods wait')} for a node already\n`
  const limits = answer.limits === '' ? '' : `limited by: ${answer.limits}\n`
  return `${count} ${answer.fits === 1 ? 'fits' : 'fit'}\n${waits}${limits}\n${renderTable(['NODE', 'MORE'], rows)}`
}
