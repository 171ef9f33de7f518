/**
 * A plan that was made off the cluster, against the merge as a manager takes it: the real core and history keeper on
 * commits of a real repository, and the thread that the manager compares plans in.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlanView } from '../../src/cli/output/plan-view.js'
import { makeForecasts } from '../../src/cli/processes/predict.js'
import { type HistoryKeeper, openHistoryKeeper } from '../../src/manager/history/history-keeper.js'
import type { ReviewedPlan } from '../../src/model/reviewed-plan.js'
import { encodeSnapshot } from '../../src/model/snapshot.js'
import { openMemoryStore } from '../../src/store/memory-store.js'
import { compileRevision } from '../../src/sync/compile-revision.js'
import { FastAgent, Rig } from '../manager/core/rig.js'
import { waitFor } from '../support/wait-for.js'
import { runCommand } from './run-command.js'

/** The cluster's own, which nobody else has. */
const DIGEST_KEY = new Uint8Array(32).fill(9)
const NODES = ['node1', 'node2', 'node3']
const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-review-'))

function deployment(name: string, image = 'web:v1', replicas = 3): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: ${image}
          imagePullPolicy: IfNotPresent
          resources: { requests: { cpu: 10m } }
          envFrom: [{ configMapRef: { name: ${name} } }, { secretRef: { name: ${name} } }]
