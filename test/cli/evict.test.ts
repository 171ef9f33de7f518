/** `evict` against a fake manager: what is asked, what is said, and the answer no. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type FakeManager, startFakeManager } from './fake-manager.js'
import { makeStatus } from './fixtures.js'
import { runCommand } from './run-command.js'

const evict = suite('evict')
const NAME = 'web-6f7c9d4b8d-aaaaa'
let fake: FakeManager
evict.before(async () => {
  fake = await startFakeManager({ status: makeStatus() })
})
evict.after(() => fake.close())
evict.before.each(() => {
  fake.answers = { status: makeStatus() }
  fake.requests.length = 0
})

evict('the pod is asked for by its uid, and named in the answer', async () => {
  const pod = makeStatus().pods.find(({ key }) => key.endsWith(NAME))!
  const result = await runCommand(['evict', `pod/${NAME}`, '--dir', fake.directory])
  assert.is(result.code, 0, result.err)
  assert.is(result.out, `${pod.key} is evicted\n`)
  assert.ok(fake.requests.includes(`POST /v1/evict ${JSON.stringify({ pod: pod.uid })}`), fake.requests.join('\n'))
})

evict('a budget that allows nothing is the answer no', async () => {
  const error = 'not evicted: budget web allows 0 more: 2 of 3 healthy, 2 needed; try again later'
  fake.answers = { ...fake.answers, errors: { 'POST /v1/evict': { status: 409, error } } }
  const result = await runCommand(['evict', `pod/${NAME}`, '--dir', fake.directory])
  assert.is(result.code, 1)
  assert.match(result.err, /budget web allows 0 more: 2 of 3 healthy, 2 needed; try again later/)
})

for (const [what, object, code, message] of [
  ['a pod that is not there', 'pod/nobody', 1, /nobody/],
  ['what is no pod', 'deployment/web', 2, /is no pod: name one/],
] as const)
  evict(`${what} is a clear error, and nothing is asked`, async () => {
    const result = await runCommand(['evict', object, '--dir', fake.directory])
    assert.is(result.code, code)
    assert.match(result.err, message)
    assert.not.ok(fake.requests.some((request) => request.startsWith('POST /v1/evict')))
  })

evict.run()
