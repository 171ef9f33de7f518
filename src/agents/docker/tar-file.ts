/** Writes tar files (POSIX ustar) with fixed owners and times, so that the same files give the same bytes. */

export interface TarEntry {
  /** Without a leading slash; a folder ends in a slash. At most 100 bytes. */
  readonly path: string
  readonly mode: number
  readonly content?: Uint8Array
  /** A symbolic link's target. */
  readonly link?: string
}

const BLOCK = 512

/** The archive's bytes. Throws on a path of more than 100 bytes. */
export function makeTar(entries: readonly TarEntry[]): Uint8Array {
  const blocks: Uint8Array[] = []
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array(0)
    blocks.push(tarHeader(entry, content.length), content, new Uint8Array(padding(content.length)))
  }
  blocks.push(new Uint8Array(2 * BLOCK))
  return Buffer.concat(blocks)
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}

function tarHeader(entry: TarEntry, size: number): Uint8Array {
  if (Buffer.byteLength(entry.path) > 100 || Buffer.byteLength(entry.link ?? '') > 100)
    throw new Error(`a tar path has at most 100 bytes: ${entry.path}`)
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number): void => {
    header.write(value.toString(8).padStart(digits, '0'), at)
  }
  header.write(entry.path, 0)
  octal(entry.mode, 100, 7)
  octal(0, 108, 7) // user
  octal(0, 116, 7) // group
  octal(size, 124, 11)
  octal(0, 136, 11) // time
  header.fill(' ', 148, 156)
  header.write(entry.link !== undefined ? '2' : entry.path.endsWith('/') ? '5' : '0', 156)
  header.write(entry.link ?? '', 157)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148)
  return header
}
