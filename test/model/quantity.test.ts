import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { canonicalQuantity } from '../../src/model/defaults/canonical-quantity.js'
import { formatBytes, formatMilli, isQuantity, parseMilli, parseUnits } from '../../src/model/quantity.js'

const quantity = suite('quantity')

interface Row {
  readonly text: string
  readonly milli: number
  readonly units: number
  readonly canonical: string
}

const rows: readonly Row[] = [
  { text: '0', milli: 0, units: 0, canonical: '0' },
  { text: '-0', milli: 0, units: 0, canonical: '0' },
  { text: '1', milli: 1000, units: 1, canonical: '1' },
  { text: '+1', milli: 1000, units: 1, canonical: '1' },
  { text: '0.5', milli: 500, units: 1, canonical: '500m' },
  { text: '.5', milli: 500, units: 1, canonical: '500m' },
  { text: '5.', milli: 5000, units: 5, canonical: '5' },
  { text: '500m', milli: 500, units: 1, canonical: '500m' },
  { text: '1000m', milli: 1000, units: 1, canonical: '1' },
  { text: '100u', milli: 1, units: 1, canonical: '100u' },
  { text: '1n', milli: 1, units: 1, canonical: '1n' },
  { text: '0.1n', milli: 1, units: 1, canonical: '1n' },
  { text: '1k', milli: 1_000_000, units: 1000, canonical: '1k' },
  { text: '1000', milli: 1_000_000, units: 1000, canonical: '1k' },
  { text: '1e3', milli: 1_000_000, units: 1000, canonical: '1k' },
  { text: '1E3', milli: 1_000_000, units: 1000, canonical: '1k' },
  { text: '12e-1', milli: 1200, units: 2, canonical: '1200m' },
  { text: '1E', milli: 1e21, units: 1e18, canonical: '1E' },
  { text: '1Ki', milli: 1_024_000, units: 1024, canonical: '1Ki' },
  { text: '1024', milli: 1_024_000, units: 1024, canonical: '1Ki' },
  { text: '1024Mi', milli: 1_073_741_824_000, units: 1_073_741_824, canonical: '1Gi' },
  { text: '1.5Gi', milli: 1_610_612_736_000, units: 1_610_612_736, canonical: '1536Mi' },
  { text: '0.1Ki', milli: 102_400, units: 103, canonical: '102400m' },
  { text: '128M', milli: 128_000_000_000, units: 128_000_000, canonical: '128M' },
  { text: '-1.5', milli: -1500, units: -1, canonical: '-1500m' },
]
for (const { text, milli, units, canonical } of rows) {
  quantity(`reads ${text}`, () => {
    assert.ok(isQuantity(text))
    assert.is(parseMilli(text) + 0, milli)
    assert.is(parseUnits(text) + 0, units)
    assert.is(canonicalQuantity(text), canonical)
  })
}

for (const text of [
  '',
  ' ',
  'NaN',
  'Inf',
  '1 Gi',
  '1gi',
  '1KI',
  '1mm',
  'Gi',
  '1.2.3',
  '--1',
  '1e',
  '1e+',
  '1e999',
  '0x10',
  '1,5',
]) {
  quantity(`refuses "${text}"`, () => {
    assert.not.ok(isQuantity(text))
    assert.throws(() => parseMilli(text), /not a quantity/)
    assert.is(canonicalQuantity(text), text.trim())
  })
}

quantity('numbers are quantities too', () => {
  assert.is(parseMilli(0.25), 250)
  assert.is(canonicalQuantity(0.25), '250m')
  assert.is(canonicalQuantity(2), '2')
})

quantity('equal amounts have one canonical text, which reads as the same amount', () => {
  const texts = fc
    .tuple(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.nat(3),
      fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e2', 'E1'),
    )
    .map(([n, digits, suffix]) => `${(n / 10 ** digits).toFixed(digits)}${suffix}`)
  fc.assert(
    fc.property(texts, (text) => {
      const canonical = canonicalQuantity(text)
      assert.ok(isQuantity(canonical), `${text} -> ${canonical}`)
      assert.is(parseMilli(canonical), parseMilli(text))
      assert.is(canonicalQuantity(canonical), canonical)
      assert.not.match(canonical, /[.eE]\d/)
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.nat(10_000), (n) => {
      assert.is(canonicalQuantity(`${n}Gi`), canonicalQuantity(`${n * 1024}Mi`))
      assert.is(canonicalQuantity(`${n}Mi`), canonicalQuantity(`${n * 1024}Ki`))
      assert.is(canonicalQuantity(`${n}Mi`), canonicalQuantity(`${n * 1024 ** 2}.0`))
      assert.is(canonicalQuantity(`${n}`), canonicalQuantity(`${n}000m`))
      assert.is(canonicalQuantity(`${n}m`), canonicalQuantity(`${n}000u`))
    }),
  )
})

quantity('amounts for people', () => {
  assert.is(formatBytes(512 * 1024 ** 2), '512Mi')
  assert.is(formatBytes(1.5 * 1024 ** 3), '1.5Gi')
  assert.is(formatBytes(1023), '1023')
  assert.is(formatMilli(250), '250m')
  assert.is(formatMilli(2000), '2')
})

quantity.run()
