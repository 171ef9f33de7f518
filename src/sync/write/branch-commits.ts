/** Commits onto a branch's tip, local or remote: reverts, and empty ones that carry trailers. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Commit, encodeCommit } from '../git/git-objects.js'
import { Repository } from '../git/repository.js'
import { onBranchTip, resolveRevision } from '../git/revision.js'
import { withoutCredentials } from '../sources/credentials.js'
import { missingBranch } from '../sources/local-source.js'
import { localPathOf, openTransport } from '../sources/open-source.js'
import { SyncError } from '../sync-error.js'
import { mergeTrees } from './merge-trees.js'
import { moveBranch, writeObject } from './write-objects.js'
import type { BranchTarget, CommitAnswer, RevertInput, Signature, TrailerInput } from './write-types.js'

/** A range longer than this is surely a slip. */
const RANGE_MAX = 1_000

/**
 * One commit that takes back a commit, or all of a range, on the branch's tip. Throws SyncError: `conflict` when later
 * commits changed the same lines, `nothing-to-do`, `unknown-revision`, `moved`, and what reaching a remote throws.
 */
export function revertCommits(input: RevertInput): Promise<CommitAnswer> {
  return onBranch(input.target, (repository, tip) => {
    const { newest, before, commits } = findRange(repository, input.revision, input.target.branch)
    const merged = mergeTrees(repository, {
      base: newest.tree,
      ours: tip.tree,
      theirs: before === null ? null : before.tree,
    })
    if (merged.conflicts.length > 0) {
      throw new SyncError(
        'conflict',
        `cannot revert ${input.revision}: later commits changed the same lines of ${merged.conflicts.join(', ')}: revert those first, or edit the files and commit`,
      )
    }
    if (merged.tree === tip.tree) {
      throw new SyncError('nothing-to-do', `${input.revision} is already taken back: the files would not change`)
    }
    const message = withTrailers(revertMessage(commits), input.trailers ?? [])
    return { tree: merged.tree, files: merged.files, message, author: input.author, now: input.now }
  })
}

/** An empty commit with trailers: says something to Headway and changes no file. Errors as of revertCommits. */
export function commitTrailers(input: TrailerInput): Promise<CommitAnswer> {
  return onBranch(input.target, (_repository, tip) => ({
    tree: tip.tree,
    files: [],
    message: withTrailers(input.subject, input.trailers),
    author: input.author,
    now: input.now,
  }))
}

interface Draft {
  readonly tree: string
  readonly files: readonly string[]
  readonly message: string
  readonly author: Signature
  readonly now: number
}

type Make = (repository: Repository, tip: Commit) => Draft

async function onBranch(target: BranchTarget, make: Make): Promise<CommitAnswer> {
  const local = localPathOf(target.url)
  return local === null ? onRemote(target, make) : onLocal(local, target.branch, make)
}

async function onLocal(folder: string, branch: string, make: Make): Promise<CommitAnswer> {
  const repository = new Repository(folder)
  try {
    refuseCheckedOut(repository, folder, branch)
    const answer = commitOn(repository, folder, branch, make)
    await moveBranch(repository, branch, answer.parent, answer.commit)
    return answer
  } finally {
    repository.close()
  }
}

async function onRemote(target: BranchTarget, make: Make): Promise<CommitAnswer> {
  const { url, branch, tokenFile } = target
  const folder = target.workDirectory ?? mkdtempSync(path.join(os.tmpdir(), 'headway-commit-'))
  const clone = path.join(folder, 'commit.git')
  const transport = openTransport({ url, branch, tokenFile })
  try {
    const { oid, hasBranches } = await transport.tip()
    const where = withoutCredentials(url)
    if (oid === null) throw missingBranch(where, branch, hasBranches)
    await transport.fetch(clone, oid)
    const repository = new Repository(clone)
    try {
      const answer = commitOn(repository, where, branch, make)
      await transport.push(clone, answer.parent, answer.commit)
      return answer
    } finally {
      repository.close()
    }
  } finally {
    transport.close()
    if (target.workDirectory === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

function commitOn(repository: Repository, where: string, branch: string, make: Make): CommitAnswer {
  const parent = repository.branchTip(branch)
  if (parent === null) throw missingBranch(where, branch, true)
  const { tree, files, message, author, now } = make(repository, repository.commit(parent))
  const { name, email } = author
  const commit = writeObject(
    repository,
    'commit',
    encodeCommit({ tree, parents: [parent], name, email, at: now, message }),
  )
  return { commit, parent, files }
}

/** Moving a branch under somebody's work tree would make all their files look changed. */
function refuseCheckedOut(repository: Repository, folder: string, branch: string): void {
  const config = path.join(repository.commonDirectory, 'config')
  const isBare = !existsSync(config) || /^\s*bare\s*=\s*true/im.test(readFileSync(config, 'utf8'))
  const head = readFileSync(path.join(repository.gitDirectory, 'HEAD'), 'utf8').trim()
  if (isBare || head !== `ref: refs/heads/${branch}`) return
  throw new SyncError(
    'conflict',
    `branch ${branch} is checked out in ${folder}: commit there with git, for example git revert`,
  )
}

interface Range {
  readonly newest: Commit
  /** The state to go back to; null for nothing at all. */
  readonly before: Commit | null
  /** What is reverted, newest first. */
  readonly commits: readonly Commit[]
}

function findRange(repository: Repository, revision: string, branch: string): Range {
  const [from, to] = revision.includes('..') ? revision.split('..') : [null, revision]
  const newest = findCommit(repository, to === '' || to === undefined ? 'HEAD' : to, branch)
  if (from === null || from === undefined) {
    const parent = repository.parents(newest)[0]
    return { newest, before: parent === undefined ? null : repository.commit(parent), commits: [newest] }
  }
  const before = findCommit(repository, from, branch)
  const chain = repository.firstParents(newest.id, RANGE_MAX)
  const end = chain.findIndex((commit) => commit.id === before.id)
  if (end < 0) {
    throw new SyncError(
      'unknown-revision',
      `${from} is not among the commits before ${newest.id}: give a range on this branch`,
    )
  }
  if (end === 0) throw new SyncError('nothing-to-do', `${revision} has no commits`)
  return { newest, before, commits: chain.slice(0, end) }
}

function findCommit(repository: Repository, revision: string, branch: string): Commit {
  const oid = resolveRevision(repository, onBranchTip(revision, branch))
  if (oid === null)
    throw new SyncError(
      'unknown-revision',
      `there is no revision ${revision}: give a commit that headway history shows`,
    )
  return repository.commit(oid)
}

/** The words are git's own: they are what marks a revert (for the delete brake, for people, for hosts). */
function revertMessage(commits: readonly Commit[]): string {
  const [first] = commits
  const subject =
    commits.length === 1
      ? `Revert "${first!.subject}"`
      : `Revert ${commits.length} commits to before "${commits.at(-1)!.subject}"`
  return `${subject}\n\n${commits.map((commit) => `This reverts commit ${commit.id}.`).join('\n')}`
}

function withTrailers(message: string, trailers: readonly string[]): string {
  const clean = trailers.map((trailer) => trailer.replaceAll(/[\r\n]+/g, ' ').trim())
  return clean.length === 0 ? `${message}\n` : `${message}\n\n${clean.join('\n')}\n`
}
