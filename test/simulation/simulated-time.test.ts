/** Virtual time: order, cancelling, and an event that schedules itself without end. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SimulatedTime } from '../../src/simulation/simulated-time.js'

const time = suite('simulated time')

async function runAll(clock: SimulatedTime): Promise<void> {
  while (clock.nextAt() !== null) await clock.step()
}

time('events run in order of time, and those of one time in the order they were scheduled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), async (delays) => {
      const clock = new SimulatedTime(1_000)
      const seen: { at: number; index: number }[] = []
      delays.forEach((delay, index) => {
        clock.schedule(delay, () => {
          seen.push({ at: clock.now, index })
        })
      })
      await runAll(clock)
      const expected = delays.map((delay, index) => ({ at: 1_000 + delay, index }))
      assert.equal(
        seen,
        expected.sort((a, b) => a.at - b.at || a.index - b.index),
      )
    }),
  )
})

time('a cancelled event does not run', async () => {
  const clock = new SimulatedTime(0)
  const seen: string[] = []
  const cancel = clock.schedule(5, () => {
    seen.push('cancelled')
  })
  clock.schedule(6, () => {
    seen.push('kept')
  })
  cancel()
  assert.is(clock.nextAt(), 6)
  await runAll(clock)
  assert.equal(seen, ['kept'])
  assert.is(clock.nextAt(), null)
})

time('an event may schedule others, and an asynchronous one is waited for', async () => {
  const clock = new SimulatedTime(0)
  const seen: string[] = []
  clock.schedule(1, async () => {
    await Promise.resolve()
    seen.push(`first at ${clock.now}`)
    clock.schedule(0, () => {
      seen.push(`third at ${clock.now}`)
    })
  })
  clock.schedule(1, () => {
    seen.push(`second at ${clock.now}`)
  })
  await runAll(clock)
  assert.equal(seen, ['first at 1', 'second at 1', 'third at 1'])
})

time('moves on over no event', () => {
  const clock = new SimulatedTime(0)
  clock.schedule(10, () => {})
  clock.moveTo(10)
  assert.throws(() => clock.moveTo(11), /over no event/)
  assert.throws(() => clock.schedule(-1, () => {}), /ago/)
})

time('an event that schedules itself at once without end is found', async () => {
  const clock = new SimulatedTime(0)
  const again = (): void => {
    clock.schedule(0, again)
  }
  again()
  const error = await runAll(clock).catch((reason: Error) => reason)
  assert.match((error as Error).message, 'time stands still')
})

time.run()
