/** The quick start of the README, word by word, with the launcher: up, clone, push, wait, revert, blame, down. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlanView } from '../../src/cli/output/plan-view.js'
import type { HistoryDetail, StatusView } from '../../src/model/status-view.js'
import { waitFor } from '../support/wait-for.js'
import { git, must, run } from './headway.js'
import { fetchText, startPoller, stopPollers } from './request-poller.js'
import { findFreePort, listContainers, logTails, requireNoOtherCluster } from './test-cluster.js'

/** Of `headway replay -o json`, what is looked at. */
interface ReplayAnswer {
  readonly reproduced: boolean
  readonly mismatch: object | null
  readonly plans: readonly { readonly revision: string }[]
}

const quickStart = suite('quick start')
const launcher = path.join(process.cwd(), 'headway')
const folder = mkdtempSync('/tmp/hwe2e-')
const state = path.join(folder, '.headway')
const clone = path.join(folder, 'my-cluster')
const env = { HEADWAY_DIR: state, NO_COLOR: '1' }
const URL = 'http://127.0.0.1:30080/'
let clusterId = ''

const headway = async (...args: readonly string[]): Promise<string> => {
  const result = await run(launcher, args, { env, cwd: folder, timeoutMs: 180_000 })
  if (result.code !== 0)
    throw new Error(`headway ${args.join(' ')}: ${result.code}\n${result.stdout}${result.stderr}\n${logTails(state)}`)
  return result.stdout
}
const status = async (): Promise<StatusView> => JSON.parse(await headway('status', '-o', 'json')) as StatusView
const editWeb = (from: string, to: string): void => {
  const file = path.join(clone, 'apps/web/deployment.yaml')
  const text = readFileSync(file, 'utf8')
  assert.ok(text.includes(from))
  writeFileSync(file, text.replace(from, to))
}

quickStart.before(requireNoOtherCluster)
quickStart.after(async () => {
  await stopPollers()
  if (existsSync(state)) await run(launcher, ['down', '--prune'], { env, timeoutMs: 120_000 })
  rmSync(folder, { recursive: true, force: true })
})

quickStart('headway up converges the example', async () => {
  const port = await findFreePort(20_000, 29_000)
  await headway('up', '--detach', '--listen', '127.0.0.1', '--port', String(port))
  const view = await status()
  clusterId = view.clusterId
  assert.ok(view.converged, view.summary)
  assert.is(view.pods.length, 4)
  assert.match(await fetchText(URL), /^headway demo v1 on web-/)
})

quickStart('up again says that it runs', async () => {
  const result = await run(launcher, ['up', '--detach'], { env, timeoutMs: 60_000 })
  assert.is(result.code, 0, result.stderr)
  assert.match(result.stderr, /the cluster runs already/)
})

quickStart('a push rolls out, one replica at a time, and loses no request', async () => {
  await must('git', ['clone', '--quiet', path.join(state, 'cluster.git'), clone])
  const before = await status()
  const poller = startPoller(URL)
  editWeb('web:v1', 'web:v2')
  await git(clone, 'commit', '--quiet', '--all', '--message', 'web: v2')
  await git(clone, 'push', '--quiet')
  await headway('wait')
  const { answers, failures, bodies } = await poller.stop()
  assert.equal(failures, [])
  assert.ok(answers > 20, `${answers} answers`)
  assert.ok([...bodies.keys()].some((body) => body.includes('demo v2')))
  const after = await status()
  assert.ok(
    after.pods
      .filter((pod) => pod.workload.endsWith('/web'))
      .every((pod) => pod.images.includes('headway-demo/web:v2')),
  )
  const greeter = (view: StatusView): unknown =>
    view.pods.find((pod) => pod.workload.endsWith('/greeter'))?.containerIds
  assert.equal(greeter(after), greeter(before), 'the other app is left alone')
  assert.match(await fetchText(URL), /demo v2/)
})

quickStart('blame says who asked for a container, where', async () => {
  const pod = (await status()).pods.find((candidate) => candidate.workload.endsWith('/web'))!
  const answer = JSON.parse(await headway('blame', `pod/${pod.key.split('/')[1]}`, '-o', 'json'))
  assert.is(answer.commit, await git(clone, 'rev-parse', 'HEAD'))
  assert.is(answer.author, 'Ada Lovelace <ada@example.com>')
  assert.is(answer.file, 'apps/web/deployment.yaml')
  assert.is(answer.line, 1)
  assert.equal(answer.pods[0].containerIds, pod.containerIds)
})

quickStart('git revert brings the old replica set back', async () => {
  const poller = startPoller(URL)
  await git(clone, 'revert', '--no-edit', 'HEAD')
  await git(clone, 'push', '--quiet')
  await headway('wait')
  assert.equal((await poller.stop()).failures, [])
  assert.match(await fetchText(URL), /demo v1/)
})

