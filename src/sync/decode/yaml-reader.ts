/**
 * YAML text to plain values as kubectl reads them, from the parser's events: own scalars, merge keys in the order they
 * stand (a merge overrides what stands before it, as in Go), the last of duplicate keys, aliases counted so that a bomb
 * is refused before it is expanded. Each document keeps its place in the events, from which positions are found later.
 */
import { EVENT_ID, type Event, getScalarValue, type ScalarEvent } from 'js-yaml'
import { type FileFinding, unreadable } from './finding.js'
import { LineMap, type Place } from './line-map.js'
import { NOT_JSON, resolvePlain, resolveTagged } from './scalars.js'
import { type ParsedText, parseTolerant, YamlTextError } from './tolerance.js'

export interface YamlDocument {
  readonly value: unknown
  /** Index of its content's first event. */
  readonly event: number
}

export interface YamlText {
  readonly parsed: ParsedText
  readonly documents: readonly YamlDocument[]
  readonly findings: readonly FileFinding[]
}

/** Above this many values behind aliases a text is a bomb; 1,000 are always allowed (the rule and the share are Go's). */
const ALIASED_VALUES_FREE = 1_000
const VALUES_MAX = 400_000

/** Reads all documents. What cannot be read is a finding; the documents before it are still there. */
export function readYaml(source: string): YamlText {
  const input = source.startsWith('﻿') ? source.slice(1) : source
  try {
    const parsed = parseTolerant(input)
    return new Reader(parsed).read()
  } catch (error) {
    if (!(error instanceof YamlTextError)) throw error
    const { line, column, message } = error
    return {
      parsed: { text: input, events: [], shifts: new Map() },
      documents: [],
      findings: [unreadable(line, column, `not valid YAML: ${withoutText(message)}`)],
    }
  }
}

/** A few reasons quote the text, which may be a Secret's. */
function withoutText(reason: string): string {
  return reason.replace(/:.*$/s, '').replace(/ ".*"/s, '')
}

/** Line and column of an offset, as the file has them. */
export function placeIn(parsed: ParsedText, lines: LineMap, offset: number): Place {
  const { line, column } = lines.placeOf(offset)
  return { line, column: Math.max(1, column - (parsed.shifts.get(line) ?? 0)) }
}

/** Where an event's value begins; -1 when it is empty. */
export function startOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.style === 2 || event.style === 3 ? event.valueStart - 1 : event.valueStart
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    default:
      return -1
  }
}

/** The index after the value that begins at `index`. */
export function skipValue(events: readonly Event[], index: number): number {
  let depth = 0
  let at = index
  do {
    const type = events[at]!.type
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++
    else if (type === EVENT_ID.POP) depth--
    at++
  } while (depth > 0)
  return at
}

interface Anchored {
  readonly value: unknown
  /** Values in it, those behind its own aliases included. */
  readonly size: number
}

class Stop extends Error {}

class Reader {
  readonly #parsed: ParsedText
  readonly #events: readonly Event[]
  readonly #text: string
  readonly #findings: FileFinding[] = []
  #lines: LineMap | null = null
  #at = 0
  #values = 0
  #aliased = 0
  #anchors = new Map<string, Anchored | null>()

  constructor(parsed: ParsedText) {
    this.#parsed = parsed
    this.#events = parsed.events
    this.#text = parsed.text
  }

