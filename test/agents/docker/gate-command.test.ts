/** What a container behind the gate runs, which name servers it gets, and the gate itself where it needs no container. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { gateCommand, ownCommand, programPaths } from '../../../src/agents/docker/gate-command.js'
import { placePrograms } from '../../../src/agents/docker/gate-file.js'
import { chooseNameServers } from '../../../src/agents/docker/name-servers.js'
import { hostEndName, wiringOf, wiringText } from '../../../src/agents/docker/pod-wiring.js'

const tests = suite('gate')

const image = { Entrypoint: ['/entry', '-x'], Cmd: ['serve'] }
const commands: readonly (readonly [string, string[] | null, string[] | null, string[]])[] = [
  // entrypoint, command of the specification; what runs
  ['the image’s own', null, null, ['/entry', '-x', 'serve']],
  ['arguments alone', null, ['help'], ['/entry', '-x', 'help']],
  ['a command drops the image’s arguments', ['/mine'], null, ['/mine']],
  ['both', ['/mine'], ['a'], ['/mine', 'a']],
]
for (const [name, entrypoint, command, expected] of commands)
  tests(`own command: ${name}`, () => assert.equal(ownCommand({ entrypoint, command }, image), expected))

tests('an image without anything to run, and one without an entrypoint', () => {
  assert.equal(ownCommand({ entrypoint: null, command: null }, {}), [])
  assert.equal(ownCommand({ entrypoint: null, command: ['a'] }, { Entrypoint: null, Cmd: ['b'] }), ['a'])
})

tests('a name is looked for on the container’s path, else the image’s, else the engine’s', () => {
  const paths = (environment: string[], own: { Env?: string[] }): readonly string[] =>
    gateCommand(['a'], environment, own).entrypoint.slice(1, -1)
  assert.equal(paths(['PATH=/x:/y/'], { Env: ['PATH=/z'] }), ['/x/a', '/y/a'])
  assert.equal(paths(['HOME=/'], { Env: ['PATH=/z'] }), ['/z/a'])
  assert.equal(paths(['PATH='], {}).length, 6)
  assert.equal(programPaths('bin/a', '/x'), ['bin/a'])
  assert.equal(programPaths('a', ':/x'), ['./a', '/x/a'])
})

tests('an empty argument parts paths from arguments, which stay as they are', () => {
  assert.equal(gateCommand(['/a', '', 'b'], [], {}), {
    entrypoint: ['/dev/headway-gate', '/a', ''],
    command: ['/a', '', 'b'],
  })
})

const servers: readonly (readonly [string, string, boolean, unknown])[] = [
  // resolv.conf, does anything listen on loopback, outcome
  ['a server elsewhere', 'nameserver 10.0.0.1\nnameserver 127.0.0.1\n', true, null],
  ['none at all', 'search x\n', true, null],
  ['systemd’s stub', 'nameserver 127.0.0.53\n', true, null],
  ['one on loopback that answers', 'nameserver 127.0.0.1\n', true, { unreachable: '127.0.0.1' }],
  ['one on loopback that does not', 'nameserver 127.0.0.1\nnameserver ::1\n', false, ['127.0.0.1', '::1']],
]
for (const [name, text, listens, expected] of servers)
  tests(`name servers: ${name}`, async () => assert.equal(await chooseNameServers(text, async () => listens), expected))

tests('a wiring is read back from its label, and nothing else is', () => {
  const wiring = { address: '10.244.3.20', prefixLength: 24, gateway: '10.244.3.1', bridge: 'hw-1a2b3c4d' }
  assert.equal(wiringOf({ 'dev.headway.wiring': wiringText(wiring) }), wiring)
  assert.is(wiringOf({}), null)
  assert.is(wiringOf({ 'dev.headway.wiring': 'yes' }), null)
  assert.is(hostEndName('10.244.3.20'), 'hwp0af40314')
})

tests('the gate tells what cannot be run before there is any network', async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'headway-gate-'))
  try {
    const { gate } = await placePrograms(directory)
    assert.is((await placePrograms(directory)).gate, gate)
    const rows: readonly (readonly [string[], number, string])[] = [
      [[], 0, ''],
      [['/no/such', '', 'such'], 127, 'headway: exec such: not found, or not to be executed\n'],
      [['/no/such', '/etc', '/etc/passwd', '', 'x'], 126, 'headway: exec x: not found, or not to be executed\n'],
      [['', 'x'], 127, 'headway: exec x: not found, or not to be executed\n'],
    ]
    for (const [args, status, stderr] of rows) {
      const result = spawnSync(gate, args, { encoding: 'utf8' })
      assert.equal([result.status, result.stdout, result.stderr], [status, '', stderr])
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})

tests('with a route the gate becomes the program, with its arguments and environment', async () => {
  if (!existsSync('/proc/net/route') || spawnSync('ip', ['route', 'get', '192.0.2.1']).status !== 0) return
  const directory = mkdtempSync(path.join(os.tmpdir(), 'headway-gate-'))
  try {
    const { gate } = await placePrograms(directory)
    const args = ['/no/sh', '/bin', '/bin/sh', '', 'sh', '-c', 'echo "$0|$1|$2|$COLOUR"', 'zero', '', 'two words']
    const result = spawnSync(gate, args, { encoding: 'utf8', env: { COLOUR: 'green' } })
    assert.equal([result.status, result.stdout], [0, 'zero||two words|green\n'])
  } finally {
    rmSync(directory, { recursive: true })
  }
})

tests.run()
