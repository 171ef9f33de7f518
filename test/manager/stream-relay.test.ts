/** The relay between a command and an agent, on real sockets: nothing that was sent is lost, and nothing piles up. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket, WebSocketServer } from 'ws'
import { relayStream } from '../../src/manager/stream-relay.js'
import { waitFor } from '../support/wait-for.js'

interface Pair {
  /** The far end: the command's or the agent's own. */
  readonly far: WebSocket
  /** The manager's end. */
  readonly near: WebSocket
}

const relay = suite('stream relay')
let server: WebSocketServer

relay.before(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
})
relay.after(() => {
  for (const client of server.clients) client.terminate()
  server.close()
})

async function openPair(): Promise<Pair> {
  const near = once(server, 'connection')
  const far = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  far.on('error', () => {})
  await once(far, 'open')
  return { far, near: (await near)[0] as WebSocket }
}

function receivedBy(socket: WebSocket): string[] {
  const texts: string[] = []
  socket.on('message', (data) => texts.push(String(data)))
  return texts
}

relay('hands on what the command sent before the agent had dialled', async () => {
  const command = await openPair()
  const agent = await openPair()
  let dial: (socket: WebSocket) => void = () => {}
  const joined = relayStream(command.near, new Promise((resolve) => (dial = resolve)))
  const heard = receivedBy(agent.far)
  await new Promise((resolve) => {
    command.far.send('input')
    command.far.send('its end', resolve)
  })
  dial(agent.near)
  await joined
  command.far.send('more')
  await waitFor('all input', 5_000, () => heard.length === 3)
  assert.equal(heard, ['input', 'its end', 'more'])
  const answered = receivedBy(command.far)
  agent.far.send('output')
  await waitFor('the output', 5_000, () => answered.length === 1)
  agent.far.close()
  await once(command.far, 'close')
})

relay('hangs up on an agent that dials for a command that has gone', async () => {
  const command = await openPair()
  const agent = await openPair()
  let dial: (socket: WebSocket) => void = () => {}
  const joined = relayStream(command.near, new Promise((resolve) => (dial = resolve)))
  command.far.terminate()
  await waitFor('the hang-up', 5_000, () => command.near.readyState !== WebSocket.OPEN)
  dial(agent.near)
  await joined
  await once(agent.far, 'close')
})

relay('rejects when the agent does not dial, and leaves the command to the caller', async () => {
  const command = await openPair()
  await relayStream(command.near, Promise.reject(new Error('did not dial back'))).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /did not dial back/),
  )
  assert.is(command.near.readyState, WebSocket.OPEN)
  command.far.terminate()
})

relay('slows an agent down whose reader is slow, and loses nothing', async () => {
  const command = await openPair()
  const agent = await openPair()
  await relayStream(command.near, Promise.resolve(agent.near))
  const block = Buffer.alloc(256 * 1024, 1)
  const blocks = 160
  let received = 0
  command.far.on('message', (data) => {
    received += (data as Buffer).length
  })
  command.far.pause()
  for (let i = 0; i < blocks; i++) agent.far.send(block)
  await waitFor('the relay to pause', 5_000, () => agent.near.isPaused)
  assert.ok(command.near.bufferedAmount < 4 * 1024 * 1024, `${command.near.bufferedAmount} bytes held`)
  command.far.resume()
  await waitFor('all blocks', 10_000, () => received === blocks * block.length)
  agent.far.terminate()
  command.far.terminate()
})

relay.run()
