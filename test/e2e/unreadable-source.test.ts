/** `up` on a repository that cannot be read leaves nothing running behind. Needs no engine. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mainFile, run } from './headway.js'

const tests = suite('a source that cannot be read')
const folder = mkdtempSync(path.join(tmpdir(), 'headway-unreadable-'))
const server = http.createServer((_request, response) => {
  response.writeHead(401, { 'www-authenticate': 'Basic' }).end()
})

tests.before(() => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve())))
tests.after(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

tests('up says what is missing, and stops what it started', async () => {
  const directory = path.join(folder, 'state')
  const { port } = server.address() as AddressInfo
  const source = ['--repo', `http://127.0.0.1:${port}/x.git`, '--no-agent', '--detach']
  const place = ['--dir', directory, '--listen', '127.0.0.1', '--port', String(await freePort())]
  const result = await run(process.execPath, [mainFile, 'up', ...source, ...place], { env: { HEADWAY_GIT_TOKEN: '' } })
  assert.is(result.code, 3, result.stderr)
  assert.match(result.stderr, /needs a token \(401\): .*; what was started is stopped again\n$/)
  assert.not.ok(existsSync(path.join(directory, 'manager.sock')))
  const pid = /"pid": ?(\d+)/.exec(readOrEmpty(path.join(directory, 'manager.pid')))?.[1]
  if (pid !== undefined) assert.throws(() => process.kill(Number(pid), 0))
})

function readOrEmpty(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = http.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

tests.run()
