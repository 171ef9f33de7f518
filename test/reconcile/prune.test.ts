/** Pruning within the inventory, and the delete brake (DESIGN 6 and 7). */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import type { AppState, Confirmation, DesiredObject, DesiredState } from '../../src/model/desired-state.js'
import { makeKey, type ObjectKey } from '../../src/model/keys.js'
import type { Kind } from '../../src/model/kinds.js'
import { deletionHash, namesHash } from '../../src/reconcile/delete-brake.js'
import { type Inventory, inventoryEntry } from '../../src/reconcile/inventory.js'
import { decidePruning, type PruningDecision } from '../../src/reconcile/prune.js'
import { desiredObject } from './fake-world.js'

function desiredState(objects: readonly DesiredObject[], more: Partial<DesiredState> = {}): DesiredState {
  return {
    revision: 'r1',
    sources: [],
    objects: new Map(objects.map((object) => [object.key, object])),
    apps: new Map(),
    problems: [],
    hasUnreadable: false,
    confirmations: [],
    revertedAdditions: new Set(),
    configuration: defaultClusterConfiguration,
    ...more,
  }
}

function inventory(objects: readonly DesiredObject[]): Inventory {
  return new Map(objects.map((object) => [object.key, inventoryEntry(object)]))
}

const map = (name: string): DesiredObject => desiredObject('ConfigMap', name, { data: { a: name } })
const maps = (count: number): DesiredObject[] => Array.from({ length: count }, (_, i) => map(`m${i}`))
const object = (kind: Kind, name: string): DesiredObject => desiredObject(kind, name, {})

/** What becomes of these deletions, out of an inventory with them and what stays. */
function remove(
  gone: readonly DesiredObject[],
  staying: readonly DesiredObject[],
  more: Partial<DesiredState> = {},
  confirmed: string | null = null,
): PruningDecision {
  return decidePruning({ desired: desiredState(staying, more), inventory: inventory([...gone, ...staying]), confirmed })
}

const keys = (objects: readonly DesiredObject[]): ObjectKey[] => objects.map((item) => item.key).sort()

const brake = suite('delete brake')
interface Row {
  readonly name: string
  readonly gone: readonly DesiredObject[]
  readonly staying: readonly DesiredObject[]
  readonly reason: string | null
}
const web = object('Deployment', 'web')
const api = object('Deployment', 'api')
const rows: readonly Row[] = [
  { name: 'one object always may go', gone: maps(1), staying: [web], reason: null },
  { name: 'a fifth of ten', gone: maps(2), staying: maps(10).slice(2), reason: null },
  {
    name: 'more than a fifth of ten',
    gone: maps(3),
    staying: maps(10).slice(3),
    reason: 'deletes 3 of 10 objects, more than 2 at once',
  },
  {
    name: 'two of nine are more than a fifth',
    gone: maps(2),
    staying: maps(9).slice(2),
    reason: 'deletes 2 of 9 objects, more than 1 at once',
  },
  {
    name: 'a namespace',
    gone: [object('Namespace', 'shop')],
    staying: maps(20),
    reason: 'deletes namespace/shop in default',
  },
  {
    name: 'a claim',
    gone: [object('PersistentVolumeClaim', 'data')],
    staying: maps(20),
    reason: 'deletes persistentvolumeclaim/data',
  },
  { name: 'one of two workloads', gone: [web], staying: [api, ...maps(8)], reason: null },
  { name: 'all two workloads', gone: [web, api], staying: maps(8), reason: 'deletes all 2 workloads' },
  { name: 'the only workload', gone: [web], staying: maps(8), reason: 'deletes the only workload' },
]
for (const row of rows) {
  brake(row.name, () => {
    const gone = row.gone.map((item) =>
      item.kind === 'Namespace' ? { ...item, key: makeKey('Namespace', '', item.name), namespace: '' } : item,
    )
    const decision = remove(gone, row.staying)
    if (row.reason === null) {
      assert.equal([decision.brake, decision.prune, decision.held], [null, keys(gone), []])
      return
    }
    assert.is(decision.brake?.reason, row.reason.replace(' in default', ''))
    assert.equal([decision.prune, decision.held], [[], keys(gone)])
    assert.equal(
      decision.waiting.map((w) => w.on),
      ['delete-brake'],
    )
    assert.match(decision.waiting[0]?.detail ?? '', `headway confirm ${decision.brake?.hash.slice(0, 8)}`)
  })
}

