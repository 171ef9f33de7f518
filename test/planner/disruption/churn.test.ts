/**
 * Under random drains, budgets, priorities and failures every pass equals a pass from nothing (world.ts compares them), the
 * checker finds nothing, preemption ends, and no budget is ever broken by our own doing.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Action } from '../../../src/model/plan.js'
import { deployment, image, nodeManifest, World } from '../world.js'
import { budget, priorityClass } from './objects.js'

const nodes = ['n1', 'n2', 'n3']
const names = ['a', 'b', 'c']
const classes = [undefined, 'gold', 'silver', 'patient']

interface Step {
  readonly text: string
  readonly run: (world: World) => void
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      name: fc.constantFrom(...names),
      replicas: fc.integer({ min: 0, max: 6 }),
      cpu: fc.constantFrom('250m', '500m', '1'),
      priority: fc.constantFrom(...classes),
      image: fc.constantFrom('demo:1', 'demo:2'),
    })
    .map((options) => ({
      text: JSON.stringify(options),
      run: (world: World): void =>
        world.apply(
          deployment(options.name, {
            ...options,
            pod: options.priority === undefined ? {} : { priorityClassName: options.priority },
          }),
        ),
    })),
  fc
    .record({ name: fc.constantFrom(...names), minAvailable: fc.constantFrom(0, 1, 2, '50%', '100%') })
    .map(({ name, minAvailable }) => ({
      text: `budget ${name} ${minAvailable}`,
      run: (world: World): void => world.apply(budget(name, { minAvailable })),
    })),
  fc.record({ node: fc.constantFrom(...nodes), on: fc.boolean() }).map(({ node, on }) => ({
    text: `drain ${node} ${on}`,
    run: (world: World): void =>
      world.apply(nodeManifest(node, { unschedulable: on }, on ? { 'headway.dev/drain': 'true' } : {})),
  })),
  fc.constantFrom(...nodes).map((node) => ({
    text: `silence ${node}`,
    run: (world: World): void => {
      const agent = world.agents.get(node)!
      agent.silentSince = agent.silentSince === null ? world.now : null
    },
  })),
  fc.constantFrom(500, 2_000, 5_000).map((ms) => ({
    text: `run ${ms}`,
    run: (world: World): void => {
      world.run(ms, 500)
    },
  })),
)

const churn = suite('churn of disruptions')

churn('equals planning from nothing, breaks no budget, and comes to rest', () => {
  const details = fc.check(
    fc.property(fc.array(step, { minLength: 4, maxLength: 12 }), (steps) => tryOut(steps)),
    { numRuns: 60, seed: 99 },
  )
  const failed = details.counterexample?.[0].map((item) => item.text).join('\n')
  if (details.failed) throw new Error(`seed ${details.seed}\n${failed}\n${describe(details.errorInstance)}`)
})

function describe(error: unknown): string {
  return error instanceof Error ? `${error.stack}\n${Reflect.get(error, 'details') ?? ''}` : String(error)
}

function tryOut(steps: readonly Step[]): void {
  const world = new World()
  for (const name of nodes) world.addNode(name, { cpuMilli: 2_000, images: [image('demo:1'), image('demo:2')] })
  world.apply(
    priorityClass('gold', 1_000),
    priorityClass('silver', 100),
    priorityClass('patient', 1_000, { preemptionPolicy: 'Never' }),
  )
  for (const change of steps) {
    change.run(world)
    world.settle()
  }
  for (const agent of world.agents.values()) agent.silentSince = null
  world.apply(...nodes.map((name) => nodeManifest(name, {})))
  world.run(40_000, 2_000)
  const late: readonly Action[] = world.run(20_000, 2_000)
  assert.equal(
    late.filter((action) => action.type === 'preempt' || action.type === 'stop-pod'),
    [],
    'it goes on preempting',
  )
  assert.ok(world.pods().every((pod) => pod.stop === null))
}

churn.run()
