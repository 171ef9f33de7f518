/** The images made on the host: the sandbox holds namespaces, reaps and ends at TERM; the demo serves and drains. */
import { once } from 'node:events'
import net from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DEMO_REPOSITORY, ensureDemoImage } from '../../../src/agents/docker/demo-image.js'
import { demoProgram } from '../../../src/agents/docker/demo-program.js'
import { openDockerRuntime } from '../../../src/agents/docker/docker-runtime.js'
import { makeElfFile } from '../../../src/agents/docker/elf-file.js'
import { makeImageArchive } from '../../../src/agents/docker/image-archive.js'
import { ensureSandboxImage, SANDBOX_IMAGE } from '../../../src/agents/docker/sandbox-image.js'
import { sandboxProgram } from '../../../src/agents/docker/sandbox-program.js'
import type { ContainerSpec } from '../../../src/agents/runtime.js'
import { containerSpec } from '../../conformance/container-spec.js'
import { waitFor } from '../../support/wait-for.js'
import { ensureBusyboxImage } from './busybox-image.js'

const tests = suite('local images')
const runtime = openDockerRuntime({ log: () => undefined })
const LIMIT_MS = 20_000
const unique = `local-images-${process.pid}`
const made: string[] = []

async function start(name: string, image: string, changes: Partial<ContainerSpec> = {}): Promise<string> {
  const id = await runtime.create(containerSpec({ name: `${unique}-${name}`, image, ...changes }))
  made.push(id)
  await runtime.start(id)
  return id
}

tests.after(async () => {
  for (const id of made.reverse()) await runtime.remove(id)
})

tests('programs are small and the same on every machine', () => {
  for (const architecture of ['x64', 'arm64'] as const) {
    const sandbox = makeElfFile(sandboxProgram, architecture)
    assert.ok(sandbox.length < 1_000, `${sandbox.length} bytes`)
    assert.equal(makeElfFile(sandboxProgram, architecture), sandbox)
    assert.ok(makeElfFile(demoProgram('v1'), architecture).length < 10_000)
  }
})

tests('an image made twice has one id', async () => {
  const input = {
    reference: `headway-test/same:${process.pid}`,
    layer: new Uint8Array(1024),
    changes: ['CMD ["a"]'],
    architecture: 'amd64',
  } as const
  assert.equal(makeImageArchive(input), makeImageArchive(input))
  const [first, second] = [`headway-test/same:a${process.pid}`, `headway-test/same:b${process.pid}`]
  const one = await runtime.importImage(first, new Uint8Array(1024), ['CMD ["a"]', 'USER 7', 'STOPSIGNAL SIGINT'])
  const two = await runtime.importImage(second, new Uint8Array(1024), ['CMD ["a"]', 'USER 7', 'STOPSIGNAL SIGINT'])
  assert.equal([two.id, one.command, one.user, one.stopSignal], [one.id, ['a'], '7', 'SIGINT'])
  await runtime.removeImage(first)
  await runtime.removeImage(second)
})

tests('the demo image follows its contents: an older one of that name gives way and stays under its id', async () => {
  const version = `old${process.pid}`
  const reference = `${DEMO_REPOSITORY}:${version}`
  const old = await runtime.importImage(reference, new Uint8Array(1024), ['CMD ["/old"]'])
  const made = await ensureDemoImage(runtime, version)
  assert.is.not(made.id, old.id)
  assert.equal([made.entrypoint, made.user], [['/web'], '65534:65534'])
  assert.is((await runtime.inspectImage(reference))?.id, made.id)
  assert.is((await runtime.inspectImage(old.id))?.id, old.id)
  // The right one is found, not made again.
  let imports = 0
  const counting = {
    ...runtime,
    importImage: (...args: Parameters<typeof runtime.importImage>) => {
      imports++
      return runtime.importImage(...args)
    },
  }
  assert.is((await ensureDemoImage(counting, version)).id, made.id)
  assert.is(imports, 0)
  for (const id of [made.id, old.id]) await runtime.removeImage(id)
})

