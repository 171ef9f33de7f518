/**
 * The wirer: one small process that an agent keeps, so that wiring a pod needs no new ones. It reads frames of a fixed
 * size, each with messages to the kernel (`wiring-frame.ts` writes them): one for the host's network, then, in the network
 * of a process, a question for the index of `eth0`, which it puts where the frame wants it, and three more. The kernel's
 * answers go back as they are. Only what must run inside the other network is here; it ends with its input.
 */
import type { Program } from './elf-file.js'

export const FRAME_BYTES = 1024
/** Where things lie in a frame: a path with a zero, lengths as 64-bit words, messages. */
export const FRAME = {
  path: 0,
  outsideLength: 64,
  insideLength: 72,
  outside: 128,
  question: 512,
  inside: 576,
  /** Where the index of eth0 goes: in the link's, the address's and the route's message. */
  indexes: [596, 628, 696],
} as const
export const QUESTION_BYTES = 44

export const REPLY_BYTES = 384
/** Where things lie in a reply: the beginnings of the kernel's answers, then results as 64-bit words. */
export const REPLY = { outside: 0, question: 64, inside: [128, 192, 256], opened: 320, entered: 328 } as const
/** Stands where an answer's error does until there is an answer. */
export const NOT_DONE = 1
/** Of an answer: the kernel's error, negative, as 32 bits. */
export const ANSWER_ERROR = 16

const ANSWER_BYTES = 64
const ANSWER_INDEX = 20
const AT_FDCWD = -100
const O_CLOEXEC = 0x80000
const AF_NETLINK = 16
const SOCK_RAW = 3
const CLONE_NEWNET = 0x40000000

type Code = Program['code']

const answered = [REPLY.outside, REPLY.question, ...REPLY.inside]

const readAnswer = (from: 'b' | 'c', offset: number): Code => [
  { op: 'call', name: 'read', with: [from, { address: 'reply', offset }, ANSWER_BYTES] },
]

/** `a` is this network's file, `b` a socket in it. */
const setUp: Code = [
  { op: 'call', name: 'openat', with: [AT_FDCWD, { address: 'own' }, O_CLOEXEC], result: 'a' },
  { op: 'branch', left: 'a', is: 'less', right: 0, to: 'fail' },
  { op: 'call', name: 'socket', with: [AF_NETLINK, SOCK_RAW | O_CLOEXEC, 0], result: 'b' },
  { op: 'branch', left: 'b', is: 'less', right: 0, to: 'fail' },
]

const outside: Code = [
  { op: 'label', name: 'next' },
  { op: 'call', name: 'read', with: [0, { address: 'frame' }, FRAME_BYTES], result: 'd' },
  { op: 'branch', left: 'd', is: 'less', right: FRAME_BYTES, to: 'end' },
  { op: 'set', to: 'd', value: NOT_DONE },
  ...answered.map(
    (offset) => ({ op: 'store', value: 'd', to: 'reply', offset: offset + ANSWER_ERROR, bytes: 4 }) as const,
  ),
  { op: 'set', to: 'd', value: 0 },
  { op: 'store', value: 'd', to: 'reply', offset: REPLY.opened, bytes: 8 },
  { op: 'store', value: 'd', to: 'reply', offset: REPLY.entered, bytes: 8 },
  { op: 'set', to: 'd', value: { address: 'frame', offset: FRAME.outsideLength } },
  { op: 'load-word', to: 'd', from: 'd' },
  { op: 'call', name: 'write', with: ['b', { address: 'frame', offset: FRAME.outside }, 'd'] },
  ...readAnswer('b', REPLY.outside),
  // The lowest byte tells: no error's number is a multiple of 256.
  { op: 'set', to: 'd', value: { address: 'reply', offset: REPLY.outside + ANSWER_ERROR } },
  { op: 'load-byte', to: 'd', from: 'd' },
  { op: 'branch', left: 'd', is: 'greater', right: 0, to: 'answer' },
]

/** A socket stays in the network where it was made, so the wirer itself is away for one call. */
const inside: Code = [
  { op: 'call', name: 'openat', with: [AT_FDCWD, { address: 'frame', offset: FRAME.path }, O_CLOEXEC], result: 'c' },
  { op: 'store', value: 'c', to: 'reply', offset: REPLY.opened, bytes: 8 },
  { op: 'branch', left: 'c', is: 'less', right: 0, to: 'answer' },
  { op: 'call', name: 'setns', with: ['c', CLONE_NEWNET], result: 'd' },
  { op: 'store', value: 'd', to: 'reply', offset: REPLY.entered, bytes: 8 },
  { op: 'call', name: 'close', with: ['c'] },
  { op: 'branch', left: 'd', is: 'less', right: 0, to: 'answer' },
  { op: 'call', name: 'socket', with: [AF_NETLINK, SOCK_RAW | O_CLOEXEC, 0], result: 'c' },
  { op: 'call', name: 'setns', with: ['a', CLONE_NEWNET], result: 'd' },
  // It must never work on in a pod's network.
  { op: 'branch', left: 'd', is: 'less', right: 0, to: 'fail' },
  { op: 'call', name: 'write', with: ['c', { address: 'frame', offset: FRAME.question }, QUESTION_BYTES] },
  ...readAnswer('c', REPLY.question),
  { op: 'set', to: 'd', value: { address: 'reply', offset: REPLY.question + ANSWER_INDEX } },
  { op: 'load-word', to: 'd', from: 'd' },
  ...FRAME.indexes.map((offset) => ({ op: 'store', value: 'd', to: 'frame', offset, bytes: 4 }) as const),
  { op: 'set', to: 'd', value: { address: 'frame', offset: FRAME.insideLength } },
  { op: 'load-word', to: 'd', from: 'd' },
  { op: 'call', name: 'write', with: ['c', { address: 'frame', offset: FRAME.inside }, 'd'] },
  ...REPLY.inside.flatMap((offset) => readAnswer('c', offset)),
  { op: 'call', name: 'close', with: ['c'] },
]

const answer: Code = [
  { op: 'label', name: 'answer' },
  { op: 'call', name: 'write', with: [1, { address: 'reply' }, REPLY_BYTES] },
  { op: 'jump', to: 'next' },
  { op: 'label', name: 'end' },
  { op: 'call', name: 'exit_group', with: [0] },
  { op: 'label', name: 'fail' },
  { op: 'call', name: 'exit_group', with: [1] },
]

export const wirerProgram: Program = {
  data: { own: '/proc/self/ns/net\0', frame: { zero: FRAME_BYTES }, reply: { zero: REPLY_BYTES } },
  code: [...setUp, ...outside, ...inside, ...answer],
}
