/** What must hold of every object with the right types, whatever it says: nothing throws, defaults are idempotent, nothing is written to. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deepFreeze } from '../../src/base/deep-freeze.js'
import { canonicalJson } from '../../src/base/hash.js'
import { makeRandom } from '../../src/base/random.js'
import { applyDefaults } from '../../src/model/defaults/apply-defaults.js'
import type { Manifest } from '../../src/model/desired-state.js'
import { type Kind, kinds } from '../../src/model/kinds.js'
import { validateChange } from '../../src/model/validate/validate-change.js'
import { validateObject } from '../../src/model/validate/validate-object.js'
import { randomObject } from './random-object.js'

const objects = suite('any-object')
const OBJECTS_PER_KIND = 150

for (const kind of Object.keys(kinds) as Kind[]) {
  objects(`${kind}: defaults twice are defaults once, and validation answers`, () => {
    let findings = 0
    for (let seed = 0; seed < OBJECTS_PER_KIND; seed++) {
      const object = deepFreeze(randomObject(kind, makeRandom(seed), seed % 2 === 0)) as unknown as Manifest
      const once = deepFreeze(applyDefaults(kind, object))
      assert.is(canonicalJson(applyDefaults(kind, once)), canonicalJson(once), `seed ${seed}`)
      assert.not.match(canonicalJson(once), /:null/, `seed ${seed}`)
      const before = validateObject(kind, once)
      for (const { path, message } of before) assert.ok(message.length > 5 && path.length > 0, `seed ${seed}`)
      assert.equal(validateChange(kind, once, once), [])
      findings += before.length
    }
    // Names are drawn at random, so nearly every object has something wrong.
    assert.ok(findings > 10, `${findings}`)
  })
}

objects.run()