tests('a change that is not known is refused', () => {
  const input = { reference: 'x:1', layer: new Uint8Array(0), changes: ['RUN true'], architecture: 'amd64' } as const
  assert.throws(() => makeImageArchive(input), /RUN true/)
})

tests('the sandbox ends at TERM with 0, and is made once', async () => {
  const image = await ensureSandboxImage(runtime)
  assert.is((await ensureSandboxImage(runtime)).id, image.id)
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const id = await start(`sandbox-${signal.toLowerCase()}`, SANDBOX_IMAGE, { readOnlyRoot: true })
    await runtime.stop(id, signal, 10_000)
    assert.is((await runtime.inspect(id))?.exitCode, 0, signal)
  }
})

tests('the sandbox reaps what is left over in a shared process namespace', async () => {
  await ensureSandboxImage(runtime)
  const busybox = await ensureBusyboxImage(runtime)
  const sandbox = await start('holder', SANDBOX_IMAGE, { shareableIpc: true })
  const network = { type: 'container', id: sandbox, sharePid: true } as const
  const app = await start('orphans', busybox, { network, command: ['/bin/sh', '-c', 'while :; do sleep 1; done'] })
  const shell = async (command: string): Promise<string> =>
    (await runtime.execute(app, ['/bin/sh', '-c', command], { timeoutMs: 10_000, outputMaxBytes: 10_000 })).output
  assert.match(await shell('cat /proc/1/cmdline'), /\/sandbox/)
  // A process whose parent ends before it becomes a child of pid 1.
  await shell('for i in 1 2 3 4 5; do (sleep 0.1 &) ; done; sleep 0.3')
  await waitFor('no zombie', LIMIT_MS, async () => !(await shell('cat /proc/[0-9]*/stat 2>/dev/null')).includes(') Z '))
})

/** A network and a demo server on it. */
async function withDemo(run: (id: string, url: string) => Promise<void>): Promise<void> {
  const name = `${unique}-net`
  const third = process.pid % 250
  await runtime.ensureNetwork({
    name,
    subnet: `198.18.${third}.0/24`,
    gateway: `198.18.${third}.1`,
    bridge: `hwd${process.pid}`,
    labels: { 'dev.headway.test': unique },
  })
  try {
    const image = await ensureDemoImage(runtime, 'v1')
    const network = {
      type: 'pod-network',
      name,
      address: `198.18.${third}.10`,
      dns: [],
      dnsSearch: [],
      dnsOptions: [],
      extraHosts: [],
      ports: [],
    } as const
    const id = await start(`demo-${made.length}`, image.id, {
      network,
      hostname: 'web-7',
      readOnlyRoot: true,
      capabilitiesDrop: ['ALL'],
    })
    await run(id, `http://198.18.${third}.10:8080/`)
    await runtime.remove(id)
  } finally {
    await runtime.removeNetwork(name)
  }
}

tests('the demo answers with its version and its pod, also beside a silent client', () =>
  withDemo(async (id, url) => {
    const answer = await waitFor('an answer', LIMIT_MS, async () => (await fetch(url)).text())
    assert.is(answer, 'headway demo v1 on web-7\n')
    const silent = net.connect(8080, new URL(url).hostname)
    await once(silent, 'connect')
    const answers = await Promise.all(Array.from({ length: 50 }, async () => (await fetch(url)).status))
    assert.ok(answers.every((status) => status === 200))
    silent.destroy()
    const logs = await runtime.logs(id, { follow: false, tailLines: 1, sinceMs: null, timestamps: false })
    let text = ''
    for await (const chunk of logs.stdout) text += chunk.toString()
    assert.is(text, 'headway demo v1 listens on port 8080 as web-7\n')
  }),
)

tests('the demo ends at TERM with 0, quickly, with its open answers given', () =>
  withDemo(async (id, url) => {
    await waitFor('an answer', LIMIT_MS, async () => (await fetch(url)).ok)
    const before = Date.now()
    await runtime.stop(id, 'SIGTERM', 10_000)
    assert.is((await runtime.inspect(id))?.exitCode, 0)
    assert.ok(Date.now() - before < 5_000)
  }),
)

tests.run()
