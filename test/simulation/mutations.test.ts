/** The deliberate faults of the mutation check follow the code: each text they change is there, once. */
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mutations as list } from '../../src/simulation/scenario/mutation-list.js'

const mutations = suite('mutations')

for (const { name, patches } of list)
  mutations(`${name} finds what it changes`, () => {
    for (const { file, find } of patches) {
      const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')
      assert.is(text.split(find).length - 1, 1, `${find} in ${file}`)
    }
  })

mutations('there are as many as are asked for, each with a name of its own', () => {
  assert.ok(list.length >= 10)
  assert.is(new Set(list.map(({ name }) => name)).size, list.length)
})

mutations.run()
