/** Remotes over ssh through the git program; a stand-in for ssh runs the remote's command on this machine. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { revertCommits } from '../../src/sync/writer.js'
import { git, makeFixture } from './support/git-fixture.js'
import { deployment } from './support/manifests.js'
import { localSource, startSync } from './support/open-sync.js'

const ssh = suite('sync: ssh')

for (const format of ['sha1', 'sha256']) {
  ssh(`reads, follows and pushes (${format})`, async () => {
    const fixture = makeFixture(`--object-format=${format}`)
    const command = path.join(fixture.folder, 'ssh')
    writeFileSync(command, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
    chmodSync(command, 0o755)
    process.env['GIT_SSH_COMMAND'] = command
    const url = `git@example.test:${fixture.bare}`
    const first = fixture.commit({ 'a/a.yaml': deployment('a') })
    const { sync, reach, views, stateDirectory } = await startSync([localSource(url, { pollMs: 50 })])
    try {
      await reach(first)
      const second = fixture.commit({ 'a/a.yaml': deployment('a', { image: 'demo:2' }) })
      await reach(second)
      const author = { name: 'Grace', email: 'grace@example.com' }
      const { commit } = await revertCommits({ target: { url, branch: 'main' }, revision: 'HEAD', author, now: 1e12 })
      await reach(commit)
      assert.is(git(fixture.bare, 'rev-parse', 'main^{tree}'), git(fixture.bare, 'rev-parse', `${first}^{tree}`))
      writeFileSync(command, '#!/bin/sh\necho "git@example.test: Permission denied (publickey)." >&2\nexit 255\n')
      await sync.fetchNow()
      assert.match(views()[0]!.error, /refuses us .*check this user's ssh key and known_hosts/)
      rmSync(fixture.bare, { recursive: true })
      writeFileSync(command, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
      await sync.fetchNow()
      assert.match(views()[0]!.error, /there is no repository at git@example\.test:.*check the url/)
      assert.is(sync.desired()!.revision, commit)
    } finally {
      await sync.close()
      delete process.env['GIT_SSH_COMMAND']
      fixture.remove()
      rmSync(stateDirectory, { recursive: true, force: true })
    }
  })
}

ssh.run()
