/** The git program, where there is one: for ssh and sha256 remotes, and to repack clones. Never asks, never waits forever. */
import { execFile } from 'node:child_process'
import { SyncError } from '../sync-error.js'

const TIME_LIMIT_MS = 300_000
let version: Promise<string | null> | null = null

export interface GitRun {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly timeLimitMs?: number
}

/** Text that git printed. Rejects with an Error whose message is what git said last. */
export function runGit({ args, env, timeLimitMs }: GitRun): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: timeLimitMs ?? TIME_LIMIT_MS,
      maxBuffer: 64 << 20,
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: sshCommand(), LC_ALL: 'C', ...env },
    }
    execFile('git', [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(gist(stderr) || error.message, { cause: error }))
    })
  })
}

/** True where a git program answers; looked up once. */
export async function hasGit(): Promise<boolean> {
  version ??= runGit({ args: ['--version'], timeLimitMs: 10_000 }).catch(() => null)
  return (await version) !== null
}

/** Throws SyncError `needs-git` where there is none. */
export async function requireGit(what: string): Promise<void> {
  if (await hasGit()) return
  throw new SyncError('needs-git', `${what} needs the git program: install git on this machine, or use an https url`)
}

function sshCommand(): string {
  return process.env['GIT_SSH_COMMAND'] ?? 'ssh -oBatchMode=yes -oConnectTimeout=10'
}

/** What git and ssh said, without their general advice. */
function gist(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/^(?:fatal|error): /, ''))
    .filter((line) => line !== '' && !/^(?:hint:|Please make sure|and the repository exists)/.test(line))
  return lines.slice(-3).join('; ').slice(0, 400)
}
