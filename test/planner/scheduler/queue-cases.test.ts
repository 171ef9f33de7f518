/**
 * In which order pending pods are placed, and which wait before it: PrioritySort and SchedulingGates, cases after
 * kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/queuesort/priority_sort_test.go and schedulinggates/
 * scheduling_gates_test.go (Apache-2.0), then ours. Two pods wait; then a node comes that has room for one.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import { priorityClass } from '../disruption/objects.js'
import { deployment, image, World } from '../world.js'

interface Row {
  readonly name: string
  readonly first: Partial<PodSpec>
  readonly second: Partial<PodSpec>
  /** Who is there a second before the other. */
  readonly older?: 'first' | 'second'
  readonly placed: 'first' | 'second'
}

const low = { priorityClassName: 'low' }
const high = { priorityClassName: 'high' }
const never = { priorityClassName: 'never' }
const gated = { schedulingGates: [{ name: 'example.com/wait' }, { name: 'example.com/more' }] }

const rows: readonly Row[] = [
  { name: 'lower priority than the other', first: low, second: high, placed: 'second' },
  { name: 'higher priority than the other', first: high, second: low, placed: 'first' },
  { name: 'equal priority, there earlier', first: high, second: high, older: 'first', placed: 'first' },
  { name: 'equal priority, there later', first: high, second: high, older: 'second', placed: 'second' },
  { name: 'gates', first: gated, second: {}, placed: 'second' },
  { name: 'no gates', first: {}, second: gated, placed: 'first' },
  { name: 'age does not outweigh priority', first: low, second: high, older: 'first', placed: 'second' },
  { name: 'no class is zero, below ten', first: {}, second: low, older: 'first', placed: 'second' },
  { name: 'who preempts nobody goes first all the same', first: low, second: never, older: 'first', placed: 'second' },
  { name: 'gates keep out the higher one too', first: { ...high, ...gated }, second: low, placed: 'second' },
  { name: 'equal in all: by name', first: high, second: high, placed: 'first' },
]

const queue = suite('queue cases')

for (const { name, first, second, older, placed } of rows)
  queue(name, () => {
    const world = new World()
    world.apply(
      priorityClass('low', 10),
      priorityClass('high', 100),
      priorityClass('never', 100, { preemptionPolicy: 'Never' }),
    )
    const pods = {
      first: deployment('first', { replicas: 1, cpu: '1', pod: first }),
      second: deployment('second', { replicas: 1, cpu: '1', pod: second }),
    }
    if (older !== undefined) {
      world.apply(pods[older])
      world.run(1_000)
    }
    world.apply(pods.first, pods.second)
    world.run(1_000)
    assert.is(world.pods().length, 2)
    world.addNode('n1', { images: [image('demo:1')], cpuMilli: 1_000 })
    world.run(3_000)
    const there = world.pods().filter((pod) => pod.node !== null)
    assert.equal(
      there.map(({ workload }) => workload),
      [`Deployment.apps/default/${placed}`],
    )
    assert.equal(
      there.map(({ stop }) => stop),
      [null],
    )
  })

queue.run()
