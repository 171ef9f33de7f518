/** Cases of the runtime suite: the life of one container, names, labels and images. */
import * as assert from 'uvu/assert'
import { waitFor } from '../support/wait-for.js'
import { type AddCase, errorOf, ownSpec, recordEvents, waitForExit } from './runtime-test.js'

export function addContainerCases(add: AddCase): void {
  add('the engine is fit', async ({ runtime }) => {
    const info = await runtime.info()
    assert.is(info.refusal, '')
    assert.ok(info.cpus > 0 && info.memoryBytes > 0)
  })

  add('a created container is listed by its labels and has not started', async (context) => {
    const { runtime, unique } = context
    const id = await context.create(
      ownSpec(context, { labels: { 'dev.headway.test': unique, 'dev.headway.part': 'a' } }),
    )
    const listed = await runtime.list({ 'dev.headway.test': unique })
    assert.equal(
      listed.map((container) => [
        container.id,
        container.name,
        container.state,
        container.startedAt,
        container.exitCode,
      ]),
      [[id, unique, 'created', null, null]],
    )
    assert.is(listed[0]!.labels['dev.headway.part'], 'a')
    assert.is((await runtime.list({ 'dev.headway.test': unique, 'dev.headway.part': '' })).length, 1)
    assert.is((await runtime.list({ 'dev.headway.test': unique, 'dev.headway.part': 'b' })).length, 0)
  })

  add('a glance tells the ids and states of the same containers', async (context) => {
    const { runtime, unique } = context
    const labels = { 'dev.headway.test': unique }
    const id = await context.create(ownSpec(context, { labels }))
    assert.equal(await runtime.glance(labels), [{ id, state: 'created' }])
    await runtime.start(id)
    assert.equal(await runtime.glance(labels), [{ id, state: 'running' }])
    await runtime.stop(id, 'SIGTERM', 10_000)
    assert.equal(
      await runtime.glance({ 'dev.headway.test': '' }).then((all) => all.find((c) => c.id === id)?.state),
      'exited',
    )
    assert.equal(await runtime.glance({ 'dev.headway.test': `${unique}-other` }), [])
  })

  add('start, stop within the grace, and stop again', async (context) => {
    const { runtime } = context
    const id = await context.create(ownSpec(context))
    await runtime.start(id)
    await runtime.start(id)
    const running = await runtime.inspect(id)
    assert.is(running?.state, 'running')
    assert.ok((running?.startedAt ?? 0) > 0)
    assert.is(running?.finishedAt, null)
    await runtime.stop(id, 'SIGTERM', 10_000)
    const ended = await runtime.inspect(id)
    assert.equal([ended?.state, ended?.exitCode, ended?.oomKilled, ended?.pid], ['exited', 0, false, null])
    assert.ok((ended?.finishedAt ?? 0) >= (ended?.startedAt ?? Number.POSITIVE_INFINITY))
    await runtime.stop(id, 'SIGTERM', 10_000)
  })

  add('an empty signal is the container’s own', async (context) => {
    const id = await context.create(ownSpec(context))
    await context.runtime.start(id)
    await context.runtime.stop(id, '', 10_000)
    assert.is((await context.runtime.inspect(id))?.exitCode, 0)
  })

  add('what ignores the signal is killed after the grace', async (context) => {
    const id = await context.create(ownSpec(context, { command: context.behaviour.ignoreStop }))
    await context.runtime.start(id)
    await context.runtime.stop(id, 'SIGTERM', 300)
    const ended = await context.runtime.inspect(id)
    assert.equal([ended?.state, ended?.exitCode], ['exited', 137])
  })

  add('a grace of nothing kills at once', async (context) => {
    const id = await context.create(ownSpec(context))
    await context.runtime.start(id)
    await context.runtime.stop(id, 'SIGTERM', 0)
    assert.is((await context.runtime.inspect(id))?.exitCode, 137)
  })

  add('an exit code is kept', async (context) => {
    const id = await context.create(ownSpec(context, { command: context.behaviour.exit(3) }))
    await context.runtime.start(id)
    assert.is((await waitForExit(context, id)).exitCode, 3)
  })

  add('remove ends a running container; one that is not there is no error', async (context) => {
    const id = await context.create(ownSpec(context))
    await context.runtime.start(id)
    await context.runtime.remove(id)
    assert.is(await context.runtime.inspect(id), null)
    await context.runtime.remove(id)
    await context.runtime.stop(id, 'SIGTERM', 1_000)
  })

  add('a name that is taken is a conflict', async (context) => {
    await context.create(ownSpec(context))
    const other = ownSpec(context, { labels: { 'dev.headway.test': 'another' } })
    assert.is((await errorOf(context.runtime.create(other))).code, 'conflict')
  })

  add('creating again with the same labels gives the same container', async (context) => {
    const id = await context.create(ownSpec(context))
    assert.is(await context.runtime.create(ownSpec(context)), id)
    await context.runtime.start(id)
    assert.is(await context.runtime.create(ownSpec(context)), id)
    await context.runtime.stop(id, 'SIGTERM', 0)
    assert.is((await errorOf(context.runtime.create(ownSpec(context)))).code, 'conflict')
  })

  add('an image that is not on the host', async (context) => {
    const missing = 'headway-test/no-such-image:1'
    assert.is(await context.runtime.inspectImage(missing), null)
    const error = await errorOf(context.runtime.create(ownSpec(context, { image: missing })))
    assert.is(error.code, 'image-missing')
    await context.runtime.removeImage(missing)
  })

  add('the image on the host is listed and found by id', async ({ runtime, image }) => {
    const found = await runtime.inspectImage(image)
    assert.ok(found !== null && found.sizeBytes > 0)
    assert.is((await runtime.inspectImage(found.id))?.id, found.id)
    assert.ok((await runtime.images()).some((item) => item.id === found.id && item.tags.length > 0))
  })

  add('a container runs from an image id and tells it', async (context) => {
    const found = await context.runtime.inspectImage(context.image)
    const id = await context.create(ownSpec(context, { image: found?.id ?? '' }))
    assert.is((await context.runtime.inspect(id))?.imageId, found?.id)
  })

  add('a container that is not there', async ({ runtime }) => {
    assert.is(await runtime.inspect('0123456789ab'), null)
    assert.is((await errorOf(runtime.start('0123456789ab'))).code, 'not-found')
  })

  add('a command that does not exist is the container’s fault', async (context) => {
    const id = await context.create(ownSpec(context, { command: ['/no/such/command'] }))
    const error = await errorOf(context.runtime.start(id))
    assert.equal([error.code, error.retryable], ['invalid', false])
  })

  add('events of a life, with labels and exit code', async (context) => {
    const { runtime, unique } = context
    const { events, stop } = await recordEvents(context)
    try {
      const id = await context.create(ownSpec(context, { command: context.behaviour.exit(5) }))
      await runtime.start(id)
      await waitForExit(context, id)
      await runtime.remove(id)
      const ownEvents = () => events.flatMap((e) => ('containerId' in e && e.containerId === id ? [e] : []))
      await waitFor('three events', context.limitMs, () => ownEvents().length >= 3)
      assert.equal(
        ownEvents().map((event) => [event.type, event.exitCode, event.labels['dev.headway.test']]),
        [
          ['started', null, unique],
          ['died', 5, unique],
          ['removed', null, unique],
        ],
      )
    } finally {
      stop()
    }
  })
}
