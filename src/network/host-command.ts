/** Commands of the host (`ip`, `iptables`), with errors that say what to do. */
import { spawn } from 'node:child_process'

const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
}
const LIMIT_MS = 20_000
const OUTPUT_MAX = 16 * 1024 * 1024

export class HostCommandError extends Error {
  override readonly name = 'HostCommandError'
}

/** Runs a command to its end and returns its output. Throws HostCommandError, also when it is not installed or takes too long. */
export function runHostCommand(command: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: 'pipe',
      timeout: LIMIT_MS,
      env: { ...process.env, PATH: searchPath() },
    })
    let stdout = ''
    let stderr = ''
    const fail = (why: string): void => reject(new HostCommandError(`${command} ${args.join(' ')}: ${why}`))
    child.stdout.on('data', (chunk: Buffer) => {
      if (stdout.length < OUTPUT_MAX) stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 10_000) stderr += chunk.toString()
    })
    child.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ENOENT' ? `not installed; install ${PACKAGES[command] ?? command}` : error.message),
    )
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout)
      else if (signal !== null) fail(`not ended after ${LIMIT_MS / 1000} s`)
      else fail(explain(stderr.trim() || `exit code ${code}`))
    })
    // A command that ends before it has read all is judged by its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function explain(stderr: string): string {
  const text = stderr.split('\n').slice(0, 3).join('; ')
  return /operation not permitted|permission denied|must be root/i.test(stderr)
    ? `${text} (run the agent as root)`
    : text
}

/** Where `ip` and `iptables` are is not on every user's path. */
function searchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`
}
