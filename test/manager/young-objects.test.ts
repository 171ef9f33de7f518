/** Garbage of passes is collected between them, where node lets it be. */
import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('young objects')

const module = new URL('../../src/manager/young-objects.js', import.meta.url).href
const rows: readonly { readonly options: readonly string[]; readonly mebibytes: number; readonly want: boolean }[] = [
  { options: ['--expose-gc', '--max-semi-space-size=64', '--min-semi-space-size=64'], mebibytes: 30, want: true },
  { options: ['--expose-gc', '--max-semi-space-size=64', '--min-semi-space-size=64'], mebibytes: 5, want: false },
  { options: ['--max-semi-space-size=64', '--min-semi-space-size=64'], mebibytes: 30, want: false },
]

for (const { options, mebibytes, want } of rows) {
  test(`${mebibytes} MiB with ${options[0]}: ${want ? 'collected' : 'left'}`, () => {
    const script = `
      import { getHeapSpaceStatistics } from 'node:v8'
      import { collectYoungObjects } from '${module}'
      const young = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_used_size
      const before = young()
      while (young() - before < ${mebibytes} * 1024 ** 2) Array.from({ length: 1_000 }, (_, i) => ({ i }))
      const full = young()
      const did = collectYoungObjects()
      console.log(JSON.stringify({ did, isLess: young() < full / 2 }))`
    const child = spawnSync(process.execPath, [...options, '--input-type=module', '--eval', script], {
      encoding: 'utf8',
    })
    assert.is(child.status, 0, child.stderr)
    assert.equal(JSON.parse(child.stdout), { did: want, isLess: want })
  })
}

test.run()
