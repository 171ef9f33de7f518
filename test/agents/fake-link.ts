/** A manager in the same process: hands messages to the agent and keeps what it says. */
import type { DialledStream, LinkListener, ManagerLink } from '../../src/agents/link/link-port.js'
import type { AgentMessage, ManagerMessage, ReportedPod } from '../../src/model/protocol.js'

export class FakeLink implements ManagerLink {
  readonly sent: AgentMessage[] = []
  readonly pods = new Map<string, ReportedPod>()
  readonly gone = new Set<string>()
  readonly streams = new Map<string, FakeStream>()
  private listener: LinkListener | null = null

  constructor(readonly clusterId: string) {}

  start(listener: LinkListener): void {
    this.listener = listener
    listener.opened()
    this.say({ type: 'welcome', protocol: 1, clusterId: this.clusterId, epoch: 1, heartbeatMs: 1000 })
  }

  say(message: ManagerMessage): void {
    this.listener?.message(message)
  }

  send(message: AgentMessage): void {
    this.sent.push(message)
    if (message.type !== 'hello' && message.type !== 'report') return
    for (const pod of message.pods) this.pods.set(pod.uid, pod)
    if (message.type === 'report') for (const uid of message.gone) this.gone.add(uid)
  }

  reconnect(): void {
    this.listener?.closed('asked to')
    this.listener?.opened()
    this.say({ type: 'welcome', protocol: 1, clusterId: this.clusterId, epoch: 1, heartbeatMs: 1000 })
  }

  async openStream(id: string): Promise<DialledStream> {
    const stream = new FakeStream()
    this.streams.set(id, stream)
    return stream
  }

  close(): void {
    this.listener = null
  }
}

/** What came on a stream, by channel. */
export class FakeStream implements DialledStream {
  readonly received = new Map<number, string>()
  isClosed = false
  private listener: (frame: Uint8Array) => void = () => {}
  private closed: () => void = () => {}

  async send(frame: Uint8Array): Promise<void> {
    const channel = frame[0] ?? 255
    this.received.set(channel, (this.received.get(channel) ?? '') + Buffer.from(frame.subarray(1)).toString())
  }

  put(channel: number, text: string): void {
    this.listener(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]))
  }

  close(): void {
    this.isClosed = true
    this.closed()
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.listener = listener
  }

  onClose(listener: () => void): void {
    this.closed = listener
  }
}
