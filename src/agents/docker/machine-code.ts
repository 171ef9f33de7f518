/**
 * A very small assembler, so that the sandbox and the demo server need neither a compiler nor a registry: programs are
 * lists of instructions on five registers that survive system calls, written once and encoded for x86-64 and arm64.
 * Every instruction has one fixed length on each machine, so labels are found in one pass and filled in by a second.
 */
import { assert } from '../../base/assert.js'

export type MachineArchitecture = 'x64' | 'arm64'

export type Register = 'a' | 'b' | 'c' | 'd' | 'e'

/** A number, the contents of a register, or the address of a piece of data (plus an offset). */
export type Operand = number | Register | { readonly address: string; readonly offset?: number }

export type Instruction =
  | { readonly op: 'label'; readonly name: string }
  | { readonly op: 'set'; readonly to: Register; readonly value: Operand }
  | { readonly op: 'add'; readonly to: Register; readonly value: number }
  /** The stack as the kernel hands it over: number of arguments, their addresses, 0, the environment's, 0. First of all only. */
  | { readonly op: 'stack'; readonly to: Register }
  /** Reads the 8 bytes at the address in `from`. */
  | { readonly op: 'load-word'; readonly to: Register; readonly from: Register }
  /** Reads the byte at the address in `from`. */
  | { readonly op: 'load-byte'; readonly to: Register; readonly from: Register }
  /** Writes a register (its lower half when 4 bytes) to a piece of data; uses register `e`. */
  | {
      readonly op: 'store'
      readonly value: Register
      readonly to: string
      readonly offset: number
      readonly bytes: 4 | 8
    }
  | { readonly op: 'call'; readonly name: SystemCall; readonly with: readonly Operand[]; readonly result?: Register }
  | { readonly op: 'jump'; readonly to: string }
  /** Jumps when the register stands so to the number (signed). */
  | {
      readonly op: 'branch'
      readonly left: Register
      readonly is: 'equal' | 'less' | 'greater'
      readonly right: number
      readonly to: string
    }

/** Numbers of the system calls: x86-64, arm64 (the kernel's tables). */
const SYSTEM_CALLS = {
  read: [0, 63],
  write: [1, 64],
  close: [3, 57],
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  writev: [20, 66],
  socket: [41, 198],
  connect: [42, 203],
  nanosleep: [35, 101],
  shutdown: [48, 210],
  bind: [49, 200],
  listen: [50, 201],
  setsockopt: [54, 208],
  clone: [56, 220],
  execve: [59, 221],
  wait4: [61, 260],
  uname: [63, 160],
  rt_sigtimedwait: [128, 137],
  exit_group: [231, 94],
  openat: [257, 56],
  faccessat: [269, 48],
  ppoll: [271, 73],
  accept4: [288, 242],
  signalfd4: [289, 74],
  setns: [308, 268],
  statx: [332, 291],
} as const satisfies Readonly<Record<string, readonly [number, number]>>

export type SystemCall = keyof typeof SYSTEM_CALLS

/** Where labels and data lie, in bytes of memory. */
export type Addresses = (name: string) => number

/** The number of a system call on a machine. */
export function systemCallNumber(name: SystemCall, architecture: MachineArchitecture): number {
  return SYSTEM_CALLS[name][architecture === 'x64' ? 0 : 1]
}

/**
 * Encodes a program that begins at `origin`. `addresses` knows the data; labels are the program's own.
 */
export function assemble(
  program: readonly Instruction[],
  architecture: MachineArchitecture,
  origin: number,
  addresses: Addresses,
): Uint8Array {
  const encode = architecture === 'x64' ? encodeX64 : encodeArm64
  const labels = new Map<string, number>()
  let at = origin
  for (const instruction of program) {
    if (instruction.op === 'label') labels.set(instruction.name, at)
    else at += encode(instruction, at, () => origin).length
  }
  const resolve: Addresses = (name) => labels.get(name) ?? addresses(name)
  const bytes: number[] = []
  for (const instruction of program) {
    if (instruction.op !== 'label') bytes.push(...encode(instruction, origin + bytes.length, resolve))
  }
  return Uint8Array.from(bytes)
}

