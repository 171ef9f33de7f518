/** The command line itself: exit codes of wrong usage, help to the letter, completion of all shells, reaching no manager. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../src/cli/context.js'
import { addressOption, branchOption, nodeNameOption, repositoryFolderOption } from '../../src/cli/options.js'
import { parseDuration } from '../../src/cli/output/format.js'
import { makeProgram } from '../../src/cli/program.js'
import { checkGolden } from '../support/golden.js'
import { runCommand } from './run-command.js'

const COMMANDS =
  'up down wait status confirm backup restore validate diff plan history replay snapshot rollback capacity whatif blame why events evict logs exec agent token version completion'.split(
    ' ',
  )

const line = suite('command line')

line('has every command, each with examples and -o json', () => {
  const program = makeProgram(async () => undefined)
  const names = program.commands.filter((command) => command.name() !== 'run-manager').map((command) => command.name())
  assert.equal([...names].sort(), [...COMMANDS].sort())
  for (const command of program.commands.filter((candidate) => candidate.name() !== 'run-manager'))
    assert.ok(
      command.options.some((option) => option.long === '--output'),
      `${command.name()} has no -o`,
    )
})

line('help of the program and of every command', async () => {
  let text = (await runCommand(['--help'])).out
  for (const command of COMMANDS) {
    const result = await runCommand([command, '--help'])
    assert.is(result.code, 0)
    assert.match(result.out, /\nExamples:\n {2}\S/)
    text += `\n===== ${command}\n${result.out}`
  }
  checkGolden('golden/cli/help.txt', text)
})

const mistakes = [
  { args: ['statsu'], says: /unknown command 'statsu'[\s\S]*Did you mean status/ },
  { args: ['bogus'], says: /unknown command 'bogus'\n\(headway --help/ },
  { args: ['--dir', '/nowhere', 'statsu'], says: /unknown command 'statsu'[\s\S]*Did you mean status/ },
  { args: ['--dri', '/nowhere', 'status'], says: /unknown option '--dri'/ },
  { args: ['--dir', '/nowhere'], says: /unknown option '--dir'/ },
  { args: ['status', '--jsn'], says: /unknown option '--jsn'/ },
  { args: ['status', '-o', 'yaml'], says: /Allowed choices are text, json/ },
  { args: ['wait', '--timeout', 'soon'], says: /write a length of time/ },
  { args: ['up', '--port', '0'], says: /write a port number from 1 to 65535/ },
  { args: ['up', '--listen', 'nowhere.invalid'], says: /write an IP address of this host/ },
  { args: ['agent', '--node-name', 'Bad Name'], says: /write a DNS name of at most 63/ },
  { args: ['up', '--branch', ''], says: /write the name of a branch/ },
  { args: ['up', '--path', '../x'], says: /write a folder inside the repository/ },
  { args: ['up', '--port', '65536'], says: /write a port number from 1 to 65535/ },
  { args: ['logs', 'pod/x', '--tail', '-1'], says: /write a whole number/ },
  { args: ['confirm'], says: /missing required argument 'hash'/ },
  { args: ['completion', 'tcsh'], says: /Allowed choices are bash, zsh, fish/ },
  { args: ['agent', '--join', 'nonsense', '--dir', '/nowhere/x'], says: /this is no join string/ },
  { args: ['agent', '--service', '--join', 'a:1/2.3', '--dir', '/nowhere/x'], says: /this is no join string/ },
  { args: ['exec', 'pod/x'], says: /missing required argument 'command'/ },
  { args: ['exec', 'svc/x', '--', 'ls'], says: /a Service has no containers of its own: name a pod or a workload/ },
  { args: ['logs', 'cm/x'], says: /a ConfigMap has no containers of its own/ },
  { args: ['blame', 'bogus/x'], says: /"bogus\/x" names no object: write KIND\/NAME/ },
  { args: ['token', '--ttl', '0s'], says: /a token for no time lets nobody in: write --ttl 1h/ },
] as const
for (const { args, says } of mistakes)
  line(`wrong usage: ${args.join(' ')}`, async () => {
    const result = await runCommand([...args])
    assert.is(result.code, 2)
    assert.match(result.err, says)
    assert.is(result.out, '')
  })

line('help asked for is no mistake, no command at all is', async () => {
  assert.is((await runCommand(['help', 'wait'])).code, 0)
  assert.is((await runCommand([])).code, 2)
})

line('no cluster, no manager: exit 3 and what to do', async () => {
  const folder = mkdtempSync('/tmp/hwcli-')
  const none = await runCommand(['wait', '--dir', folder])
  assert.is(none.code, 3)
  assert.match(none.err, /no cluster in \/tmp\/hwcli-\w+: run "headway up"/)
  for (const command of [
    ['status'],
    ['history'],
    ['token'],
    ['why', 'pod/x'],
    ['logs', 'pod/x'],
    ['confirm', 'abcdef01'],
  ]) {
    const result = await runCommand([...command, '--dir', folder])
    assert.is(result.code, 3, command.join(' '))
    assert.match(
      result.err,
      /cannot reach the manager at .*manager\.sock: it is not running here: start it with "headway up"/,
    )
  }
  writeFileSync(path.join(folder, 'cluster.json'), '{ not json')
  const broken = await runCommand(['wait', '--dir', folder])
  assert.is(broken.code, 3)
  assert.match(broken.err, /cluster\.json: .*repair it, or remove it/)
  rmSync(folder, { recursive: true })
})

const DNS_LABEL_MAX = 'n'.repeat(63)
const values: readonly (readonly [(text: string) => string, readonly string[], readonly string[]])[] = [
  [addressOption, ['10.0.0.5', '::1', '0.0.0.0'], ['', 'localhost', '10.0.0', '10.0.0.5:7443']],
  [
    nodeNameOption,
    ['n', 'host-2.example', DNS_LABEL_MAX],
    ['', 'Host', '-n', 'n.', 'a..b', 'a b', `${DNS_LABEL_MAX}n`],
  ],
  [branchOption, ['main', 'release/1.0', 'ä'], ['', '-b', 'a b', 'a..b', '/a', 'a/', 'a~1', 'a:b', 'a//b', '@{', '.a']],
  [repositoryFolderOption, ['', 'clusters/one', 'a..b'], ['/abs', '../x', 'a/../b', 'a/..']],
]
for (const [parse, good, bad] of values)
  line(`values of ${parse.name}`, () => {
    for (const text of good) assert.is(parse(text), text)
    for (const text of bad) assert.throws(() => parse(text), /^write /, JSON.stringify(text))
  })

const durations = [
  ['60s', 60_000],
  ['2m', 120_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['45', 45_000],
  ['1.5s', 1_500],
  ['0s', 0],
  ['', null],
  ['s', null],
  ['5x', null],
  ['5s5', null],
  ['-5s', null],
  ['1h 30m', null],
] as const
for (const [text, ms] of durations) line(`length of time "${text}"`, () => assert.is(parseDuration(text), ms))

for (const shell of ['bash', 'zsh', 'fish'] as const)
  line(`completion of ${shell}`, async () => {
    const { code, out } = await runCommand(['completion', shell])
    assert.is(code, 0)
    for (const command of COMMANDS) assert.ok(out.includes(command), command)
    checkGolden(`golden/cli/completion.${shell}`, out)
  })

line('bash takes its completion and completes with it', async () => {
  const { out } = await runCommand(['completion', 'bash'])
  const script = `${out}\nCOMP_WORDS=(headway st); COMP_CWORD=1; _headway; echo "\${COMPREPLY[*]}"
COMP_WORDS=(headway wait --rev); COMP_CWORD=2; _headway; echo "\${COMPREPLY[*]}"
COMP_WORDS=(headway wait -o j); COMP_CWORD=3; _headway; echo "\${COMPREPLY[*]}"
COMP_WORDS=(headway plan -o m); COMP_CWORD=3; _headway; echo "\${COMPREPLY[*]}"
COMP_WORDS=(headway snapshot -o /etc/host); COMP_CWORD=3; _headway; echo "\${COMPREPLY[*]}" | grep -o /etc/hostname`
  const result = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  assert.is(result.stderr, '')
  assert.is(result.stdout, 'status\n--revision\njson\nmarkdown\n/etc/hostname\n')
})

line('a manager whose port is taken says what to do, without a stack', async () => {
  const folder = mkdtempSync('/tmp/hwcli-')
  const blocker = createServer()
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
  const { port } = blocker.address() as AddressInfo
  const source = { id: 'main', url: path.join(folder, 'cluster.git'), branch: 'main', path: '', tokenFile: '' }
  const settings = { version: 1, sources: [source], host: '127.0.0.1', port, nodeName: '', nodeAddress: '', owner: '' }
  writeFileSync(path.join(folder, 'cluster.json'), JSON.stringify({ ...settings, service: false }))
  const { code, err } = await runCommand(['run-manager', '--dir', folder])
  blocker.close()
  rmSync(folder, { recursive: true })
  assert.is(code, 3)
  const advice = 'another process has the port: stop it or choose another with --port'
  const cause = `listen EADDRINUSE: address already in use 127.0.0.1:${port}`
  assert.is(err, `headway: listen on 127.0.0.1:${port}: ${cause}; ${advice}\n`)
})

line('the real program answers by itself', () => {
  const main = path.join(packageRoot, 'dist/src/cli/main.js')
  const result = spawnSync(process.execPath, [main, 'status', '-o', 'yaml'], { encoding: 'utf8', timeout: 20_000 })
  assert.is(result.status, 2)
  assert.match(result.stderr, /^headway: /)
})

line.run()
