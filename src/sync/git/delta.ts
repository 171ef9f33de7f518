/** Applies a git delta: copy and insert instructions against a base object (gitformat-pack, "Deltified representation"). */

/** The object that the delta makes of its base. Throws a RangeError when the delta does not fit. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let at = 0
  const size = (): number => {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = byteAt(delta, at++)
      value += (byte & 0x7f) * scale
      if ((byte & 0x80) === 0) return value
      scale *= 128
    }
  }
  if (size() !== base.length) throw new RangeError('delta is for another base')
  const out = Buffer.allocUnsafe(size())
  let written = 0
  while (at < delta.length) {
    const opcode = delta[at++]!
    if ((opcode & 0x80) !== 0) {
      let offset = 0
      let length = 0
      for (let i = 0; i < 4; i++) if ((opcode & (1 << i)) !== 0) offset += byteAt(delta, at++) * 2 ** (8 * i)
      for (let i = 0; i < 3; i++) if ((opcode & (0x10 << i)) !== 0) length += byteAt(delta, at++) * 2 ** (8 * i)
      if (length === 0) length = 0x10000
      if (offset + length > base.length || written + length > out.length) throw new RangeError('delta copies too much')
      base.copy(out, written, offset, offset + length)
      written += length
    } else if (opcode > 0) {
      if (at + opcode > delta.length || written + opcode > out.length) throw new RangeError('delta inserts too much')
      delta.copy(out, written, at, at + opcode)
      at += opcode
      written += opcode
    } else throw new RangeError('delta has a reserved instruction')
  }
  if (written !== out.length) throw new RangeError('delta is too short')
  return out
}

function byteAt(buffer: Buffer, at: number): number {
  const byte = buffer[at]
  if (byte === undefined) throw new RangeError('delta ends early')
  return byte
}
