/** Priorities are read from classes when they are needed (Kubernetes: semantics §3.9); no template changes with them. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodSpec, PriorityClass } from '../../../src/model/generated/kubernetes.js'
import { podPriority } from '../../../src/planner/disruption/priority.js'
import { World } from '../world.js'
import { priorityClass } from './objects.js'

interface Row {
  readonly name: string
  readonly classes?: readonly (readonly [string, number, Partial<PriorityClass>?])[]
  readonly spec: Partial<PodSpec>
  readonly value: number
  readonly mayPreempt?: boolean
  readonly missing?: string
}

const low = ['low', 10, { globalDefault: true }] as const
const lower = ['lower', -5, { globalDefault: true }] as const

const rows: readonly Row[] = [
  { name: 'nothing said', spec: {}, value: 0 },
  { name: 'a class', classes: [['gold', 1_000]], spec: { priorityClassName: 'gold' }, value: 1_000 },
  { name: 'a class below zero', classes: [['tin', -1]], spec: { priorityClassName: 'tin' }, value: -1 },
  { name: 'the global default', classes: [low], spec: {}, value: 10 },
  { name: 'of several global defaults the lowest', classes: [low, lower], spec: {}, value: -5 },
  { name: 'a class before the default', classes: [low, ['gold', 7]], spec: { priorityClassName: 'gold' }, value: 7 },
  { name: 'critical for the cluster', spec: { priorityClassName: 'system-cluster-critical' }, value: 2_000_000_000 },
  { name: 'critical for the node', spec: { priorityClassName: 'system-node-critical' }, value: 2_000_001_000 },
  { name: 'an unknown class', spec: { priorityClassName: 'gold' }, value: 0, mayPreempt: false, missing: 'gold' },
  { name: 'a number without a class', spec: { priority: 5 }, value: 5 },
  {
    name: 'a class that preempts nobody',
    classes: [['patient', 9, { preemptionPolicy: 'Never' }]],
    spec: { priorityClassName: 'patient' },
    value: 9,
    mayPreempt: false,
  },
  {
    name: 'a default that preempts nobody',
    classes: [['patient', 9, { preemptionPolicy: 'Never', globalDefault: true }]],
    spec: {},
    value: 9,
    mayPreempt: false,
  },
  {
    name: 'a pod that preempts nobody',
    classes: [['gold', 9]],
    spec: { priorityClassName: 'gold', preemptionPolicy: 'Never' },
    value: 9,
    mayPreempt: false,
  },
]

const priority = suite('priority')

for (const row of rows)
  priority(row.name, () => {
    const world = new World()
    world.apply(...(row.classes ?? []).map(([name, value, more]) => priorityClass(name, value, more)))
    const found = podPriority(world.desired(), { containers: [], ...row.spec })
    assert.equal(found, { value: row.value, mayPreempt: row.mayPreempt ?? true, missingClass: row.missing ?? '' })
  })

priority.run()
