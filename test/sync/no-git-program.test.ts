/** Without a git program: http and local repositories work, ssh says what it needs. In a process of its own: the look-up is kept. */
import { rmSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFixture } from './support/git-fixture.js'
import { configMap } from './support/manifests.js'
import { localSource, startSync } from './support/open-sync.js'

const withoutGit = suite('sync: no git program')

withoutGit('a local repository is read, ssh gets one clear error', async () => {
  const fixture = makeFixture()
  const first = fixture.commit({ 'a.yaml': configMap('a', {}) })
  const { PATH } = process.env
  process.env['PATH'] = '/nowhere'
  const local = await startSync([localSource(fixture.bare)])
  const remote = await startSync([localSource('ssh://git@example.test/x.git')])
  try {
    assert.is(local.sync.desired()!.revision, first)
    assert.match(
      remote.views()[0]!.error,
      /^the repository at ssh:\/\/example\.test\/x\.git needs the git program: install git on this machine, or use an https url$/,
    )
    assert.is(remote.sync.desired(), null)
  } finally {
    process.env['PATH'] = PATH
    for (const { sync, stateDirectory } of [local, remote]) {
      await sync.close()
      rmSync(stateDirectory, { recursive: true, force: true })
    }
    fixture.remove()
  }
})

withoutGit.run()
