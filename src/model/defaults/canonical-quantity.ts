/**
 * One text for each amount: `0.5` and `500m`, `1024Mi` and `1Gi` are equal to Kubernetes (it compares quantities by
 * value), so they must hash equal here. The shortest way to write the amount wins; a decimal one when two are equally short.
 */

const PATTERN = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE])i|[eE]([+-]?\d{1,3})|([numkMGTPE]?))$/
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const NANO_DIGITS = 9
// What nearly every manifest writes is canonical already (not Ki: 125Ki is 128k).
const PLAIN = /^[1-9]\d{0,2}(?:m|Mi|Gi)?$/

/**
 * The canonical text of a quantity; a text that is no quantity comes back as it is (validation has its say). Amounts
 * are exact to a nano unit and rounded up beyond, as in Kubernetes. Example: `1.5Gi` is `1536Mi`, `100M` stays `100M`.
 */
export function canonicalQuantity(quantity: string | number): string {
  const text = String(quantity).trim()
  if (PLAIN.test(text)) return text
  const nanos = parseNanos(text)
  if (nanos === null) return text
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const amount = nanos < 0n ? -nanos : nanos
  const decimal = decimalText(amount)
  const binary = binaryText(amount)
  return sign + (binary !== null && binary.length < decimal.length ? binary : decimal)
}

function parseNanos(text: string): bigint | null {
  const match = PATTERN.exec(text)
  if (match === null) return null
  const [, sign, digits = '0', binary, exponent, suffix = ''] = match
  const [whole = '', fraction = ''] = digits.split('.')
  let numerator = BigInt(`${whole}${fraction}` || '0')
  let power = NANO_DIGITS - fraction.length
  if (binary !== undefined) numerator *= 1024n ** BigInt(BINARY.indexOf(`${binary}i`))
  else power += exponent !== undefined ? Number(exponent) : (DECIMAL.indexOf(suffix) - 3) * 3
  // More than 40 digits either way is no amount of anything; it would only cost time.
  if (Math.abs(power) > 40) return null
  const nanos = power >= 0 ? numerator * 10n ** BigInt(power) : divideUp(numerator, 10n ** BigInt(-power))
  return sign === '-' ? -nanos : nanos
}

function divideUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by
}

function decimalText(nanos: bigint): string {
  let amount = nanos
  let step = 0
  while (step < DECIMAL.length - 1 && amount % 1000n === 0n) {
    amount /= 1000n
    step++
  }
  return `${amount}${DECIMAL[step]}`
}

function binaryText(nanos: bigint): string | null {
  const unit = 10n ** BigInt(NANO_DIGITS)
  if (nanos % unit !== 0n) return null
  let amount = nanos / unit
  let step = 0
  while (step < BINARY.length - 1 && amount % 1024n === 0n) {
    amount /= 1024n
    step++
  }
  return step === 0 ? null : `${amount}${BINARY[step]}`
}
