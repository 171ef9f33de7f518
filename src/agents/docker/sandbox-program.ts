/**
 * The sandbox program: it does nothing but hold a pod's namespaces. It waits for signals: at TERM and INT it ends with
 * code 0; at CHLD it reaps, for in a pod that shares its process namespace it is pid 1. The signals are blocked and
 * waited for instead of handled, since the kernel drops unhandled ones sent to a pid 1, but keeps blocked ones.
 */
import type { Program } from './elf-file.js'

export const SIGINT = 2
export const SIGTERM = 15
export const SIGCHLD = 17

const WNOHANG = 1
/** Bytes of a signal set in a system call. */
export const SIGNAL_SET_BYTES = 8

/** A signal set as the kernel lays it out. */
export function signalSet(signals: readonly number[]): { readonly words: readonly number[] } {
  return { words: [signals.reduce((set, signal) => set | (1 << (signal - 1)), 0)] }
}

export const sandboxProgram: Program = {
  data: { signals: signalSet([SIGINT, SIGTERM, SIGCHLD]) },
  code: [
    { op: 'call', name: 'rt_sigprocmask', with: [0, { address: 'signals' }, 0, SIGNAL_SET_BYTES] },
    { op: 'label', name: 'wait' },
    { op: 'call', name: 'rt_sigtimedwait', with: [{ address: 'signals' }, 0, 0, SIGNAL_SET_BYTES], result: 'a' },
    { op: 'branch', left: 'a', is: 'equal', right: SIGTERM, to: 'end' },
    { op: 'branch', left: 'a', is: 'equal', right: SIGINT, to: 'end' },
    { op: 'label', name: 'reap' },
    { op: 'call', name: 'wait4', with: [-1, 0, WNOHANG, 0], result: 'a' },
    { op: 'branch', left: 'a', is: 'greater', right: 0, to: 'reap' },
    { op: 'jump', to: 'wait' },
    { op: 'label', name: 'end' },
    { op: 'call', name: 'exit_group', with: [0] },
  ],
}
