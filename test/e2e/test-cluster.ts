/**
 * A cluster of its own for a test file: state directory, cluster repository and clone in one temporary folder, with
 * addresses and ports that meet no other cluster on the machine. `close` removes all that carries its id.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import type { PodView, StatusView } from '../../src/model/status-view.js'
import { git, mainFile, must, type RunOptions, type RunResult, run } from './headway.js'

export interface TestCluster {
  readonly directory: string
  /** The bare repository that the manager follows. */
  readonly bare: string
  /** A clone of it, where tests edit and push. */
  readonly clone: string
  readonly nodePort: number
  headway(args: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Starts manager and agent; must end with 0. */
  up(): Promise<void>
  status(): Promise<StatusView>
  pods(app: string): Promise<readonly PodView[]>
  /** Changes files in the clone, commits and pushes; resolves to the commit. */
  push(subject: string, edit: (files: CloneFiles) => void): Promise<string>
  /** `headway wait` for the newest commit, which must end with `code`. */
  wait(code?: number, timeout?: string): Promise<RunResult>
  /** Ids of all running containers of the cluster. */
  containers(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface CloneFiles {
  read(file: string): string
  write(file: string, text: string): void
  replace(file: string, from: string, to: string): void
  remove(file: string): void
}

export interface TestClusterOptions {
  /** Runs a program where manager and agent are to live; default: here. */
  readonly on?: (command: string, args: readonly string[], options: RunOptions) => Promise<RunResult>
  /** More options of `headway up`. */
  readonly upArgs?: readonly string[]
  readonly docker?: readonly string[]
}

/** Makes folder and repository (the example, with its own addresses); nothing is started yet. */
export async function makeTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const folder = mkdtempSync('/tmp/hwe2e-')
  const directory = path.join(folder, 'state')
  const bare = path.join(folder, 'cluster.git')
  const clone = path.join(folder, 'clone')
  const nodePort = await findFreePort(30_000, 32_000)
  await makeRepository(bare, clone, nodePort)
  const on = options.on ?? run
  const headway = (args: readonly string[], runOptions: RunOptions = {}): Promise<RunResult> =>
    on(process.execPath, [mainFile, ...args], {
      ...runOptions,
      env: { HEADWAY_DIR: directory, NO_COLOR: '1', ...runOptions.env },
    })
  const mustRun = async (args: readonly string[], code = 0, timeoutMs = 60_000): Promise<RunResult> => {
    const result = await headway(args, { timeoutMs })
    if (result.code === code) return result
    throw new Error(
      `headway ${args.join(' ')} ended with ${result.code}, not ${code}\n${result.stdout}\n${result.stderr}\n${logTails(directory)}`,
    )
  }
  const status = async (): Promise<StatusView> =>
    JSON.parse((await mustRun(['status', '-o', 'json'])).stdout) as StatusView
  const upArgs = options.upArgs ?? ['--listen', '127.0.0.1', '--port', String(await findFreePort(20_000, 29_000))]
  return {
    directory,
    bare,
    clone,
    nodePort,
    headway,
    up: async () => void (await mustRun(['up', '--detach', '--repo', bare, '--timeout', '90s', ...upArgs], 0, 120_000)),
    status,
    pods: async (app) =>
      (await status()).pods.filter(
        (pod) => pod.workload === `Deployment.apps/demo/${app}` && pod.status !== 'Terminating',
      ),
    push: (subject, edit) => pushEdit(clone, subject, edit),
    wait: (code = 0, timeout = '60s') => mustRun(['wait', '--timeout', timeout], code, 120_000),
    containers: async () => {
      const { clusterId } = await status()
      return listContainers(options.docker ?? [], clusterId)
    },
    close: async () => {
      const result = await headway(['down', '--prune'], { timeoutMs: 120_000 })
      if (process.env['HEADWAY_KEEP'] !== undefined) return
      rmSync(folder, { recursive: true, force: true })
      if (result.code !== 0) throw new Error(`down --prune ended with ${result.code}: ${result.stderr}`)
    },
  }
}

/** Running containers by the cluster's label. */
export async function listContainers(docker: readonly string[], clusterId: string): Promise<readonly string[]> {
  const filter = `label=dev.headway.cluster=${clusterId}`
  const out = await must('docker', [...docker, 'ps', '--no-trunc', '--quiet', '--filter', filter])
  return out
    .split('\n')
    .filter((id) => id !== '')
    .sort()
}

async function makeRepository(bare: string, clone: string, nodePort: number): Promise<void> {
  await must('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  await must('git', ['clone', '--quiet', bare, clone])
  cpSync(path.join(process.cwd(), 'cluster-repo-example'), clone, { recursive: true })
  await pushEdit(clone, 'begin with the example', (files) => {
    files.replace('apps/web/service.yaml', 'nodePort: 30080', `nodePort: ${nodePort}`)
    files.write('cluster.yaml', clusterConfiguration(20 + Math.floor(Math.random() * 200)))
  })
}

/** Addresses of its own: two clusters on one engine must not share a subnet. */
function clusterConfiguration(octet: number): string {
  return `apiVersion: headway.dev/v1
kind: ClusterConfiguration
metadata:
  name: cluster
spec:
  podCIDR: 10.${octet}.0.0/16
  serviceCIDR: 172.29.${octet}.0/24
`
}

async function pushEdit(clone: string, subject: string, edit: (files: CloneFiles) => void): Promise<string> {
  edit(cloneFiles(clone))
  await git(clone, 'add', '--all')
  await git(clone, 'commit', '--quiet', '--message', subject)
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:main')
  return git(clone, 'rev-parse', 'HEAD')
}

function cloneFiles(clone: string): CloneFiles {
  const at = (file: string): string => path.join(clone, file)
  return {
    read: (file) => readFileSync(at(file), 'utf8'),
    write: (file, text) => writeFileSync(at(file), text),
    replace(file, from, to) {
      const text = readFileSync(at(file), 'utf8')
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
      writeFileSync(at(file), text.replace(from, to))
    },
    remove: (file) => rmSync(at(file)),
  }
}

/** The example's own node port and addresses must be free: an error that says so beats twenty that do not. */
export async function requireNoOtherCluster(): Promise<void> {
  const networks = await must('docker', ['network', 'ls', '--quiet', '--filter', 'label=dev.headway.cluster'])
  if (networks === '') return
  throw new Error(
    'another cluster runs on this machine, with the addresses of the example: end it with headway down --prune',
  )
}

/** A port of the range that nobody listens on, from a random start. */
export async function findFreePort(first: number, last: number): Promise<number> {
  const start = Math.floor(Math.random() * (last - first))
  for (let step = 0; step <= last - first; step++) {
    const port = first + ((start + step) % (last - first + 1))
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.on('error', () => resolve(false))
      server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
    })
    if (isFree) return port
  }
  throw new Error(`no free port from ${first} to ${last}`)
}

/** The ends of the cluster's log files: what a failed test needs to say why. */
export function logTails(directory: string): string {
  const folder = path.join(directory, 'log')
  if (!existsSync(folder)) return ''
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => `--- ${name}\n${readFileSync(path.join(folder, name), 'utf8').split('\n').slice(-30).join('\n')}`)
    .join('\n')
}
