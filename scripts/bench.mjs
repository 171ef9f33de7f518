/** `npm run --silent bench -- NAME… [-o json] [--rows=A,B]`: builds, runs bench/NAME.ts, prints a table or a JSON array. `--rows` measures some rows alone, where a benchmark can do that. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { build, dist, root } from './lib.mjs'

const args = process.argv.slice(2)
const json = args.join(' ').includes('-o json')
const names = args.filter((arg, i) => !arg.startsWith('-') && args[i - 1] !== '-o')
const choice = args.filter((arg) => arg.startsWith('--rows='))
const known = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const unknown = names.filter((name) => !known.includes(name))
if (names.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run --silent bench -- NAME… [-o json]; NAME is one of ${known.join(', ')}`)
  process.exit(2)
}
if ((await build(['bench'])) !== 0) process.exit(1)
const rows = []
for (const name of names) {
  const script = path.join(dist, 'bench', `${name}.js`)
  if (!existsSync(script)) throw new Error(`${script} is missing`)
  const child = spawnSync(process.execPath, ['--expose-gc', '--enable-source-maps', script, ...choice], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  if (child.status !== 0) {
    console.error(`bench ${name} ended with ${child.status ?? child.signal}\n${child.stdout}`)
    process.exit(1)
  }
  rows.push(...JSON.parse(child.stdout))
}
if (json) console.log(JSON.stringify(rows, null, 2))
else {
  const width = Math.max(...rows.map((row) => row.name.length))
  for (const row of rows)
    console.log(
      `${row.name.padEnd(width)}  ${String(row.value).padStart(12)} ${row.unit.padEnd(8)} ${row.better} is better`,
    )
}
