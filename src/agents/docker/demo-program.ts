/**
 * The demo image's program: an HTTP server on port 8080 that answers everything with its version and its pod's name.
 * One process a connection, so that a slow client holds nobody up. At TERM it takes what is already in the queue, stops
 * listening, lets open answers end and exits with 0: a rollout of it loses no request. Clients that hold a connection
 * open without asking anything do not hold up its end: it waits for them a second at most.
 */
import type { Program } from './elf-file.js'
import { SIGCHLD, SIGINT, SIGNAL_SET_BYTES, SIGTERM, signalSet } from './sandbox-program.js'

export const DEMO_PORT = 8080

const AF_INET = 2
const SOCK_STREAM = 1
const NONBLOCK = 0x800
const CLOEXEC = 0x80000
const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const SO_RCVTIMEO = 20
const SHUT_WR = 1
const BACKLOG = 1024
const BUFFER_BYTES = 4096
/** Where the host name lies in the kernel's `utsname`. */
const NODENAME_OFFSET = 65
const UTSNAME_BYTES = 390
const SIGNAL_INFO_BYTES = 128
const POLL_BYTES = 8
/** A client that sends nothing is dropped after this. */
const CLIENT_LIMIT_SECONDS = 5
/** After TERM, open connections have this long: an answer takes a millisecond, so one that is still open then is idle. */
const DRAIN_LIMIT_MS = 1_000
const DRAIN_LOOK_MS = 20
const WNOHANG = 1

