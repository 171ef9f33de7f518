/**
 * Headway on lab hosts for benchmarks: manager and an agent on node 1, agents on the others, a bare repository that the
 * benchmark pushes to with git, as a user would.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { StatusView } from '../../src/model/status-view.js'
import { type Lab, measureUntil, SLEEP_COMMAND } from './lab.js'

const CLI = path.join(process.cwd(), 'dist', 'src', 'cli', 'main.js')

export interface Cluster {
  readonly directory: string
  /** Writes the Deployment `w`, commits and pushes; gives the commit. */
  push(deployment: DeploymentOptions): string
  /** `git revert` of the newest commit, and push. */
  revert(): string
  status(): StatusView
  waitConverged(): void
  /** After a power cut took the agent along. */
  restartAgent(node: number): void
  close(): void
}

export interface DeploymentOptions {
  readonly image: string
  readonly replicas: number
  /** How many below and above `replicas` a rollout may go. */
  readonly maxUnavailable: number
  readonly maxSurge: number
}

/** Starts manager and agents; returns once every node is ready. */
export async function openCluster(lab: Lab, nodes: number, first: DeploymentOptions): Promise<Cluster> {
  const directory = path.join(lab.folder, 'headway')
  const work = path.join(lab.folder, 'work')
  const bare = path.join(lab.folder, 'cluster.git')
  mkdirSync(work)
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', work, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', bare])
  execFileSync('git', ['init', '-q', '-b', 'main', work])
  git('remote', 'add', 'origin', bare)
  const commit = (subject: string): string => {
    git('add', '-A')
    git('commit', '-q', '-m', subject)
    return git('rev-parse', 'HEAD')
  }
  const pushCommit = (): void => {
    git('push', '-q', 'origin', 'main')
  }
  writeFileSync(path.join(work, 'w.yaml'), deploymentText(first))
  commit('first')
  pushCommit()

  const cli = (...args: string[]): string =>
    execFileSync(process.execPath, [CLI, ...args, '--dir', directory], { encoding: 'utf8', maxBuffer: 64 << 20 })
  lab.run(
    'exec',
    '1',
    '--',
    process.execPath,
    CLI,
    'up',
    '--dir',
    directory,
    '--detach',
    '--repo',
    bare,
    '--branch',
    'main',
    '--node-name',
    'node1',
    '--node-address',
    lab.address(1),
    '--listen',
    lab.address(1),
  )
  const lost = { LAB: lab.folder, LAB_NAME: 'hwbench', LAB_NET: lab.address(1).replace(/\.\d+$/, '') }
  const agents = new Map<number, ChildProcess>()
  const startAgent = (node: number, more: readonly string[]): void => {
    const folder = path.join(lab.folder, `agent${node}`)
    mkdirSync(folder, { recursive: true })
    const log = openSync(path.join(folder, 'console.txt'), 'a')
    const command = [process.execPath, CLI, 'agent', '--dir', folder, ...more]
    const name = ['--node-name', `node${node}`, '--node-address', lab.address(node)]
    const args = ['test/e2e/lab/nodes.sh', 'exec', String(node), '--', ...command, ...name]
    agents.set(node, spawn('bash', args, { stdio: ['ignore', log, log], env: { ...process.env, ...lost } }))
  }
  for (let node = 2; node <= nodes; node++) {
    const { join } = JSON.parse(cli('token', '-o', 'json')) as { join: string }
    startAgent(node, ['--join', join])
  }
  const status = (): StatusView => JSON.parse(cli('status', '-o', 'json')) as StatusView
  await measureUntil(`${nodes} nodes ready`, 60_000, () => status().nodes.filter((node) => node.ready).length === nodes)
  return {
    directory,
    push: (deployment) => {
      writeFileSync(path.join(work, 'w.yaml'), deploymentText(deployment))
      const id = commit(`${deployment.image} x ${deployment.replicas}`)
      pushCommit()
      return id
    },
    revert: () => {
      git('revert', '--no-edit', 'HEAD')
      pushCommit()
      return git('rev-parse', 'HEAD')
    },
    status,
    restartAgent: (node) => startAgent(node, []),
    waitConverged: () => {
      cli('wait', '--timeout', '120s')
    },
    close: () => {
      for (const agent of agents.values()) agent.kill('SIGTERM')
      lab.run('exec', '1', '--', process.execPath, CLI, 'down', '--dir', directory)
    },
  }
}

function deploymentText({ image, replicas, maxUnavailable, maxSurge }: DeploymentOptions): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: w
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: w }
  strategy:
    rollingUpdate: { maxUnavailable: ${maxUnavailable}, maxSurge: ${maxSurge} }
  template:
    metadata:
      labels: { app: w }
    spec:
      terminationGracePeriodSeconds: 10
      containers:
        - name: w
          image: ${image}
          imagePullPolicy: IfNotPresent
          command: ${JSON.stringify(SLEEP_COMMAND)}
`
}