`
}

const configMap = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { value: ${value} }\n`
const secret = (name: string, value: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name} }\nstringData: { value: ${value} }\n`

/** One cluster on one repository, at rest. */
class Cluster {
  readonly rig = new Rig(NODES, false)
  readonly #work: string
  #keeper: HistoryKeeper | null = null

  private constructor(work: string) {
    this.#work = work
  }

  static async start(): Promise<Cluster> {
    const cluster = new Cluster(mkdtempSync(path.join(folder, 'work-')))
    const { rig } = cluster
    cluster.git('init', '-q', '-b', 'main')
    for (const name of ['web', 'api']) {
      cluster.write(`${name}.yaml`, deployment(name))
      cluster.write(`${name}-map.yaml`, configMap(name, 'one'))
      cluster.write(`${name}-secret.yaml`, secret(name, 'one'))
    }
    cluster.commit('first')
    const { review } = makeForecasts()
    const parts = { core: rig.core, store: openMemoryStore(), clusterId: 'c', plannerVersion: '0.1.0', review }
    const keeper = await openHistoryKeeper({ ...parts, log: () => {} })
    cluster.#keeper = keeper
    rig.onHandled = (event, now, effects) => keeper.handled(event, now, effects)
    for (const node of NODES) rig.connect(new FastAgent(node))
    await cluster.take()
    assert.ok(rig.core.isConverged, JSON.stringify(rig.core.waiting))
    return cluster
  }

  get keeper(): HistoryKeeper {
    assert.ok(this.#keeper !== null)
    return this.#keeper
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
    return execFileSync('git', ['-C', this.#work, ...identity, ...args], { encoding: 'utf8' }).trim()
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.#work, file), text)
  }

  commit(message: string): void {
    this.git('add', '-A')
    this.git('commit', '-q', '--allow-empty', '-m', message)
  }

  /** The manager takes the tip of main and rolls it out. */
  async take(): Promise<void> {
    const input = { repository: this.#work, revision: 'main', path: '', digestKey: DIGEST_KEY, sourceId: 'main' }
    const desired = await compileRevision(input)
    this.pass(1_000)
    this.rig.handle({ type: 'desired', desired })
    this.rig.settle()
  }

  /** Time passes in which everybody that is connected is heard. */
  pass(ms: number): void {
    this.rig.now += ms
    for (const node of this.rig.agents.keys())
      this.rig.handle({ type: 'agent-message', node, connection: 1, message: { type: 'heartbeat' } })
    this.rig.settle()
  }

  leave(node: string): void {
    this.rig.agents.delete(node)
    this.rig.handle({ type: 'agent-closed', node, connection: 1 })
    // Longer than pods are left on a host that is silent.
    for (let i = 0; i < 20; i++) this.pass(1_000)
  }

  /** The fingerprint that a CI job gets, with a snapshot and the repository alone. */
  async review(branch: string): Promise<string> {
    const snapshot = path.join(this.#work, '.git', 'live.snapshot')
    writeFileSync(snapshot, encodeSnapshot(this.keeper.snapshot(this.rig.now)))
    const { out, err } = await runCommand(
      ['plan', '--snapshot', snapshot, '--dir', path.join(folder, 'nothing'), '--head', branch, '-o', 'json'],
      { cwd: this.#work },
    )
    assert.is(err, '')
    return (JSON.parse(out) as PlanView).fingerprint
  }

  async merge(branch: string, fingerprint: string): Promise<ReviewedPlan> {
    this.git('merge', '-q', '--no-ff', '-m', `merge\n\nHeadway-Plan: ${fingerprint}`, branch)
    await this.take()
    return waitFor('the comparison', 30_000, () => {
      const plan = this.keeper.reviewed(null)
      return plan === undefined || plan.outcome === 'checking' ? undefined : plan
    })
  }
}

interface Row {
  readonly name: string
  /** On the branch; the image of `web` when left out. */
  readonly change?: (cluster: Cluster) => void
  /** Between the review and the merge. */
  readonly meanwhile?: (cluster: Cluster) => Promise<void> | void
  readonly outcome: ReviewedPlan['outcome']
  readonly changes: readonly RegExp[]
}

/** A commit on main that the cluster takes before the merge. */
const committed = (file: string, text: string) => async (cluster: Cluster) => {
  cluster.write(file, text)
  cluster.commit(file)
  await cluster.take()
}

const FIRST = /^another commit came first: the plan was made on [0-9a-f]{12}, now [0-9a-f]{12} is desired$/
const SAME = /^the plan is the same/

const rows: readonly Row[] = [
  { name: 'nothing else: as reviewed', outcome: 'as-reviewed', changes: [] },
  {
    name: 'time passes: as reviewed',
    meanwhile: (cluster) => {
      for (let i = 0; i < 24; i++) cluster.pass(2_000)
    },
    outcome: 'as-reviewed',
    changes: [],
  },
  {
    name: 'another workload came first: as reviewed',
    meanwhile: committed('more.yaml', deployment('more').replace(/ {10}envFrom.*\n/, '')),
    outcome: 'as-reviewed',
    changes: [FIRST, SAME],
  },
  {
    name: 'the ConfigMap of another workload came first: as reviewed',
    meanwhile: committed('api-map.yaml', configMap('api', 'two')),
    outcome: 'as-reviewed',
    changes: [FIRST, SAME],
  },
  {
    name: 'the ConfigMap of this workload came first: differs',
    meanwhile: committed('web-map.yaml', configMap('web', 'two')),
    outcome: 'differs',
    changes: [FIRST, /^other pods of these workloads run/, /of another template than when it was reviewed/],
  },
  {
    name: 'this workload was scaled first: differs',
    change: (cluster) => cluster.write('web-map.yaml', configMap('web', 'two')),
    meanwhile: committed('web.yaml', deployment('web', 'web:v1', 5)),
    outcome: 'differs',
    changes: [FIRST, /^other pods of these workloads run/, /^the plan differs: 5 restarts \(3 when reviewed\)/],
  },
  {
    name: 'a host left: differs',
    meanwhile: (cluster) => cluster.leave('node2'),
    outcome: 'differs',
    changes: [
      /^host node2 left, or is silent$/,
      /^other pods of these workloads run/,
      /^the plan differs: as many pods, but on other hosts$/,
    ],
  },
  {
    name: 'another commit in the same fetch: differs',
    meanwhile: (cluster) => {
      cluster.write('api.yaml', deployment('api', 'web:v1', 2))
      cluster.commit('api')
    },
    outcome: 'differs',
    changes: [/^the change itself is another/, /^the plan differs: .* 1 deleted \(0\)$/],
  },
  {
    name: 'a ConfigMap, whose digest only the cluster knows: as reviewed',
    change: (cluster) => cluster.write('web-map.yaml', configMap('web', 'two')),
    outcome: 'as-reviewed',
    changes: [],
  },
  {
    name: 'a Secret, whose digest only the cluster knows: as reviewed',
    change: (cluster) => cluster.write('web-secret.yaml', secret('web', 'two')),
    outcome: 'as-reviewed',
    changes: [],
  },
]

const reviews = suite('review at the merge')

for (const { name, change, meanwhile, outcome, changes } of rows) {
  reviews(name, async () => {
    const cluster = await Cluster.start()
    cluster.git('checkout', '-q', '-b', 'change')
    if (change === undefined) cluster.write('web.yaml', deployment('web', 'web:v2'))
    else change(cluster)
    cluster.commit('the change')
    cluster.git('checkout', '-q', 'main')
    const fingerprint = await cluster.review('change')
    await meanwhile?.(cluster)
    const reviewed = await cluster.merge('change', fingerprint)
    const said = reviewed.changes.join('; ')
    assert.is(reviewed.outcome, outcome, said)
    assert.is(reviewed.changes.length, changes.length, said)
    for (const [i, pattern] of changes.entries()) assert.match(reviewed.changes[i] ?? '', pattern)
    await cluster.keeper.close()
  })
}

reviews.after(() => rmSync(folder, { recursive: true, force: true }))

reviews.run()
