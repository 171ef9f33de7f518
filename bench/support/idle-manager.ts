/**
 * The idle manager: a real manager process with 100 agents connected over TLS, each heartbeating every second, and 1,000
 * pods that all run. Its share of a core is read from /proc over 20 s, its memory likewise.
 */
import 'reflect-metadata'

import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import WebSocket from 'ws'
import { nodeOptions } from '../../src/cli/processes/node-options.js'
import type { AssignedPod, Assignment } from '../../src/model/assignment.js'
import type { Generation } from '../../src/model/generation.js'
import type { NodeFacts } from '../../src/model/observed-state.js'
import type { AgentMessage, ManagerMessage, ReportedPod } from '../../src/model/protocol.js'
import { type BenchRow, measureUntil } from './lab.js'

const AGENTS = 100
const PODS = 1_000
const WINDOW_MS = 20_000
const IMAGE = 'web:v1'

/** Rows `idle-manager-cpu` (percent of one core) and `idle-manager-memory` (MiB resident). */
export async function measureIdleManager(): Promise<BenchRow[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-idle-'))
  const repository = makeRepository(folder)
  const script = path.join(process.cwd(), 'dist', 'bench', 'support', 'idle-manager-process.js')
  const child = spawn(process.execPath, [...nodeOptions('manager'), script, path.join(folder, 'state'), repository], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const agents: WebSocket[] = []
  try {
    const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
    const { port, joins } = JSON.parse(line) as { port: number; joins: readonly string[] }
    const counts = new Map<string, number>()
    for (let i = 0; i < AGENTS; i++) agents.push(await openAgent(`node${i}`, port, joins[i]!, counts))
    await measureUntil(`${PODS} pods assigned`, 120_000, () => [...counts.values()].reduce((a, b) => a + b, 0) === PODS)
    // What the start left to collect is not idling.
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const before = cpuMs(child.pid!)
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS))
    const share = ((cpuMs(child.pid!) - before) / WINDOW_MS) * 100
    return [
      { name: 'idle-manager-cpu', value: Math.round(share * 100) / 100, unit: '% of core', better: 'lower' },
      {
        name: 'idle-manager-memory',
        value: Math.round(residentBytes(child.pid!) / 2 ** 20),
        unit: 'MiB',
        better: 'lower',
      },
    ]
  } finally {
    for (const agent of agents) agent.terminate()
    child.kill('SIGTERM')
    await new Promise((resolve) => child.once('exit', resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeRepository(folder: string): string {
  const bare = path.join(folder, 'cluster.git')
  const work = path.join(folder, 'work')
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { stdio: 'ignore' })
  }
  git('init', '-q', '--bare', '-b', 'main', bare)
  git('init', '-q', '-b', 'main', work)
  writeFileSync(
    path.join(work, 'web.yaml'),
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${PODS}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: "${IMAGE}", imagePullPolicy: IfNotPresent }]
`,
  )
  git('-C', work, 'add', '-A')
  git('-C', work, 'commit', '-q', '-m', 'first')
  git('-C', work, 'push', '-q', bare, 'main')
  return bare
}

/** Joins with a token, connects, and runs whatever it is assigned at once. */
async function openAgent(name: string, port: number, join: string, counts: Map<string, number>): Promise<WebSocket> {
  const token = join.slice(join.indexOf('/') + 1).split('.')[0]!
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=node:${name}`,
    keys,
    signingAlgorithm: algorithm,
  })
  const key = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')}\n-----END PRIVATE KEY-----\n`
  const answer = await post(port, { token, name, csr: csr.toString('pem') })
  const socket = new WebSocket(`wss://127.0.0.1:${port}/agent`, {
    servername: 'headway-manager',
    ca: answer.ca,
    cert: answer.certificate,
    key,
  } as WebSocket.ClientOptions)
  let generation: Generation = { epoch: 0, counter: 0 }
  let networkVersion = 0
  const send = (message: AgentMessage): void => socket.send(JSON.stringify(message))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  send({
    type: 'hello',
    protocols: [1],
    facts: facts(name),
    generation,
    networkVersion,
    pods: [],
    services: [],
    podSubnet: '',
    taints: [],
  })
  setInterval(() => socket.readyState === WebSocket.OPEN && send({ type: 'heartbeat' }), 1_000).unref()
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as ManagerMessage
    let pods: readonly ReportedPod[] = []
    if (message.type === 'network') networkVersion = message.version
    else if (message.type === 'assignment') {
      generation = message.assignment.generation
      counts.set(name, message.assignment.pods.length)
      pods = reported(message.assignment)
    } else return
    send({ type: 'report', generation, networkVersion, pods, gone: [], resolved: [] })
  })
  return socket
}

function post(port: number, body: unknown): Promise<{ readonly ca: string; readonly certificate: string }> {
  return new Promise((resolve, reject) => {
    // The benchmark's own manager on loopback: nothing to verify here.
    const options = {
      host: '127.0.0.1',
      port,
      path: '/join',
      method: 'POST',
      rejectUnauthorized: false,
      headers: { 'content-type': 'application/json' },
    }
    const request = https.request(options, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))))
    })
    request.on('error', reject)
    request.end(JSON.stringify(body))
  })
}

function reported({ pods }: Assignment): ReportedPod[] {
  return pods.map((assigned: AssignedPod) => ({
    uid: assigned.uid,
    phase: 'Running',
    ready: true,
    readyForMs: 0,
    startedAgoMs: 0,
    containers: [],
    reason: '',
    message: '',
    stopped: assigned.stop !== null,
    assigned,
  }))
}

function facts(name: string): NodeFacts {
  const amounts = { cpuMilli: 4_000, memoryBytes: 2 ** 35, ephemeralStorageBytes: 2 ** 37, pods: 110, extended: {} }
  return {
    name,
    address: '127.0.0.1',
    agentVersion: 'bench',
    engineVersion: '20.10.24',
    kernelVersion: '6.1',
    osImage: 'Debian',
    architecture: 'amd64',
    capacity: amounts,
    allocatable: amounts,
    labels: { 'kubernetes.io/hostname': name },
    images: [{ id: 'sha256:1', names: [IMAGE], sizeBytes: 1 }],
    bootId: 'b',
    agentPid: 1,
  }
}

/** User and system time of a process, from /proc (clock ticks of 10 ms). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}
