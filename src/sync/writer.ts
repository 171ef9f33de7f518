/**
 * Commits that Headway itself makes: reverts for `rollback`, an empty commit with a trailer for `confirm`, and the
 * first commit of a new cluster repository. Made without a work tree; the branch moves by compare-and-set only.
 */
export { commitTrailers, revertCommits } from './write/branch-commits.js'
export { seedRepository } from './write/seed-repository.js'
export type {
  BranchTarget,
  CommitAnswer,
  RevertInput,
  SeedInput,
  Signature,
  TrailerInput,
} from './write/write-types.js'
