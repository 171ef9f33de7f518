/** Interactive commands through a real engine: input with its end, both outputs, terminals, exit codes. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openDockerRuntime } from '../../../src/agents/docker/docker-runtime.js'
import { type ExecSession, RuntimeError } from '../../../src/agents/runtime.js'
import { containerSpec } from '../../conformance/container-spec.js'
import { busyboxBehaviour } from '../../conformance/runtime.js'
import { waitFor } from '../../support/wait-for.js'
import { ensureBusyboxImage } from './busybox-image.js'

const tests = suite('exec session')
const runtime = openDockerRuntime({ log: () => undefined })
const LIMIT_MS = 20_000
let id = ''

tests.before(async () => {
  const image = await ensureBusyboxImage(runtime)
  id = await runtime.create(
    containerSpec({ name: `exec-session-${process.pid}`, image, command: busyboxBehaviour.serve }),
  )
  await runtime.start(id)
})

tests.after(async () => {
  await runtime.remove(id)
})

function shell(script: string, tty = false): Promise<ExecSession> {
  return runtime.openExec(id, ['/bin/sh', '-c', script], { stdin: true, tty })
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = ''
  for await (const chunk of stream) all += chunk.toString()
  return all
}

tests('input reaches the command and its end ends it', async () => {
  const session = await shell('cat; echo done >&2; exit 3')
  const outputs = Promise.all([text(session.stdout), text(session.stderr)])
  session.stdin.write('hello ')
  session.stdin.end('world')
  assert.equal(await outputs, ['hello world', 'done\n'])
  assert.is(await session.ended, 3)
})

tests('a command that reads nothing ends by itself', async () => {
  const session = await runtime.openExec(id, ['/bin/echo', 'hi'], { stdin: false, tty: false })
  assert.is(await text(session.stdout), 'hi\n')
  assert.is(await session.ended, 0)
})

tests('a terminal has a size and one stream', async () => {
  const session = await shell('echo ready; read line; stty size; echo got $line >&2', true)
  let output = ''
  session.stdout.on('data', (chunk) => {
    output += chunk.toString()
  })
  await waitFor('the command', LIMIT_MS, () => output.includes('ready'))
  await session.resize(123, 45)
  session.stdin.write('x\n')
  await waitFor('the size', LIMIT_MS, () => output.includes('45 123') && output.includes('got x'))
  assert.is(await session.ended, 0)
})

tests('ten megabytes come through whole', async () => {
  const session = await shell('dd if=/dev/zero bs=1M count=10 2>/dev/null')
  let bytes = 0
  for await (const chunk of session.stdout) bytes += (chunk as Buffer).length
  assert.is(bytes, 10 * 1024 * 1024)
  assert.is(await session.ended, 0)
})

tests('a container that is not there', async () => {
  try {
    await runtime.openExec('0123456789ab', ['/bin/true'], { stdin: true, tty: false })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, RuntimeError)
    assert.is((error as RuntimeError).code, 'not-found')
  }
})

tests('a command that does not exist', async () => {
  const result = await runtime.execute(id, ['/no/such'], { timeoutMs: 5_000, outputMaxBytes: 1_000 })
  assert.ok(result.exitCode === 126 || result.exitCode === 127)
})

tests.run()
