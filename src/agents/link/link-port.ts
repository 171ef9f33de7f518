/** The connection to the manager as the agent sees it; the adapter is `manager-link.ts`. */
import type { AgentMessage, ManagerMessage } from '../../model/protocol.js'

/** A stream dialled back for logs or exec: binary frames as protocol.ts says. */
export interface DialledStream {
  /** Resolves when the frame was handed to the network, so that a fast writer waits for a slow reader. */
  send(frame: Uint8Array): Promise<void>
  close(): void
  onFrame(listener: (frame: Uint8Array) => void): void
  /** Calls at once when it is closed already: whoever asked may have gone while the engine was. */
  onClose(listener: () => void): void
}

export interface LinkListener {
  /** The socket is open: `hello` is due. */
  opened(): void
  message(message: ManagerMessage): void
  closed(reason: string): void
}

export interface ManagerLink {
  /** Dials, and dials again whenever the connection ends, until `close`. */
  start(listener: LinkListener): void
  /** Drops the message when the connection is not open: hello says everything after the next opening. */
  send(message: AgentMessage): void
  /** Ends this connection and dials again. */
  reconnect(reason: string): void
  openStream(id: string): Promise<DialledStream>
  close(): void
}
