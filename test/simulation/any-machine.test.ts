/**
 * The same seed and commit give the same hash on any machine: with another time zone and language, another seed of the
 * engine's own hash tables, another size of its memory, and code that is interpreted and not compiled.
 */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeScenario } from '../../src/simulation/scenario/make-scenario.js'
import { runScenario } from '../../src/simulation/scenario/run-scenario.js'

const tests = suite('any machine')
const seeds = [31, 32, 36]
const folder = new URL('../../src/simulation/scenario/', import.meta.url).href
const script = `const { makeScenario } = await import('${folder}make-scenario.js')
const { runScenario } = await import('${folder}run-scenario.js')
for (const seed of ${JSON.stringify(seeds)})
  console.log((await runScenario(makeScenario({ seed, nodes: 4, minutes: 1 }))).traceHash())`

const machines: readonly {
  readonly name: string
  readonly flags: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}[] = [
  {
    name: 'nothing compiled, far east, Turkish',
    flags: ['--jitless', '--hash-seed=1'],
    environment: { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
  },
  {
    name: 'little memory, half an hour off, no language',
    flags: ['--max-semi-space-size=1', '--max-old-space-size=256', '--hash-seed=77'],
    environment: { TZ: 'America/St_Johns', LC_ALL: 'C' },
  },
]

for (const { name, flags, environment } of machines)
  tests(name, async () => {
    const here: string[] = []
    for (const seed of seeds) here.push((await runScenario(makeScenario({ seed, nodes: 4, minutes: 1 }))).traceHash())
    const args = [...flags, '--input-type=module', '-e', script]
    const there = execFileSync(process.execPath, args, { env: { ...process.env, ...environment }, encoding: 'utf8' })
    assert.equal(there.trim().split('\n'), here)
  })

tests.run()
