/** The repository `headway up` starts from: its own, seeded with the example the first time, unless another is named. */
import { existsSync, readdirSync } from 'node:fs'
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
  if (!existsSync(paths.repository) || readdirSync(paths.repository).length === 0) {
    const branch = settings.sources.find((source) => source.url === paths.repository)?.branch ?? 'main'
    await asCliError(() =>
      seedRepository({
        bareDirectory: paths.repository,
        fromFolder: path.join(context.packageRoot, 'cluster-repo-example'),
        branch,
        author: readSignature(context),
        now: context.now(),
        subject: 'Begin with the example of Headway',
      }),
    )
    giveTo(settings.owner, paths.directory)
    giveTreeTo(settings.owner, paths.repository)
    say(`made the cluster repository ${paths.repository} from the example`)
  }
  if (engine !== null) await prepareDemoImages(engine, say)
}
