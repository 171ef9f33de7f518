/**
 * An agent whose ledger is older than what runs on its host (its disk was full, or was put back): pods of the ledger that
 * newer orders have perhaps ended begin only when the manager names them. By table.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeNode, makePod } from './fake-node.js'

const tests = suite('stale ledger')

const old = makePod('old')
const other = makePod('other', {}, { address: '10.244.0.6' })

/** The host runs `old`, then `other` in its place; the ledger says `old` alone when the agent is killed. */
const rows: readonly {
  readonly name: string
  readonly before?: (node: FakeNode) => void
  readonly after?: (node: FakeNode) => void
  readonly running: readonly string[]
}[] = [
  { name: 'what runs tells of newer orders: the manager is waited for', running: ['other'] },
  { name: 'the manager names both', after: (node) => node.assign([old, other]), running: ['old', 'other'] },
  { name: 'the manager names the newer one', after: (node) => node.assign([other]), running: ['other'] },
  { name: 'the manager names the older one', after: (node) => node.assign([old]), running: ['old'] },
  {
    name: 'the newer one is dead: it was here all the same',
    before: (node) => node.die(runOf(node, 'other'), 1),
    running: [],
  },
  {
    name: 'nothing else is here: the ledger is obeyed',
    before: (node) => node.containers.clear(),
    running: ['old'],
  },
  {
    name: 'the newer one is taken away later: the ledger is obeyed then',
    after: (node) => {
      const id = runOf(node, 'other')
      node.containers.delete(id)
      node.handle({ type: 'container-removed', containerId: id })
    },
    running: ['old'],
  },
]

function runOf(node: FakeNode, name: string): string {
  const found = [...node.containers.values()].find((container) => container.name.startsWith(`${name}/`))
  assert.ok(found !== undefined, `no container of ${name}`)
  return found.id
}

for (const { name, before, after, running } of rows)
  tests(name, () => {
    const node = new FakeNode().begin().assign([old]).advance(5_000)
    const ledger = node.core.ledger()
    node.assign([other]).advance(60_000)
    before?.(node)
    node.restart(ledger).advance(30_000)
    after?.(node)
    node.advance(60_000)
    const names = node.running().map((container) => container.name.split('/')[0])
    assert.equal(names.sort(), running)
  })

tests('a pod whose dead container is here was not ended: it runs again', () => {
  const node = new FakeNode().begin().assign([old]).advance(5_000)
  const ledger = node.core.ledger()
  node.assign([old, other]).advance(5_000)
  node.die(runOf(node, 'old'), 1, false)
  node.restart(ledger).advance(60_000)
  const names = node.running().map((container) => container.name.split('/')[0])
  assert.equal(names.sort(), ['old', 'other'])
})

tests.run()
