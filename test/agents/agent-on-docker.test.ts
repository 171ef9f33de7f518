/** The whole agent on a real engine: pods of both forms, configuration, probes, logs, exec, adoption, stops. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Agent, startAgent } from '../../src/agents/agent.js'
import { systemClock } from '../../src/agents/clock.js'
import { LABEL_CLUSTER } from '../../src/agents/core/container-names.js'
import { podNetworkName } from '../../src/agents/core/container-spec.js'
import { openDockerRuntime } from '../../src/agents/docker/docker-runtime.js'
import { openPodVolumes } from '../../src/agents/volumes/open-pod-volumes.js'
import type { AssignedPod } from '../../src/model/assignment.js'
import type { ConfigContents, StreamRequest } from '../../src/model/protocol.js'
import { STREAM_END, STREAM_STDIN, STREAM_STDIN_END, STREAM_STDOUT } from '../../src/model/protocol.js'
import { waitFor } from '../support/wait-for.js'
import { makePod } from './core/fake-node.js'
import { FakeLink } from './fake-link.js'

const CLUSTER = `a9e27${process.pid}`
const SUBNET = '10.251.77.0/24'
const IMAGE = `headway-test/agent-${process.pid}:1`
const runtime = openDockerRuntime({ log: () => {} })
const directory = await mkdtemp(path.join(os.tmpdir(), 'headway-agent-'))
const problems: string[] = []
const log = { info: () => {}, warning: (message: string) => void problems.push(message) }
const noNetwork = { apply: async () => ({ problems: [] }), close: async () => {} }

let link = new FakeLink(CLUSTER)
let agent: Agent | null = null
let counter = 1

async function start(): Promise<void> {
  link = new FakeLink(CLUSTER)
  agent = await startAgent({
    runtime,
    volumes: openPodVolumes({
      directory: path.join(directory, 'volumes'),
      memoryDirectory: path.join(directory, 'memory'),
      clusterId: CLUSTER,
      runtime,
    }),
    dataPlane: noNetwork,
    link,
    clusterId: CLUSTER,
    ledgerDirectory: path.join(directory, 'ledger'),
    nodeName: 'node1',
    nodeAddress: '127.0.0.1',
    agentVersion: 'test',
    log,
    clock: systemClock,
  })
}

function assign(pods: readonly AssignedPod[]): void {
  const generation = { epoch: 1, counter: counter++ }
  const assignment = { node: 'node1', generation, pods, podSubnet: SUBNET, resolve: [], hash: String(counter) }
  link.say({ type: 'assignment', assignment })
}

const LOOP = "trap 'exit 0' TERM; while :; do sleep 1000 & wait $!; done"
const shell = (script: string, more = {}) => ({ name: 'app', image: IMAGE, command: ['sh', '-c', script], ...more })
async function ready(uid: string): Promise<void> {
  try {
    await waitFor(`${uid} to be ready`, 20_000, () => link.pods.get(uid)?.ready)
  } catch (error) {
    const seen = link.pods.get(uid)
    throw new Error(`${uid}: ${problems.join('; ')} ${seen?.message} ${JSON.stringify(seen?.containers)}`, {
      cause: error,
    })
  }
}
const containers = () => runtime.list({ [LABEL_CLUSTER]: CLUSTER })

async function stream(request: StreamRequest, act: (id: string) => void = () => {}): Promise<Map<number, string>> {
  const id = `s${counter++}`
  link.say({ type: 'open-stream', id, request })
  const opened = await waitFor('the stream', 5000, () => link.streams.get(id))
  await waitFor('a turn', 5000, () => true)
  act(id)
  await waitFor('the end of the stream', 10_000, () => opened.isClosed)
  return opened.received
}

const tests = suite('agent on docker')

tests.before(async () => {
  const made = spawnSync(
    'sh',
    [
      '-c',
      `d=$(mktemp -d); mkdir -p $d/bin $d/tmp; cp /bin/busybox $d/bin/; for a in sh sleep cat echo nc kill true; do ln -s busybox $d/bin/$a; done; tar -C $d -c . | docker import - ${IMAGE}; rm -rf $d`,
    ],
    { encoding: 'utf8' },
  )
  assert.is(made.status, 0, made.stderr)
  await start()
})

tests.after(async () => {
  await agent?.close()
  for (const container of await containers()) await runtime.remove(container.id)
  await runtime.removeNetwork(podNetworkName(CLUSTER))
  spawnSync('docker', ['rmi', '-f', IMAGE])
  await rm(directory, { recursive: true, force: true })
})

tests('a pod of one container runs at its address, with environment and a probe', async () => {
  const config: ConfigContents = {
    digest: 'd1',
    kind: 'ConfigMap',
    secretType: '',
    data: { colour: Buffer.from('blue\n').toString('base64') },
  }
  const env = [
    { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } },
    { name: 'BOTH', value: '$(NAME)-$(COLOUR)-$$(NAME)' },
  ]
  const spec = {
    containers: [
      shell(
        `echo "$BOTH"; cat /config/colour; while :; do echo -e 'HTTP/1.0 200 OK\\r\\n\\r' | nc -l -p 8080 > /dev/null; done`,
        {
          env,
          volumeMounts: [{ name: 'config', mountPath: '/config' }],
          readinessProbe: { periodSeconds: 1, httpGet: { path: '/', port: 8080 } },
        },
      ),
    ],
    volumes: [{ name: 'config', configMap: { name: 'settings' } }],
    terminationGracePeriodSeconds: 1,
  }
  assign([
    makePod('one', spec, { address: '10.251.77.10', configs: [{ kind: 'ConfigMap', name: 'settings', digest: 'd1' }] }),
  ])
  await waitFor('the request for contents', 5000, () => link.sent.some((m) => m.type === 'fetch-config'))
  link.say({ type: 'config', contents: [config] })
  await ready('one-uid')
  assert.is((await containers()).length, 1)
  const received = await stream({
    type: 'logs',
    pod: 'one-uid',
    container: 'app',
    previous: false,
    follow: false,
    tailLines: null,
    sinceMs: null,
    timestamps: false,
  })
  assert.is(received.get(STREAM_STDOUT), 'one-blue\n-$(NAME)\nblue\n')
  assert.equal(JSON.parse(received.get(STREAM_END) ?? '{}'), { exitCode: 0, error: null })
})

tests('a changed mount is seen without a restart', async () => {
  const before = (await containers()).map((c) => c.id)
  const pod = link.pods.get('one-uid')!.assigned
  const config: ConfigContents = {
    digest: 'd2',
    kind: 'ConfigMap',
    secretType: '',
    data: { colour: Buffer.from('green').toString('base64') },
  }
  assign([{ ...pod, configs: [{ kind: 'ConfigMap', name: 'settings', digest: 'd2' }] }])
  link.say({ type: 'config', contents: [config] })
  const request = {
    type: 'exec',
    pod: 'one-uid',
    container: 'app',
    command: ['cat', '/config/colour'],
    stdin: false,
    tty: false,
  } as const
  await waitFor('the new value', 10_000, async () => (await stream(request)).get(STREAM_STDOUT) === 'green')
  assert.equal(
    (await containers()).map((c) => c.id),
    before,
  )
})

tests('exec carries standard input and the exit code', async () => {
  const request = {
    type: 'exec',
    pod: 'one-uid',
    container: 'app',
    command: ['sh', '-c', 'cat; exit 3'],
    stdin: true,
    tty: false,
  } as const
  const id = `s${counter}`
  const received = await stream(request, () => {
    const opened = link.streams.get(id)
    // The command takes input once it runs: frames that come before are held by the stream's other side.
    setTimeout(() => {
      opened?.put(STREAM_STDIN, 'hello')
      opened?.put(STREAM_STDIN_END, '')
    }, 500)
  })
  assert.is(received.get(STREAM_STDOUT), 'hello')
  assert.equal(JSON.parse(received.get(STREAM_END) ?? '{}'), { exitCode: 3, error: null })
})

tests('a pod of several shares network and memory volume; a killed agent adopts it all', async () => {
  const mounts = [{ name: 'shared', mountPath: '/shared' }]
  const spec = {
    initContainers: [{ ...shell('echo made > /shared/file'), name: 'init', volumeMounts: mounts }],
    containers: [
      { ...shell(`cat /shared/file; ${LOOP}`), name: 'first', volumeMounts: mounts },
      { ...shell(LOOP), name: 'second' },
    ],
    volumes: [{ name: 'shared', emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } }],
    terminationGracePeriodSeconds: 2,
  }
  const two = makePod('two', spec, { address: '10.251.77.11' })
  assign([link.pods.get('one-uid')!.assigned, two])
  await ready('two-uid')
  const logs = {
    type: 'logs',
    pod: 'two-uid',
    container: 'first',
    previous: false,
    follow: false,
    tailLines: null,
    sinceMs: null,
    timestamps: false,
  } as const
  assert.is((await stream(logs)).get(STREAM_STDOUT), 'made\n')
  const before = (await containers()).map((c) => [c.id, c.state]).sort()
  await agent?.close()
  await start()
  await waitFor(
    'both to be reported ready',
    10_000,
    () => link.pods.get('one-uid')?.ready && link.pods.get('two-uid')?.ready,
  )
  assign([link.pods.get('one-uid')!.assigned, two])
  await ready('two-uid')
  assert.equal((await containers()).map((c) => [c.id, c.state]).sort(), before)
})

tests('a container that dies is run again at the same address', async () => {
  const first = (await containers()).find((c) => c.labels['dev.headway.pod-name'] === 'one')!
  spawnSync('docker', ['kill', first.id])
  await waitFor('the restart', 10_000, () => link.pods.get('one-uid')?.containers[0]?.restarts === 1)
  await ready('one-uid')
})

tests('what is no longer assigned stops and leaves nothing', async () => {
  assign([])
  await waitFor('both to be gone', 20_000, () => link.gone.has('one-uid') && link.gone.has('two-uid'))
  assert.equal(await containers(), [])
  assert.equal(await readdir(path.join(directory, 'volumes')), [])
  await waitFor(
    'the contents to leave the ledger',
    5000,
    async () => (await readdir(path.join(directory, 'ledger', 'configs'))).length === 0,
  )
})

tests.run()