  read(): YamlText {
    const documents: YamlDocument[] = []
    try {
      while (this.#at < this.#events.length) {
        this.#at++
        this.#anchors = new Map()
        const event = this.#at
        const value = this.#value()
        documents.push({ value, event })
        this.#at++
      }
    } catch (error) {
      if (!(error instanceof Stop)) throw error
    }
    return { parsed: this.#parsed, documents, findings: this.#findings }
  }

  #value(): unknown {
    const event = this.#events[this.#at]!
    this.#values++
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd)
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return null
    if (event.anchorStart < 0) return this.#content(event)
    const name = this.#text.slice(event.anchorStart, event.anchorEnd)
    const before = this.#values - 1
    this.#anchors.set(name, null)
    const value = this.#content(event)
    this.#anchors.set(name, { value, size: this.#values - before })
    return value
  }

  #content(event: Event): unknown {
    if (event.type === EVENT_ID.SCALAR) {
      this.#at++
      return this.#scalar(event)
    }
    return event.type === EVENT_ID.SEQUENCE ? this.#sequence() : this.#mapping()
  }

  #alias(start: number, end: number): unknown {
    const name = this.#text.slice(start, end)
    const known = this.#anchors.get(name)
    if (known === undefined)
      return this.#stop(start - 1, 'unknown anchor: define it before its use, or quote a text that begins with *')
    if (known === null) return this.#stop(start - 1, "the anchor's value contains itself")
    this.#at++
    this.#values += known.size
    this.#aliased += known.size
    const isBomb = this.#aliased > ALIASED_VALUES_FREE && this.#aliased > 0.99 * this.#values
    if (isBomb || this.#values > VALUES_MAX) {
      return this.#stop(start - 1, 'too many values behind aliases: write them out, or split the file')
    }
    return known.value
  }

  #scalar(event: ScalarEvent): unknown {
    const text = getScalarValue(this.#text, event)
    const isPlain = event.style === 1
    if (event.tagStart < 0 && !isPlain) return text
    const tag = event.tagStart < 0 ? '' : this.#text.slice(event.tagStart, event.tagEnd)
    const value = tag === '' ? resolvePlain(text) : resolveTagged(text, tag)
    if (value === NOT_JSON) return this.#stop(startOf(event), `${text} is not a number that JSON can hold`)
    if (value instanceof Error) return this.#stop(startOf(event), value.message)
    return value
  }

  #sequence(): unknown[] {
    this.#at++
    const items: unknown[] = []
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) items.push(this.#value())
    this.#at++
    return items
  }

  #mapping(): Record<string, unknown> {
    this.#at++
    const object: Record<string, unknown> = {}
    const explicit = new Set<string>()
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const start = startOf(this.#events[this.#at]!)
      if (this.#isMergeKey()) {
        this.#at++
        this.#merge(object, this.#value(), start)
        continue
      }
      const key = this.#key(start)
      if (explicit.has(key)) this.#report(start, `duplicate key ${JSON.stringify(key)}: remove one of them`)
      explicit.add(key)
      object[key] = this.#value()
    }
    this.#at++
    return object
  }

  #isMergeKey(): boolean {
    const event = this.#events[this.#at]!
    if (event.type !== EVENT_ID.SCALAR || event.style !== 1 || event.tagStart >= 0) return false
    return event.valueEnd - event.valueStart === 2 && this.#text.startsWith('<<', event.valueStart)
  }

  /** In a list of merges the first has precedence; keys that stand after the merge override it. */
  #merge(object: Record<string, unknown>, value: unknown, start: number): void {
    const sources = Array.isArray(value) ? value.toReversed() : [value]
    for (const source of sources) {
      if (source === null || typeof source !== 'object' || Array.isArray(source)) {
        this.#stop(start, 'a merge key (<<) needs a mapping or a list of mappings')
      }
      Object.assign(object, source)
    }
  }

  #key(start: number): string {
    const key = this.#value()
    if (key === null || typeof key === 'object') {
      return this.#stop(start, `a key must be a text, number or boolean, not ${key === null ? 'null' : 'a collection'}`)
    }
    const text = String(key)
    if (text === '__proto__') return this.#stop(start, 'a key may not be __proto__')
    return text
  }

  #report(offset: number, message: string): void {
    this.#lines ??= new LineMap(this.#text)
    const place = placeIn(this.#parsed, this.#lines, Math.max(0, offset))
    this.#findings.push({ severity: 'error', code: 'invalid-object', ...place, path: '', message })
  }

  #stop(offset: number, message: string): never {
    this.#lines ??= new LineMap(this.#text)
    const { line, column } = placeIn(this.#parsed, this.#lines, Math.max(0, offset))
    this.#findings.push(unreadable(line, column, message))
    throw new Stop(message)
  }
}
