/** Runs the real CLI, git and docker as processes, with a time limit each and their output kept. */
import { spawn } from 'node:child_process'
import path from 'node:path'

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly input?: string
}

export const mainFile: string = path.join(process.cwd(), 'dist', 'src', 'cli', 'main.js')

/** Runs a program to its end; an end by signal or time limit is an error with all it printed. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8')
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8')
    })
    child.stdin?.end(options.input)
    const limitMs = options.timeoutMs ?? 60_000
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code !== null) resolve({ code, stdout, stderr })
      else
        reject(
          new Error(`${[command, ...args].join(' ')} ended by ${signal} (limit ${limitMs} ms)\n${stdout}\n${stderr}`),
        )
    })
  })
}

/** Runs a program that must succeed; resolves to its standard output without the last newline. */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(command, args, options)
  if (result.code === 0) return result.stdout.trimEnd()
  throw new Error(`${[command, ...args].join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`)
}

/** Git in a folder, as a person with a name. */
export function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const person = ['-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false']
  return must('git', [...person, ...args], { cwd })
}