/** The program of one version, `v1`. */
export function demoProgram(version: string): Program {
  const answer = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nheadway demo ${version} on `
  const hello = `headway demo ${version} listens on port ${DEMO_PORT} as `
  return {
    data: {
      signals: signalSet([SIGINT, SIGTERM]),
      // A sigaction that ignores: the kernel then reaps children by itself.
      ignore: { words: [1, 0, 0, 0] },
      one: { words: [1] },
      limit: { words: [CLIENT_LIMIT_SECONDS, 0] },
      look: { words: [0, DRAIN_LOOK_MS * 1_000_000] },
      socketAddress: socketAddress(DEMO_PORT),
      // Two pollfds: file (filled in), events POLLIN, returned events.
      polls: Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
      answer,
      hello,
      newline: '\n',
      answerParts: { words: ['answer', answer.length, 'nodename', 0, 'newline', 1] },
      helloParts: { words: ['hello', hello.length, 'nodename', 0, 'newline', 1] },
      ...utsname,
      signalInfo: { zero: SIGNAL_INFO_BYTES },
      buffer: { zero: BUFFER_BYTES },
    },
    code: [...setUp, ...serve, ...answerOne],
  }
}

/** Padded so that `nodename` is a piece of its own at the right distance: pieces begin at multiples of 8. */
const NODENAME_PADDING = 7
const utsname = {
  utsname: { zero: NODENAME_PADDING + NODENAME_OFFSET },
  nodename: { zero: UTSNAME_BYTES - NODENAME_OFFSET },
} as const

function socketAddress(port: number): Uint8Array {
  return Uint8Array.from([AF_INET, 0, port >> 8, port & 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

/** Leaves the listening socket in `a`, the signals' file in `b`. */
const setUp: Program['code'] = [
  // First of all: until TERM is blocked, the kernel drops one that comes to a pid 1 without a handler.
  { op: 'call', name: 'rt_sigprocmask', with: [0, { address: 'signals' }, 0, SIGNAL_SET_BYTES] },
  { op: 'call', name: 'rt_sigaction', with: [SIGCHLD, { address: 'ignore' }, 0, SIGNAL_SET_BYTES] },
  { op: 'call', name: 'signalfd4', with: [-1, { address: 'signals' }, SIGNAL_SET_BYTES, NONBLOCK], result: 'b' },
  { op: 'call', name: 'uname', with: [{ address: 'utsname', offset: NODENAME_PADDING }] },
  // c = length of the host name
  { op: 'set', to: 'c', value: 0 },
  { op: 'set', to: 'd', value: { address: 'nodename' } },
  { op: 'label', name: 'measure' },
  { op: 'load-byte', to: 'e', from: 'd' },
  { op: 'branch', left: 'e', is: 'equal', right: 0, to: 'measured' },
  { op: 'add', to: 'c', value: 1 },
  { op: 'add', to: 'd', value: 1 },
  { op: 'jump', to: 'measure' },
  { op: 'label', name: 'measured' },
  { op: 'store', value: 'c', to: 'answerParts', offset: 24, bytes: 8 },
  { op: 'store', value: 'c', to: 'helloParts', offset: 24, bytes: 8 },
  { op: 'call', name: 'socket', with: [AF_INET, SOCK_STREAM | NONBLOCK | CLOEXEC, 0], result: 'a' },
  { op: 'call', name: 'setsockopt', with: ['a', SOL_SOCKET, SO_REUSEADDR, { address: 'one' }, 4] },
  { op: 'call', name: 'bind', with: ['a', { address: 'socketAddress' }, 16], result: 'd' },
  { op: 'branch', left: 'd', is: 'less', right: 0, to: 'fail' },
  { op: 'call', name: 'listen', with: ['a', BACKLOG], result: 'd' },
  { op: 'branch', left: 'd', is: 'less', right: 0, to: 'fail' },
  { op: 'store', value: 'a', to: 'polls', offset: 0, bytes: 4 },
  { op: 'store', value: 'b', to: 'polls', offset: POLL_BYTES, bytes: 4 },
  { op: 'call', name: 'writev', with: [1, { address: 'helloParts' }, 3] },
]

/** `e` is 1 once TERM has come; later, how many looks at the open connections are left. */
const serve: Program['code'] = [
  { op: 'set', to: 'e', value: 0 },
  { op: 'label', name: 'serve' },
  { op: 'call', name: 'ppoll', with: [{ address: 'polls' }, 2, 0, 0, 0] },
  { op: 'call', name: 'read', with: ['b', { address: 'signalInfo' }, SIGNAL_INFO_BYTES], result: 'd' },
  { op: 'branch', left: 'd', is: 'less', right: 1, to: 'accept' },
  { op: 'set', to: 'e', value: 1 },
  { op: 'label', name: 'accept' },
  { op: 'call', name: 'accept4', with: ['a', 0, 0, CLOEXEC], result: 'c' },
  { op: 'branch', left: 'c', is: 'less', right: 0, to: 'accepted' },
  { op: 'call', name: 'clone', with: [SIGCHLD, 0, 0, 0, 0], result: 'd' },
  { op: 'branch', left: 'd', is: 'equal', right: 0, to: 'answer-one' },
  { op: 'call', name: 'close', with: ['c'] },
  { op: 'jump', to: 'accept' },
  { op: 'label', name: 'accepted' },
  { op: 'branch', left: 'e', is: 'equal', right: 0, to: 'serve' },
  { op: 'call', name: 'close', with: ['a'] },
  { op: 'set', to: 'e', value: DRAIN_LIMIT_MS / DRAIN_LOOK_MS },
  { op: 'label', name: 'finish' },
  // Children reap themselves: 0 while one is there, an error when none is left.
  { op: 'call', name: 'wait4', with: [-1, 0, WNOHANG, 0], result: 'd' },
  { op: 'branch', left: 'd', is: 'less', right: 0, to: 'finished' },
  { op: 'call', name: 'nanosleep', with: [{ address: 'look' }, 0] },
  { op: 'add', to: 'e', value: -1 },
  { op: 'branch', left: 'e', is: 'greater', right: 0, to: 'finish' },
  { op: 'label', name: 'finished' },
  { op: 'call', name: 'exit_group', with: [0] },
  { op: 'label', name: 'fail' },
  { op: 'call', name: 'exit_group', with: [1] },
]

/** A child's: the connection is in `c`. What the client still sends is read, or its reset would take the answer along. */
const answerOne: Program['code'] = [
  { op: 'label', name: 'answer-one' },
  { op: 'call', name: 'setsockopt', with: ['c', SOL_SOCKET, SO_RCVTIMEO, { address: 'limit' }, 16] },
  { op: 'call', name: 'read', with: ['c', { address: 'buffer' }, BUFFER_BYTES], result: 'd' },
  { op: 'branch', left: 'd', is: 'less', right: 1, to: 'answered' },
  { op: 'call', name: 'writev', with: ['c', { address: 'answerParts' }, 3] },
  { op: 'call', name: 'shutdown', with: ['c', SHUT_WR] },
  { op: 'label', name: 'linger' },
  { op: 'call', name: 'read', with: ['c', { address: 'buffer' }, BUFFER_BYTES], result: 'd' },
  { op: 'branch', left: 'd', is: 'greater', right: 0, to: 'linger' },
  { op: 'label', name: 'answered' },
  { op: 'call', name: 'exit_group', with: [0] },
]
