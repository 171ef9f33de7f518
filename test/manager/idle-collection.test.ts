/** Garbage of passes is collected between them, where node lets it be. */
import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('idle collection')

const module = new URL('../../src/manager/idle-collection.js', import.meta.url).href
const SEMI_SPACE = ['--max-semi-space-size=64', '--min-semi-space-size=64']

/** What the collector says in a process of its own after a script's work, and whether less is used then. */
function collect(options: readonly string[], space: string, work: string): unknown {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { makeIdleCollector } from '${module}'
    const MIB = 1024 ** 2
    const used = () => getHeapSpaceStatistics().find((space) => space.space_name === '${space}').space_used_size
    const collector = makeIdleCollector()
    ${work}
    const full = used()
    const did = collector()
    console.log(JSON.stringify({ did, isLess: used() < full / 2 }))`
  const child = spawnSync(process.execPath, [...options, '--input-type=module', '--eval', script], { encoding: 'utf8' })
  assert.is(child.status, 0, child.stderr)
  return JSON.parse(child.stdout)
}

for (const { options, mebibytes, want } of [
  { options: ['--expose-gc', ...SEMI_SPACE], mebibytes: 30, want: 'young' },
  { options: ['--expose-gc', ...SEMI_SPACE], mebibytes: 5, want: 'nothing' },
  { options: SEMI_SPACE, mebibytes: 30, want: 'nothing' },
])
  test(`${mebibytes} MiB of young objects with ${options[0]}: ${want}`, () => {
    const work = `
      const before = used()
      while (used() - before < ${mebibytes} * MIB) Array.from({ length: 1_000 }, (_, i) => ({ i }))`
    assert.equal(collect(options, 'new_space', work), { did: want, isLess: want !== 'nothing' })
  })

/** Large arrays are old from the beginning. */
for (const { first, more, want } of [
  { first: 100, more: 300, want: 'old' },
  { first: 160, more: 140, want: 'nothing' },
  { first: 20, more: 100, want: 'nothing' },
])
  test(`${first} MiB of old objects, and ${more} more: ${want}`, () => {
    const work = `
      const make = (mebibytes) => Array.from({ length: mebibytes }, () => new Array(MIB / 8).fill(1.5))
      globalThis.kept = make(${first})
      gc()
      collector()
      globalThis.garbage = make(${more})
      gc({ type: 'minor' })
      globalThis.garbage = null`
    const options = ['--expose-gc', '--initial-old-space-size=2000', ...SEMI_SPACE]
    assert.equal(collect(options, 'large_object_space', work), { did: want, isLess: want === 'old' })
  })

test.run()