quickStart('exec ends with the exit code of the command', async () => {
  // The server itself once more: its port is taken, so it ends with 1.
  const again = await run(launcher, ['exec', 'deployment/web', '-o', 'json', '--', '/web'], { env })
  assert.is(again.code, 1, again.stderr)
  assert.is(JSON.parse(again.stdout).exitCode, 1)
  const missing = await run(launcher, ['exec', 'deployment/web', '--', '/nothing'], { env })
  assert.is.not(missing.code, 0)
})

quickStart('status in JSON is as its schema says', async () => {
  const schema = JSON.parse(readFileSync(path.join(process.cwd(), 'schemas/headway/status.json'), 'utf8'))
  const validate = new Ajv2020({ strict: false }).compile(schema)
  assert.ok(validate(await status()), JSON.stringify(validate.errors))
})

quickStart('logs, history and why', async () => {
  assert.match(
    await headway('logs', 'deployment/web', '--tail', '1'),
    /^\[web-\S+\] headway demo v1 listens on port 8080/m,
  )
  const history = JSON.parse(await headway('history', '-o', 'json'))
  assert.is(history.length, 3)
  assert.equal(
    history.map((entry: { readonly outcome: string }) => entry.outcome),
    ['converged', 'converged', 'converged'],
  )
  assert.match(await headway('why', 'deployment/web'), /web/)
  assert.match(
    await headway('events', 'deployment/web'),
    /Normal +Scheduled +pod\/web-\S+ in demo +Successfully assigned demo\/web-\S+ to /,
  )
})

quickStart('what a plan said, what came of it, and the same plans again from the journal', async () => {
  editWeb('web:v1', 'web:v2')
  await git(clone, 'commit', '--quiet', '--all', '--message', 'web: v2')
  const plan = async (...args: readonly string[]): Promise<PlanView> =>
    JSON.parse(await headway('plan', '--repo', clone, '-o', 'json', ...args)) as PlanView
  const { fingerprint, restarts, verdict } = await plan()
  assert.equal([restarts, verdict], [3, 'ok'])
  assert.equal((await plan('--check', fingerprint)).check, { asReviewed: true, changes: [] })
  const before = new Date().toISOString()
  await git(clone, 'commit', '--quiet', '--amend', '--message', `web: v2\n\nHeadway-Plan: ${fingerprint}`)
  await git(clone, 'push', '--quiet')
  assert.match(await headway('wait'), /^ {2}as reviewed$/m)
  const detailOf = async (): Promise<HistoryDetail> =>
    JSON.parse(await headway('history', 'HEAD', '-o', 'json')) as HistoryDetail
  await waitFor('the prediction', 10_000, async () => (await detailOf()).predicted !== null)
  const { revision, outcome, reviewed, actual, predicted, ...counts } = await detailOf()
  assert.is(revision, await git(clone, 'rev-parse', 'HEAD'))
  assert.equal([outcome, reviewed?.outcome, counts.restarts], ['converged', 'as-reviewed', 3])
  assert.type(counts.deviation, 'number')
  const names = (pods: HistoryDetail['actual']) => pods?.pods.map(({ pod }) => pod).sort()
  assert.is(actual?.pods.length, 6)
  assert.equal(names(predicted), names(actual))
  for (const pod of actual?.pods ?? []) {
    const isNew = pod.createdMs !== null
    assert.ok((isNew ? pod.readyMs : pod.goneMs) !== null, JSON.stringify(pod))
  }
  const replayed = JSON.parse(await headway('replay', '-o', 'json')) as ReplayAnswer
  assert.equal([replayed.reproduced, replayed.mismatch], [true, null])
  assert.ok(replayed.plans.length >= 8, `${replayed.plans.length} plans`)
  assert.ok(replayed.plans.some((made) => made.revision === revision))
  assert.match(await headway('why', 'deployment/web', '--at', before), /images +headway-demo\/web:v1\n/)
  assert.match(await headway('why', 'deployment/web', '--at', '0s'), /images +headway-demo\/web:v2\n/)
})

quickStart('down leaves containers running, up takes them over, down --prune leaves nothing', async () => {
  const before = await listContainers([], clusterId)
  assert.is(before.length, 4)
  await headway('down')
  assert.equal(await listContainers([], clusterId), before)
  await headway('up', '--detach')
  assert.equal(await listContainers([], clusterId), before)
  await headway('down', '--prune')
  assert.equal(await listContainers([], clusterId), [])
  const networks = await must('docker', [
    'network',
    'ls',
    '--quiet',
    '--filter',
    `label=dev.headway.cluster=${clusterId}`,
  ])
  assert.is(networks, '')
  await waitFor('the node port to be closed', 5_000, () =>
    fetchText(URL).then(
      () => false,
      () => true,
    ),
  )
})

quickStart.run()
