/** The loop that drives the core: what it asks of its ports, and when. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ManagerCore, ManagerEffect, ManagerEvent } from '../../src/manager/core/manager-core.js'
import { startCoreLoop } from '../../src/manager/core-loop.js'
import { waitFor } from '../support/wait-for.js'

const test = suite('core loop')

const commitPlan = { type: 'commit-plan' } as ManagerEffect
const members = { type: 'members', members: [] } as unknown as ManagerEvent
const committed = { type: 'committed' } as unknown as ManagerEvent

/** A core that is due once after `members`, and makes a plan then. */
function planOnce(seen: string[]): ManagerCore {
  let isTickDue = false
  const core = {
    get isTickDue() {
      return isTickDue
    },
    wakeAt: () => null,
    handle(event: ManagerEvent): ManagerEffect[] {
      seen.push(event.type)
      const effects = event.type === 'tick' && isTickDue ? [commitPlan] : []
      isTickDue = event.type === 'members'
      return effects
    },
  }
  return core as unknown as ManagerCore
}

test('it is idle when nothing is due, and not while a plan is being written', async () => {
  const seen: string[] = []
  let finish: (event: ManagerEvent) => void = () => {}
  const loop = startCoreLoop(planOnce(seen), {
    now: () => 0,
    perform: () => {},
    commit: () => {
      seen.push('commit')
      return new Promise((resolve) => {
        finish = resolve
      })
    },
    idle: () => seen.push('idle'),
    onFatal: (error) => {
      throw error
    },
  })
  assert.equal(seen, ['idle'])
  loop.send(members)
  await waitFor('the commit', 5_000, () => seen.includes('commit'))
  loop.send({ type: 'tick' })
  // Idle ticks of the loop itself may come between.
  assert.equal(
    seen.filter((what) => what !== 'tick'),
    ['idle', 'members', 'commit'],
  )
  finish(committed)
  await waitFor('the end of the commit', 5_000, () => seen.includes('committed'))
  const { length } = seen
  loop.send({ type: 'tick' })
  assert.ok(seen.length > length)
  assert.is(seen.at(-1), 'idle')
  await loop.close()
})

test.run()
