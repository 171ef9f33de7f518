/** The repository `headway up` starts from: its own, seeded with the example the first time, unless another is named. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { seedRepository } from '../../sync/writer.js'
import type { Context } from '../context.js'
import { type PreparedEngine, prepareDemoImages } from '../processes/engine.js'
import { giveTo, giveTreeTo } from '../processes/owner.js'
import { asCliError, readSignature } from '../repository.js'
import type { ClusterSettings, StatePaths } from '../state-directory.js'

export interface RepositoryInput {
  readonly paths: StatePaths
  readonly settings: ClusterSettings
  /** Null when this machine runs no agent: then there is nothing to make images for. */
  readonly engine: PreparedEngine | null
  readonly say: (line: string) => void
}

/** Seeds the cluster's own repository when it is not there yet, and makes the images its example needs. */
export async function prepareRepository(context: Context, input: RepositoryInput): Promise<void> {
  const { paths, settings, engine, say } = input
  if (!settings.sources.some((source) => source.url === paths.repository)) return
  if (!existsSync(paths.repository)) {
    await seedExample(context, paths, settings)
    say(`made the cluster repository ${paths.repository} from the example`)
  }
  if (engine !== null) await prepareDemoImages(engine, say)
}

/** Made beside its place and moved there, so that an interrupted `up` leaves no half repository. */
async function seedExample(context: Context, paths: StatePaths, settings: ClusterSettings): Promise<void> {
  const branch = settings.sources.find((source) => source.url === paths.repository)?.branch ?? 'main'
  const unfinished = `${paths.repository}.new`
  rmSync(unfinished, { recursive: true, force: true })
  await asCliError(() =>
    seedRepository({
      bareDirectory: unfinished,
      fromFolder: path.join(context.packageRoot, 'cluster-repo-example'),
      branch,
      author: readSignature(context),
      now: context.now(),
      subject: 'Begin with the example of Headway',
    }),
  )
  giveTo(settings.owner, paths.directory)
  giveTreeTo(settings.owner, unfinished)
  renameSync(unfinished, paths.repository)
}
