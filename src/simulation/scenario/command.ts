/** What `npm run sim` does: one seed readably, or many with progress; a failure is shrunk and shown with its trace. */

import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SimulationError } from '../world.js'
import type { CommandOptions } from './command-options.js'
import { makeScenario } from './make-scenario.js'
import { runScenario } from './run-scenario.js'
import type { Fault, Push, Scenario } from './scenario.js'
import { shrink } from './shrink.js'

export interface OneOptions extends CommandOptions {
  /** Null: made from the seed. */
  readonly scenario: Scenario | null
  readonly isTraced: boolean
}

/** Runs one scenario; true when all held. */
export async function runOne(options: OneOptions): Promise<boolean> {
  const { print, isTraced, commit } = options
  const scenario = options.scenario ?? makeScenario(options)
  try {
    const world = await runScenario(scenario, isTraced ? { onLine: print } : {})
    print(`seed ${scenario.seed}, commit ${commit}, ${world.ticks} ticks, trace ${world.traceHash()}`)
    return true
  } catch (error) {
    print(messageOf(error))
    print(`seed ${scenario.seed}, commit ${commit}, FAILED`)
    return false
  }
}

/** Runs many seeds; true when all held. */
export async function runSeeds(options: CommandOptions): Promise<boolean> {
  const { seed: first, seeds, nodes, minutes, print, commit } = options
  const begin = process.cpuUsage()
  const failures: number[] = []
  let saidAt = Date.now()
  for (let seed = first; seed < first + seeds; seed++) {
    const scenario = makeScenario({ seed, nodes, minutes })
    const error = await failureOf(scenario)
    if (error !== null) {
      failures.push(seed)
      await tell(options, scenario, error)
    }
    if (Date.now() - saidAt < 5_000 && seed !== first + seeds - 1) continue
    saidAt = Date.now()
    const { user, system } = process.cpuUsage(begin)
    const done = seed - first + 1
    const perSecond = done / ((user + system) / 1e6)
    print(
      `${done} of ${seeds} seeds, ${failures.length} failed, ${perSecond.toFixed(2)} seeds a second of processor time`,
    )
  }
  print(
    `seeds ${first} to ${first + seeds - 1}, ${nodes} nodes, ${minutes} minutes, commit ${commit}: ${
      failures.length === 0 ? 'all ran well' : `FAILED: ${failures.join(', ')}`
    }`,
  )
  return failures.length === 0
}

/** The first seed that fails and by what, as one line; empty when none does. */
export async function firstFailure(
  options: Pick<CommandOptions, 'seed' | 'seeds' | 'nodes' | 'minutes'>,
): Promise<string> {
  for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
    const error = await failureOf(makeScenario({ ...options, seed }))
    if (error !== null) return `seed ${seed}: ${error.message.split('\n')[0]}`
  }
  return ''
}

/** The error a scenario ends with, or null. */
export async function failureOf(scenario: Scenario): Promise<Error | null> {
  try {
    await runScenario(scenario)
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** What failed, without names and numbers: equal for the same fault in another run. */
export function kindOfFailure(error: Error): string {
  const line = error.message.split('\n')[0] ?? ''
  const found = /^(invariant [a-z-]+|plan refused: [a-z-]+|planning failed)/.exec(line)
  return found?.[1] ?? line.replace(/[0-9]+/g, '#').slice(0, 60)
}

async function tell(options: CommandOptions, scenario: Scenario, error: Error): Promise<void> {
  const { print, keep, nodes, minutes, shrinks } = options
  print(`seed ${scenario.seed} FAILED: ${error.message.split('\n')[0]}`)
  print(`  again: npm run sim -- --seed ${scenario.seed} --nodes ${nodes} --minutes ${minutes}`)
  if (!shrinks) return
  const kind = kindOfFailure(error)
  const small = await shrink(scenario, kind, async (candidate) => {
    const found = await failureOf(candidate)
    return found === null ? null : kindOfFailure(found)
  })
  const again = (await failureOf(small.scenario)) ?? error
  print(`  shrunk in ${small.runs} runs to ${describeScenario(small.scenario)}`)
  for (const line of stepsOf(small.scenario)) print(`    ${line}`)
  print(again.message)
  if (keep === '') return
  mkdirSync(keep, { recursive: true })
  const file = path.join(keep, `${kind.replace(/[^a-z]+/g, '-')}-${scenario.seed}.json`)
  writeFileSync(file, `${JSON.stringify(small.scenario, null, 1)}\n`)
  print(`  kept as ${file}`)
}

function describeScenario({ nodes, apps, pushes, faults, lengthMs }: Scenario): string {
  return `${nodes.length} nodes, ${apps.length} apps, ${pushes.length} pushes, ${faults.length} faults in ${lengthMs / 1_000} s`
}

/** Pushes and faults in order of time. */
function stepsOf({ pushes, faults }: Scenario): readonly string[] {
  const steps = [
    ...pushes.map((push) => ({ atMs: push.atMs, text: describePush(push) })),
    ...faults.map((fault) => ({ atMs: fault.atMs, text: describeFault(fault) })),
  ]
  return steps.sort((a, b) => a.atMs - b.atMs).map(({ atMs, text }) => `${(atMs / 1_000).toFixed(3)} s: ${text}`)
}

function describePush({ atMs: _, ...push }: Push & { readonly atMs: number }): string {
  return `push ${JSON.stringify(push)}`
}

function describeFault({ family, kind, node, forMs, amount }: Fault): string {
  return `${family}: ${kind}${node === null ? '' : ` at ${node}`} for ${forMs} ms (${amount})`
}

function messageOf(error: unknown): string {
  return error instanceof SimulationError
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
}

export { runMutations } from './mutations.js'
