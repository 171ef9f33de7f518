/**
 * The gate: the first program of a container that the agent wires itself. It waits until the container has a default
 * route, the last thing that the agent sets, and then becomes the container's own program; so nothing of an image ever
 * runs without its network. Arguments: the paths to try in turn, an empty one, and the program's own arguments with its
 * name. A program that is not there is told at once, before there is a network, so that the agent can tell it from one
 * that ran. While it waits it ends at TERM, INT and QUIT, although as a pid 1 it would be spared them.
 */
import type { Program } from './elf-file.js'
import { SIGINT, SIGNAL_SET_BYTES, SIGTERM, signalSet } from './sandbox-program.js'

/** What a shell and the engine say of a program that cannot be found, and of one that may not be run. */
export const EXIT_NOT_FOUND = 127
export const EXIT_NOT_EXECUTABLE = 126

const SIGQUIT = 3
const SIG_BLOCK = 0
const SIG_SETMASK = 2
const AF_INET = 2
const SOCK_DGRAM = 2
const CLOEXEC = 0x80000
const AT_FDCWD = -100
const X_OK = 1
const STATX_TYPE = 1
const FACTS_BYTES = 256
/** The upper byte of the mode: the type of file in its upper half. */
const FACTS_TYPE_OFFSET = 29
const DIRECTORY = 0x40
const DIRECTORY_LAST = 0x4f
const ENETUNREACH = -101
const EACCES = -13
const WORD = 8
const EXIT_BY_SIGNAL = 128
const STANDARD_ERROR = 2
/** A look costs two system calls, 2 µs; a container waits some ten milliseconds. */
const LOOK_EVERY_NS = 1_000_000

const before = 'headway: exec '
const after = ': not found, or not to be executed\n'

/** Leaves the first path's place in `a`, the environment in `b`. Without any argument it ends well: a trial. */
const readArguments: Program['code'] = [
  { op: 'stack', to: 'a' },
  { op: 'set', to: 'b', value: 'a' },
  { op: 'add', to: 'b', value: WORD },
  { op: 'label', name: 'skip-argument' },
  { op: 'load-word', to: 'c', from: 'b' },
  { op: 'add', to: 'b', value: WORD },
  { op: 'branch', left: 'c', is: 'equal', right: 0, to: 'arguments-read' },
  { op: 'jump', to: 'skip-argument' },
  { op: 'label', name: 'arguments-read' },
  { op: 'add', to: 'a', value: 2 * WORD },
  { op: 'load-word', to: 'c', from: 'a' },
  { op: 'branch', left: 'c', is: 'equal', right: 0, to: 'trial' },
]

/** Goes on to `wait` when one of the paths can be run (a folder passes for that, but cannot), else straight to `run`, which then says why not. */
const lookForProgram: Program['code'] = [
  { op: 'set', to: 'd', value: 'a' },
  { op: 'label', name: 'look' },
  { op: 'load-word', to: 'c', from: 'd' },
  { op: 'load-byte', to: 'e', from: 'c' },
  { op: 'branch', left: 'e', is: 'equal', right: 0, to: 'run' },
  { op: 'call', name: 'faccessat', with: [AT_FDCWD, 'c', X_OK], result: 'e' },
  { op: 'branch', left: 'e', is: 'less', right: 0, to: 'next' },
  { op: 'call', name: 'statx', with: [AT_FDCWD, 'c', 0, STATX_TYPE, { address: 'facts' }], result: 'e' },
  { op: 'branch', left: 'e', is: 'less', right: 0, to: 'wait' },
  { op: 'set', to: 'e', value: { address: 'facts', offset: FACTS_TYPE_OFFSET } },
  { op: 'load-byte', to: 'e', from: 'e' },
  { op: 'branch', left: 'e', is: 'less', right: DIRECTORY, to: 'wait' },
  { op: 'branch', left: 'e', is: 'greater', right: DIRECTORY_LAST, to: 'wait' },
  { op: 'label', name: 'next' },
  { op: 'add', to: 'd', value: WORD },
  { op: 'jump', to: 'look' },
]

