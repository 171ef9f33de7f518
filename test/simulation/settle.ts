/** How every scenario ends (STYLE 15): converged, planning again from nothing changes nothing, and hosts run what is planned. */
import * as assert from 'uvu/assert'
import { LABEL_POD_UID } from '../../src/agents/core/container-names.js'
import { isEmptyPlan } from '../../src/model/plan.js'
import { describePlan } from '../../src/simulation/describe-plan.js'
import type { World } from '../../src/simulation/world.js'

/** Waits for convergence and checks what must hold then; gives the milliseconds it took. */
export async function settle(world: World, limitMs = 120_000): Promise<number> {
  const ms = await world.converge(limitMs)
  assertQuiet(world)
  return ms
}

/** Nothing is left to do, though something may wait. */
export function assertQuiet(world: World): void {
  const plan = world.planAgain()
  assert.ok(isEmptyPlan(plan), `planning again is not empty:\n${describePlan(plan).join('\n')}`)
  const planned = [...world.core().planned.nodes.values()].flatMap((node) => node.pods.map((pod) => pod.uid)).sort()
  const running = new Set(
    [...world.running().values()].flat().map((container) => container.labels[LABEL_POD_UID] ?? ''),
  )
  for (const uid of running) assert.ok(planned.includes(uid), `a container of ${uid} runs, which no plan has`)
}

/** Names of the pods that run, sorted, as the hosts have it. */
export function runningPods(world: World): readonly string[] {
  const names = new Set<string>()
  for (const containers of world.running().values()) {
    for (const container of containers) names.add(container.labels['dev.headway.pod-name'] ?? '')
  }
  return [...names].sort()
}

/** Ids of the containers that run, sorted. */
export function runningIds(world: World): readonly string[] {
  return [...world.running().values()]
    .flat()
    .map((container) => container.id)
    .sort()
}

/** Pods by host: `[2, 1, 0]`, most first. */
export function spread(world: World): readonly number[] {
  return [...world.running().values()].map((containers) => containers.length).sort((a, b) => b - a)
}

/** Images of the containers that run, each once. */
export function runningImages(world: World): readonly string[] {
  return [...new Set([...world.running().values()].flat().map((container) => container.imageId))].sort()
}
