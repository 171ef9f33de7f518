/** Writes a static Linux program: an ELF file of one executable and one writable segment. */
import { assemble, type Instruction, type MachineArchitecture } from './machine-code.js'

/** A piece of data: bytes as they are, a text, so many zero bytes, or 64-bit words (a text is the address of another piece). */
export type DataPiece =
  | Uint8Array
  | string
  | { readonly zero: number }
  | { readonly words: readonly (number | string)[] }

export interface Program {
  readonly code: readonly Instruction[]
  readonly data: Readonly<Record<string, DataPiece>>
}

const CODE_ADDRESS = 0x400000
const DATA_ADDRESS = 0x500000
/** Machines with 64 KiB pages exist (arm64); segments must lie in pages of their own. */
const PAGE = 0x10000
const ELF_HEADER_BYTES = 64
const PROGRAM_HEADER_BYTES = 56
const PROGRAM_HEADERS = 3
const HEADERS_BYTES = ELF_HEADER_BYTES + PROGRAM_HEADERS * PROGRAM_HEADER_BYTES
const EXECUTABLE = 5
const WRITABLE = 6
const SEGMENT_LOAD = 1
/** Says that the stack need not be executable. */
const SEGMENT_STACK = 0x6474e551
const MACHINES: Readonly<Record<MachineArchitecture, number>> = { x64: 62, arm64: 183 }

/** The file's bytes. */
export function makeElfFile(program: Program, architecture: MachineArchitecture): Uint8Array {
  const codeAddress = CODE_ADDRESS + HEADERS_BYTES
  const codeBytes = assemble(program.code, architecture, codeAddress, () => DATA_ADDRESS).length
  const dataOffset = align8(HEADERS_BYTES + codeBytes)
  const dataStart = DATA_ADDRESS + (dataOffset % PAGE)
  const { bytes: data, addresses } = layOutData(program.data, dataStart)
  const resolve = (name: string): number => {
    const address = addresses.get(name)
    if (address === undefined) throw new Error(`no label or data named ${name}`)
    return address
  }
  const file = Buffer.alloc(dataOffset + data.length)
  writeHeader(file, architecture, codeAddress)
  writeSegment(file, 0, SEGMENT_LOAD, EXECUTABLE, 0, CODE_ADDRESS, HEADERS_BYTES + codeBytes)
  writeSegment(file, 1, SEGMENT_LOAD, WRITABLE, dataOffset, dataStart, data.length)
  writeSegment(file, 2, SEGMENT_STACK, WRITABLE, 0, 0, 0)
  file.set(assemble(program.code, architecture, codeAddress, resolve), HEADERS_BYTES)
  file.set(data, dataOffset)
  return file
}

function writeHeader(file: Buffer, architecture: MachineArchitecture, entry: number): void {
  // 64 bits, little endian, version 1, System V.
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])
  file.writeUInt16LE(2, 16) // an executable at fixed addresses
  file.writeUInt16LE(MACHINES[architecture], 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(entry), 24)
  file.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32) // where the program headers are
  file.writeUInt16LE(ELF_HEADER_BYTES, 52)
  file.writeUInt16LE(PROGRAM_HEADER_BYTES, 54)
  file.writeUInt16LE(PROGRAM_HEADERS, 56)
  file.writeUInt16LE(64, 58) // size of a section header, of which there are none
}

function writeSegment(
  file: Buffer,
  index: number,
  type: number,
  flags: number,
  offset: number,
  address: number,
  bytes: number,
): void {
  const at = ELF_HEADER_BYTES + index * PROGRAM_HEADER_BYTES
  file.writeUInt32LE(type, at)
  file.writeUInt32LE(flags, at + 4)
  const words = [offset, address, address, bytes, bytes, type === SEGMENT_LOAD ? PAGE : 16]
  for (const [i, word] of words.entries()) file.writeBigUInt64LE(BigInt(word), at + 8 + i * 8)
}

function layOutData(
  pieces: Program['data'],
  start: number,
): { readonly bytes: Uint8Array; readonly addresses: ReadonlyMap<string, number> } {
  const addresses = new Map<string, number>()
  let at = start
  for (const [name, piece] of Object.entries(pieces)) {
    addresses.set(name, at)
    at = align8(at + pieceBytes(piece))
  }
  const bytes = Buffer.alloc(at - start)
  for (const [name, piece] of Object.entries(pieces)) {
    const offset = addresses.get(name)! - start
    if (typeof piece === 'string') bytes.write(piece, offset)
    else if (piece instanceof Uint8Array) bytes.set(piece, offset)
    else if ('words' in piece) {
      for (const [i, word] of piece.words.entries()) {
        const value = typeof word === 'number' ? word : addresses.get(word)
        if (value === undefined) throw new Error(`no data named ${word}`)
        bytes.writeBigUInt64LE(BigInt(value), offset + i * 8)
      }
    }
  }
  return { bytes, addresses }
}

function pieceBytes(piece: DataPiece): number {
  if (typeof piece === 'string') return Buffer.byteLength(piece)
  if (piece instanceof Uint8Array) return piece.length
  return 'zero' in piece ? piece.zero : piece.words.length * 8
}

function align8(value: number): number {
  return Math.ceil(value / 8) * 8
}
