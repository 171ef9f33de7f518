/** The memory store against the conformance suite, plain and under the encrypting wrapper. */
import { openEncryptedStore } from '../../src/store/encrypted-store.js'
import { openMemoryStore } from '../../src/store/memory-store.js'
import { storeSuite } from '../conformance/store.js'

storeSuite({ name: 'memory', open: async (options) => openMemoryStore(options), skip: [] })

const key = new Uint8Array(32).fill(7)
storeSuite({
  name: 'encrypted over memory',
  open: async (options) => openEncryptedStore(openMemoryStore(options), { key, prefixes: [''] }),
  skip: [],
})
