/** Scalars as kubectl reads them; where a kubectl is on the PATH, every row is held to what it says. */
import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readYaml } from '../../../src/sync/decode/yaml-reader.js'

/** Written, and the JSON that it means; undefined: refused. */
const rows: readonly (readonly [text: string, value: unknown])[] = [
  ['0644', 420],
  ['-0644', -420],
  ['0o644', 420],
  ['0O17', 15],
  ['0', 0],
  ['-0', 0],
  ['00', 0],
  ['07', 7],
  ['08', 8],
  ['0888', 888],
  ['0_7', 7],
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
  ['yES', 'yES'],
  ['oN', 'oN'],
  ['tRue', 'tRue'],
  ['yep', 'yep'],
  ['22:22', '22:22'],
  ['190:20:30', '190:20:30'],
  ['2021-08-01', '2021-08-01'],
  ['2021-08-01T10:00:00Z', '2021-08-01T10:00:00Z'],
  ['1_000', 1000],
  ['1_0.5', 10.5],
  ['_1', '_1'],
  ['0b11', 3],
  ['-0b11', -3],
  ['0B11', 3],
  ['0b12', '0b12'],
  ['0x1F', 31],
  ['0X1F', 31],
  ['0x_1F', 31],
  ['0x', '0x'],
  ['1e3', 1000],
  ['1E+3', 1000],
  ['1e400', '1e400'],
  ['+5', 5],
  ['+.5', 0.5],
  ['.5', 0.5],
  ['._5', '._5'],
  ['1.', 1],
  ['1.50', 1.5],
  ['1.2.3', '1.2.3'],
  ['500m', '500m'],
  ['1Gi', '1Gi'],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['nULL', 'nULL'],
  ['', null],
  ['""', ''],
  ['"yes"', 'yes'],
  ["'0644'", '0644'],
  ['9007199254740991', 9007199254740991],
  ['18446744073709551616', 18446744073709552000],
  ['!!str 5', '5'],
  ['!!int "5"', 5],
  ['!!float 5', 5],
  ['!!bool yes', true],
  ['!!binary aGk=', 'hi'],
  ['!Ref a', 'a'],
  ['!!int abc', undefined],
  ['.inf', undefined],
  ['-.inf', undefined],
  ['.NaN', undefined],
]

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'

const scalars = suite('scalars')

for (const [text, value] of rows) {
  scalars(JSON.stringify(text), () => {
    const { documents, findings } = readYaml(`x: ${text}\n`)
    if (value === undefined) assert.is(findings.length, 1)
    else assert.equal((documents[0]!.value as { x: unknown }).x, value)
  })
}

const keys: readonly (readonly [text: string, key: string | undefined])[] = [
  ['y', 'true'],
  ['no', 'false'],
  ['1.5', '1.5'],
  ['0x10', '16'],
  ['1e3', '1000'],
  ['22:22', '22:22'],
  ['"y"', 'y'],
  ['~', undefined],
  ['[a]', undefined],
]
for (const [text, key] of keys) {
  scalars(`key ${text}`, () => {
    const { documents, findings } = readYaml(`? ${text}\n: 1\n`)
    if (key === undefined) assert.is(findings.length, 1)
    else assert.equal(documents[0]?.value, { [key]: 1 })
  })
}

/** kubectl reads the file without a cluster; it prints the JSON it made of it. */
function readWithKubectl(text: string): unknown {
  const args = ['label', '--local', '-o', 'json', '-f', '-', 'extra=1']
  const run = spawnSync('kubectl', args, { input: text, encoding: 'utf8', timeout: 20_000 })
  return run.status === 0 ? JSON.parse(run.stdout) : undefined
}

const hasKubectl = spawnSync('kubectl', ['version', '--client'], { timeout: 20_000 }).status === 0
if (hasKubectl) {
  scalars('kubectl agrees on what it takes', () => {
    const good = rows.filter(([, value]) => value !== undefined)
    const text = `${HEAD}rows:\n${good.map(([one], i) => `  r${i}: ${one}\n`).join('')}`
    const theirs = readWithKubectl(text) as { rows: Record<string, unknown> }
    for (const [i, [one, value]] of good.entries()) assert.equal(theirs.rows[`r${i}`], value, one)
  })
  scalars('kubectl agrees on keys', () => {
    const good = keys.filter(([, key]) => key !== undefined)
    const theirs = readWithKubectl(`${HEAD}rows:\n${good.map(([one]) => `  - ? ${one}\n    : 1\n`).join('')}`)
    assert.equal(
      (theirs as { rows: unknown }).rows,
      good.map(([, key]) => ({ [key!]: 1 })),
    )
  })
  scalars('kubectl agrees on what it refuses', () => {
    for (const [one] of rows.filter(([, value]) => value === undefined)) {
      assert.is(readWithKubectl(`${HEAD}x: ${one}\n`), undefined, one)
    }
  })
}

scalars.run()
