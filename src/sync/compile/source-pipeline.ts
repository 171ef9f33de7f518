/** What one source needs to be compiled, over one repository: lister, evaluator and timeline, which remember between commits. */
import { FolderEvaluator } from './evaluate-folder.js'
import { ManifestLister } from './list-manifests.js'
import type { ParseCache } from './parse-cache.js'
import { SourceTimeline } from './source-timeline.js'
import type { HistoryReader } from './tree-reader.js'

export interface PipelineInput {
  readonly repository: HistoryReader
  /** The source's folder in the repository. */
  readonly path: string
  readonly cache: ParseCache
  readonly digestKey: Uint8Array
}

export function openTimeline(input: PipelineInput): SourceTimeline {
  const { repository, path, cache, digestKey } = input
  const evaluator = new FolderEvaluator({ reader: repository, cache, digestKey })
  return new SourceTimeline({ repository, path, evaluator, lister: new ManifestLister(repository, path) })
}
