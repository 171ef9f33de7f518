/** A new bare cluster repository with a folder's files as its first commit. */
import fs, { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import git from 'isomorphic-git'
import {
  encodeCommit,
  encodeTree,
  MODE_EXECUTABLE,
  MODE_FILE,
  MODE_SYMLINK,
  MODE_TREE,
  type TreeEntry,
} from '../git/git-objects.js'
import { Repository } from '../git/repository.js'
import { SyncError } from '../sync-error.js'
import { moveBranch, writeObject } from './write-objects.js'
import type { SeedInput } from './write-types.js'

/** Makes the repository; gives its first commit. Throws SyncError when there is one already. */
export async function seedRepository(input: SeedInput): Promise<string> {
  const { bareDirectory, fromFolder, branch, author, now } = input
  if (existsSync(bareDirectory) && readdirSync(bareDirectory).length > 0) {
    throw new SyncError(
      'options',
      `${bareDirectory} is not empty: name a new folder, or use the repository that is there`,
    )
  }
  await git.init({ fs, gitdir: bareDirectory, bare: true, defaultBranch: branch })
  const repository = new Repository(bareDirectory)
  try {
    const tree = writeFolder(repository, fromFolder) ?? writeObject(repository, 'tree', Buffer.alloc(0))
    const message = input.subject ?? 'Begin the cluster'
    const { name, email } = author
    const commit = writeObject(repository, 'commit', encodeCommit({ tree, parents: [], name, email, at: now, message }))
    await moveBranch(repository, branch, null, commit)
    return commit
  } finally {
    repository.close()
  }
}

/** The tree of a folder; null when no file is in it. */
function writeFolder(repository: Repository, folder: string): string | null {
  const entries: TreeEntry[] = []
  for (const name of readdirSync(folder)) {
    const full = path.join(folder, name)
    const stat = lstatSync(full)
    if (name === '.git') continue
    if (stat.isDirectory()) {
      const oid = writeFolder(repository, full)
      if (oid !== null) entries.push({ mode: MODE_TREE, name, oid })
    } else if (stat.isSymbolicLink()) {
      entries.push({ mode: MODE_SYMLINK, name, oid: writeObject(repository, 'blob', Buffer.from(readlinkSync(full))) })
    } else if (stat.isFile()) {
      const mode = (stat.mode & 0o111) === 0 ? MODE_FILE : MODE_EXECUTABLE
      entries.push({ mode, name, oid: writeObject(repository, 'blob', readFileSync(full)) })
    }
  }
  return entries.length === 0 ? null : writeObject(repository, 'tree', encodeTree(entries))
}
