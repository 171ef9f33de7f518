/**
 * What a plain scalar means to kubectl, whose YAML is Go's: booleans and octals of YAML 1.1, no base 60, no dates,
 * underscores in numbers. Measured against kubectl; the table is in test/sync/decode/scalars.test.ts.
 */

export type Scalar = string | number | boolean | null

/** A scalar that JSON cannot hold: kubectl refuses the whole file. */
export const NOT_JSON = Symbol('not JSON')

const WORDS = new Map<string, Scalar | typeof NOT_JSON>([
  ...words('y Y yes Yes YES true True TRUE on On ON', true),
  ...words('n N no No NO false False FALSE off Off OFF', false),
  ...words('~ null Null NULL', null),
  ['', null],
  ...words('.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF', NOT_JSON),
])

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

function words(list: string, value: Scalar | typeof NOT_JSON): [string, Scalar | typeof NOT_JSON][] {
  return list.split(' ').map((word) => [word, value])
}

/** The value of a plain scalar without a tag. */
export function resolvePlain(text: string): Scalar | typeof NOT_JSON {
  const first = text.charCodeAt(0)
  // Most scalars are words that begin with a letter of no meaning: nothing to look up.
  if (first >= 48 && first <= 57) return resolveNumber(text)
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (first === 43 || first === 45 || first === 46) return resolveNumber(text)
  return text
}

function resolveNumber(text: string): Scalar {
  if (text.startsWith('.')) return FLOAT.test(text) ? finite(text, text) : text
  const plain = text.replaceAll('_', '')
  const whole = resolveInteger(plain)
  if (whole !== null) return whole
  return FLOAT.test(plain) ? finite(plain, text) : text
}

/** Numbers too large for a float stay text, as Go's ParseFloat refuses them. */
function finite(plain: string, text: string): Scalar {
  const value = Number(plain)
  return Number.isFinite(value) ? value : text
}

/** Go's ParseInt with base 0: 0x, 0b, 0o and a leading 0 choose the base. */
function resolveInteger(plain: string): number | null {
  const sign = plain.startsWith('-') ? -1 : 1
  const digits = plain.startsWith('-') || plain.startsWith('+') ? plain.slice(1) : plain
  const magnitude = resolveDigits(digits)
  return magnitude === null ? null : magnitude === 0 ? 0 : sign * magnitude
}

function resolveDigits(digits: string): number | null {
  if (/^(?:0|[1-9][0-9]*)$/.test(digits)) {
    const value = Number(digits)
    return value < 2 ** 64 ? value : null
  }
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return Number.parseInt(digits.slice(2), 16)
  if (/^0[bB][01]+$/.test(digits)) return Number.parseInt(digits.slice(2), 2)
  if (/^0[oO][0-7]+$/.test(digits)) return Number.parseInt(digits.slice(2), 8)
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8)
  return null
}

/** The value of a scalar under a tag; an Error says that the text does not fit it. Unknown tags make strings, as in Go. */
export function resolveTagged(text: string, tag: string): Scalar | typeof NOT_JSON | Error {
  if (tag === '!') return text
  const kind = tag.replace(/^!<tag:yaml\.org,2002:(\w+)>$/, '!!$1')
  const value = resolvePlain(text)
  // Without the text, which may be secret.
  const misfit = new Error(`the value does not fit its tag ${kind}`)
  switch (kind) {
    case '!!str':
      return text
    case '!!binary':
      return Buffer.from(text.replaceAll(/\s/g, ''), 'base64').toString('utf8')
    case '!!int':
      return Number.isInteger(value) ? value : misfit
    case '!!float':
      return typeof value === 'number' || value === NOT_JSON ? value : misfit
    case '!!bool':
      return typeof value === 'boolean' ? value : misfit
    case '!!null':
      return value === null ? value : misfit
    default:
      return text
  }
}
