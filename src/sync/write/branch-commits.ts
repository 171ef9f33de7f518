import type { CommitAnswer, RevertInput, TrailerInput } from '../writer.js'
export async function revertCommits(_input: RevertInput): Promise<CommitAnswer> {
  throw new Error('not there yet')
}
export async function commitTrailers(_input: TrailerInput): Promise<CommitAnswer> {
  throw new Error('not there yet')
}
