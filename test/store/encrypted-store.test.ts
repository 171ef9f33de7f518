/** What the encrypting wrapper adds to the conformance suite: what is on disk, and what a wrong key says. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openEncryptedStore } from '../../src/store/encrypted-store.js'
import { openMemoryStore } from '../../src/store/memory-store.js'
import { type Store, StoreError } from '../../src/store/store.js'

const key = new Uint8Array(32).fill(1)
const encrypted = suite('encrypted store')

async function put(store: Store, name: string, value: string): Promise<void> {
  await store.transact({ compare: [], changes: [{ type: 'put', key: name, value }] })
}

async function failureOf(promise: Promise<unknown>): Promise<StoreError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  assert.instance(error, StoreError)
  return error as StoreError
}

encrypted('encrypts under its prefixes only, never twice the same', async () => {
  const inner = openMemoryStore()
  const store = openEncryptedStore(inner, { key, prefixes: ['secret/', 'vault/'] })
  await put(store, 'secret/a', 'hunter2')
  await put(store, 'plain/a', 'hello')
  const first = (await inner.get('secret/a'))?.value ?? ''
  assert.not.match(first, 'hunter2')
  assert.not.match(Buffer.from(first, 'base64').toString('latin1'), 'hunter2')
  assert.is((await inner.get('plain/a'))?.value, 'hello')
  assert.is((await store.get('secret/a'))?.value, 'hunter2')
  await put(store, 'secret/a', 'hunter2')
  assert.is.not((await inner.get('secret/a'))?.value, first)
  await store.close()
})

encrypted('another key, a changed byte, a value moved to another key: all refused, none decrypted', async () => {
  const inner = openMemoryStore()
  const store = openEncryptedStore(inner, { key, prefixes: ['secret/'] })
  await put(store, 'secret/a', 'hunter2')
  const stored = (await inner.get('secret/a'))?.value ?? ''
  const other = openEncryptedStore(inner, { key: new Uint8Array(32).fill(2), prefixes: ['secret/'] })
  const failure = await failureOf(other.get('secret/a'))
  assert.is(failure.code, 'io')
  assert.match(failure.message, 'another key')
  await put(inner, 'secret/b', stored)
  await failureOf(store.get('secret/b'))
  const middle = stored.length >> 1
  await put(
    inner,
    'secret/a',
    `${stored.slice(0, middle)}${stored[middle] === 'A' ? 'B' : 'A'}${stored.slice(middle + 1)}`,
  )
  await failureOf(store.range({ prefix: 'secret/' }))
  await put(inner, 'secret/a', 'never encrypted')
  await failureOf(store.get('secret/a'))
  await store.close()
})

encrypted('compares values though the same value is written anew in between', async () => {
  const inner = openMemoryStore()
  const store = openEncryptedStore(inner, { key, prefixes: [''] })
  await put(store, 'a', 'x')
  const change = store.transact({
    compare: [{ key: 'a', field: 'value', equals: 'x' }],
    changes: [{ type: 'put', key: 'a', value: 'y' }],
  })
  const rewrite = put(store, 'a', 'x')
  assert.ok((await change).committed)
  await rewrite
  await store.close()
})

encrypted.run()