const gone = maps(5)
const staying = maps(10).slice(5)
const HASH = deletionHash(keys(gone))
const said = (hash: string, newer: readonly string[] = []): Confirmation => ({ hash, newer })
brake('a confirmation by command or trailer lets exactly this set go', () => {
  for (const confirmed of [HASH, HASH.slice(0, 8), HASH.slice(0, 8).toUpperCase()]) {
    assert.equal(remove(gone, staying, {}, confirmed).prune, keys(gone))
    assert.equal(remove(gone, staying, { confirmations: [said('00000000'), said(confirmed)] }).prune, keys(gone))
  }
  for (const confirmed of [HASH.slice(0, 7), '', `${HASH}0`, deletionHash(keys(maps(4)))]) {
    assert.equal(remove(gone, staying, {}, confirmed).prune, [], confirmed)
    assert.equal(remove(gone, staying, { confirmations: [said(confirmed)] }).prune, [], confirmed)
  }
})
brake('a trailer does not speak of what came, or came back, after it', () => {
  const { commit } = gone[0]!
  assert.equal(remove(gone, staying, { confirmations: [said(HASH, ['other'])] }).prune, keys(gone))
  assert.equal(remove(gone, staying, { confirmations: [said(HASH, ['other', commit])] }).prune, [])
  const again = { confirmations: [said(HASH), said(HASH, [commit])] }
  assert.equal(remove(gone, staying, again).prune, keys(gone), 'said again, it counts again')
})
brake('a larger set is another set', () => {
  const more = maps(6)
  assert.equal(remove(more, maps(10).slice(6), {}, HASH).prune, [])
})
brake('a revert that takes away only what the reverted commits added passes, but never a claim', () => {
  const added = new Set(keys(gone))
  assert.equal(remove(gone, staying, { revertedAdditions: added }).prune, keys(gone))
  assert.equal(remove(gone, staying, { revertedAdditions: new Set(keys(gone).slice(1)) }).prune, [])
  const claim = object('PersistentVolumeClaim', 'data')
  assert.equal(remove([claim], maps(20), { revertedAdditions: new Set([claim.key]) }).prune, [])
})
brake('what is held stays held though later commits add objects and deletions; either hash confirms', () => {
  const before = maps(10)
  const first = remove(gone, staying)
  const known = new Map(inventory(before))
  for (const entry of [...first.apply, ...Array.from({ length: 40 }, (_, i) => inventoryEntry(map(`later${i}`)))]) {
    known.set(entry.key, entry)
  }
  const later = Array.from({ length: 39 }, (_, i) => map(`later${i}`))
  const decide = (confirmed: string | null, more: Partial<DesiredState> = {}): PruningDecision =>
    decidePruning({ desired: desiredState([...staying, ...later], more), inventory: known, confirmed })
  const second = decide(null)
  assert.equal([second.prune, second.held.length], [[], 6])
  assert.is(second.brake?.reason, 'deletes 6 objects, of which 5 were held before')
  assert.equal(decide(second.brake?.hash ?? '').prune.length, 6)
  assert.equal(
    decide(null, { confirmations: [said(HASH)] }).prune.length,
    6,
    'the rest, a single deletion, needs no confirmation',
  )
  assert.equal(decide(deletionHash(keys(maps(4)))).prune, [])
})
brake('an object that comes back while its deletion is held is as it was', () => {
  const before = maps(10)
  const known = new Map(inventory(before))
  for (const entry of remove(gone, staying).apply) known.set(entry.key, entry)
  const decision = decidePruning({ desired: desiredState(before), inventory: known, confirmed: null })
  assert.equal([decision.brake, decision.held], [null, []])
  assert.equal(
    decision.apply.map((entry) => entry.braked),
    gone.map(() => undefined),
  )
})
brake('the rest of the commit goes on', () => {
  const created = map('new')
  const changed = desiredObject('ConfigMap', 'm9', { data: { a: 'other' } })
  const before = maps(10)
  const decision = decidePruning({
    desired: desiredState([...before.slice(5, 9), changed, created]),
    inventory: inventory(before),
    confirmed: null,
  })
  assert.is.not(decision.brake, null)
  const applied = decision.apply.filter((entry) => entry.braked === undefined)
  assert.equal(applied.map((entry) => entry.key).sort(), [changed.key, created.key].sort())
})
brake('29 of 100 at 0.29 is not more, 30 is', () => {
  const configuration = { ...defaultClusterConfiguration, deleteBrakeFraction: 0.29 }
  const all = maps(100)
  assert.is(remove(all.slice(0, 29), all.slice(29), { configuration }).brake, null)
  assert.is.not(remove(all.slice(0, 30), all.slice(30), { configuration }).brake, null)
})
brake('what names a set', () => {
  assert.ok(namesHash(HASH.slice(0, 12), HASH))
  assert.not(namesHash(HASH.slice(1, 12), HASH))
  assert.is(deletionHash(['b', 'a']), deletionHash(['a', 'b']))
})
brake.run()

