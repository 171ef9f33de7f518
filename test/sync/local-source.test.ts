/** The main path: a push to a local bare repository becomes desired state. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFixture } from './support/git-fixture.js'
import { configMap, deployment } from './support/manifests.js'
import { localSource, startSync } from './support/open-sync.js'

const local = suite('sync: local repository')

local('reads the tip, and a push within 100 ms of git ending', async () => {
  const fixture = makeFixture()
  const first = fixture.commit({ 'apps/web/web.yaml': deployment('web'), 'apps/db/db.yaml': deployment('db') }, 'first')
  const { sync, states, views } = await startSync([localSource(fixture.bare, { pollMs: 60_000 })])
  try {
    const state = sync.desired()!
    assert.is(state.revision, first)
    assert.equal(state.problems, [])
    assert.equal([...state.objects.keys()], ['Deployment.apps/default/db', 'Deployment.apps/default/web'])
    assert.equal([...state.apps.keys()], ['main:apps/db', 'main:apps/web'])
    const web = state.objects.get('Deployment.apps/default/web')!
    assert.equal(web.origin, { source: 'main', file: 'apps/web/web.yaml', line: 1, document: 0 })
    assert.is(web.commit, first)
    assert.is(web.app, 'main:apps/web')
    assert.is(views()[0]!.subject, 'first')

    const second = fixture.commit({ 'apps/web/web.yaml': deployment('web', { image: 'demo:2' }) })
    const pushed = performance.now()
    while (sync.desired()?.revision !== second && performance.now() - pushed < 2_000) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const took = performance.now() - pushed
    assert.is(sync.desired()?.revision, second)
    assert.ok(took < 1_000, `took ${took} ms`)
    const after = sync.desired()!
    assert.is(after.objects.get('Deployment.apps/default/db'), state.objects.get('Deployment.apps/default/db'))
    assert.is.not(after.objects.get('Deployment.apps/default/web'), web)
    assert.is(after.objects.get('Deployment.apps/default/web')!.commit, second)
    assert.is(states.length, 2)
  } finally {
    await sync.close()
    fixture.remove()
  }
})

local('a comment changes nothing but the place', async () => {
  const fixture = makeFixture()
  fixture.commit({ 'a.yaml': configMap('a', { x: '1' }) })
  const { sync, reach } = await startSync([localSource(fixture.bare)])
  try {
    const before = sync.desired()!.objects.get('ConfigMap./default/a')!
    const at = await reach(fixture.commit({ 'a.yaml': `${configMap('a', { x: '1' })}# said later\n` }))
    assert.is(at.objects.get('ConfigMap./default/a'), before)
    const moved = await reach(fixture.commit({ 'a.yaml': `# said first\n${configMap('a', { x: '1' })}` }))
    const after = moved.objects.get('ConfigMap./default/a')!
    assert.is(after.manifest, before.manifest)
    assert.is(after.origin.line, 2)
  } finally {
    await sync.close()
    fixture.remove()
  }
})

local.run()
