/**
 * git push → ten replicas of one container ready, beside creating and starting the same ten containers directly through
 * the Docker API at its best parallelism (four: more give no more), in turns in one run. The row is the ratio of the
 * medians; both times are printed too, and what the agent holds resident while the last ten run.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import Docker from 'dockerode'
import { makeImages, measureUntil, median, SLEEP_COMMAND } from './support/lab.js'

const ROUNDS = 5
const REPLICAS = 10
const PARALLEL = 4
const CLI = path.join(process.cwd(), 'dist', 'src', 'cli', 'main.js')
const NETWORK = 'headway-bench-direct'

const [image] = makeImages('headway-bench')
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-push-'))
const directory = path.join(folder, 'state')
const work = path.join(folder, 'work')
const docker = new Docker()
const direct: number[] = []
const pushed: number[] = []
let agentMib = 0
try {
  openCluster()
  const network = await docker.createNetwork({ Name: NETWORK, Driver: 'bridge' })
  try {
    for (let round = 0; round < ROUNDS; round++) {
      direct.push(await startDirectly(round))
      pushed.push(await pushAndWait(REPLICAS))
      agentMib = agentMemory()
      await pushAndWait(0)
      console.error(`round ${round}: direct ${Math.round(direct.at(-1)!)} ms, pushed ${Math.round(pushed.at(-1)!)} ms`)
    }
  } finally {
    await network.remove()
  }
  const row = (name: string, value: number, unit: string): object => ({ name, value, unit, better: 'lower' })
  console.log(
    JSON.stringify([
      row('push-to-ready-ratio', Math.round((median(pushed) / median(direct)) * 100) / 100, 'of direct'),
      row('push-to-ready', Math.round(median(pushed)), 'ms'),
      row('direct-api', Math.round(median(direct)), 'ms'),
      row('agent-memory', Math.round(agentMib), 'MiB'),
    ]),
  )
} finally {
  cli('down', '--prune')
  rmSync(folder, { recursive: true, force: true })
}

function cli(...args: string[]): string {
  return execFileSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    env: { ...process.env, HEADWAY_DIR: directory },
  })
}

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost']
  return execFileSync('git', ['-C', work, ...identity, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

function openCluster(): void {
  mkdirSync(work)
  const bare = path.join(folder, 'cluster.git')
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', bare])
  git('init', '-q', '-b', 'main')
  git('remote', 'add', 'origin', bare)
  writeFileSync(path.join(work, 'w.yaml'), deployment(0))
  git('add', '-A')
  git('commit', '-q', '-m', 'first')
  git('push', '-q', 'origin', 'main')
  cli('up', '--detach', '--repo', bare, '--branch', 'main', '--port', '17444')
}

/** Milliseconds from the start of `git push` until the manager says that the commit is healthy. */
async function pushAndWait(replicas: number): Promise<number> {
  writeFileSync(path.join(work, 'w.yaml'), deployment(replicas))
  git('commit', '-q', '-a', '-m', `${replicas} replicas`)
  const commit = git('rev-parse', 'HEAD')
  const started = performance.now()
  git('push', '-q', 'origin', 'main')
  await measureUntil(`${replicas} replicas ready`, 60_000, () => isConverged(commit))
  return performance.now() - started
}

function isConverged(commit: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const options = { socketPath: path.join(directory, 'manager.sock'), path: `/v1/revisions/${commit}` }
    const request = http.get(options, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve((JSON.parse(text) as { converged: boolean }).converged))
    })
    request.on('error', reject)
  })
}

/** Of the agent's process, in MiB, as the operating system counts it. */
function agentMemory(): number {
  const { pid } = JSON.parse(readFileSync(path.join(directory, 'agent.pid'), 'utf8')) as { pid: number }
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
}

/** Milliseconds to create and start the same containers by hand. */
async function startDirectly(round: number): Promise<number> {
  const names = Array.from({ length: REPLICAS }, (_, i) => `headway-bench-${round}-${i}`)
  const containers: Docker.Container[] = []
  const started = performance.now()
  const worker = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const container = await docker.createContainer({
        name,
        Image: image,
        Cmd: [...SLEEP_COMMAND],
        HostConfig: { NetworkMode: NETWORK },
      })
      await container.start()
      containers.push(container)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  const ms = performance.now() - started
  for (const container of containers) await container.remove({ force: true })
  return ms
}

function deployment(replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: w }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: w } }
  template:
    metadata: { labels: { app: w } }
    spec:
      containers:
        - name: w
          image: ${image}
          imagePullPolicy: IfNotPresent
          command: ${JSON.stringify(SLEEP_COMMAND)}
`
}
