/** `logs` and `exec` against a fake manager: which pods and containers are asked, and how output and exit codes come back. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StreamRequest } from '../../src/model/protocol.js'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { makePod, makeStatus } from './fixtures.js'
import { runCommand } from './run-command.js'

const streams = suite('streams')
let fake: FakeManager
let asked: StreamRequest[] = []
streams.before(async () => {
  fake = await startFakeManager({})
})
streams.after(() => fake.close())
streams.before.each(() => {
  asked = []
  fake.requests.length = 0
  fake.answers = {
    status: makeStatus(),
    object: { manifest: { spec: { template: { spec: { containers: [{ name: 'web' }, { name: 'log' }] } } } } },
    stream: (request) => {
      asked.push(request)
      if (request.type === 'logs')
        return { stdout: `hello from ${request.pod}\nand é`, stderr: 'oops\n', exitCode: null }
      return { stdout: 'out\n', stderr: 'err\n', exitCode: 7 }
    },
  }
})

streams('logs of one pod, its first container', async () => {
  const result = await runCommand([
    'logs',
    'pod/web-6f7c9d4b8d-aaaaa',
    '--tail',
    '5',
    '--since',
    '1m',
    '-p',
    '--dir',
    fake.directory,
  ])
  assert.is(result.code, 0, result.err)
  assert.is(result.out, 'hello from uid-web-6f7c9d4b8d-aaaaa\noops\nand é\n')
  assert.equal(asked, [
    {
      type: 'logs',
      pod: 'uid-web-6f7c9d4b8d-aaaaa',
      container: 'web',
      previous: true,
      follow: false,
      tailLines: 5,
      sinceMs: 60_000,
      timestamps: false,
    },
  ])
  assert.ok(fake.requests.includes('STREAM /v1/stream?node=node1'))
})

streams('logs of a deployment: every pod, each line behind its name', async () => {
  const result = await runCommand(['logs', 'deployment/web', '-c', 'log', '--dir', fake.directory])
  assert.is(asked.length, 3)
  assert.is(asked[0]?.container, 'log')
  for (const name of ['aaaaa', 'bbbbb', 'ccccc'])
    assert.match(result.out, new RegExp(`^\\[web-6f7c9d4b8d-${name}\\] hello from uid-web-6f7c9d4b8d-${name}$`, 'm'))
})

streams('logs in JSON: one object a line', async () => {
  const result = await runCommand(['logs', 'web-6f7c9d4b8d-a', '-o', 'json', '--dir', fake.directory])
  assert.equal(
    result.out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text)),
    [
      {
        pod: 'shop/web-6f7c9d4b8d-aaaaa',
        container: 'web',
        stream: 'stdout',
        line: 'hello from uid-web-6f7c9d4b8d-aaaaa',
      },
      { pod: 'shop/web-6f7c9d4b8d-aaaaa', container: 'web', stream: 'stderr', line: 'oops' },
      { pod: 'shop/web-6f7c9d4b8d-aaaaa', container: 'web', stream: 'stdout', line: 'and é' },
    ],
  )
})

streams('the annotated default container', async () => {
  fake.answers.object = {
    manifest: {
      spec: {
        template: {
          metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'log' } },
          spec: { containers: [{ name: 'web' }, { name: 'log' }] },
        },
      },
    },
  }
  await runCommand(['logs', 'web-6f7c9d4b8d-a', '--dir', fake.directory])
  assert.is(asked[0]?.container, 'log')
})

streams('a pod without a node has no logs yet', async () => {
  fake.answers.status = makeStatus({ pods: [makePod('web-1', { node: null })] })
  const result = await runCommand(['logs', 'pod/web-1', '--dir', fake.directory])
  assert.is(result.code, 1)
  assert.match(result.err, /has no node yet: "headway why pod\/web-1"/)
})

for (const args of [
  ['logs', 'web-6f7c9d4b8d-a'],
  ['exec', 'web-6f7c9d4b8d-a', '--', 'ls'],
] as const)
  streams(`${args[0]} of a container that is not there: the pod, and who says more`, async () => {
    const error = 'the pod has no container named web on this node'
    fake.answers.stream = () => ({ stdout: '', stderr: '', exitCode: null, error })
    const result = await runCommand(['--dir', fake.directory, ...args])
    assert.is(result.code, 1)
    const advice = '"headway why pod/web-6f7c9d4b8d-aaaaa" says how far it is'
    assert.is(result.err, `headway: shop/web-6f7c9d4b8d-aaaaa: ${error}: ${advice}\n`)
  })

streams('a stream that breaks is an error, not an end', async () => {
  fake.answers.stream = () => null
  const result = await runCommand(['logs', 'web-6f7c9d4b8d-a', '--dir', fake.directory])
  assert.is(result.code, 3)
  assert.match(result.err, /the stream broke/)
})

streams('exec ends with the exit code of the command', async () => {
  const result = await runCommand([
    'exec',
    'deployment/web',
    '-o',
    'json',
    '--dir',
    fake.directory,
    '--',
    'ls',
    '-l',
    '--color',
  ])
  assert.is(result.code, 7)
  assert.equal(JSON.parse(result.out), {
    pod: 'shop/web-6f7c9d4b8d-aaaaa',
    exitCode: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
  assert.equal(asked, [
    {
      type: 'exec',
      pod: 'uid-web-6f7c9d4b8d-aaaaa',
      container: 'web',
      command: ['ls', '-l', '--color'],
      stdin: false,
      tty: false,
    },
  ])
})

streams.run()
