/** A gRPC health check (grpc.health.v1.Health/Check) over plain HTTP/2: one unary call with a one-field message. */
import http2 from 'node:http2'

const SERVING = 1

/** True when the service says SERVING. Throws when no answer came within `timeoutMs`. */
export function grpcHealth(address: string, port: number, service: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://${address.includes(':') ? `[${address}]` : address}:${port}`)
    const finish = (act: () => void): void => {
      clearTimeout(timer)
      session.destroy()
      act()
    }
    const timer = setTimeout(() => finish(() => reject(new Error('no answer in time'))), timeoutMs)
    session.on('error', (error) => finish(() => reject(error)))
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    call.on('data', (chunk: Buffer) => chunks.push(chunk))
    call.on('error', (error) => finish(() => reject(error)))
    call.on('end', () => finish(() => resolve(readStatus(Buffer.concat(chunks)) === SERVING)))
    call.end(encodeRequest(service))
  })
}

/** A length-prefixed message with field 1, the service's name; empty for the server as a whole. */
function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service)
  const length: number[] = []
  for (let rest = name.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) break
  }
  const message = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, ...length]), name])
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** Field 1 of the answer, a varint below 128; 0 when it is not there. */
function readStatus(frame: Buffer): number {
  return frame.length >= 7 && frame[5] === 0x08 ? frame[6]! : 0
}
