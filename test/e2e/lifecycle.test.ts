/** How a cluster is started and ended: in the foreground, under sudo, twice at once, after a prune, and where it cannot be. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StatusView } from '../../src/model/status-view.js'
import { waitFor } from '../support/wait-for.js'
import { mainFile, must, type RunOptions, type RunResult, run } from './headway.js'
import { findFreePort, listContainers, logTails, requireNoOtherCluster } from './test-cluster.js'

const lifecycle = suite('lifecycle')
const folder = mkdtempSync('/tmp/hwe2e-')
const state = path.join(folder, 'state')
let port = 0

const headway = (args: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
  run(process.execPath, [mainFile, ...args], {
    timeoutMs: 120_000,
    ...options,
    env: { HEADWAY_DIR: state, NO_COLOR: '1', ...options.env },
  })
const good = async (args: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
  const result = await headway(args, options)
  if (result.code !== 0)
    throw new Error(`${args.join(' ')}: ${result.code}\n${result.stdout}${result.stderr}${logTails(state)}`)
  return result
}
const upArgs = (): readonly string[] => ['up', '--listen', '127.0.0.1', '--port', String(port)]
const status = async (): Promise<StatusView> => JSON.parse((await good(['status', '-o', 'json'])).stdout) as StatusView

lifecycle.before(async () => {
  await requireNoOtherCluster()
  port = await findFreePort(20_000, 29_000)
})
lifecycle.after(async () => {
  if (existsSync(state)) await headway(['down', '--prune'])
  rmSync(folder, { recursive: true, force: true })
})

lifecycle('without an engine that can be used: exit 3 and what to do, and nothing is made', async () => {
  const none = await headway(upArgs(), { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } })
  assert.is(none.code, 3)
  assert.match(none.stderr, /there is no Docker Engine at \/nowhere\/docker\.sock/)
  const remote = await headway(upArgs(), { env: { DOCKER_HOST: 'tcp://10.0.0.1:2375' } })
  assert.is(remote.code, 3)
  assert.match(remote.stderr, /a remote engine/)
  assert.not.ok(existsSync(state))
})

lifecycle('in the foreground: progress, then status until Ctrl-C, which leaves containers running', async () => {
  const child = spawn(process.execPath, [mainFile, ...upArgs()], {
    env: { ...process.env, HEADWAY_DIR: state, NO_COLOR: '1' },
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
  })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8')
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  await waitFor('healthy', 60_000, () => /^healthy: /m.test(out))
  assert.match(err, /git clone .*cluster\.git my-cluster/)
  const { clusterId } = await status()
  const before = await listContainers([], clusterId)
  child.kill('SIGINT')
  assert.is(await ended, 0)
  assert.match(err, /stopping manager and agent; containers go on running/)
  assert.is((await headway(['status'])).code, 3)
  assert.equal(await listContainers([], clusterId), before)
})

lifecycle('two at once make one cluster', async () => {
  const results = await Promise.all([headway([...upArgs(), '--detach']), headway([...upArgs(), '--detach'])])
  const codes = results.map((result) => result.code).sort()
  assert.ok(codes[0] === 0, results.map((result) => result.stderr).join('\n'))
  // The second may come when all is done: then it only says that it runs.
  if (codes[1] !== 0) assert.match(results.map((result) => result.stderr).join('\n'), /another "headway up"/)
  assert.ok((await status()).converged)
})

lifecycle('other settings while it runs are refused', async () => {
  const result = await headway(['up', '--detach', '--port', String(port + 1)])
  assert.is(result.code, 2)
  assert.match(result.stderr, /runs already, with other settings: stop it with "headway down"/)
})

lifecycle('down --prune, then up: everything again', async () => {
  const before = await status()
  await good(['down', '--prune'])
  assert.equal(await listContainers([], before.clusterId), [])
  await good([...upArgs(), '--detach'])
  const after = await status()
  assert.ok(after.converged)
  assert.is(after.clusterId, before.clusterId)
  assert.is(after.pods.length, before.pods.length)
  await good(['down', '--prune'])
})

lifecycle('a port that is taken: the manager says so', async () => {
  const blocker = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('up'))`,
  ])
  await new Promise((resolve, reject) => {
    blocker.stdout.once('data', resolve)
    blocker.once('exit', () => reject(new Error(`port ${port} could not be taken`)))
  })
  const result = await headway([...upArgs(), '--detach'])
  blocker.kill()
  assert.is(result.code, 3)
  assert.match(result.stderr, /the manager ended by itself/)
  assert.match(result.stderr, new RegExp(`${port}`))
})

lifecycle('under sudo the repository belongs to the caller, who pushes and waits without it', async () => {
  const user = ['--reuid', '12345', '--regid', '12345', '--clear-groups']
  const home = path.join(folder, 'home')
  const mine = path.join(folder, 'sudo')
  chmodSync(folder, 0o755)
  mkdirSync(home)
  await must('chown', ['12345:12345', home])
  const env = { HEADWAY_DIR: mine, SUDO_UID: '12345', SUDO_GID: '12345' }
  await good([...upArgs(), '--detach'], { env })
  try {
    const script = `set -e
git clone --quiet ${mine}/cluster.git ${home}/clone
cd ${home}/clone
sed -i 's/replicas: 3/replicas: 2/' apps/web/deployment.yaml
git -c user.name=a -c user.email=a@example.com commit --quiet --all --message two
git push --quiet
${process.execPath} ${mainFile} wait
${process.execPath} ${mainFile} rollback
${process.execPath} ${mainFile} wait`
    const asUser = { env: { HEADWAY_DIR: mine, HOME: home, SUDO_UID: '', SUDO_GID: '' }, timeoutMs: 90_000 }
    const out = await must('setpriv', [...user, 'bash', '-c', script], asUser)
    assert.is(out.match(/^healthy: /gm)?.length, 2)
    const asRoot = await good(['rollback'], { env })
    assert.match(asRoot.stdout, /pushed/)
    const foreign = await must('find', [path.join(mine, 'cluster.git'), '!', '-uid', '12345'])
    assert.is(foreign, '')
  } finally {
    await good(['down', '--prune'], { env })
  }
})

lifecycle.run()
