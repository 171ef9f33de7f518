/** Cases of the runtime suite: networks, volumes, and the two forms of a pod, which must look alike from inside (DESIGN 17). */
import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import type { ContainerSpec, NetworkSpec } from '../../src/agents/runtime.js'
import { waitFor } from '../support/wait-for.js'
import { type AddCase, errorOf, ownSpec, type RuntimeTest, readAll, waitForExit } from './runtime-test.js'

const LIMITS = { timeoutMs: 10_000, outputMaxBytes: 10_000 }

/** A subnet of its own for each test, out of the range for benchmarks (RFC 2544), where no host has addresses. */
let subnets = process.pid % 120

async function withNetwork(
  context: RuntimeTest,
  run: (network: NetworkSpec, address: (host: number) => string) => Promise<void>,
): Promise<void> {
  const third = subnets++ % 256
  const network: NetworkSpec = {
    name: context.unique,
    subnet: `198.19.${third}.0/24`,
    gateway: `198.19.${third}.1`,
    bridge: `hwt${process.pid % 100_000}x${third}`,
    labels: { 'dev.headway.test': context.unique },
  }
  await context.runtime.ensureNetwork(network)
  try {
    await run(network, (host) => `198.19.${third}.${host}`)
  } finally {
    for (const container of await context.runtime.list({ 'dev.headway.test': context.unique }))
      await context.runtime.remove(container.id)
    await context.runtime.removeNetwork(network.name)
  }
}

function podNetwork(name: string, address: string): Extract<ContainerSpec['network'], { type: 'pod-network' }> {
  return {
    type: 'pod-network',
    name,
    address,
    dns: [],
    dnsSearch: ['shop.svc.cluster.local', 'cluster.local'],
    dnsOptions: ['ndots:5'],
    extraHosts: ['db.example:203.0.113.9'],
    ports: [],
  }
}

/** Creates and starts a pod of one container in either form; the id is the app container's. */
async function startPod(
  context: RuntimeTest,
  form: 'single' | 'sandbox',
  name: string,
  address: string,
  part = '',
): Promise<string> {
  const app: Partial<ContainerSpec> = { environment: ['COLOUR=green'] }
  const network = podNetwork(context.unique, address)
  const suffix = `${context.unique}-${form}${part}`
  if (form === 'single') {
    const id = await context.create(ownSpec(context, { ...app, name: suffix, hostname: name, network }))
    await context.runtime.start(id)
    return id
  }
  const sandbox = await context.create(
    ownSpec(context, { name: `${suffix}-holder`, hostname: name, network, shareableIpc: true }),
  )
  await context.runtime.start(sandbox)
  const joined = { type: 'container', id: sandbox, sharePid: false } as const
  const id = await context.create(ownSpec(context, { ...app, name: suffix, hostname: name, network: joined }))
  await context.runtime.start(id)
  return id
}

async function seenFrom(context: RuntimeTest, id: string): Promise<Record<string, string>> {
  const run = async (command: string): Promise<string> => {
    const result = await context.runtime.execute(id, ['/bin/sh', '-c', command], LIMITS)
    assert.is(result.exitCode, 0, `${command}: ${result.output}`)
    return result.output.trim()
  }
  return {
    hostname: await run('hostname'),
    colour: await run('echo $COLOUR'),
    address: await run("ip -4 -o addr show eth0 | awk '{print $4}'"),
    route: await run("ip route | awk '/^default/ {print $3}'"),
    search: await run('grep ^search /etc/resolv.conf'),
    options: await run('grep ^options /etc/resolv.conf | tr " " "\\n" | grep ndots'),
    hosts: await run("awk '/db.example/ {print $1}' /etc/hosts"),
    ownHost: await run('grep -c "$(hostname)" /etc/hosts'),
  }
}

