/** Installing an engine, on a host that is only told of: what is asked of it, in which order. Needs no engine. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EngineHost, installEngine } from '../../../src/agents/docker/open-engine.js'

const tests = suite('install engine')

interface FakeHost extends EngineHost {
  readonly did: string[]
  readonly files: Map<string, string>
}

/** Debian without Docker; its packages start the daemon, as Debian's do under systemd. */
function makeHost(changes: Partial<EngineHost> = {}, files: Readonly<Record<string, string>> = {}): FakeHost {
  const did: string[] = []
  const present = new Map(Object.entries(files))
  let answers = false
  return {
    did,
    files: present,
    canInstall: true,
    hasSystemd: true,
    exists: (file) => present.has(file),
    read: (file) => present.get(file) ?? '',
    write(file, text) {
      did.push(`write ${file}`)
      present.set(file, text)
    },
    run: async (command, args) => {
      did.push([command, ...args].join(' '))
      if (command === 'systemctl' || args[0] === 'install') answers = true
    },
    startDaemon(logFile) {
      did.push(`dockerd > ${logFile}`)
      answers = true
    },
    engineAnswers: async () => answers,
    ...changes,
  }
}

const CONFIGURATION = '/etc/docker/daemon.json'
const INSTALL = 'apt-get install -y -q --no-install-recommends docker.io iptables iproute2 ca-certificates'

tests('live-restore is configured before the packages start the daemon', async () => {
  const host = makeHost()
  assert.equal(await installEngine(() => undefined, host), { socketPath: '/var/run/docker.sock' })
  assert.equal(host.did, [`write ${CONFIGURATION}`, 'apt-get update -q', INSTALL])
  assert.equal(JSON.parse(host.files.get(CONFIGURATION) ?? ''), { 'live-restore': true })
})

tests('a configuration that is there stays as it is', async () => {
  const host = makeHost({}, { [CONFIGURATION]: '{"debug": true}' })
  await installEngine(() => undefined, host)
  assert.is(host.files.get(CONFIGURATION), '{"debug": true}')
})

const kernels: readonly (readonly [string, string | null, string])[] = [
  // what, the kernel's word, the end of the list of packages
  ['enforces AppArmor', 'Y\n', ' ca-certificates apparmor'],
  ['has AppArmor off', 'N\n', ' ca-certificates'],
  ['knows no AppArmor', null, ' ca-certificates'],
]
for (const [what, word, end] of kernels)
  tests(`a kernel that ${what}`, async () => {
    const host = makeHost({}, word === null ? {} : { '/sys/module/apparmor/parameters/enabled': word })
    await installEngine(() => undefined, host)
    assert.ok(host.did.at(-1)?.endsWith(end), host.did.at(-1))
  })

tests('a daemon that is installed and stands still is started, by systemd or without', async () => {
  const files = { '/usr/sbin/dockerd': '', [CONFIGURATION]: '{}' }
  const withSystemd = makeHost({}, files)
  await installEngine(() => undefined, withSystemd)
  assert.equal(withSystemd.did, ['systemctl enable --now docker'])
  const without = makeHost({ hasSystemd: false }, files)
  await installEngine(() => undefined, without)
  assert.equal(without.did, ['dockerd > /var/log/headway-dockerd.log'])
})

tests('what fails says why and what to do; an index that cannot be fetched is no failure', async () => {
  const said: string[] = []
  const say = (line: string): void => void said.push(line)
  const fail = (verb: string) => async (command: string, args: readonly string[]) => {
    if (args[0] === verb) throw Object.assign(new Error('failed'), { stderr: `E: no ${verb}\nE: really no ${verb}\n` })
    return command
  }
  const engineAnswers = async (): Promise<boolean> => true
  await installEngine(say, makeHost({ run: fail('update'), engineAnswers }))
  assert.ok(said.includes('apt-get update failed: E: really no update'), said.join('; '))
  for (const [changes, message] of [
    [{ run: fail('install') }, /install docker\.io.*: E: really no install; install Docker by hand/],
    [{ canInstall: false }, /only root on Debian or Ubuntu/],
  ] as const)
    await installEngine(say, makeHost(changes)).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, message),
    )
})

tests.run()
