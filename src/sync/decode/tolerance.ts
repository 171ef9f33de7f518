/**
 * Two structures that kubectl reads and our parser refuses: a quoted text whose continuation lines are not indented
 * deeper than its key, and a flow collection closed at its parent's indentation. Leading blanks mean nothing inside
 * either, so the lines are indented and parsed again; line numbers stay, and columns are told by how much they moved.
 */
import { type Event, parseEvents, YAMLException } from 'js-yaml'

export interface ParsedText {
  /** The text that the events' offsets are in. */
  readonly text: string
  readonly events: readonly Event[]
  /** Columns added in front of a line, by line from 1. */
  readonly shifts: ReadonlyMap<number, number>
}

/** Deeper than any manifest, and far below where recursion ends. */
const DEPTH_MAX = 100
/** Work limit: a repair parses the text again, so large texts get few repairs. */
const REPAIR_CHARACTERS_MAX = 64 << 20

/** A text that is not YAML; the place is the file's own, from 1, or 0:0 when the parser names none. */
export class YamlTextError extends Error {
  override readonly name = 'YamlTextError'
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message)
  }
}

/** Events of a YAML text. Throws YamlTextError when it cannot be read even so. */
export function parseTolerant(source: string): ParsedText {
  let text = source
  const shifts = new Map<number, number>()
  for (let work = 0; ; work += text.length) {
    try {
      return { text, events: parseEvents(text, { maxDepth: DEPTH_MAX }), shifts }
    } catch (error) {
      const repaired = work < REPAIR_CHARACTERS_MAX ? repair(text, error, shifts) : null
      if (repaired === null) throw error instanceof YAMLException ? inOwnPlace(error, shifts) : error
      text = repaired
    }
  }
}

/** The error at its place before lines were moved. */
function inOwnPlace({ reason, mark }: YAMLException, shifts: ReadonlyMap<number, number>): YamlTextError {
  if (!mark) return new YamlTextError(reason, 0, 0)
  const line = mark.line + 1
  return new YamlTextError(reason, line, Math.max(1, mark.column + 1 - (shifts.get(line) ?? 0)))
}

function repair(text: string, error: unknown, shifts: Map<number, number>): string | null {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation' || !error.mark) return null
  const lines = text.split('\n')
  const at = error.mark.line
  const last = lastContinuation(lines, at)
  const width = indentOf(lines[parentLine(lines, at)] ?? '') + 8
  for (let i = at; i <= last; i++) {
    // A line that is refused though it is as deep as that stands below several keys: deeper still.
    const missing = width - indentOf(lines[i]!) || (i === at ? 8 : 0)
    if (missing <= 0) continue
    shifts.set(i + 1, (shifts.get(i + 1) ?? 0) + missing)
    lines[i] = ' '.repeat(missing) + lines[i]
  }
  return lines.join('\n')
}

/** The line above that opens what the deficient line continues: the nearest one that is not blank. */
function parentLine(lines: readonly string[], at: number): number {
  let i = at - 1
  while (i > 0 && lines[i]!.trim() === '') i--
  return Math.max(0, i)
}

/** The last line of the quoted text that the deficient line is in; the line itself in a flow collection. */
function lastContinuation(lines: readonly string[], at: number): number {
  const opening = /(?:[:?-]\s+|^\s*|[[{,]\s*)(["'])(.*)$/s.exec(lines[parentLine(lines, at)] ?? '')
  if (opening === null) return at
  const quote = opening[1]!
  if (closes(opening[2]!, quote)) return at
  let last = at
  while (last + 1 < lines.length && !closes(lines[last]!, quote)) last++
  return last
}

/** True when a line within a quoted text has the quote that ends it. */
function closes(line: string, quote: string): boolean {
  for (let i = 0; i < line.length; i++) {
    if (quote === '"' && line[i] === '\\') i++
    else if (line[i] === quote) {
      if (quote === "'" && line[i + 1] === "'") i++
      else return true
    }
  }
  return false
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
