/**
 * How far off predictions are: ten rollouts on the real engine, each predicted by `headway plan` just before its push,
 * beside the time the manager then took. Two rollouts come before, so that there is something measured to go by; what
 * they do differs from what the ten do: other replicas, other surges, other templates.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { median } from './support/lab.js'

interface Rollout {
  readonly replicas: number
  readonly surge: number
  readonly image: 'v1' | 'v2'
}

const warmUp: readonly Rollout[] = [
  { replicas: 3, surge: 1, image: 'v2' },
  { replicas: 3, surge: 1, image: 'v1' },
]
const rollouts: readonly Rollout[] = [
  { replicas: 3, surge: 1, image: 'v2' },
  { replicas: 6, surge: 1, image: 'v2' },
  { replicas: 6, surge: 2, image: 'v1' },
  { replicas: 10, surge: 2, image: 'v1' },
  { replicas: 10, surge: 5, image: 'v2' },
  { replicas: 4, surge: 1, image: 'v2' },
  { replicas: 4, surge: 1, image: 'v1' },
  { replicas: 8, surge: 4, image: 'v2' },
  { replicas: 2, surge: 2, image: 'v1' },
  { replicas: 5, surge: 1, image: 'v2' },
]
const CLI = path.join(process.cwd(), 'dist', 'src', 'cli', 'main.js')
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-prediction-'))
const directory = path.join(folder, 'state')
const work = path.join(folder, 'work')
// Subnets of its own, so that a cluster that runs on this machine is in nobody's way.
const CONFIGURATION = `apiVersion: headway.dev/v1
kind: ClusterConfiguration
metadata: { name: cluster }
spec: { podCIDR: 10.197.0.0/16, serviceCIDR: 10.196.0.0/16 }
`
let number = 0
openCluster()
try {
  for (const rollout of warmUp) roll(rollout)
  const errors: number[] = []
  for (const rollout of rollouts) {
    const { predicted, actual } = roll(rollout)
    const error = (Math.abs(predicted - actual) / actual) * 100
    errors.push(error)
    console.error(`predicted ${predicted.toFixed(1)} s, took ${actual.toFixed(1)} s: ${Math.round(error)} %`)
  }
  const row = (name: string, value: number): object => ({ name, value: Math.round(value), unit: '%', better: 'lower' })
  console.log(
    JSON.stringify([row('prediction-error', median(errors)), row('prediction-error-max', Math.max(...errors))]),
  )
} finally {
  cli('down', '--prune')
  rmSync(folder, { recursive: true, force: true })
}

function cli(...args: string[]): string {
  return execFileSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    env: { ...process.env, HEADWAY_DIR: directory },
    stdio: ['ignore', 'pipe', 'inherit'],
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
  writeFileSync(path.join(work, 'cluster.yaml'), CONFIGURATION)
  commit({ replicas: 3, surge: 1, image: 'v1' })
  git('push', '-q', 'origin', 'main')
  cli('up', '--detach', '--repo', bare, '--branch', 'main', '--port', '17446')
}

function commit({ replicas, surge, image }: Rollout): string {
  writeFileSync(path.join(work, 'web.yaml'), deployment(replicas, surge, image))
  git('add', '-A')
  git('commit', '-q', '-m', `rollout ${++number}: ${replicas} replicas of ${image}`)
  return git('rev-parse', 'HEAD')
}

/** Seconds: as predicted for the commit, and from when the manager took it until all was healthy. */
function roll(rollout: Rollout): { readonly predicted: number; readonly actual: number } {
  const revision = commit(rollout)
  const plan = JSON.parse(cli('plan', '--repo', work, '--head', revision, '-o', 'json')) as { readonly seconds: number }
  git('push', '-q', 'origin', 'main')
  cli('wait', '--revision', revision, '--timeout', '120s')
  const [entry] = JSON.parse(cli('history', '--limit', '1', '-o', 'json')) as {
    readonly revision: string
    readonly takenAt: number
    readonly convergedAt: number | null
  }[]
  if (entry?.revision !== revision || entry.convergedAt === null) throw new Error(`${revision} is not healthy`)
  return { predicted: plan.seconds, actual: (entry.convergedAt - entry.takenAt) / 1_000 }
}

function deployment(replicas: number, surge: number, image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: ${surge}, maxUnavailable: 0 } }
  template:
    metadata:
      labels: { app: web }
      annotations: { rollout: "${image}-${surge}" }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: web
          image: headway-demo/web:${image}
          imagePullPolicy: IfNotPresent
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
`
}
