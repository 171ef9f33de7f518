/** Real repositories in temporary folders, made with the git program. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export type Files = Readonly<Record<string, string | Buffer | null>>

export interface GitFixture {
  /** Everything of the fixture is below it. */
  readonly folder: string
  /** The bare repository. */
  readonly bare: string
  readonly work: string
  /** Writes files (null removes), commits, pushes; gives the commit. */
  commit(files: Files, message?: string): string
  /** Commits without pushing. */
  commitOnly(files: Files, message?: string): string
  push(...args: readonly string[]): void
  git(...args: readonly string[]): string
  remove(): void
}

let second = 1_760_000_000

/** Runs git somewhere; gives what it printed. Times are fixed, so commits have the same ids on every run. */
export function git(folder: string, ...args: readonly string[]): string {
  const date = `${++second} +0000`
  const identity = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' }
  const committer = { GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' }
  return execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 << 20,
    env: {
      ...process.env,
      ...identity,
      ...committer,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    },
  }).trimEnd()
}

/** A bare repository with a clone to commit in, on branch main. */
export function makeFixture(...initArgs: readonly string[]): GitFixture {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-sync-'))
  const bare = path.join(folder, 'cluster.git')
  const work = path.join(folder, 'work')
  git(folder, 'init', '-q', '--bare', '-b', 'main', ...initArgs, bare)
  git(folder, 'init', '-q', '-b', 'main', ...initArgs, work)
  git(work, 'remote', 'add', 'origin', bare)
  const commitOnly = (files: Files, message = 'change'): string => {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(work, name)
      if (content === null) rmSync(file, { recursive: true, force: true })
      else {
        mkdirSync(path.dirname(file), { recursive: true })
        writeFileSync(file, content)
      }
    }
    git(work, 'add', '-A')
    git(work, 'commit', '-q', '--allow-empty', '-m', message)
    return git(work, 'rev-parse', 'HEAD')
  }
  return {
    folder,
    bare,
    work,
    commitOnly,
    commit: (files, message) => {
      const commit = commitOnly(files, message)
      git(work, 'push', '-q', 'origin', 'HEAD:main')
      return commit
    },
    push: (...args) => void git(work, 'push', '-q', 'origin', ...args),
    git: (...args) => git(work, ...args),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
