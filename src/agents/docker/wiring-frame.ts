/** The frames of the wirer: a pod's wiring as messages to the kernel (rtnetlink), and what its answers mean. Pure; little-endian as both machines are. */
import { ANSWER_ERROR, FRAME, FRAME_BYTES, NOT_DONE, REPLY } from './wirer-program.js'

const RTM_NEWLINK = 16
const RTM_GETLINK = 18
const RTM_SETLINK = 19
const RTM_NEWADDR = 20
const RTM_NEWROUTE = 24
const REQUEST = 1
const ACKNOWLEDGE = 4
const EXCLUSIVE = 0x200
const CREATE = 0x400
const HEADER_BYTES = 16
const AF_INET = 2
const IFF_UP = 1
const NLMSG_ERROR = 2
const EEXIST = 17

export interface FrameInput {
  readonly pid: number
  readonly hostEnd: string
  /** Of `eth0`, six bytes. */
  readonly hardwareAddress: readonly number[]
  readonly bridgeIndex: number
  readonly mtu: number
  readonly address: readonly number[]
  readonly prefixLength: number
  readonly gateway: readonly number[]
}

/** One request of the wirer: a veth pair from the bridge into the process's network, up, with address and default route. */
export function makeFrame(input: FrameInput): Uint8Array {
  const frame = Buffer.alloc(FRAME_BYTES)
  frame.write(`/proc/${input.pid}/ns/net`, FRAME.path)
  const outside = linkMessage(input)
  const inside = insideMessages(input)
  frame.writeBigUInt64LE(BigInt(outside.length), FRAME.outsideLength)
  frame.writeBigUInt64LE(BigInt(inside.length), FRAME.insideLength)
  frame.set(outside, FRAME.outside)
  frame.set(message(RTM_GETLINK, REQUEST, linkBody(0), attribute(3, text('eth0'))), FRAME.question)
  frame.set(inside, FRAME.inside)
  return frame
}

function linkMessage(input: FrameInput): Buffer {
  const mtu = attribute(4, word(input.mtu))
  const peer = Buffer.concat([
    linkBody(0),
    attribute(3, text('eth0')),
    mtu,
    attribute(1, Buffer.from(input.hardwareAddress)),
    attribute(19, word(input.pid)),
  ])
  const kind = Buffer.concat([attribute(1, text('veth')), attribute(2, attribute(1, peer))])
  return message(
    RTM_NEWLINK,
    REQUEST | ACKNOWLEDGE | CREATE | EXCLUSIVE,
    linkBody(IFF_UP),
    attribute(3, text(input.hostEnd)),
    mtu,
    attribute(10, word(input.bridgeIndex)),
    attribute(18, kind),
  )
}

/** The index of eth0 is filled in by the wirer, at `FRAME.indexes`. */
function insideMessages({ address, prefixLength, gateway }: FrameInput): Buffer {
  const flags = REQUEST | ACKNOWLEDGE
  const ip = Buffer.from(address)
  const last = address.map((byte, i) => byte | (0xff >> Math.min(8, Math.max(0, prefixLength - 8 * i))))
  const addressBody = Buffer.from([AF_INET, prefixLength, 0, 0, 0, 0, 0, 0])
  // Of the main table, made by hand, everywhere, to one host.
  const routeBody = Buffer.from([AF_INET, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0])
  return Buffer.concat([
    message(RTM_SETLINK, flags, linkBody(IFF_UP)),
    message(
      RTM_NEWADDR,
      flags | CREATE | EXCLUSIVE,
      addressBody,
      attribute(2, ip),
      attribute(1, ip),
      attribute(4, Buffer.from(last)),
    ),
    message(RTM_NEWROUTE, flags | CREATE, routeBody, attribute(5, Buffer.from(gateway)), attribute(4, word(0))),
  ])
}

/** `ifinfomsg` of a link that is named by an attribute or filled in later; sets the flags given. */
function linkBody(flags: number): Buffer {
  const body = Buffer.alloc(16)
  body.writeUInt32LE(flags, 8)
  body.writeUInt32LE(flags, 12)
  return body
}

function message(type: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.length, HEADER_BYTES),
    0,
  )
  header.writeUInt16LE(type, 4)
  header.writeUInt16LE(flags, 6)
  return Buffer.concat([header, ...parts])
}

/** Length, type, value, filled up to a multiple of four. */
function attribute(type: number, value: Buffer): Buffer {
  const whole = Buffer.alloc(Math.ceil((4 + value.length) / 4) * 4)
  whole.writeUInt16LE(4 + value.length, 0)
  whole.writeUInt16LE(type, 2)
  whole.set(value, 4)
  return whole
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export type WiringOutcome = 'wired' | 'exists' | { readonly error: string }

/** What a reply says. `exists`: the host has an end of that name already. */
export function readReply(reply: Buffer): WiringOutcome {
  const made = reply.readInt32LE(REPLY.outside + ANSWER_ERROR)
  if (made === -EEXIST) return 'exists'
  if (made !== 0) return { error: `make the veth pair: error ${made}` }
  const opened = Number(reply.readBigInt64LE(REPLY.opened))
  const entered = Number(reply.readBigInt64LE(REPLY.entered))
  if (opened < 0) return { error: `open the pod's network: error ${opened}` }
  if (entered < 0) return { error: `enter the pod's network: error ${entered}` }
  if (reply.readUInt16LE(REPLY.question + 4) === NLMSG_ERROR) return { error: 'the pod’s network has no eth0' }
  const steps = ['switch eth0 on', 'set the address', 'set the default route']
  for (const [i, offset] of REPLY.inside.entries()) {
    const error = reply.readInt32LE(offset + ANSWER_ERROR)
    if (error !== 0) return { error: `${steps[i]}: ${error === NOT_DONE ? 'not done' : `error ${error}`}` }
  }
  return 'wired'
}
