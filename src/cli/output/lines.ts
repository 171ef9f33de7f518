/** Chunks of bytes into lines of text; a letter cut in two by a chunk's end is put together again. */
import { StringDecoder } from 'node:string_decoder'

export interface LineSplitter {
  push(data: Buffer): void
  /** Gives out a last line that has no end. */
  flush(): void
}

export function makeLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return {
    push(data) {
      const lines = `${rest}${decoder.write(data)}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line)
    },
    flush() {
      rest += decoder.end()
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}
