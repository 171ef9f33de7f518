/** Where a path inside a document stands, as an offset in the text. Used only when there is something to say about it. */
import { EVENT_ID, type Event, getScalarValue } from 'js-yaml'
import type { Path } from '../../model/validate/finding.js'
import { resolvePlain } from './scalars.js'
import type { ParsedText } from './tolerance.js'
import { skipValue, startOf } from './yaml-reader.js'

/** Offset of the deepest part of the path that exists: a mapping's key, a sequence's item, else the value at `event`. */
export function locatePath(parsed: ParsedText, event: number, path: Path): number {
  let index = event
  let offset = startOf(parsed.events[event]!)
  for (const part of path) {
    const step = takeStep(parsed, index, part)
    if (step === null) break
    offset = step.offset
    index = step.event
  }
  return Math.max(0, offset)
}

interface Step {
  readonly event: number
  readonly offset: number
}

function takeStep(parsed: ParsedText, event: number, part: string | number): Step | null {
  const type = parsed.events[event]!.type
  if (type === EVENT_ID.SEQUENCE) return takeItem(parsed.events, event, Number(part))
  return type === EVENT_ID.MAPPING ? takeKey(parsed, event, String(part)) : null
}

function takeItem(events: readonly Event[], event: number, index: number): Step | null {
  let at = event + 1
  for (let i = index; i > 0 && events[at]!.type !== EVENT_ID.POP; i--) at = skipValue(events, at)
  return events[at]!.type === EVENT_ID.POP ? null : { event: at, offset: startOf(events[at]!) }
}

/** The last of duplicate keys: it is the one that counts. */
function takeKey(parsed: ParsedText, event: number, wanted: string): Step | null {
  const { events, text } = parsed
  let found: Step | null = null
  for (let at = event + 1; events[at]!.type !== EVENT_ID.POP; ) {
    const key = events[at]!
    const value = skipValue(events, at)
    if (key.type === EVENT_ID.SCALAR) {
      const written = getScalarValue(text, key)
      const name = key.style === 1 ? String(resolvePlain(written)) : written
      if (name === wanted || written === wanted) found = { event: value, offset: startOf(key) }
    }
    at = skipValue(events, value)
  }
  return found
}
