/** JSON values that an engine sends one after another in a stream: events, and the progress of pulls and imports. */
import type { Readable } from 'node:stream'

/** No answer of the engine has longer lines; a longer one is not JSON. */
const LINE_BYTES_MAX = 4 * 1024 * 1024

/** Reads values until the stream ends. Throws when a line is no JSON, or on the stream's error. */
export async function* readJsonLines(stream: Readable): AsyncGenerator<unknown> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) {
    rest += chunk as string
    for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
      const line = rest.slice(0, at).trim()
      rest = rest.slice(at + 1)
      if (line !== '') yield JSON.parse(line)
    }
    if (rest.length > LINE_BYTES_MAX)
      throw new Error(`a line of more than ${LINE_BYTES_MAX} letters in the engine's answer`)
  }
  if (rest.trim() !== '') yield JSON.parse(rest)
}
