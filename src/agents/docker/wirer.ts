/** Keeps the wirer's process: frames go in, replies come out in the same order. It is started at the first frame, and again after its end. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { REPLY_BYTES } from './wirer-program.js'

/** The kernel answers within a millisecond; while many networks come and go, within seconds. */
const LIMIT_MS = 20_000

interface Pending {
  readonly timer: NodeJS.Timeout
  resolve(reply: Buffer): void
  reject(error: Error): void
}

export class Wirer {
  private child: ChildProcessByStdio<Writable, Readable, null> | null = null
  private pending: Pending[] = []
  private rest: Buffer = Buffer.alloc(0)

  constructor(private readonly file: string) {}

  /** Sends a frame and gives the reply to it. Errors: when the process cannot be started or ends, or gives no reply in time. */
  send(frame: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.child ??= this.start()
      const { child } = this
      const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
      this.pending.push({ resolve, reject, timer })
      this.hold(true)
      child.stdin.write(frame)
    })
  }

  private start(): ChildProcessByStdio<Writable, Readable, null> {
    const child = spawn(this.file, [], { stdio: ['pipe', 'pipe', 'ignore'], env: {} })
    const fail = (why: string): void => {
      if (this.child !== child) return
      this.child = null
      this.rest = Buffer.alloc(0)
      for (const { reject, timer } of this.pending.splice(0)) {
        clearTimeout(timer)
        reject(new Error(`the wirer: ${why}`))
      }
    }
    child.on('error', (error) => fail(error.message))
    child.on('close', (code, signal) => fail(`ended with ${signal ?? `code ${code}`}`))
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (chunk: Buffer) => this.take(chunk))
    return child
  }

  private take(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk])
    while (this.rest.length >= REPLY_BYTES) {
      const reply = this.rest.subarray(0, REPLY_BYTES)
      this.rest = this.rest.subarray(REPLY_BYTES)
      const first = this.pending.shift()
      clearTimeout(first?.timer)
      first?.resolve(Buffer.from(reply))
    }
    if (this.pending.length === 0) this.hold(false)
  }

  /** An idle wirer keeps no program from ending: it ends with it. */
  private hold(holds: boolean): void {
    const { child } = this
    if (child === null) return
    const handles = [child, child.stdin as unknown as Socket, child.stdout as unknown as Socket]
    for (const handle of handles) holds ? handle.ref() : handle.unref()
  }
}
