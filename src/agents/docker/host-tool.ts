/** The host's own tool that wiring needs now and then, `ip`, and trials of our own programs; run without a shell. */
import { spawn } from 'node:child_process'

const LIMIT_MS = 20_000
const OUTPUT_MAX = 16 * 1024 * 1024

/** What a tool said of its failure, or that it is not installed. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}

/** Runs a tool to its end and gives its output. Errors: ToolError. */
export function runTool(tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      // Not on every user's path.
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` },
    })
    let stdout = ''
    let stderr = ''
    const fail = (why: string): void => reject(new ToolError(`${tool} ${args.join(' ')}: ${why}`))
    child.stdout.on('data', (chunk: Buffer) => {
      if (stdout.length < OUTPUT_MAX) stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 10_000) stderr += chunk.toString()
    })
    child.on('error', (error: NodeJS.ErrnoException) => fail(error.code === 'ENOENT' ? 'not installed' : error.message))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout)
      else fail(signal === null ? stderr.trim().split('\n').slice(0, 3).join('; ') || `exit code ${code}` : signal)
    })
  })
}