/** Connecting a datagram socket sends nothing: it only asks for a route. */
const waitForRoute: Program['code'] = [
  { op: 'label', name: 'wait' },
  {
    op: 'call',
    name: 'rt_sigprocmask',
    with: [SIG_BLOCK, { address: 'signals' }, { address: 'mask' }, SIGNAL_SET_BYTES],
  },
  { op: 'call', name: 'socket', with: [AF_INET, SOCK_DGRAM | CLOEXEC, 0], result: 'c' },
  { op: 'branch', left: 'c', is: 'less', right: 0, to: 'pass' },
  { op: 'label', name: 'try' },
  { op: 'call', name: 'connect', with: ['c', { address: 'outside' }, 16], result: 'd' },
  { op: 'branch', left: 'd', is: 'equal', right: ENETUNREACH, to: 'nap' },
  { op: 'call', name: 'close', with: ['c'] },
  { op: 'jump', to: 'pass' },
  { op: 'label', name: 'nap' },
  {
    op: 'call',
    name: 'rt_sigtimedwait',
    with: [{ address: 'signals' }, 0, { address: 'pause' }, SIGNAL_SET_BYTES],
    result: 'd',
  },
  { op: 'branch', left: 'd', is: 'less', right: 1, to: 'try' },
  { op: 'add', to: 'd', value: EXIT_BY_SIGNAL },
  { op: 'call', name: 'exit_group', with: ['d'] },
  { op: 'label', name: 'pass' },
  { op: 'call', name: 'rt_sigprocmask', with: [SIG_SETMASK, { address: 'mask' }, 0, SIGNAL_SET_BYTES] },
]

/** `d` is where the program's own arguments begin, behind the empty one. */
const run: Program['code'] = [
  { op: 'label', name: 'run' },
  { op: 'set', to: 'd', value: 'a' },
  { op: 'label', name: 'skip-path' },
  { op: 'load-word', to: 'c', from: 'd' },
  { op: 'add', to: 'd', value: WORD },
  { op: 'load-byte', to: 'e', from: 'c' },
  { op: 'branch', left: 'e', is: 'greater', right: 0, to: 'skip-path' },
  { op: 'label', name: 'exec' },
  { op: 'load-word', to: 'c', from: 'a' },
  { op: 'load-byte', to: 'e', from: 'c' },
  { op: 'branch', left: 'e', is: 'equal', right: 0, to: 'failed' },
  { op: 'call', name: 'execve', with: ['c', 'd', 'b'], result: 'e' },
  { op: 'add', to: 'a', value: WORD },
  { op: 'branch', left: 'e', is: 'less', right: EACCES, to: 'exec' },
  { op: 'branch', left: 'e', is: 'greater', right: EACCES, to: 'exec' },
  { op: 'set', to: 'c', value: EXIT_NOT_EXECUTABLE },
  { op: 'store', value: 'c', to: 'code', offset: 0, bytes: 8 },
  { op: 'jump', to: 'exec' },
]

const fail: Program['code'] = [
  { op: 'label', name: 'failed' },
  { op: 'load-word', to: 'a', from: 'd' },
  { op: 'store', value: 'a', to: 'parts', offset: 2 * WORD, bytes: 8 },
  { op: 'set', to: 'c', value: 0 },
  { op: 'label', name: 'measure' },
  { op: 'load-byte', to: 'e', from: 'a' },
  { op: 'branch', left: 'e', is: 'equal', right: 0, to: 'measured' },
  { op: 'add', to: 'c', value: 1 },
  { op: 'add', to: 'a', value: 1 },
  { op: 'jump', to: 'measure' },
  { op: 'label', name: 'measured' },
  { op: 'store', value: 'c', to: 'parts', offset: 3 * WORD, bytes: 8 },
  { op: 'call', name: 'writev', with: [STANDARD_ERROR, { address: 'parts' }, 3] },
  { op: 'set', to: 'c', value: { address: 'code' } },
  { op: 'load-word', to: 'c', from: 'c' },
  { op: 'call', name: 'exit_group', with: ['c'] },
  { op: 'label', name: 'trial' },
  { op: 'call', name: 'exit_group', with: [0] },
]

export const gateProgram: Program = {
  data: {
    signals: signalSet([SIGINT, SIGQUIT, SIGTERM]),
    mask: { zero: SIGNAL_SET_BYTES },
    pause: { words: [0, LOOK_EVERY_NS] },
    // An address for documentation (RFC 5737): no route but the default one leads there. Port 9, discard.
    outside: Uint8Array.from([AF_INET, 0, 0, 9, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
    facts: { zero: FACTS_BYTES },
    code: { words: [EXIT_NOT_FOUND] },
    before,
    after,
    parts: { words: ['before', before.length, 0, 0, 'after', after.length] },
  },
  code: [...readArguments, ...lookForProgram, ...waitForRoute, ...run, ...fail],
}
