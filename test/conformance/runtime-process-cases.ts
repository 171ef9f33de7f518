/** Cases of the runtime suite: commands inside containers, and what containers print. */
import * as assert from 'uvu/assert'
import { type AddCase, errorOf, ownSpec, readAll, waitForExit } from './runtime-test.js'

export function addProcessCases(add: AddCase): void {
  const limits = { timeoutMs: 10_000, outputMaxBytes: 1_000 }

  add('a command’s exit code and output', async (context) => {
    const id = await context.create(ownSpec(context))
    await context.runtime.start(id)
    const fine = await context.runtime.execute(id, context.behaviour.print('out', 'err'), limits)
    assert.is(fine.exitCode, 0)
    assert.equal(fine.output.trim().split('\n').sort(), ['err', 'out'])
    const failing = await context.runtime.execute(id, context.behaviour.exit(7), limits)
    assert.is(failing.exitCode, 7)
  })

  add('a command’s output is cut', async (context) => {
    const id = await context.create(ownSpec(context))
    await context.runtime.start(id)
    const command = context.behaviour.print('0123456789', '')
    const result = await context.runtime.execute(id, command, { ...limits, outputMaxBytes: 4 })
    assert.is(result.output.length, 4)
  })

  add('a command that takes too long is a timeout', async (context) => {
    const id = await context.create(ownSpec(context))
    await context.runtime.start(id)
    const call = context.runtime.execute(id, context.behaviour.ignoreStop, { ...limits, timeoutMs: 200 })
    assert.is((await errorOf(call)).code, 'timeout')
    assert.is((await context.runtime.inspect(id))?.state, 'running')
  })

  add('a command in a container that does not run', async (context) => {
    const id = await context.create(ownSpec(context))
    const error = await errorOf(context.runtime.execute(id, context.behaviour.exit(0), limits))
    assert.is(error.code, 'conflict')
  })

  add('what an ended container printed, by stream', async (context) => {
    const id = await context.create(ownSpec(context, { command: context.behaviour.print('to out', 'to err') }))
    await context.runtime.start(id)
    await waitForExit(context, id)
    const logs = await context.runtime.logs(id, { follow: false, tailLines: null, sinceMs: null, timestamps: false })
    const [stdout, stderr] = await Promise.all([readAll(logs.stdout), readAll(logs.stderr)])
    assert.equal([stdout, stderr], ['to out\n', 'to err\n'])
  })

  add('followed logs end with the container', async (context) => {
    const id = await context.create(ownSpec(context))
    await context.runtime.start(id)
    const logs = await context.runtime.logs(id, { follow: true, tailLines: null, sinceMs: null, timestamps: false })
    const reading = Promise.all([readAll(logs.stdout), readAll(logs.stderr)])
    await context.runtime.stop(id, 'SIGTERM', 5_000)
    assert.equal(await reading, ['', ''])
  })

  add('logs of a container that is not there', async ({ runtime }) => {
    const options = { follow: false, tailLines: null, sinceMs: null, timestamps: false }
    assert.is((await errorOf(runtime.logs('0123456789ab', options))).code, 'not-found')
  })
}
