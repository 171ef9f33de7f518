import type { CommitView } from '../history.js'
export async function listCommits(_input: {
  readonly repository: string
  readonly revision: string
  readonly limit: number
}): Promise<CommitView[]> {
  throw new Error('not there yet')
}
