/** Hashes name pods and templates on real hosts: a changed vector here restarts everybody's containers. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { canonicalJson, hash32, hashText, nameSuffix, stableHash } from '../../src/base/hash.js'

const hashes = suite('hash')

/** Made with a second implementation of MurmurHash3 x86 128 over UTF-16 little endian, seed 0. */
const vectors: readonly (readonly [string, string])[] = [
  ['', '00000000000000000000000000000000'],
  ['a', '033bb196ccef4fe1ccef4fe1ccef4fe1'],
  ['web', '160039c1a66791e9f8a45658f8a45658'],
  ['headway', 'f870e998d177371fbbba6b77091cf739'],
  ['1234567', 'eb59bef17c5a5c1cb7831205ba253c1f'],
  ['12345678', '083fc1f2e182fa4fbd464907c7fddd7a'],
  ['123456789', '0ae17570d324424ae1c75a004f4b9699'],
  ['the quick brown fox jumps', 'fc87930e48c08cb84552d07ace6c7349'],
  ['größe 日本', 'f1b6dcd328e52bdd52dd53ba446db16b'],
]
for (const [text, digest] of vectors) {
  hashes(`hashText of "${text}"`, () => {
    assert.is(hashText(text), digest)
  })
}

hashes('short hashes stay the same', () => {
  assert.is(hash32('web'), 1_079_548_343)
  assert.is(hash32('größe 日本'), 3_459_096_355)
  assert.is.not(hash32('web', 1), hash32('web'))
  assert.is(nameSuffix('web', 10), '5bfgg5nwhd')
  assert.is(nameSuffix('web', 5), '5bfgg')
  assert.is(stableHash({ b: 1, a: [1, 'x', null], c: undefined }), 'c0746bcc164676d0862a6f72f9cb6c1d')
})

hashes('canonical JSON sorts keys and leaves out undefined, all the way down', () => {
  assert.is(
    canonicalJson({ b: { z: 1, y: undefined }, a: [undefined, null, 'x'] }),
    '{"a":[null,null,"x"],"b":{"z":1}}',
  )
  assert.is(canonicalJson(undefined), 'null')
})

hashes('canonical JSON is JSON of the same value, whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse())
      assert.is(canonicalJson(reversed), canonicalJson(value))
      assert.equal(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

hashes('different texts hash differently', () => {
  const seen = new Map<string, string>()
  for (let i = 0; i < 20_000; i++) {
    const digest = hashText(`pod-${i}`)
    assert.is(seen.get(digest), undefined)
    seen.set(digest, `pod-${i}`)
  }
})

hashes('name suffixes make no words and fit in names', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.match(nameSuffix(text, 10), /^[bcdfghjklmnpqrstvwxz2456789]{10}$/)
    }),
  )
})

hashes.run()