type Encodable = Exclude<Instruction, { op: 'label' }>

function resolveOperand(operand: Exclude<Operand, Register>, resolve: Addresses): number {
  return typeof operand === 'number' ? operand : resolve(operand.address) + (operand.offset ?? 0)
}

function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => (value >> (8 * i)) & 0xff)
}

/** rbx, rbp, r13, r14, r15: kept by system calls, and none needs a SIB byte. */
const X64: Readonly<Record<Register, number>> = { a: 3, b: 5, c: 13, d: 14, e: 15 }
/** rdi, rsi, rdx, r10, r8, r9. */
const X64_ARGUMENTS = [7, 6, 2, 10, 8, 9]
const X64_CONDITIONS = { equal: 0x84, less: 0x8c, greater: 0x8f } as const

function encodeX64(instruction: Encodable, at: number, resolve: Addresses): number[] {
  switch (instruction.op) {
    case 'set':
      return x64Set(X64[instruction.to], instruction.value, resolve)
    case 'add':
      // add r/m64, imm32
      return [
        0x48 | high(X64[instruction.to]),
        0x81,
        0xc0 | low(X64[instruction.to]),
        ...littleEndian(instruction.value, 4),
      ]
    case 'stack':
      // mov r64, rsp
      return [0x48 | high(X64[instruction.to]), 0x89, 0xe0 | low(X64[instruction.to])]
    case 'load-word': {
      // mov r64, [r64 + disp8]
      const to = X64[instruction.to]
      const from = X64[instruction.from]
      return [0x48 | (high(to) << 2) | high(from), 0x8b, 0x40 | (low(to) << 3) | low(from), 0]
    }
    case 'load-byte': {
      // movzx r64, byte [r64 + disp8]
      const to = X64[instruction.to]
      const from = X64[instruction.from]
      return [0x48 | (high(to) << 2) | high(from), 0x0f, 0xb6, 0x40 | (low(to) << 3) | low(from), 0]
    }
    case 'store': {
      // mov r15, address; mov [r15 + disp8], r64 or r32
      const target = x64Set(X64.e, { address: instruction.to, offset: instruction.offset }, resolve)
      const value = X64[instruction.value]
      const rex = (instruction.bytes === 8 ? 0x48 : 0x40) | (high(value) << 2) | 1
      return [...target, rex, 0x89, 0x40 | (low(value) << 3) | 7, 0]
    }
    case 'call': {
      const loads = instruction.with.flatMap((operand, i) => x64Set(X64_ARGUMENTS[i]!, operand, resolve))
      const number = x64Set(0, systemCallNumber(instruction.name, 'x64'), resolve)
      // mov r64, rax
      const result = instruction.result
      const keep = result === undefined ? [] : [0x48 | high(X64[result]), 0x89, 0xc0 | low(X64[result])]
      return [...loads, ...number, 0x0f, 0x05, ...keep]
    }
    case 'jump':
      return [0xe9, ...littleEndian(resolve(instruction.to) - (at + 5), 4)]
    case 'branch': {
      // cmp r/m64, imm32; jcc rel32
      const left = X64[instruction.left]
      const compare = [0x48 | high(left), 0x81, 0xf8 | low(left), ...littleEndian(instruction.right, 4)]
      const distance = resolve(instruction.to) - (at + compare.length + 6)
      return [...compare, 0x0f, X64_CONDITIONS[instruction.is], ...littleEndian(distance, 4)]
    }
  }
}

/** mov r/m64, imm32 (sign extended), or mov r/m64, r64. */
function x64Set(to: number, value: Operand, resolve: Addresses): number[] {
  if (typeof value !== 'string')
    return [0x48 | high(to), 0xc7, 0xc0 | low(to), ...littleEndian(resolveOperand(value, resolve), 4)]
  const from = X64[value]
  return [0x48 | (high(from) << 2) | high(to), 0x89, 0xc0 | (low(from) << 3) | low(to)]
}

