/** What history says became of commits, by the real core: outcomes, what is counted for whom, and whose commit it was. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DesiredState, Manifest, SourceRevision } from '../../../src/model/desired-state.js'
import { makeDeployment, makeDesired } from '../../support/desired.js'
import { FastAgent, Rig } from './rig.js'

const logs = suite('history log')

interface Fields {
  readonly spec: { readonly template: { readonly spec: Readonly<Record<string, unknown>> } }
}

/** A workload whose pods have an app container, a sidecar, and an init container that ends. */
function threeContainers(level: string, replicas = 2): Manifest {
  const manifest = makeDeployment({ replicas }) as Manifest & Fields
  const container = { image: 'web:v1', imagePullPolicy: 'IfNotPresent' }
  const spec = {
    initContainers: [
      { ...container, name: 'once' },
      { ...container, name: 'beside', restartPolicy: 'Always' },
    ],
    containers: [{ ...container, name: 'main', env: [{ name: 'LEVEL', value: level }] }],
  }
  const template = { ...manifest.spec.template, spec }
  return { ...manifest, spec: { ...manifest.spec, template } } as Manifest
}

function take(rig: Rig, desired: DesiredState): void {
  rig.now += 1_000
  rig.handle({ type: 'desired', desired })
  rig.settle()
}

function start(): Rig {
  const rig = new Rig([], false)
  rig.connect(new FastAgent('node1'))
  return rig
}

logs('restarts are the containers of pods that others replace; fewer pods are none', () => {
  const rig = start()
  const first = makeDesired([threeContainers('info')], { revision: 'a' })
  const second = makeDesired([threeContainers('debug')], { revision: 'b', before: first })
  const third = makeDesired([threeContainers('debug', 1)], { revision: 'c', before: second })
  for (const desired of [first, second, third]) take(rig, desired)
  assert.equal(
    rig.core.history.map(({ revision, outcome, created, stopped, replaced, restarts }) => {
      return [revision, outcome, created, stopped, replaced, restarts]
    }),
    [
      ['c', 'converged', 0, 1, 0, 0],
      ['b', 'converged', 2, 2, 2, 4],
      ['a', 'converged', 2, 0, 0, 0],
    ],
  )
})

logs('what happens after a commit has converged is not its doing', () => {
  const rig = start()
  take(rig, makeDesired([makeDeployment({ replicas: 2 })], { revision: 'a' }))
  const before = rig.core.history
  assert.is(before[0]?.outcome, 'converged')
  rig.agents.delete('node1')
  rig.handle({ type: 'agent-closed', node: 'node1', connection: 1 })
  rig.connect(new FastAgent('node2'))
  for (let i = 0; i < 30; i++) {
    rig.now += 1_000
    rig.handle({ type: 'agent-message', node: 'node2', connection: 1, message: { type: 'heartbeat' } })
    rig.settle()
  }
  assert.is(rig.agents.get('node2')?.pods.length, 2, 'the pods were replaced on the other host')
  assert.equal(rig.core.history, before)
})

logs('one that is overtaken is superseded, one that was held remains held', () => {
  const rig = start()
  const first = makeDesired([makeDeployment({ replicas: 1 })], { revision: 'a' })
  const held: DesiredState = {
    ...makeDesired([makeDeployment({ replicas: 2 })], { revision: 'b', before: first }),
    apps: new Map([...first.apps].map(([id, app]) => [id, { ...app, held: true }] as const)),
  }
  take(rig, first)
  take(rig, held)
  rig.isCommitting = false
  take(rig, makeDesired([makeDeployment({ replicas: 3 })], { revision: 'c', before: held }))
  take(rig, makeDesired([makeDeployment({ replicas: 4 })], { revision: 'd', before: held }))
  assert.equal(
    rig.core.history.map(({ revision, outcome }) => [revision, outcome]),
    [
      ['d', 'rolling-out'],
      ['c', 'superseded'],
      ['b', 'held'],
      ['a', 'converged'],
    ],
  )
})

const at = (id: string, commit: string, committedAt: number): SourceRevision => ({
  id,
  url: `/${id}`,
  branch: 'main',
  path: '',
  commit,
  author: `author of ${commit}`,
  subject: `subject of ${commit}`,
  committedAt,
})

logs('of several sources the one that the commit came to is named, with its author', () => {
  const rig = start()
  const states: readonly (readonly SourceRevision[])[] = [
    [at('platform', 'p1', 10), at('shop', 's1', 20)],
    [at('platform', 'p1', 10), at('shop', 's2', 30)],
    [at('platform', 'p2', 40), at('shop', 's2', 30)],
    [at('platform', 'p3', 50), at('shop', 's3', 60)],
  ]
  states.forEach((sources, i) => {
    take(rig, { ...makeDesired([makeDeployment({ replicas: 1 })], { revision: `hash${i}` }), sources })
  })
  assert.equal(
    rig.core.history.map(({ source, commits, author, subject }) => [source, commits, author, subject]),
    [
      ['shop', { platform: 'p3', shop: 's3' }, 'author of s3', 'subject of s3'],
      ['platform', { platform: 'p2', shop: 's2' }, 'author of p2', 'subject of p2'],
      ['shop', { platform: 'p1', shop: 's2' }, 'author of s2', 'subject of s2'],
      ['platform', { platform: 'p1', shop: 's1' }, 'author of p1', 'subject of p1'],
    ],
  )
})

logs('of one source nothing is named', () => {
  const rig = start()
  take(rig, makeDesired([makeDeployment({ replicas: 1 })], { revision: 'a' }))
  const [entry] = rig.core.history
  assert.ok(entry !== undefined)
  assert.not.ok('source' in entry || 'commits' in entry)
})

logs.run()
