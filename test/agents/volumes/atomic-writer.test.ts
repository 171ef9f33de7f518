/** Files that change all at once, as Kubernetes' mounted configuration does. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { VolumeError } from '../../../src/agents/pod-volumes.js'
import { type VolumeFiles, writeAtomically } from '../../../src/agents/volumes/atomic-writer.js'

const tests = suite('atomic writer')

function files(contents: Readonly<Record<string, string>>, mode = 0o644): VolumeFiles {
  return new Map(Object.entries(contents).map(([name, text]) => [name, { content: Buffer.from(text), mode }]))
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-atomic-'))
  try {
    await run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What a reader sees: visible files and their contents. */
function seen(folder: string): Record<string, string> {
  const visible: Record<string, string> = {}
  const walk = (at: string, prefix: string): void => {
    for (const name of readdirSync(at)) {
      if (prefix === '' && name.startsWith('..')) continue
      const full = path.join(at, name)
      if (statSync(full).isDirectory()) walk(full, `${prefix}${name}/`)
      else visible[`${prefix}${name}`] = readFileSync(full, 'utf8')
    }
  }
  walk(folder, '')
  return visible
}

tests('files are links through ..data, as in Kubernetes', () =>
  inFolder(async (folder) => {
    assert.is(await writeAtomically(folder, files({ 'a.txt': '1', 'sub/b.txt': '2' }), null), true)
    assert.equal(seen(folder), { 'a.txt': '1', 'sub/b.txt': '2' })
    assert.is(readlinkSync(path.join(folder, 'a.txt')), '..data/a.txt')
    assert.match(readlinkSync(path.join(folder, '..data')), /^\.\.\d{4}_?-?/)
    assert.is(statSync(path.join(folder, 'a.txt')).mode & 0o7777, 0o644)
  }),
)

tests('the same contents change nothing', () =>
  inFolder(async (folder) => {
    await writeAtomically(folder, files({ a: '1' }), null)
    const before = readlinkSync(path.join(folder, '..data'))
    assert.is(await writeAtomically(folder, files({ a: '1' }), null), false)
    assert.is(readlinkSync(path.join(folder, '..data')), before)
    assert.is(await writeAtomically(folder, files({ a: '1' }, 0o600), null), true)
  }),
)

tests('a change leaves no old version behind, and an open file keeps the old contents', () =>
  inFolder(async (folder) => {
    await writeAtomically(folder, files({ a: '1', gone: 'x' }), null)
    await writeAtomically(folder, files({ a: '2', fresh: 'y' }), null)
    assert.equal(seen(folder), { a: '2', fresh: 'y' })
    assert.is(readdirSync(folder).length, 4)
  }),
)

tests('what a crash left half done is cleared', () =>
  inFolder(async (folder) => {
    await writeAtomically(folder, files({ a: '1' }), null)
    mkdirSync(path.join(folder, '..2020_half'))
    writeFileSync(path.join(folder, '..2020_half', 'a'), 'half')
    writeFileSync(path.join(folder, '..data_tmp'), 'half')
    await writeAtomically(folder, files({ a: '2' }), null)
    assert.equal(seen(folder), { a: '2' })
    assert.is(readdirSync(folder).length, 3)
  }),
)

for (const bad of ['/etc/passwd', '../x', 'a/../../x', '..data', '', 'a//b'])
  tests(`refuses a file at "${bad}"`, () =>
    inFolder(async (folder) => {
      try {
        await writeAtomically(folder, files({ [bad]: 'x' }), null)
        assert.unreachable()
      } catch (error) {
        assert.instance(error, VolumeError)
      }
      assert.equal(readdirSync(folder), [])
    }),
  )

if (process.getuid?.() === 0)
  tests('a group may read what the owner may', () =>
    inFolder(async (folder) => {
      await writeAtomically(folder, files({ a: '1' }, 0o400), 2000)
      const stats = statSync(path.join(folder, 'a'))
      assert.equal([stats.gid, stats.mode & 0o7777], [2000, 0o440])
      assert.is(statSync(folder).mode & 0o7777, 0o2755)
      assert.is(await writeAtomically(folder, files({ a: '1' }, 0o400), 2000), false)
    }),
  )
else process.stdout.write('skipped "a group may read what the owner may": changing groups needs root\n')

tests('any sequence of versions ends in exactly the last one', async () => {
  const version = fc.dictionary(fc.constantFrom('a', 'b', 'd/x', 'd/y'), fc.string({ maxLength: 3 }), { maxKeys: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 4 }), (versions) =>
      inFolder(async (folder) => {
        for (const contents of versions) {
          await writeAtomically(folder, files(contents), null)
          assert.equal(seen(folder), { ...contents })
        }
      }),
    ),
    { numRuns: 30 },
  )
})

tests.run()