function high(register: number): number {
  return register >> 3
}

function low(register: number): number {
  return register & 7
}

/** x19 to x23: kept by system calls. */
const ARM64: Readonly<Record<Register, number>> = { a: 19, b: 20, c: 21, d: 22, e: 23 }
const ARM64_CONDITIONS = { equal: 0, less: 11, greater: 12 } as const
const ARM64_NOTHING = 0xd503201f

function encodeArm64(instruction: Encodable, at: number, resolve: Addresses): number[] {
  return arm64Words(instruction, at, resolve).flatMap((word) => littleEndian(word, 4))
}

function arm64Words(instruction: Encodable, at: number, resolve: Addresses): number[] {
  switch (instruction.op) {
    case 'set':
      return arm64Set(ARM64[instruction.to], instruction.value, resolve)
    case 'add': {
      // add or sub xd, xd, #imm12
      const register = ARM64[instruction.to]
      const opcode = instruction.value < 0 ? 0xd1000000 : 0x91000000
      return [opcode | (immediate12(instruction.value) << 10) | (register << 5) | register]
    }
    case 'stack':
      // add xd, sp, #0
      return [0x910003e0 | ARM64[instruction.to]]
    case 'load-word':
      // ldr xt, [xn]
      return [0xf9400000 | (ARM64[instruction.from] << 5) | ARM64[instruction.to]]
    case 'load-byte':
      // ldrb wt, [xn]
      return [0x39400000 | (ARM64[instruction.from] << 5) | ARM64[instruction.to]]
    case 'store': {
      // str xt or wt, [x23]
      const target = arm64Set(ARM64.e, { address: instruction.to, offset: instruction.offset }, resolve)
      const opcode = instruction.bytes === 8 ? 0xf9000000 : 0xb9000000
      return [...target, opcode | (ARM64.e << 5) | ARM64[instruction.value]]
    }
    case 'call': {
      const loads = instruction.with.flatMap((operand, i) => arm64Set(i, operand, resolve))
      const number = arm64Set(8, systemCallNumber(instruction.name, 'arm64'), resolve)
      // svc #0; mov xd, x0
      const keep = instruction.result === undefined ? [] : [0xaa0003e0 | ARM64[instruction.result]]
      return [...loads, ...number, 0xd4000001, ...keep]
    }
    case 'jump':
      return [0x14000000 | (((resolve(instruction.to) - at) >> 2) & 0x3ffffff)]
    case 'branch': {
      // cmp or cmn xn, #imm12; b.cond
      const opcode = instruction.right < 0 ? 0xb100001f : 0xf100001f
      const compare = opcode | (immediate12(instruction.right) << 10) | (ARM64[instruction.left] << 5)
      const distance = ((resolve(instruction.to) - (at + 4)) >> 2) & 0x7ffff
      return [compare, 0x54000000 | (distance << 5) | ARM64_CONDITIONS[instruction.is]]
    }
  }
}

/** movz and movk, movn and nothing, or mov: always of one length for a number, whatever its value. */
function arm64Set(to: number, value: Operand, resolve: Addresses): number[] {
  if (typeof value === 'string') return [0xaa0003e0 | (ARM64[value] << 16) | to]
  const number = resolveOperand(value, resolve)
  if (number < 0) {
    assert(number >= -65_536, `no encoding for ${number}`)
    return [0x92800000 | (~number << 5) | to, ARM64_NOTHING]
  }
  return [0xd2800000 | ((number & 0xffff) << 5) | to, 0xf2a00000 | (((number >>> 16) & 0xffff) << 5) | to]
}

function immediate12(value: number): number {
  const size = Math.abs(value)
  assert(size < 4096, `no encoding for ${value}`)
  return size
}
