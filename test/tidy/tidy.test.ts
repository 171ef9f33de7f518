/**
 * House rules as a test: reads the tree and reports `file:line: what, use what`. The compiler already refuses imports
 * against the layers; this holds what it cannot see.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const PURE = ['src/base/', 'src/model/', 'src/reconcile/', 'src/planner/', 'src/agents/core/', 'src/manager/core/']

/** Folder of src → folders it may import (DESIGN §2). */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ['base'],
  reconcile: ['base', 'model'],
  planner: ['base', 'model', 'reconcile'],
  sync: ['base', 'model'],
  agents: ['base', 'model'],
  store: ['base', 'model'],
  network: ['base', 'model'],
  api: ['base', 'model', 'reconcile', 'store'],
  manager: ['base', 'model', 'reconcile', 'planner', 'sync', 'agents', 'store', 'network', 'api'],
  simulation: ['base', 'model', 'reconcile', 'planner', 'sync', 'agents', 'store', 'network', 'api', 'manager'],
}

interface Rule {
  readonly pattern: RegExp
  readonly message: string
  applies(file: string): boolean
}

const isSource = (file: string): boolean => file.startsWith('src/')
const isPure = (file: string): boolean => PURE.some((folder) => file.startsWith(folder))

const RULES: readonly Rule[] = [
  {
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\./,
    message: 'reads a clock, take `now` as an argument',
    applies: isPure,
  },
  { pattern: /\bMath\.random\(/, message: 'uses chance, take a Random or a stable hash', applies: isPure },
  {
    pattern:
      /\bMath\.(a?(cos|sin|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log10|log1p|log2|pow)\(|[Ll]ocaleCompare\(|\.toLocale|\bIntl\./,
    message: 'differs by machine, use base/logarithm, products or compareText',
    // What an agent decides for itself need not be the same elsewhere.
    applies: (file) => isPure(file) && !file.startsWith('src/agents/'),
  },
  { pattern: /\bPromise\b|\basync \b|\bawait \b/, message: 'uses a promise, return a value', applies: isPure },
  { pattern: /\bset(Timeout|Interval|Immediate)\(/, message: 'uses a timer, return requeueAt', applies: isPure },
  { pattern: /from 'node:/, message: 'imports Node, keep I/O in the shell', applies: isPure },
  { pattern: /^export default\b/, message: 'default export, name it', applies: () => true },
  { pattern: /\.only\(/, message: 'a narrowed test, remove .only', applies: (file) => file.endsWith('.test.ts') },
  {
    pattern: /\bconsole\./,
    message: 'prints, take a log function',
    applies: (file) => isSource(file) && !file.startsWith('src/cli/'),
  },
]

const files = ['src', 'test', 'bench']
  .flatMap(filesBelow)
  .filter((file) => file.endsWith('.ts') && !file.includes('/generated/'))

const tidy = suite('tidy')

tidy('reads the tree', () => {
  assert.ok(files.length > 50, `only ${files.length} files found: is the test run from the top folder?`)
})

tidy('every line keeps the rules', () => {
  const findings: string[] = []
  for (const file of files.filter((name) => name !== 'test/tidy/tidy.test.ts')) {
    const rules = RULES.filter((rule) => rule.applies(file))
    for (const [i, line] of lines(file).entries()) {
      if (/^\s*(\*|\/\/|\/\*)/.test(line)) continue
      for (const rule of rules) if (rule.pattern.test(line)) findings.push(`${file}:${i + 1}: ${rule.message}`)
    }
  }
  assert.equal(findings, [])
})

tidy('file names are kebab-case and say a subject', () => {
  const bad = files.filter((file) => {
    const name = path.basename(file)
    return (
      !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(name) || /^(util|utils|helper|helpers|common|misc)\.ts$/.test(name)
    )
  })
  assert.equal(bad, [])
})

tidy('every file begins with a paragraph', () => {
  const bad = files.filter(
    (file) =>
      isSource(file) &&
      !lines(file)
        .find((line) => !line.startsWith('#!'))
        ?.startsWith('/**'),
  )
  assert.equal(bad, [])
})

tidy('imports go down the layers, and into no other shell folder', () => {
  const findings: string[] = []
  for (const file of files.filter(isSource)) {
    const own = file.split('/')[1] ?? ''
    const allowed = LAYERS[own]
    if (allowed === undefined) continue
    for (const target of importsOf(file)) {
      const folder = target.split('/')[1] ?? ''
      if (target.startsWith('src/') && folder !== own && !allowed.includes(folder)) {
        findings.push(`${file}: imports ${target}, ${own} may import only ${allowed.join(', ') || 'nothing'}`)
      }
    }
  }
  assert.equal(findings, [])
})

tidy('no import cycles', () => {
  const graph = new Map(files.filter(isSource).map((file) => [file, importsOf(file)]))
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
      return
    }
    state.set(file, 'open')
    for (const target of graph.get(file) ?? []) visit(target, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of graph.keys()) visit(file, [])
  assert.equal(cycles, [])
})

tidy('every source file is used by another', () => {
  const used = new Set(files.flatMap(importsOf))
  // What the launcher and scripts/ load.
  const entries = new Set(['src/cli/main.ts', 'src/simulation/scenario/command.ts'])
  assert.equal(
    files.filter((file) => isSource(file) && !used.has(file) && !entries.has(file)),
    [],
  )
})

tidy('every controller has a table test', () => {
  const controllers = files.filter((file) => /^src\/reconcile\/controllers\/[^/]+\.ts$/.test(file))
  assert.ok(controllers.length > 0, 'no controllers found')
  const untested = controllers.filter(
    (file) => !files.includes(file.replace('src/', 'test/').replace(/\.ts$/, '.test.ts')),
  )
  assert.equal(untested, [])
})

tidy.run()

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n')
}

/** Relative imports of a file (types too; dynamic ones as well) as paths from the top folder. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)].map((match) =>
    path.posix.join(path.dirname(file), `${match[1]}.ts`),
  )
}
