/** `headway capacity` and `headway whatif` on a saved snapshot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { applyPlan } from '../../src/model/apply-plan.js'
import { defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import type { DesiredState } from '../../src/model/desired-state.js'
import type { ObservedNode, ObservedState } from '../../src/model/observed-state.js'
import { emptyPlannedState } from '../../src/model/planned-state.js'
import { noDurations } from '../../src/model/recorded-durations.js'
import { encodeSnapshot, SNAPSHOT_VERSION, type Snapshot } from '../../src/model/snapshot.js'
import { makePlan } from '../../src/planner/make-plan.js'
import { compileFolder } from '../../src/sync/compile-revision.js'
import { NOW, runCommand } from './run-command.js'

const GIB = 1024 ** 3
const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: main, image: "demo:1", resources: { requests: { cpu: "1", memory: 64Mi } } }
`

function makeNode(name: string): ObservedNode {
  const amounts = { cpuMilli: 2_000, memoryBytes: 4 * GIB, ephemeralStorageBytes: 9 * GIB, pods: 110, extended: {} }
  return {
    facts: {
      name,
      address: '192.168.0.1',
      agentVersion: '0',
      engineVersion: '20',
      kernelVersion: '6',
      osImage: 'test',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: { 'kubernetes.io/hostname': name },
      images: [],
      bootId: 'b',
      agentPid: 1,
    },
    silentSince: null,
    connectedAt: NOW,
    generation: { epoch: 0, counter: 0 },
    networkVersion: 0,
    pods: new Map(),
    resolvedImages: new Map(),
    taints: [],
  }
}

async function makeSnapshot(folder: string): Promise<Snapshot> {
  const desired: DesiredState = await compileFolder({ folder, digestKey: new Uint8Array(32) })
  const nodes = new Map(['node1', 'node2'].map((name) => [name, makeNode(name)] as const))
  const observed: ObservedState = { nodes, unheard: [], heardSince: NOW }
  const generation = { epoch: 1, counter: 1 }
  const common = { clusterId: 'test', desired, observed, confirmed: null, isRecovering: false }
  const plan = makePlan({ ...common, now: NOW, generation, planned: emptyPlannedState })
  return {
    ...common,
    version: SNAPSHOT_VERSION,
    takenAt: NOW,
    plannerVersion: '0',
    desired: { ...desired, configuration: defaultClusterConfiguration },
    planned: applyPlan(emptyPlannedState, plan),
    assignments: plan.assignments,
    generation,
    waiting: plan.waiting,
    brake: null,
    durations: noDurations,
  }
}

const questions = suite('questions of room')
let folder = ''
let snapshot: readonly string[] = []

questions.before(async () => {
  folder = mkdtempSync('/tmp/hwcap-')
  writeFileSync(path.join(folder, 'web.yaml'), MANIFEST)
  writeFileSync(path.join(folder, 'shop.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n')
  const file = path.join(folder, 'live.snapshot')
  const text = encodeSnapshot(await makeSnapshot(folder))
  writeFileSync(file, text)
  snapshot = ['--snapshot', file, '--dir', folder]
})
questions.after(() => rmSync(folder, { recursive: true }))

questions('capacity says how many, where and what limits', async () => {
  const pod = ['--pod', path.join(folder, 'web.yaml')]
  const { out, code, err } = await runCommand(['capacity', ...pod, ...snapshot])
  assert.is(err, '')
  assert.is(code, 0)
  assert.match(out, /^1 more pod fits\nlimited by: 0\/2 nodes are available: 2 Insufficient cpu/)
  assert.match(out, /NODE {4}MORE\nnode1 {3}\d\nnode2 {3}\d\n$/)
  const json = await runCommand(['capacity', ...pod, ...snapshot, '-o', 'json'])
  assert.is(JSON.parse(json.out).fits, 1)
})

questions('capacity of a manifest in a namespace that the cluster has, and in one that it has not', async () => {
  const ask = (namespace: string) => {
    const file = path.join(folder, 'elsewhere.yaml')
    writeFileSync(file, MANIFEST.replace('namespace: default', `namespace: ${namespace}`))
    return runCommand(['capacity', '--pod', file, ...snapshot])
  }
  const [here, nowhere] = [await ask('shop'), await ask('shop2')]
  assert.is(here.code, 0, here.err)
  assert.match(here.out, /^1 more pod fits\n/)
  assert.is(nowhere.code, 2)
  assert.match(nowhere.err, /elsewhere\.yaml:1:1: metadata\.namespace: namespace "shop2" is not defined/)
})

questions('capacity of something that is no pod, and of a file that is none', async () => {
  const other = path.join(folder, 'other.txt')
  const none = await runCommand(['capacity', '--pod', other, ...snapshot])
  assert.is(none.code, 2)
  assert.is(none.err, `headway: ${other} is not there: name a manifest with --pod\n`)
})

questions('whatif: a lost host', async () => {
  const { out, code } = await runCommand(['whatif', '--lose', 'node1', ...snapshot, '-o', 'json'])
  const answer = JSON.parse(out)
  assert.is(code, 1)
  assert.is(answer.stranded.length, 1)
  assert.is(answer.isSettled, true)
  const text = await runCommand(['whatif', '--lose', 'node1', ...snapshot])
  assert.match(text.out, /1 finds no host/)
  assert.match(text.out, /STRANDED {3,}OWNER/)
})

questions('whatif: a lost host and one like it', async () => {
  const { out, code } = await runCommand(['whatif', '--lose', 'node1', '--add', '1xnode2', ...snapshot, '-o', 'json'])
  assert.is(code, 0)
  assert.is(JSON.parse(out).stranded.length, 0)
  const shape = await runCommand(['whatif', '--lose', 'node1', '--add', '2×cpu=1,memory=1Gi', ...snapshot])
  assert.is(shape.code, 0)
  assert.match(shape.out, /new-1 {3,}- {3,}/)
})

for (const [args, says] of [
  [[], /what is to be different/],
  [['--lose', 'node9'], /there is no node node9: the nodes are node1, node2/],
  [['--add', '2xnode9'], /there is no node node9 to make others like it/],
  [['--add', '2xcpu=1'], /how much cpu and memory/],
  [['--add', '0xcpu=1,memory=1Gi'], /is no shape/],
  [['--add', 'cpu=much,memory=1Gi'], /no amount of cpu/],
] as const)
  questions(`whatif, wrong usage: ${args.join(' ')}`, async () => {
    const { code, err } = await runCommand(['whatif', ...args, ...snapshot])
    assert.is(code, 2)
    assert.match(err, says)
  })

questions.run()
