/** The client of the admin API: no request depends on a connection that an earlier one left behind. */
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openAdminClient } from '../../src/cli/admin-client.js'
import { statePaths } from '../../src/cli/state-directory.js'

const tests = suite('admin client')

tests('each request has a connection of its own, which a manager may close when it likes', async () => {
  const folder = mkdtempSync('/tmp/hwadmin-')
  let connections = 0
  const server = http.createServer((_, response) => response.end('{"revision": "r1"}'))
  server.on('connection', () => connections++)
  try {
    await new Promise<void>((resolve) => server.listen(path.join(folder, 'manager.sock'), resolve))
    const client = openAdminClient(statePaths(folder))
    for (let i = 0; i < 3; i++) {
      assert.is((await client.status()).revision, 'r1')
    }
    assert.is(connections, 3)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  }
})

tests.run()