export function addPodCases(add: AddCase): void {
  add('a network is made once', async (context) => {
    await withNetwork(context, async (network) => {
      await context.runtime.ensureNetwork(network)
    })
    await context.runtime.removeNetwork(context.unique)
  })

  add('an empty network of ours gets its new subnet', async (context) => {
    await withNetwork(context, async (network) => {
      const moved = { ...network, subnet: '198.18.250.0/24', gateway: '198.18.250.1' }
      await context.runtime.ensureNetwork(moved)
      await context.runtime.ensureNetwork(moved)
    })
  })

  add('a network in use keeps its subnet', async (context) => {
    await withNetwork(context, async (network, address) => {
      await startPod(context, 'single', 'web-0', address(10))
      const moved = { ...network, subnet: '198.18.251.0/24', gateway: '198.18.251.1' }
      const error = await errorOf(context.runtime.ensureNetwork(moved))
      assert.equal([error.code, error.retryable], ['conflict', true])
    })
  })

  add('an address that is in use is a conflict that passes', async (context) => {
    await withNetwork(context, async (_network, address) => {
      const first = await startPod(context, 'single', 'web-0', address(10))
      const network = podNetwork(context.unique, address(10))
      const second = await context.create(ownSpec(context, { name: `${context.unique}-second`, network }))
      const error = await errorOf(context.runtime.start(second))
      assert.equal([error.code, error.retryable], ['conflict', true])
      await context.runtime.stop(first, 'SIGTERM', 5_000)
      await context.runtime.start(second)
    })
  })

  for (const form of ['single', 'sandbox'] as const)
    add(`inside a pod: ${form}`, async (context) => {
      await withNetwork(context, async (network, address) => {
        const id = await startPod(context, form, 'web-7', address(20))
        assert.equal(await seenFrom(context, id), {
          hostname: 'web-7',
          colour: 'green',
          address: `${address(20)}/24`,
          route: network.gateway,
          search: 'search shop.svc.cluster.local cluster.local',
          options: 'ndots:5',
          hosts: '203.0.113.9',
          ownHost: '1',
        })
      })
    })

  add('a single container restarts as a new one with the same address, the old one kept', async (context) => {
    await withNetwork(context, async (_network, address) => {
      const first = await startPod(context, 'single', 'web-7', address(20))
      await context.runtime.stop(first, 'SIGTERM', 5_000)
      const network = podNetwork(context.unique, address(20))
      const next = await context.create(
        ownSpec(context, { name: `${context.unique}-1`, hostname: 'web-7', environment: ['COLOUR=green'], network }),
      )
      await context.runtime.start(next)
      assert.is((await seenFrom(context, next))['address'], `${address(20)}/24`)
      assert.is((await context.runtime.inspect(first))?.state, 'exited')
    })
  })

  for (const command of [['/no/such/command'], ['no-such-command'], ['/etc']])
    add(`a pod whose command cannot be run: ${command[0]}`, async (context) => {
      await withNetwork(context, async (_network, address) => {
        const id = await context.create(ownSpec(context, { command, network: podNetwork(context.unique, address(20)) }))
        const error = await errorOf(context.runtime.start(id))
        assert.equal([error.code, error.retryable], ['invalid', false])
        const shown = await context.runtime.inspect(id)
        assert.equal([shown?.state, shown?.startedAt, shown?.exitCode, shown?.pid], ['created', null, null, null])
      })
    })

  add('a pod’s own exit code of 127 is an exit', async (context) => {
    await withNetwork(context, async (_network, address) => {
      const network = podNetwork(context.unique, address(20))
      const id = await context.create(ownSpec(context, { command: context.behaviour.exit(127), network }))
      await context.runtime.start(id)
      assert.is((await waitForExit(context, id)).exitCode, 127)
    })
  })

  add(
    'a pod finds its command on its own path, runs as its user, in its folder, with its network there',
    async (context) => {
      await withNetwork(context, async (gateway, address) => {
        const id = await context.create(
          ownSpec(context, {
            entrypoint: ['sh', '-c', 'echo "$0 $* $(id -u) $(pwd) $(ip route | awk \'/^default/ {print $3}\')"'],
            command: ['zero', '', 'two words'],
            environment: ['PATH=/nowhere:/bin'],
            user: '1234:1234',
            workingDirectory: '/tmp',
            readOnlyRoot: true,
            capabilitiesDrop: ['ALL'],
            securityOptions: ['no-new-privileges'],
            network: podNetwork(context.unique, address(20)),
          }),
        )
        await context.runtime.start(id)
        assert.is((await waitForExit(context, id)).exitCode, 0)
        const logs = await context.runtime.logs(id, {
          follow: false,
          tailLines: null,
          sinceMs: null,
          timestamps: false,
        })
        assert.is(await readAll(logs.stdout), `zero  two words 1234 /tmp ${gateway.gateway}\n`)
      })
    },
  )

  for (const form of ['single', 'sandbox'] as const)
    add(`a pod answers its host and other pods: ${form}`, async (context) => {
      await withNetwork(context, async (_network, address) => {
        const id = await startPod(context, form, 'web-7', address(20))
        const other = await startPod(context, form, 'web-8', address(21), 'other')
        const serve = ['/bin/sh', '-c', 'nc -l -p 8080 -e /bin/echo hello & nc -l -p 8081 -e /bin/echo hello &']
        assert.is((await context.runtime.execute(id, serve, LIMITS)).exitCode, 0)
        const fromPod = ['/bin/sh', '-c', `nc ${address(20)} 8080 </dev/null`]
        const answer = await waitFor('an answer to the other pod', context.limitMs, async () => {
          const { exitCode, output } = await context.runtime.execute(other, fromPod, LIMITS)
          return exitCode === 0 && output
        })
        assert.is(answer, 'hello\n')
        const socket = connect(8081, address(20))
        assert.is(await readAll(socket), 'hello\n')
      })
    })

  add('a joined container restarts as a new one with the same address', async (context) => {
    await withNetwork(context, async (_network, address) => {
      const first = await startPod(context, 'sandbox', 'web-7', address(20))
      await context.runtime.stop(first, 'SIGTERM', 5_000)
      const sandbox = (await context.runtime.list({ 'dev.headway.test': context.unique })).find((container) =>
        container.name.endsWith('-holder'),
      )
      const network = { type: 'container', id: sandbox?.id ?? '', sharePid: true } as const
      const next = await context.create(
        ownSpec(context, { name: `${context.unique}-1`, environment: ['COLOUR=green'], network }),
      )
      await context.runtime.start(next)
      assert.is((await seenFrom(context, next))['address'], `${address(20)}/24`)
      const processes = await context.runtime.execute(next, ['/bin/sh', '-c', 'test $$ -ne 1 && kill -0 1'], LIMITS)
      assert.is(processes.exitCode, 0, 'the process namespace is shared')
    })
  })

  add('a volume is made once, shared, and kept when its options would change', async (context) => {
    const { runtime, unique } = context
    const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=1048576,mode=1777' }
    await runtime.ensureVolume(unique, options, { 'dev.headway.test': unique })
    try {
      await runtime.ensureVolume(unique, options, { 'dev.headway.test': unique })
      const other = runtime.ensureVolume(unique, { ...options, o: 'size=2097152' }, {})
      assert.is((await errorOf(other)).code, 'conflict')
    } finally {
      await runtime.removeVolume(unique)
    }
    await runtime.removeVolume(unique)
  })
}
