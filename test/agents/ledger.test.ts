/** The ledger on disk: what is saved comes back, a crash leaves old or new, secrets are not readable, bad files are set aside. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodLedger } from '../../src/agents/core/ledger-snapshot.js'
import { openLedger } from '../../src/agents/ledger.js'
import type { ConfigContents } from '../../src/model/protocol.js'
import { waitFor } from '../support/wait-for.js'
import { makePod } from './core/fake-node.js'

const tests = suite<{ directory: string; warnings: string[] }>('ledger')
tests.before.each(async (context) => {
  context.directory = await mkdtemp(path.join(os.tmpdir(), 'headway-ledger-'))
  context.warnings = []
})
tests.after.each((context) => rm(context.directory, { recursive: true }))

const open = ({ directory, warnings }: { directory: string; warnings: string[] }) =>
  openLedger(directory, { info: () => {}, warning: (text) => void warnings.push(text) })

const record: PodLedger = {
  assigned: makePod('web'),
  isAssigned: true,
  startedAt: 1,
  readySince: 2,
  stopSince: null,
  stopDeadline: null,
  phase: null,
  reason: '',
  message: '',
  containers: [],
}
const secret: ConfigContents = {
  digest: 'd1',
  kind: 'Secret',
  secretType: 'Opaque',
  data: { password: Buffer.from('correct horse').toString('base64') },
}
const head = { node: 'node1', generation: { epoch: 1, counter: 2 }, podSubnet: '10.1.0.0/24', resolve: [], hash: 'h' }
const table = {
  version: 3,
  podCidr: '10.1.0.0/16',
  serviceCidr: '10.2.0.0/16',
  services: new Map([
    ['Service./default/web', { key: 'Service./default/web', address: null, ports: [], sessionAffinitySeconds: null }],
  ]),
  routes: new Map([['node2', { node: 'node2', address: '10.0.0.2', podSubnet: '10.1.1.0/24' }]]),
}

tests('begins empty', async (context) => {
  const { snapshot } = await open(context)
  assert.equal(snapshot, { assignment: null, pods: [], network: null, configs: [], bootId: '' })
})

tests('what was saved comes back', async (context) => {
  const ledger = await open(context)
  ledger.saveAssignment(head)
  ledger.saveNetwork(table)
  ledger.savePod('web-uid', record)
  ledger.savePod('gone', record)
  ledger.savePod('gone', null)
  ledger.saveContents([secret])
  ledger.saveBootId('boot')
  await ledger.flush()
  const again = await open(context)
  assert.equal(again.snapshot, { assignment: head, pods: [record], network: table, configs: ['d1'], bootId: 'boot' })
  assert.equal(again.contents('d1'), secret)
  again.forgetContents(['d1'])
  again.savePod('web-uid', null)
  await again.flush()
  const last = await open(context)
  assert.equal([last.snapshot.pods, last.snapshot.configs, last.contents('d1')], [[], [], null])
})

tests('values cannot be read from the files, nor by others', async (context) => {
  const ledger = await open(context)
  ledger.saveContents([secret])
  await ledger.flush()
  const file = path.join(context.directory, 'configs', 'd1')
  const bytes = await readFile(file)
  assert.not.match(bytes.toString('latin1'), /horse|password|Y29ycmVjdCBob3JzZQ/)
  for (const name of [file, path.join(context.directory, 'key')]) assert.is((await stat(name)).mode & 0o777, 0o600)
  // A changed byte is found out, not handed on.
  bytes[bytes.length - 1]! ^= 1
  await writeFile(file, bytes)
  assert.is((await open(context)).contents('d1'), null)
  assert.is(context.warnings.length, 1)
})

tests('a crash in the middle of a write leaves what was there before', async (context) => {
  const ledger = await open(context)
  ledger.savePod('web-uid', record)
  ledger.saveAssignment(head)
  await ledger.flush()
  await writeFile(path.join(context.directory, 'pods', 'web-uid.json.new'), '{"assigned":')
  await writeFile(path.join(context.directory, 'assignment.json.new'), '')
  const { snapshot } = await open(context)
  assert.equal([snapshot.pods, snapshot.assignment], [[record], head])
  assert.equal(context.warnings, [])
})

tests('a file that cannot be read is set aside, the rest holds', async (context) => {
  const ledger = await open(context)
  ledger.savePod('web-uid', record)
  ledger.saveAssignment(head)
  await ledger.flush()
  await writeFile(path.join(context.directory, 'assignment.json'), '{"node": "no')
  const { snapshot } = await open(context)
  assert.equal([snapshot.pods.length, snapshot.assignment], [1, null])
  assert.match(context.warnings[0] ?? '', /assignment\.json cannot be read .* set aside/)
  assert.ok((await readdir(context.directory)).includes('assignment.json.unreadable'))
})

tests('names from outside stay inside', async (context) => {
  const ledger = await open(context)
  ledger.savePod('../../escape', record)
  await ledger.flush()
  assert.equal(await readdir(path.join(context.directory, 'pods')), ['__.._escape.json'])
})

tests('a disk that refuses is said by flush', async (context) => {
  const ledger = await open(context)
  await rm(path.join(context.directory, 'pods'), { recursive: true })
  ledger.savePod('web-uid', record)
  let message = ''
  await ledger.flush().catch((error: Error) => {
    message = error.message
  })
  assert.match(message, /write the agent's ledger/)
  await mkdir(path.join(context.directory, 'pods'))
  ledger.savePod('web-uid', record)
  await ledger.flush()
  assert.is((await open(context)).snapshot.pods.length, 1)
})

tests('what the disk refused is written again by itself, the newest of each file, and said once', async (context) => {
  const told: (string | null)[] = []
  const log = { info: () => {}, warning: (text: string) => void context.warnings.push(text) }
  const ledger = await openLedger(context.directory, log, { retryMs: 10 })
  ledger.watch((trouble) => void told.push(trouble))
  ledger.savePod('gone', record)
  await ledger.flush()
  // A folder in the place of each file: writing it fails, as on a full disk, however often it is tried.
  const stoppers = ['pods/web-uid.json', 'assignment.json'].map((name) => path.join(context.directory, name))
  for (const stopper of stoppers) await mkdir(stopper)
  ledger.savePod('web-uid', { ...record, startedAt: 5 })
  ledger.saveAssignment(head)
  ledger.savePod('gone', null)
  ledger.savePod('other', record)
  await waitFor('the trouble to be told', 5_000, () => told.length === 1)
  assert.match(told[0] ?? '', /EISDIR|directory|ENOTEMPTY/)
  // What can be written is, and no half-written file takes up room.
  assert.equal((await readdir(path.join(context.directory, 'pods'))).sort(), ['other.json', 'web-uid.json'])
  ledger.savePod('web-uid', record)
  await ledger.flush().then(
    () => assert.unreachable('the disk still refuses'),
    (error: Error) => assert.match(error.message, /write the agent's ledger/),
  )
  assert.equal(told.length, 1)
  for (const stopper of stoppers) await rm(stopper, { recursive: true })
  await waitFor('the ledger to be whole', 5_000, () => told.length === 2)
  assert.equal([told[1], context.warnings.length], [null, 1])
  const { snapshot } = await open(context)
  assert.equal(snapshot.assignment, head)
  assert.equal(
    snapshot.pods.map(({ startedAt }) => startedAt),
    [1, 1],
  )
  ledger.watch((trouble) => void told.push(trouble))
  assert.is(told.length, 2, 'nothing to tell to one who comes later')
})

tests.run()
