/**
 * The mutation check: each mutation is planted into a copy of the compiled code in a temporary folder, and scenarios from
 * seeds are run on that copy, in a process of its own, until one fails.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CommandOptions } from './command-options.js'
import { type Mutation, mutations } from './mutation-list.js'

export interface MutationOptions extends CommandOptions {
  /** The folder with the compiled code; `node_modules` is beside it. */
  readonly dist: string
  /** Only the mutation of this name; empty: all. */
  readonly only: string
}

/** A mutation must be caught within so many seeds. */
const SEEDS_MAX = 2_000

/** Plants one mutation after the other; true when each was caught. */
export async function runMutations(options: MutationOptions): Promise<boolean> {
  const { print, only } = options
  const chosen = mutations.filter(({ name }) => only === '' || name === only)
  let caught = 0
  for (const mutation of chosen) {
    const found = tryMutation(options, mutation)
    if (found !== null) caught++
    print(`${found === null ? 'ESCAPED' : 'caught '} ${mutation.name.padEnd(26)} ${found ?? `in ${SEEDS_MAX} seeds`}`)
  }
  print(`${caught} of ${chosen.length} mutations caught`)
  return caught === chosen.length
}

/** The seed that caught it and how, or null. */
function tryMutation({ dist, nodes, minutes, seed }: MutationOptions, mutation: Mutation): string | null {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-mutation-'))
  try {
    cpSync(path.join(dist, 'src'), path.join(folder, 'src'), { recursive: true })
    symlinkSync(path.join(path.dirname(dist), 'node_modules'), path.join(folder, 'node_modules'))
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
    for (const patch of mutation.patches) {
      const file = path.join(folder, 'src', patch.file)
      const text = readFileSync(file, 'utf8')
      if (text.split(patch.find).length !== 2)
        throw new Error(`mutation ${mutation.name}: ${patch.file} does not hold its text once: adapt mutation-list.ts`)
      writeFileSync(
        file,
        text.replace(patch.find, () => patch.put),
      )
    }
    const url = pathToFileURL(path.join(folder, 'src', 'simulation', 'scenario', 'command.js')).href
    const script = `const { firstFailure } = await import(${JSON.stringify(url)})
      process.stdout.write(String(await firstFailure({ seed: ${seed}, seeds: ${SEEDS_MAX}, nodes: ${nodes}, minutes: ${minutes} })))`
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    if (child.status !== 0) throw new Error(`mutation ${mutation.name}: ${child.stderr}`)
    const line = child.stdout.trim()
    return line === '' ? null : line
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
