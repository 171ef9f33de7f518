/** Kubernetes quantities: `100m`, `0.5`, `128Mi`, `1e3`, `2G`. */

const BINARY: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 }
const DECIMAL: Readonly<Record<string, number>> = { n: -3, u: -2, m: -1, '': 0, k: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }
const PATTERN = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([eE][+-]?\d+)|([numkMGTPE]?))$/

/** Larger quantities are this large (Kubernetes: what does not fit into 64 bits is capped). */
const THOUSANDTHS_MAX = (2n ** 63n - 1n) * 1000n

/**
 * The value times 1000, as a bigint rounded up (Kubernetes rounds requests up to its smallest unit); null when the text is no quantity.
 */
function parseThousandths(text: string): bigint | null {
  const match = PATTERN.exec(text)
  if (match === null) return null
  const [, sign, digits = '0', binary, exponent, suffix = ''] = match
  const [whole = '', fraction = ''] = digits.split('.')
  let numerator = BigInt(`${whole}${fraction}` || '0') * 1000n
  let denominator = 10n ** BigInt(fraction.length)
  if (binary !== undefined) numerator *= 1024n ** BigInt(BINARY[binary]!)
  else {
    const power = exponent !== undefined ? Number(exponent.slice(1)) : DECIMAL[suffix]! * 3
    // More than 30 digits either way is no amount of anything; it would only cost time.
    if (Math.abs(power) > 30) return null
    if (power >= 0) numerator *= 10n ** BigInt(power)
    else denominator *= 10n ** BigInt(-power)
  }
  const value = (numerator + denominator - 1n) / denominator
  const capped = value < THOUSANDTHS_MAX ? value : THOUSANDTHS_MAX
  return sign === '-' ? -capped : capped
}

/** True when the text is a quantity Kubernetes accepts. */
export function isQuantity(text: string): boolean {
  return parseThousandths(text) !== null
}

/** Millis of a quantity, rounded up: cpu `0.5` is 500. Throws on a text that is no quantity (validation comes first). */
export function parseMilli(quantity: string | number): number {
  const value = parseThousandths(String(quantity))
  if (value === null) throw new Error(`not a quantity: ${quantity}`)
  return Number(value)
}

/** Whole units of a quantity, rounded up: memory `1Ki` is 1024. Throws on a text that is no quantity. */
export function parseUnits(quantity: string | number): number {
  const value = parseThousandths(String(quantity))
  if (value === null) throw new Error(`not a quantity: ${quantity}`)
  return Number(value >= 0n ? (value + 999n) / 1000n : value / 1000n)
}

/** Bytes as people read them: `512Mi`, `1.5Gi`. */
export function formatBytes(bytes: number): string {
  for (const [suffix, power] of [
    ['Gi', 3],
    ['Mi', 2],
    ['Ki', 1],
  ] as const) {
    const unit = 1024 ** power
    if (bytes >= unit) return `${Math.round((bytes / unit) * 10) / 10}${suffix}`
  }
  return `${bytes}`
}

/** Cpu as people read it: `250m`, `2`. */
export function formatMilli(milli: number): string {
  return milli % 1000 === 0 ? `${milli / 1000}` : `${milli}m`
}
