/** Who is in the way of a pod that fits nowhere: named beside the nearest node, whatever the priorities are. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import { type DeploymentOptions, deployment, image, World } from '../world.js'
import { priorityClass } from './objects.js'

const gold = { pod: { priorityClassName: 'gold' } }

const port: DeploymentOptions = { container: { ports: [{ containerPort: 80, hostPort: 80 }] } }

function awayFrom(app: string, topologyKey = 'kubernetes.io/hostname'): DeploymentOptions {
  const term = { topologyKey, labelSelector: { matchLabels: { app } } }
  return { pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } } }
}

interface Row {
  readonly name: string
  /** On a node of 4 cpu. */
  readonly there: readonly DesiredObject[]
  readonly cpu: string
  /** Besides, of the pod that waits. */
  readonly pod?: DeploymentOptions
  /** After what the node lacks. */
  readonly says: RegExp
}

const rows: readonly Row[] = [
  {
    name: 'the pod that is enough',
    there: [deployment('a', { replicas: 1, cpu: '1' }), deployment('b', { replicas: 1, cpu: '3' })],
    cpu: '1',
    says: /lacks 1000m cpu; it has room without a-\S+ \(deployment\/a\)$/,
  },
  {
    name: 'the one of lower priority first',
    there: [deployment('a', { replicas: 1, cpu: '2', ...gold }), deployment('b', { replicas: 1, cpu: '2' })],
    cpu: '2',
    says: /; it has room without b-\S+ \(deployment\/b\)$/,
  },
  {
    name: 'all of higher priority too',
    there: [deployment('a', { replicas: 1, cpu: '4', ...gold })],
    cpu: '2',
    says: /; it has room without a-\S+ \(deployment\/a\)$/,
  },
  {
    name: 'three are named',
    there: [deployment('a', { replicas: 3, cpu: '1' }), deployment('b', { replicas: 1, cpu: '1', ...gold })],
    cpu: '3',
    says: /; it has room without (a-\S+ \(deployment\/a\)(, )?){3}$/,
  },
  {
    name: 'a fourth is counted',
    there: [deployment('a', { replicas: 4, cpu: '1' })],
    cpu: '4',
    says: /; it has room without (a-\S+ \(deployment\/a\)(, )?){3} and 1 more$/,
  },
  {
    name: 'nobody where the node has too little in all',
    there: [deployment('a', { replicas: 4, cpu: '1' })],
    cpu: '4001m',
    says: /lacks 4001m cpu$/,
  },
  {
    name: 'nobody of its own kind',
    there: [deployment('next', { replicas: 4, cpu: '1' })],
    cpu: '1',
    says: /lacks 1000m cpu$/,
  },
  {
    name: 'who has the host port',
    there: [deployment('a', { replicas: 1, ...port }), deployment('b', { replicas: 2 })],
    cpu: '0',
    pod: port,
    says: /; nearest: n1 has host port 80\/TCP taken; it has room without a-\S+ \(deployment\/a\)$/,
  },
  {
    name: 'all whom it is to be away from',
    there: [deployment('a', { replicas: 2 }), deployment('b', { replicas: 2 })],
    cpu: '0',
    pod: awayFrom('a'),
    says: /keeps it away from; it has room without (a-\S+ \(deployment\/a\)(, )?){2}$/,
  },
  {
    name: 'who is to be away from it',
    there: [deployment('a', { replicas: 1, ...awayFrom('next') }), deployment('b', { replicas: 2 })],
    cpu: '0',
    says: /whose anti-affinity keeps it away; it has room without a-\S+ \(deployment\/a\)$/,
  },
  {
    name: 'nobody where a rule and resources are in the way',
    there: [deployment('a', { replicas: 1, cpu: '4' })],
    cpu: '1',
    pod: awayFrom('a'),
    says: /lacks 1000m cpu, has pods in kubernetes.io\/hostname=n1 that its anti-affinity keeps it away from$/,
  },
  {
    name: 'nobody where no pod is in the way',
    there: [deployment('a', { replicas: 1 })],
    cpu: '0',
    pod: { pod: { nodeSelector: { disk: 'ssd' } } },
    says: /; nearest: n1 lacks the label disk=ssd$/,
  },
]

const makers = suite('room makers')

for (const { name, there, cpu, pod = {}, says } of rows)
  makers(name, () => {
    const world = new World()
    world.addNode('n1', { images: [image('demo:1')], cpuMilli: 4_000 })
    world.apply(priorityClass('gold', 1_000), ...there)
    world.run(4_000)
    const isMore = there.some((object) => object.name === 'next')
    const priorityClassName = isMore ? {} : { priorityClassName: 'patient' }
    world.apply(
      priorityClass('patient', 10, { preemptionPolicy: 'Never' }),
      deployment('next', { replicas: isMore ? 5 : 1, cpu, ...pod, pod: { ...pod.pod, ...priorityClassName } }),
    )
    world.run(1_000)
    const detail = world.last?.waiting.find(({ on }) => on === 'scheduling')?.detail ?? ''
    assert.match(detail.replace(/\. preemption: .*$/, ''), says)
    assert.is(world.pods().filter((pod) => pod.node !== null && pod.stop !== null).length, 0, 'nobody is evicted')
  })

makers.run()
