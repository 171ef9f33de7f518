/**
 * The test runner. uvu runs each file in a process of its own; what uvu lacks is here: a time limit a file, a failure
 * for a file without tests, for one that leaves something open, and one closing line `N passed, N failed`.
 *
 * `npm test` checks format, lint and types, then runs all; `node scripts/test.mjs planner sync/yaml` only runs the
 * files whose path (from test/) begins so, and builds only what they need. `--golden FOLDER` rewrites golden files.
 */
import { spawn, spawnSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { build, dist, filesBelow, root, run } from './lib.mjs'

const FILE_LIMIT_MS = 120_000
const E2E_FILE_LIMIT_MS = 420_000
// After its last test a file may take this long to close what it opened.
const EXIT_LIMIT_MS = 3_000

const args = process.argv.slice(2)
const golden = args.includes('--golden')
const wanted = args.filter((arg) => !arg.startsWith('--'))
const full = wanted.length === 0

const started = Date.now()
const projects = full ? ['.'] : [...new Set(wanted.map((name) => `test/${name.split('/')[0]}`))]
if ((await build(projects)) !== 0) finish(0, 1, 0, 'the build failed')
if (full) {
  const biome = path.join(root, 'node_modules', '.bin', 'biome')
  if ((await run(biome, ['check', '--diagnostic-level=warn', '--error-on-warnings', '.'])) !== 0)
    finish(0, 1, 0, 'format or lint failed: npm run format')
}

const sources = filesBelow(path.join(root, 'test'))
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => path.relative(path.join(root, 'test'), file))
  .filter((file) => full || wanted.some((name) => file.startsWith(name)))
const needsEngine = (file) => file.startsWith('e2e/') || file.includes('docker')
const engine = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
  encoding: 'utf8',
  timeout: 10_000,
})
const engineAnswers = engine.status === 0
const withoutEngine = sources.filter((file) => !needsEngine(file))
const withEngine = sources.filter(needsEngine)
if (sources.length === 0) finish(0, 1, 0, `no test file begins with ${wanted.join(' or ')}`)

let passed = 0
let failed = 0
let skipped = 0
await runAll(withoutEngine, Math.max(2, os.availableParallelism()))
if (engineAnswers) await runAll(withEngine, 1)
else if (withEngine.length > 0) {
  const why = `no Docker Engine answers: ${(engine.stderr || engine.error?.message || 'docker is not installed').trim().split('\n')[0]}`
  if (process.env.CI) finish(passed, failed + withEngine.length, skipped, `CI never skips, but ${why}`)
  skipped += withEngine.length
  console.log(`skipped ${withEngine.length} files that need an engine (${why})`)
}
finish(passed, failed, skipped, '')

async function runAll(files, parallel) {
  const queue = [...files]
  const workers = Array.from({ length: parallel }, async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) tally(file, await runFile(file))
  })
  await Promise.all(workers)
}

function tally(file, result) {
  passed += result.passed
  failed += result.failed
  skipped += result.skipped
  const mark = result.failed > 0 ? 'FAIL' : 'ok  '
  console.log(
    `${mark} ${file} (${result.passed} passed, ${(result.ms / 1000).toFixed(1)} s)${result.why ? `: ${result.why}` : ''}`,
  )
  if (result.failed > 0) console.log(result.output)
}

function runFile(file) {
  return new Promise((resolve) => {
    const script = path.join(dist, 'test', file.replace(/\.ts$/, '.js'))
    const begun = Date.now()
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...(golden ? { HEADWAY_GOLDEN: 'write' } : {}) }
    const child = spawn(process.execPath, ['--enable-source-maps', script], { cwd: root, env, detached: true })
    let output = ''
    let why = ''
    let exitTimer
    const stop = (reason) => {
      why = reason
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {}
    }
    const limitMs = file.startsWith('e2e/') ? E2E_FILE_LIMIT_MS : FILE_LIMIT_MS
    const timer = setTimeout(() => stop(`did not end within ${limitMs / 1000} s`), limitMs)
    const take = (chunk) => {
      output += chunk
      if (exitTimer === undefined && /^\s*Duration:/m.test(output))
        exitTimer = setTimeout(() => stop('its tests ended but something stays open'), EXIT_LIMIT_MS)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('close', (code) => {
      clearTimeout(timer)
      clearTimeout(exitTimer)
      const number = (label) => Number(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0)
      const total = number('Total')
      const good = number('Passed')
      const skip = number('Skipped')
      let bad = total - good
      if (total === 0) why ||= 'no test ran'
      if (code !== 0 && bad === 0) why ||= `ended with exit code ${code}`
      if (why !== '' && bad === 0) bad = 1
      resolve({ passed: good, failed: bad, skipped: skip, ms: Date.now() - begun, output, why })
    })
  })
}

function finish(good, bad, skip, why) {
  if (why) console.log(why)
  console.log(`in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  console.log(`${good} passed, ${bad} failed${skip > 0 ? `, ${skip} skipped` : ''}`)
  process.exit(bad > 0 ? 1 : 0)
}
