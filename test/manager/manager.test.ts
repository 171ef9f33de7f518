/** The manager process in this process: what it refuses, and that it leaves nothing open when it does. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Manager, type ManagerOptions, runManager } from '../../src/manager/manager.js'
import type { StatusView } from '../../src/model/status-view.js'
import { waitFor } from '../support/wait-for.js'

const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-manager-'))
const repository = path.join(folder, 'cluster.git')
const work = path.join(folder, 'work')

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { stdio: 'ignore' })
}

function options(changes: Partial<ManagerOptions> = {}): ManagerOptions {
  return {
    directory: path.join(folder, 'state'),
    sources: [{ id: 'main', url: repository, branch: 'main', path: '' }],
    host: '127.0.0.1',
    port: 0,
    advertise: '127.0.0.1',
    version: 'test',
    localNode: null,
    log: () => {},
    ...changes,
  }
}

function get<T>(pathname: string): Promise<{ readonly status: number; readonly body: T }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath: path.join(folder, 'state', 'manager.sock'), path: pathname }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as T }))
    })
    request.on('error', reject)
  })
}

const manager = suite('manager')

manager.before(() => {
  git('init', '-q', '--bare', '-b', 'main', repository)
  git('init', '-q', '-b', 'main', work)
  writeFileSync(path.join(work, 'n.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n')
  git('-C', work, 'add', '-A')
  git('-C', work, 'commit', '-q', '-m', 'first')
  git('-C', work, 'push', '-q', repository, 'main')
})

manager.after(() => rmSync(folder, { recursive: true, force: true }))

manager('answers with what the repository says, and says what a bad request should have been', async () => {
  const running = await runManager(options())
  try {
    const status = await waitFor('convergence', 10_000, async () => {
      const { body } = await get<StatusView>('/v1/status')
      return body.converged ? body : undefined
    })
    assert.is(status.sources[0]?.subject, 'first')
    const why = await get<{ readonly error: string }>('/v1/why?object=nonsense')
    assert.is(why.status, 400)
    assert.match(why.body.error, /KIND\/NAME/)
    for (const [path, says] of [
      ['/v1/why?object=Node/nope', 'there is no node/nope'],
      ['/v1/why?object=ConfigMap/nope&namespace=shop', 'there is no configmap/nope in shop'],
      ['/v1/objects/ConfigMap.%2Fshop%2Fnope', 'there is no configmap/nope in shop at the desired revision'],
    ] as const)
      assert.equal(await get(path), { status: 404, body: { error: says } })
    assert.equal((await get('/v1/namespaces?object=ConfigMap/nope')).body, { namespaces: [] })
    assert.is((await get('/v1/namespaces?object=nonsense')).status, 400)
    assert.is((await get('/v1/nowhere')).status, 404)
    const unknown = await get<{ readonly known: boolean }>('/v1/revisions/0123456789012345678901234567890123456789')
    assert.is(unknown.body.known, false)
  } finally {
    await running.close()
  }
})

manager('a second one in the same directory is refused, and the first goes on', async () => {
  const first = await runManager(options())
  try {
    const second = await runManager(options()).then(
      () => null,
      (error: Error) => error,
    )
    assert.match(second?.message ?? '', /another manager answers.*headway down/)
    assert.is((await get('/v1/status')).status, 200)
  } finally {
    await first.close()
  }
})

manager('a port that is taken is said, and nothing stays open', async () => {
  const blocker = createServer()
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
  const address = blocker.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const error = await runManager(options({ port })).then(
    () => null,
    (reason: Error) => reason,
  )
  blocker.close()
  assert.match(error?.message ?? '', new RegExp(String(port)))
  // The store and the socket are free again.
  const again: Manager = await runManager(options())
  assert.is((await get('/v1/status')).status, 200)
  await again.close()
})

manager.run()
