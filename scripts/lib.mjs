/** What the scripts share: paths, running a program, and the builds. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
export const dist = path.join(root, 'dist')

/** Runs a program to its end with our own output; resolves to its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)))
  })
}

/** Every file below `folder` (absolute paths, sorted); nothing when it is not there. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = path.join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(full) : [full]
    })
}

/** A digest over names and contents of files: decides whether a generated thing is current. */
export function digestOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

/** Compiles the given projects (folders with a tsconfig.json) and what they refer to. */
export async function build(projects = ['.']) {
  await makeValidators()
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return run(process.execPath, [tsc, '-b', ...projects])
}

/** Makes the standalone validators in dist from schemas/, when schemas/ changed. */
async function makeValidators() {
  const script = path.join(root, 'scripts', 'make-validators.mjs')
  if (!existsSync(script)) return
  const reader = path.join(root, 'scripts', 'schema-files.mjs')
  const digest = digestOf([script, reader, ...filesBelow(path.join(root, 'schemas'))])
  const mark = path.join(dist, 'validators.digest')
  const made = path.join(dist, 'src', 'sync', 'schema', 'generated', 'validators.js')
  if (existsSync(made) && existsSync(mark) && readFileSync(mark, 'utf8') === digest) return
  mkdirSync(dist, { recursive: true })
  const code = await run(process.execPath, [script])
  if (code !== 0) throw new Error(`scripts/make-validators.mjs ended with ${code}`)
  writeFileSync(mark, digest)
}

/** When a file was last changed, ms; 0 when it is not there. */
export function changedAt(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0
}