const pruning = suite('pruning')
pruning('waits while anything is unreadable', () => {
  const decision = remove(maps(1), maps(10).slice(1), { hasUnreadable: true })
  assert.equal([decision.prune, decision.held], [[], keys(maps(1))])
  assert.equal(
    decision.waiting.map((w) => w.on),
    ['unreadable-file'],
  )
})
pruning('waits for a held app, and only for that', () => {
  const held: AppState = {
    id: 'main:shop',
    source: 'main',
    directory: 'shop',
    revision: 'r0',
    held: true,
    problems: [],
  }
  const theirs = { ...map('theirs'), app: 'main:shop' }
  const decision = remove([theirs, map('mine')], maps(20), { apps: new Map([['main:shop', held]]) })
  assert.equal([decision.prune, decision.held], [[map('mine').key], [theirs.key]])
  assert.equal(
    decision.waiting.map((w) => [w.on, w.key]),
    [['held-app', theirs.key]],
  )
})
pruning('a moved file is neither a deletion nor a change', () => {
  const before = map('m')
  const moved = { ...before, origin: { ...before.origin, file: 'elsewhere.yaml' }, commit: 'c2' }
  const decision = decidePruning({ desired: desiredState([moved]), inventory: inventory([before]), confirmed: null })
  assert.equal([decision.apply, decision.prune, decision.brake], [[], [], null])
})
pruning('an object moved to another app is applied anew', () => {
  const before = map('m')
  const moved = { ...before, app: 'main:other', commit: 'c2' }
  const decision = decidePruning({ desired: desiredState([moved]), inventory: inventory([before]), confirmed: null })
  assert.equal(decision.apply, [inventoryEntry(moved)])
})
pruning('never goes outside the inventory, holds or prunes each gone object once, and comes to rest', () => {
  const names = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 })
  fc.assert(
    fc.property(names, names, fc.boolean(), fc.boolean(), (had, has, hasUnreadable, isConfirmed) => {
      const before = had.map((i) => map(`m${i}`))
      const after = has.map((i) => map(`m${i}`))
      const missing = keys(before.filter((item) => !after.some((other) => other.key === item.key)))
      const confirmed = isConfirmed ? deletionHash(missing) : null
      const known = inventory(before)
      const desired = desiredState(after, { hasUnreadable })
      const decision = decidePruning({ desired, inventory: known, confirmed })
      assert.equal([...decision.prune, ...decision.held].sort(), missing)
      if (hasUnreadable) assert.equal(decision.prune, [])
      else if (isConfirmed || missing.length <= 1) assert.equal(decision.held, [])
      const next = new Map(known)
      for (const entry of decision.apply) next.set(entry.key, entry)
      for (const key of decision.prune) next.delete(key)
      const again = decidePruning({ desired, inventory: next, confirmed })
      assert.equal([again.apply, again.held], [[], decision.held])
    }),
  )
})
pruning.run()
