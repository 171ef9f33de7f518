/**
 * Joins a command's socket and the one that the agent dialled back, frame by frame. The command may send input, and
 * even its end, before the agent has dialled: that is held until then. A slow reader slows the writer down, so that
 * the manager never holds a log in memory.
 */
import { WebSocket } from 'ws'

/** More than this waiting for a reader, and its writer is paused. */
const UNSENT_BYTES_MAX = 1024 * 1024

interface Frame {
  readonly data: Buffer
  readonly isBinary: boolean
}

/**
 * Must be called in the turn in which the last message of `client` that is not to be relayed came. Rejects when
 * `dialled` does; then `client` is the caller's to close.
 */
export async function relayStream(client: WebSocket, dialled: Promise<WebSocket>): Promise<void> {
  const early: Frame[] = []
  let heldBytes = 0
  const hold = (data: unknown, isBinary: boolean): void => {
    early.push({ data: data as Buffer, isBinary })
    heldBytes += (data as Buffer).length
    // Not from the first on: a socket that is not read does not see that the command has gone.
    if (heldBytes > UNSENT_BYTES_MAX) client.pause()
  }
  client.on('message', hold)
  let agent: WebSocket
  try {
    agent = await dialled
  } finally {
    client.off('message', hold)
    client.resume()
  }
  if (client.readyState !== WebSocket.OPEN) {
    agent.close()
    return
  }
  for (const { data, isBinary } of early) agent.send(data, { binary: isBinary })
  pipe(client, agent)
  pipe(agent, client)
}

function pipe(from: WebSocket, to: WebSocket): void {
  from.on('message', (data, isBinary) => {
    const isFull = to.bufferedAmount > UNSENT_BYTES_MAX
    if (isFull) from.pause()
    // After an error too: `from` must be read to its end for its own close to be seen.
    to.send(data as Buffer, { binary: isBinary }, () => (isFull ? from.resume() : undefined))
  })
  from.on('close', () => to.close())
  from.on('error', () => to.terminate())
}
