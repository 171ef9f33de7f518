/**
 * Sync on a repository of 10,000 manifests in 500 folders with 200 commits: first load, restart with the parse cache,
 * poll of an unchanged remote over http, one-file commit to desired state, peak memory. Prints rows as JSON.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { openSync, type SourceOptions, type Sync } from '../src/sync/sync.js'

const FOLDERS = 500
const FILES_PER_FOLDER = 20
const COMMITS = 200
const CHANGES = 31
const POLLS = 51

const folder = mkdtempSync(path.join(os.tmpdir(), 'headway-bench-sync-'))
const bare = path.join(folder, 'cluster.git')
const work = path.join(folder, 'work')

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', '-c', 'gc.auto=0']
  return execFileSync('git', [...identity, ...args], { cwd: work, encoding: 'utf8' }).trim()
}

function fileOf(index: number): string {
  return path.join(work, `apps/app${Math.floor(index / FILES_PER_FOLDER)}/m${index % FILES_PER_FOLDER}.yaml`)
}

/** Deployments, Services and ConfigMaps of the size that real ones have (about 480 bytes). */
function manifest(index: number, version: number): string {
  const name = `m${index}`
  if (index % 4 === 1) {
    return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  labels: {app: ${name}, v: "${version}"}\nspec:\n  selector:\n    app: ${name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n`
  }
  if (index % 4 === 2) {
    return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  version: "${version}"\n  app.conf: |\n    listen = 0.0.0.0:8080\n    log_level = info\n    upstream = backend.default.svc\n`
  }
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  labels:\n    app: ${name}\nspec:\n  replicas: 3\n  selector:\n    matchLabels:\n      app: ${name}\n  template:\n    metadata:\n      labels:\n        app: ${name}\n    spec:\n      containers:\n        - name: main\n          image: registry.example.com/${name}:v${version}\n          ports:\n            - containerPort: 8080\n          resources:\n            requests:\n              cpu: 100m\n              memory: 128Mi\n          env:\n            - name: MODE\n              value: production\n`
}

function makeRepository(): void {
  mkdirSync(work, { recursive: true })
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', bare])
  git('init', '-q', '-b', 'main')
  git('remote', 'add', 'origin', bare)
  const total = FOLDERS * FILES_PER_FOLDER
  for (let i = 0; i < total; i++) {
    mkdirSync(path.dirname(fileOf(i)), { recursive: true })
    writeFileSync(fileOf(i), manifest(i, 1))
  }
  git('add', '-A')
  git('commit', '-q', '-m', 'all')
  for (let i = 1; i < COMMITS; i++) commitOne((i * 37) % total, i + 1)
  git('repack', '-q', '-a', '-d')
  git('push', '-q', 'origin', 'main')
}

function commitOne(index: number, version: number): string {
  writeFileSync(fileOf(index), manifest(index, version))
  git('commit', '-q', '-a', '-m', `change ${index}`)
  return git('rev-parse', 'HEAD')
}

/** git http-backend behind a small CGI wrapper. */
async function serve(): Promise<{ url: string; close(): void }> {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const child = spawn('git', ['http-backend'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    })
    request.pipe(child.stdin)
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('close', () => {
      const bytes = Buffer.concat(chunks)
      const end = bytes.indexOf('\r\n\r\n')
      for (const line of bytes.toString('latin1', 0, end).split('\r\n')) {
        const [name = '', value = ''] = line.split(': ')
        if (name.toLowerCase() !== 'status') response.setHeader(name, value)
      }
      response.end(bytes.subarray(end + 4))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cluster.git`
  return {
    url,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

interface Opened {
  readonly sync: Sync
  readonly ms: number
  readonly objects: number
  readonly error: string
}

async function open(source: Partial<SourceOptions> & { url: string }, state: string): Promise<Opened> {
  const started = performance.now()
  let error = ''
  const sync = await openSync({
    sources: [{ id: 'main', branch: 'main', path: '', ...source }],
    stateDirectory: path.join(folder, state),
    digestKey: Buffer.alloc(32, 1),
    now: () => Date.now(),
    log: (line) => process.stderr.write(`${line}\n`),
    onState: () => {},
    onSource: (views) => {
      error = views[0]?.error ?? ''
    },
  })
  await sync.start()
  const objects = sync.desired()?.objects.size ?? 0
  return { sync, ms: performance.now() - started, objects, error }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)]!
}

interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly better: 'lower' | 'higher'
}

const lower = (name: string, value: number, unit: string): Row => ({
  name,
  value: Math.round(value * 10) / 10,
  unit,
  better: 'lower',
})

/** From the moment the branch moves, as a push moves it last of all (by rename), to desired state. */
async function measureCommits(sync: Sync): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < CHANGES; i++) {
    const commit = commitOne(i * 301, 1_000 + i)
    // The objects first, so that what is measured is the move of the branch and not the transfer.
    git('push', '-q', 'origin', `${commit}:refs/heads/incoming`)
    writeFileSync(path.join(bare, 'refs/heads/main.lock'), `${commit}\n`)
    const started = performance.now()
    renameSync(path.join(bare, 'refs/heads/main.lock'), path.join(bare, 'refs/heads/main'))
    while (sync.desired()?.revision !== commit) await new Promise((resolve) => setImmediate(resolve))
    took.push(performance.now() - started)
  }
  return took
}

async function main(): Promise<void> {
  makeRepository()
  const server = await serve()
  const remote = await open({ url: server.url, pollMs: 3_600_000 }, 'remote')
  const polls: number[] = []
  for (let i = 0; i < POLLS; i++) {
    const started = performance.now()
    await remote.sync.fetchNow()
    polls.push(performance.now() - started)
  }
  if (remote.objects !== FOLDERS * FILES_PER_FOLDER) throw new Error(`${remote.objects} objects: ${remote.error}`)
  await remote.sync.close()
  const local = await open({ url: bare }, 'local')
  const commits = await measureCommits(local.sync)
  await local.sync.close()
  const again = await open({ url: bare }, 'local')
  await again.sync.close()
  server.close()
  const rows: readonly Row[] = [
    lower('sync: first load, local repository', local.ms, 'ms'),
    lower('sync: first load over http, clone included', remote.ms, 'ms'),
    lower('sync: load after a restart, with the parse cache', again.ms, 'ms'),
    lower('sync: poll of an unchanged remote over http, median', median(polls), 'ms'),
    lower('sync: one-file commit to desired state, median', median(commits), 'ms'),
    lower('sync: peak memory of the process', process.resourceUsage().maxRSS / 1024, 'MiB'),
  ]
  process.stdout.write(JSON.stringify(rows))
}

try {
  await main()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
