/** The conformance suite of the runtime port: what the Docker adapter and the simulation's runtime must both do. */
import { suite } from 'uvu'
import { addContainerCases } from './runtime-container-cases.js'
import { addPodCases } from './runtime-pod-cases.js'
import { addProcessCases } from './runtime-process-cases.js'
import type { RuntimeSuiteOptions, RuntimeTest } from './runtime-test.js'

export type { RuntimeBehaviour, RuntimeSuiteOptions } from './runtime-test.js'
export { busyboxBehaviour } from './runtime-test.js'

/** Adds a suite of all cases and runs it; skipped ones are printed with their reason. */
export function runtimeSuite(options: RuntimeSuiteOptions): void {
  const tests = suite(`runtime: ${options.name}`)
  const skipped = new Map(options.skip.map((item) => [item.test, item.reason]))
  const known = new Set<string>()
  const add = (test: string, run: (context: RuntimeTest) => Promise<void>): void => {
    known.add(test)
    const reason = skipped.get(test)
    if (reason !== undefined) {
      process.stdout.write(`skipped "${test}": ${reason}\n`)
      tests.skip(test)
      return
    }
    tests(test, async () => {
      const { runtime, close } = await options.open()
      const made: string[] = []
      const context: RuntimeTest = {
        ...options,
        runtime,
        // Unique a run, so that what an earlier run left behind is in nobody's way.
        unique: `conformance-${process.pid}-${known.size}-${Date.now() % 100_000}`,
        create: async (spec) => {
          const id = await runtime.create(spec)
          made.push(id)
          return id
        },
      }
      try {
        await run(context)
      } finally {
        for (const id of made.reverse()) await runtime.remove(id)
        await close()
      }
    })
  }
  addContainerCases(add)
  addProcessCases(add)
  addPodCases(add)
  for (const test of skipped.keys()) if (!known.has(test)) throw new Error(`no runtime case is named "${test}"`)
  tests.run()
}
