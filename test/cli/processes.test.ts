/** Pid files, logs, units, names and settings: what `up` rests on. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mergeSettings } from '../../src/cli/commands/up-settings.js'
import type { Context } from '../../src/cli/context.js'
import { startDetached, waitForProcess } from '../../src/cli/processes/detach.js'
import { chooseAddress, makeNodeName } from '../../src/cli/processes/host-names.js'
import { rotateLog } from '../../src/cli/processes/log-file.js'
import { findOwner } from '../../src/cli/processes/owner.js'
import { findProcess, identifyProcess, isAlive, stopProcess, writePidFile } from '../../src/cli/processes/pid-file.js'
import { renderUnit, servesDirectory, unitName } from '../../src/cli/processes/service-units.js'
import { findStateDirectory, makeStateDirectory, statePaths } from '../../src/cli/state-directory.js'
import { checkGolden } from '../support/golden.js'
import { waitFor } from '../support/wait-for.js'

const processes = suite('processes')
let folder = ''
processes.before.each(() => {
  folder = mkdtempSync('/tmp/hwproc-')
})
processes.after.each(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string): string => path.join(folder, name)

processes('a pid file finds its process, and only that one', async () => {
  const child = spawn('sleep', ['60'])
  const ended = new Promise((resolve) => child.on('exit', resolve))
  writePidFile(file('a.pid'), child.pid!)
  assert.is(findProcess(file('a.pid'))?.pid, child.pid)
  // The same number with another start time is another process.
  const identity = identifyProcess(child.pid!)!
  writeFileSync(file('b.pid'), JSON.stringify({ ...identity, startTicks: '1' }))
  assert.is(findProcess(file('b.pid')), null)
  assert.is(await stopProcess(file('b.pid'), 100), false)
  assert.ok(isAlive(identity), 'the other process lives on')
  assert.is(await stopProcess(file('a.pid'), 2_000), true)
  await ended
  assert.is(findProcess(file('a.pid')), null)
  assert.is(await stopProcess(file('a.pid'), 100), false)
})

processes('a process that ignores TERM is killed after its grace', async () => {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'])
  await new Promise((resolve) => child.stdout.once('data', resolve))
  writePidFile(file('c.pid'), child.pid!)
  const ended = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)))
  assert.is(await stopProcess(file('c.pid'), 200), true)
  assert.is(await ended, 'SIGKILL')
})

processes('damaged pid files are no process', () => {
  for (const text of ['', '{', '{"pid":0}', '12', '{"pid":99999999,"startTicks":"5"}']) {
    writeFileSync(file('d.pid'), text)
    assert.is(findProcess(file('d.pid')), null, text)
  }
})

processes('a detached process that ends by itself is reported with the end of its log', async () => {
  writeFileSync(file('main.mjs'), 'console.error("it broke because of this"); process.exit(1)')
  const detached = { name: 'manager', pidFile: file('m.pid'), logFolder: folder, args: [], mainFile: file('main.mjs') }
  assert.is(startDetached(detached), true)
  try {
    await waitForProcess(detached, 10_000, async () => null)
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /the manager ended by itself[\s\S]*it broke because of this/)
  }
})

processes('a detached process is started once', async () => {
  writeFileSync(file('main.mjs'), 'setInterval(() => {}, 1000); console.log("up")')
  const detached = { name: 'agent', pidFile: file('a.pid'), logFolder: folder, args: [], mainFile: file('main.mjs') }
  assert.is(startDetached(detached), true)
  assert.is(startDetached(detached), false)
  await waitFor('its output in the log', 5_000, () => readFileSync(file('agent.log'), 'utf8').includes('up'))
  assert.is(await stopProcess(detached.pidFile, 2_000), true)
})

processes('logs are cut by copy, with four older ones', () => {
  const log = file('x.log')
  writeFileSync(log, 'a'.repeat(100))
  assert.is(rotateLog(log, 100), false)
  for (let round = 1; round <= 6; round++) {
    writeFileSync(log, String(round).repeat(101))
    assert.is(rotateLog(log, 100), true)
    assert.is(statSync(log).size, 0)
  }
  assert.equal(
    [1, 2, 3, 4].map((index) => readFileSync(`${log}.${index}`, 'utf8')[0]),
    ['6', '5', '4', '3'],
  )
  assert.throws(() => statSync(`${log}.5`))
})

processes('systemd units', () => {
  const input = {
    nodePath: '/usr/bin/node',
    mainFile: '/opt/head way/dist/src/cli/main.js',
    environment: { DOCKER_HOST: 'unix:///run/docker.sock' },
  }
  const manager = renderUnit({ ...input, role: 'manager', args: ['run-manager', '--dir', '/var/lib/headway'] })
  const agent = renderUnit({
    ...input,
    role: 'agent',
    args: ['agent', '--dir', '/srv/100%/$x', '--node-name', 'node"1'],
  })
  checkGolden('golden/cli/units.txt', `# ${unitName('manager')}\n${manager}\n# ${unitName('agent')}\n${agent}`)
})

processes('a unit serves its own state directory only', () => {
  const unit = (directory: string): string =>
    renderUnit({
      role: 'agent',
      nodePath: '/usr/bin/node',
      mainFile: '/m.js',
      args: ['agent', '--dir', directory, '--node-name', 'n1'],
      environment: {},
    })
  for (const directory of ['/srv/headway', '/srv/100%/$x', '/srv/head "way"']) {
    assert.ok(servesDirectory(unit(directory), directory), directory)
    assert.not(servesDirectory(unit(directory), `${directory}2`))
    assert.not(servesDirectory(unit(`${directory}2`), directory))
  }
  const last = renderUnit({
    role: 'manager',
    nodePath: '/usr/bin/node',
    mainFile: '/m.js',
    args: ['run-manager', '--dir', '/srv/headway'],
    environment: {},
  })
  assert.ok(servesDirectory(last, '/srv/headway'))
  assert.not(servesDirectory('[Service]\n', '/srv/headway'))
})

const names = [
  ['Host-1.Example.com', 'host-1.example.com'],
  ['my_host', 'my-host'],
  ['-x-', 'x'],
  ['...', 'node'],
  ['a'.repeat(70), 'a'.repeat(63)],
] as const
for (const [host, name] of names)
  processes(`node name of ${host.slice(0, 20)}`, () => assert.is(makeNodeName(host), name))

processes('the address given counts, then the one listened on', () => {
  assert.is(chooseAddress('10.1.2.3', '0.0.0.0'), '10.1.2.3')
  assert.is(chooseAddress('', '127.0.0.1'), '127.0.0.1')
  assert.match(chooseAddress('', '0.0.0.0'), /^[0-9a-f.:]+$/)
})

const context = (changes: Partial<Context>): Context =>
  ({ env: {}, cwd: folder, packageRoot: '/opt/headway', now: () => 0, ...changes }) as Context

processes('where the state directory is', () => {
  assert.is(findStateDirectory(context({ cwd: '/a' }), 'b'), '/a/b')
  assert.is(findStateDirectory(context({ env: { HEADWAY_DIR: '/e' } }), undefined), '/e')
  assert.is(findStateDirectory(context({ env: { HEADWAY_DIR: '/e' } }), '/d'), '/d')
  assert.is(findStateDirectory(context({}), undefined), '/opt/headway/.headway')
  const installed = context({ packageRoot: '/usr/lib/node_modules/headway', env: { HOME: '/root' } })
  assert.is(findStateDirectory(installed, undefined), '/root/.headway')
})

processes('a path too long for a socket is refused before anything is made', () => {
  const long = path.join(folder, 'x'.repeat(100))
  assert.throws(() => makeStateDirectory(statePaths(long)), /too long for a Unix socket/)
  assert.throws(() => statSync(long))
})

processes('settings: given over known over defaults', () => {
  const paths = statePaths(folder)
  const options = { output: 'text', agent: true, timeout: 1 } as const
  const first = mergeSettings(context({}), paths, null, { ...options, nodeName: 'n1', port: 8_000 })
  assert.equal(first.sources, [{ id: 'main', url: file('cluster.git'), branch: 'main', path: '', tokenFile: '' }])
  assert.is(first.port, 8_000)
  assert.is(first.host, '0.0.0.0')
  assert.equal(mergeSettings(context({}), paths, first, options), first)
  const second = mergeSettings(context({}), paths, first, {
    ...options,
    repo: 'https://git.example.com/c.git',
    branch: 'prod',
  })
  assert.is(second.sources[0]?.url, 'https://git.example.com/c.git')
  assert.is(second.sources[0]?.branch, 'prod')
  assert.is(mergeSettings(context({}), paths, first, { ...options, agent: false }).nodeName, '')
})

const repositories = [
  { repo: 'ssh://git@example.com/c.git', url: 'ssh://git@example.com/c.git' },
  { repo: 'git@example.com:team/c.git', url: 'git@example.com:team/c.git' },
  { repo: '.', url: null },
] as const
for (const { repo, url } of repositories)
  processes(`--repo ${repo}`, () => {
    const merged = mergeSettings(context({}), statePaths(folder), null, {
      output: 'text',
      agent: true,
      timeout: 1,
      repo,
    })
    assert.is(merged.sources[0]?.url, url ?? folder)
  })

processes('--repo of no kind that is read, --repo and --token-file that are not there', () => {
  const merge = (changes: object): unknown =>
    mergeSettings(context({}), statePaths(folder), null, { output: 'text', agent: true, timeout: 1, ...changes })
  assert.throws(() => merge({ repo: './nope' }), /is not there: give the path of a git repository, or a URL/)
  assert.throws(() => merge({ repo: 'ftp://x/y.git' }), /--repo ftp:\/\/x\/y\.git: give a path, https:\/\//)
  assert.throws(() => merge({ tokenFile: 'nope' }), /is not there: name a file that holds the token/)
})

processes('the owner is who ran sudo, when root runs for somebody', () => {
  const isRoot = process.getuid?.() === 0
  assert.is(findOwner(context({ env: { SUDO_UID: '1000', SUDO_GID: '1001' } })), isRoot ? '1000:1001' : '')
  assert.is(findOwner(context({ env: { SUDO_UID: '0', SUDO_GID: '0' } })), '')
  assert.is(findOwner(context({ env: { SUDO_UID: 'x', SUDO_GID: '1' } })), '')
  assert.is(findOwner(context({})), '')
})

processes.run()
