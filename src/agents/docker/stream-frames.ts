/**
 * The engine's multiplexed streams: frames of an 8-byte header (stream number, three zero bytes, length big endian) and
 * their content. Used for logs and exec without a terminal.
 */
import { PassThrough, type Readable } from 'node:stream'

const HEADER_BYTES = 8

/** Calls `emit` with each piece of content; pieces of one frame may come in parts, so nothing is held in memory. */
export class FrameDecoder {
  #header = Buffer.alloc(HEADER_BYTES)
  #headerBytes = 0
  #contentBytes = 0

  constructor(private readonly emit: (isStderr: boolean, content: Buffer) => void) {}

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#contentBytes === 0) {
        const take = Math.min(HEADER_BYTES - this.#headerBytes, chunk.length - at)
        chunk.copy(this.#header, this.#headerBytes, at, at + take)
        this.#headerBytes += take
        at += take
        if (this.#headerBytes < HEADER_BYTES) return
        this.#contentBytes = this.#header.readUInt32BE(4)
        this.#headerBytes = 0
        continue
      }
      const take = Math.min(this.#contentBytes, chunk.length - at)
      this.emit(this.#header[0] === 2, chunk.subarray(at, at + take))
      this.#contentBytes -= take
      at += take
    }
  }
}

export interface SplitStreams {
  readonly stdout: PassThrough
  readonly stderr: PassThrough
}

/** Splits a multiplexed stream in two, or passes a terminal's on whole; a slow reader slows the source down. */
export function splitStream(source: Readable, isTerminal: boolean): SplitStreams {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  let waiting = 0
  const write = (target: PassThrough, content: Buffer): void => {
    // A reader that has gone needs nothing any more.
    if (target.destroyed || target.write(content)) return
    waiting++
    source.pause()
    const go = (): void => {
      target.off('drain', go)
      target.off('close', go)
      if (--waiting === 0) source.resume()
    }
    target.on('drain', go)
    target.on('close', go)
  }
  const decoder = new FrameDecoder((isStderr, content) => write(isStderr ? stderr : stdout, content))
  source.on('data', (chunk: Buffer) => (isTerminal ? write(stdout, chunk) : decoder.push(chunk)))
  const end = (): void => {
    stdout.end()
    stderr.end()
  }
  source.on('end', end)
  source.on('close', end)
  source.on('error', end)
  return { stdout, stderr }
}
