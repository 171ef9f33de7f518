/** A lab of three Docker hosts for benchmarks, with its images, in a network of its own. */
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const SCRIPT = path.join(process.cwd(), 'test', 'e2e', 'lab', 'nodes.sh')
export const LAB_NET = '10.97.0'

export interface Lab {
  readonly folder: string
  /** Runs the lab script; gives its standard output. */
  run(...args: string[]): string
  /** The same without blocking, for measurements. */
  start(...args: string[]): Promise<string>
  docker(node: number, ...args: string[]): string
  dockerAsync(node: number, ...args: string[]): Promise<string>
  address(node: number): string
  close(): void
}

/** Starts `count` hosts; needs root and a Docker Engine on the machine for images. */
export function openLab(name: string, count: number): Lab {
  const folder = mkdtempSync(path.join(os.tmpdir(), `${name}-`))
  // The script wants to make its folder itself.
  rmSync(folder, { recursive: true })
  const env = { ...process.env, LAB: folder, LAB_NAME: name, LAB_NET }
  const options = { env, encoding: 'utf8' as const, maxBuffer: 64 << 20 }
  const run = (...args: string[]): string =>
    execFileSync('bash', [SCRIPT, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const start = (...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile('bash', [SCRIPT, ...args], options, (error, stdout, stderr) =>
        error ? reject(new Error(`nodes.sh ${args.join(' ')}: ${stderr || error.message}`)) : resolve(stdout),
      )
    })
  const socket = (node: number): string => `unix://${folder}/n${node}/docker.sock`
  const dockerAsync = (node: number, ...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile('docker', ['-H', socket(node), ...args], options, (error, stdout, stderr) =>
        error ? reject(new Error(`docker ${args.join(' ')}: ${stderr || error.message}`)) : resolve(stdout),
      )
    })
  run('up', String(count))
  return {
    folder,
    run,
    start,
    docker: (node, ...args) => execFileSync('docker', ['-H', socket(node), ...args], options),
    dockerAsync,
    address: (node) => `${LAB_NET}.${10 + node}`,
    close: () => {
      run('down')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Makes `NAME:v1` and `NAME:v2` in the machine's engine: busybox that ends at once on TERM. Both sides of a comparison
 * run the same images.
 */
export function makeImages(name: string): readonly [string, string] {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-image-'))
  mkdirSync(path.join(folder, 'bin'))
  cpSync('/bin/busybox', path.join(folder, 'bin', 'busybox'))
  const tags: string[] = []
  for (const version of ['v1', 'v2']) {
    writeFileSync(path.join(folder, 'version'), version)
    const tag = `${name}:${version}`
    execFileSync('sh', ['-c', `tar -C "${folder}" -c . | docker import - ${tag}`], { stdio: 'ignore' })
    tags.push(tag)
  }
  rmSync(folder, { recursive: true })
  return [tags[0]!, tags[1]!]
}

/** The command both sides run: sleeps, and exits 0 as soon as it is told to stop. */
export const SLEEP_COMMAND: readonly string[] = [
  '/bin/busybox',
  'sh',
  '-c',
  'trap "exit 0" TERM; while :; do /bin/busybox sleep 1000 & wait $!; done',
]

/** Asks until it is so; gives the milliseconds it took. Throws with `what` after `limitMs`. */
export async function measureUntil(
  what: string,
  limitMs: number,
  probe: () => Promise<boolean> | boolean,
): Promise<number> {
  const started = performance.now()
  for (;;) {
    if (await probe()) return performance.now() - started
    if (performance.now() - started > limitMs) throw new Error(`waited ${limitMs} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

export interface BenchRow {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly better: 'higher' | 'lower'
}
