/** Every plug-in is a file that is registered, a row in docs/scheduling.md that says the truth, and a table of cases. */
import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { filters, movingFilters, movingScores, rowScores } from '../../../src/planner/scheduler/plug-ins.js'
import { defaultProfile } from '../../../src/planner/scheduler/profile.js'

const docs = readFileSync('docs/scheduling.md', 'utf8')

/** The rows of the docs' table of a folder: file, plug-in and third cell. */
function rowsOf(folder: string): { readonly file: string; readonly name: string; readonly third: string }[] {
  const section = docs.split(/^## /m).find((text) => text.includes(`(\`${folder}/\`)`)) ?? ''
  return [...section.matchAll(/^\| `([a-z-]+)` \| (\w*) ?\| ([^|]+) \|/gm)].map(([, file, name, third]) => ({
    file: file ?? '',
    name: name ?? '',
    third: third ?? '',
  }))
}

function filesOf(folder: string): string[] {
  return readdirSync(`src/planner/scheduler/${folder}`).map((file) => file.replace('.ts', ''))
}

/** The name that a plug-in's file gives it. */
function nameIn(folder: string, file: string): string {
  const text = readFileSync(`src/planner/scheduler/${folder}/${file}.ts`, 'utf8')
  return /^ {2}name: '(\w+)'/m.exec(text)?.[1] ?? ''
}

const PLUG_INS = { filters: [...filters, ...movingFilters], scores: [...rowScores, ...movingScores] }

const plugIns = suite('plug-ins')

for (const folder of ['filters', 'scores'] as const) {
  const names = PLUG_INS[folder].map(({ name }) => name)
  const rows = rowsOf(folder)

  plugIns(`each file of ${folder} is a plug-in that is registered once`, () => {
    const inFiles = filesOf(folder).map((file) => nameIn(folder, file))
    assert.equal([...inFiles].sort(), [...names].sort())
    assert.is(new Set(names).size, names.length)
  })

  plugIns(`each of ${folder} has its row in the docs, by its file`, () => {
    assert.equal(rows.map(({ file }) => file).sort(), filesOf(folder).sort())
    for (const { file, name } of rows) assert.is(name || 'NodeHeard', nameIn(folder, file), file)
  })

  plugIns(`each of ${folder} has a table of cases`, () => {
    const path = `test/planner/scheduler/${folder}`
    const text = readdirSync(path).map((file) => readFileSync(`${path}/${file}`, 'utf8'))
    for (const file of filesOf(folder)) {
      const variable = file.replace(/-./g, (letters) => letters[1]!.toUpperCase())
      const pattern = new RegExp(`'${nameIn(folder, file)}'|test(Row|Moving)Score\\(scores, ${variable},`)
      assert.ok(
        text.some((item) => pattern.test(item)),
        `${file} has no cases below ${path}`,
      )
    }
  })
}

plugIns('filters are listed in the order in which they are asked', () => {
  const names = PLUG_INS.filters.map(({ name }) => name)
  assert.equal(
    rowsOf('filters').map(({ file }) => nameIn('filters', file)),
    names,
  )
})

plugIns('the weights in the docs are those of the default profile', () => {
  const weights = rowsOf('scores').map(({ name, third }) => [name, Number(third)] as const)
  assert.equal(Object.fromEntries(weights), defaultProfile.weights)
})

plugIns.run()
