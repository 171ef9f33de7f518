/** The engine's words and ours: errors, facts, events, frames and create requests. Needs no engine. */
import { PassThrough, Readable } from 'node:stream'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createBody, decodeContainer } from '../../../src/agents/docker/container-request.js'
import { runtimeError } from '../../../src/agents/docker/engine-error.js'
import { decodeEvent } from '../../../src/agents/docker/engine-events.js'
import { decodeEngineInfo, engineRefusal } from '../../../src/agents/docker/engine-info.js'
import { readJsonLines } from '../../../src/agents/docker/json-lines.js'
import { directRoutingOptions } from '../../../src/agents/docker/network-calls.js'
import { findEngine } from '../../../src/agents/docker/open-engine.js'
import { FrameDecoder, splitStream } from '../../../src/agents/docker/stream-frames.js'
import { containerSpec } from '../../conformance/container-spec.js'

const tests = suite('engine words')

const errors: readonly (readonly [string, number | undefined, string, boolean])[] = [
  // message, status, code, retryable
  ['Address already in use', 403, 'conflict', true],
  [
    'driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated',
    500,
    'conflict',
    true,
  ],
  ['Conflict. The container name "/a" is already in use by container "b"', 409, 'conflict', false],
  ['removal of container a is already in progress', 409, 'conflict', true],
  ['No such image: web:v9', 404, 'image-missing', true],
  ['No such container: a', 404, 'not-found', false],
  ['pull access denied for web, repository does not exist or may require docker login', 404, 'image-pull', false],
  ['manifest for web:v9 not found: manifest unknown', 404, 'image-pull', false],
  ['toomanyrequests: rate exceeded', 429, 'image-pull', true],
  ['Get "https://r/v2/": dial tcp 1.2.3.4:443: connect: connection refused', 500, 'image-pull', true],
  ['invalid mount config for type "bind": bind source path does not exist: /x', 400, 'invalid', false],
  ['exec: "/no": stat /no: no such file or directory: unknown', 400, 'invalid', false],
  ['starting container process caused: exec: "/etc": permission denied: unknown', 400, 'invalid', false],
  ['Pool overlaps with other one on this address space', 403, 'invalid', false],
  ['network x has active endpoints', 403, 'conflict', true],
  ['remove v: volume is in use - [a]', 409, 'conflict', true],
  ['Container a is not running', 409, 'conflict', true],
  ['something else', 500, 'internal', true],
  ['overloaded', 503, 'unavailable', true],
]
for (const [message, statusCode, code, retryable] of errors)
  tests(`error ${statusCode} "${message.slice(0, 50)}" is ${code}`, () => {
    const error = runtimeError('start container a', {
      statusCode,
      message: `(HTTP code ${statusCode}) x - ${message} `,
      json: { message },
    })
    assert.equal(
      [error.code, error.retryable, error.message.startsWith(`start container a: ${message}`)],
      [code, retryable, true],
    )
  })

tests('broken connections are unavailable, whatever their wording', () => {
  for (const code of ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])
    assert.is(runtimeError('x', Object.assign(new Error(`connect ${code}`), { code })).code, 'unavailable')
  assert.is(runtimeError('x', new Error('socket hang up')).code, 'unavailable')
  assert.match(
    runtimeError('x', Object.assign(new Error('connect EACCES'), { code: 'EACCES' })).message,
    /group docker/,
  )
})

const fit = {
  ID: 'i',
  NCPU: 2,
  MemTotal: 1,
  OSType: 'linux',
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  SecurityOptions: ['name=seccomp,profile=default'],
}
const version = { Version: '20.10.24', ApiVersion: '1.41', Components: [{ Name: 'Engine' }] }
const refusals: readonly (readonly [string, object, object, RegExp])[] = [
  ['rootless', { SecurityOptions: ['name=seccomp', 'name=rootless'] }, {}, /rootless/],
  ['remapped users', { SecurityOptions: ['name=userns'] }, {}, /userns-remap/],
  ['Docker Desktop', { OperatingSystem: 'Docker Desktop' }, {}, /Docker Desktop/],
  ['Podman', {}, { Components: [{ Name: 'Podman Engine' }] }, /Podman/],
  ['a Swarm member', { Swarm: { LocalNodeState: 'active' } }, {}, /docker swarm leave/],
  ['Windows', { OSType: 'windows' }, {}, /windows/],
  ['an old engine', {}, { ApiVersion: '1.40' }, /too old/],
]
for (const [name, info, changed, expected] of refusals)
  tests(`refuses ${name}`, () => {
    assert.match(engineRefusal({ ...fit, ...info }, { ...version, ...changed }), expected)
  })

tests('a fit engine’s facts', () => {
  const info = decodeEngineInfo({ ...fit, Swarm: { LocalNodeState: 'inactive' }, LiveRestoreEnabled: true }, version)
  assert.equal(
    [info.refusal, info.cgroupDriver, info.cgroupVersion, info.liveRestore, info.apiVersion],
    ['', 'systemd', 2, true, '1.41'],
  )
  assert.is(engineRefusal(fit, { ...version, ApiVersion: '1.52' }), '')
})

tests('engines that filter direct routes are told to let them pass', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['1.41', 0],
    ['1.47', 0],
    ['1.48', 1],
    ['1.52', 1],
  ]
  for (const [ApiVersion, count] of rows)
    assert.is(Object.keys(directRoutingOptions({ ApiVersion })).length, count, ApiVersion)
})

tests('where the engine is', () => {
  for (const host of ['tcp://10.0.0.1:2375', 'ssh://me@host', 'https://x'])
    assert.match(
      'error' in findEngine({ DOCKER_HOST: host }) ? JSON.stringify(findEngine({ DOCKER_HOST: host })) : '',
      /remote engine/,
    )
  const missing = findEngine({ DOCKER_HOST: 'unix:///no/such.sock' })
  assert.match('error' in missing ? missing.error : '', /no Docker Engine at \/no\/such\.sock/)
})

tests('events that matter', () => {
  const attributes = { image: 'i', name: 'n', exitCode: '137', 'dev.headway.pod-uid': 'u' }
  assert.equal(decodeEvent({ Type: 'container', Action: 'die', Actor: { ID: 'a', Attributes: attributes } }), {
    type: 'died',
    containerId: 'a',
    labels: { 'dev.headway.pod-uid': 'u' },
    exitCode: 137,
  })
  assert.is(decodeEvent({ Type: 'container', Action: 'exec_start: x', Actor: { ID: 'a' } }), null)
  assert.is(decodeEvent({ Type: 'network', Action: 'destroy', Actor: { ID: 'a' } }), null)
})

function frame(stream: number, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(content.length, 4)
  return Buffer.concat([header, content])
}

tests('frames come out whole however the bytes are cut', () => {
  const parts = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), { maxLength: 10 })
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 30 }), (frames, cut) => {
      const bytes = Buffer.concat(frames.map(([stream, content]) => frame(stream, content)))
      const out: Record<1 | 2, Buffer[]> = { 1: [], 2: [] }
      const decoder = new FrameDecoder((isStderr, content) => out[isStderr ? 2 : 1].push(Buffer.from(content)))
      for (let at = 0; at < bytes.length; at += cut) decoder.push(bytes.subarray(at, at + cut))
      for (const stream of [1, 2] as const) {
        const expected = Buffer.concat(frames.filter(([s]) => s === stream).map(([, content]) => content))
        assert.equal(Buffer.concat(out[stream]).toString('hex'), expected.toString('hex'))
      }
    }),
  )
})

tests('a reader that is slow holds its source back', async () => {
  const source = new PassThrough()
  const { stdout, stderr } = splitStream(source, false)
  stderr.resume()
  let isFull = false
  for (let i = 0; i < 1_000 && !isFull; i++) isFull = !source.write(frame(1, Buffer.alloc(1_000)))
  assert.ok(isFull)
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(source.isPaused())
  source.end()
  let bytes = 0
  for await (const chunk of stdout) bytes += (chunk as Buffer).length
  assert.is(bytes % 1_000, 0)
})

tests('lines of JSON, cut anywhere', async () => {
  const text = '{"a":1}\r\n\n{"b":"ü"}\n{"c":3}'
  const bytes = Buffer.from(text)
  const pieces = Array.from({ length: bytes.length }, (_, i) => bytes.subarray(i, i + 1))
  const values: unknown[] = []
  for await (const value of readJsonLines(Readable.from(pieces, { objectMode: false }))) values.push(value)
  assert.equal(values, [{ a: 1 }, { b: 'ü' }, { c: 3 }])
})

tests('a create request of a single pod', () => {
  const body = createBody(
    containerSpec({
      name: 'web',
      image: 'sha256:1',
      hostname: 'web-7',
      cpuQuotaMicros: 50_000,
      memoryBytes: 64,
      mounts: [
        { type: 'bind', source: '/a', target: '/b', readOnly: true, propagation: 'rslave', sizeBytes: null },
        { type: 'volume', source: 'v', target: '/c', readOnly: false, propagation: '', sizeBytes: null },
      ],
      network: {
        type: 'pod-network',
        name: 'pods',
        address: '10.0.0.2',
        dns: [],
        dnsSearch: ['a'],
        dnsOptions: [],
        extraHosts: [],
        ports: [{ containerPort: 80, hostPort: 8080, hostAddress: '', protocol: 'tcp' }],
      },
    }),
  ) as Record<string, unknown>
  assert.equal(body['NetworkingConfig'], { EndpointsConfig: { pods: { IPAMConfig: { IPv4Address: '10.0.0.2' } } } })
  assert.equal(
    [body['Hostname'], body['ExposedPorts'], body['Healthcheck']],
    ['web-7', { '80/tcp': {} }, { Test: ['NONE'] }],
  )
  const host = body['HostConfig'] as Record<string, unknown>
  assert.equal(
    [
      host['NetworkMode'],
      host['CpuQuota'],
      host['CpuPeriod'],
      host['Memory'],
      host['MemorySwap'],
      host['PortBindings'],
    ],
    ['pods', 50_000, 100_000, 64, 64, { '80/tcp': [{ HostIp: '', HostPort: '8080' }] }],
  )
  assert.equal(host['Mounts'], [
    { Type: 'bind', Target: '/b', ReadOnly: true, Source: '/a', BindOptions: { Propagation: 'rslave' } },
    { Type: 'volume', Target: '/c', ReadOnly: false, Source: 'v', VolumeOptions: { NoCopy: true } },
  ])
  assert.equal(host['LogConfig'], { Type: 'json-file', Config: { 'max-size': '1048576', 'max-file': '2' } })
})

tests('a create request of a joined container names nothing the sandbox owns', () => {
  const network = { type: 'container', id: 'abc', sharePid: true } as const
  const body = createBody(containerSpec({ name: 'web', image: 'i', hostname: 'web-7', network })) as Record<
    string,
    unknown
  >
  const host = body['HostConfig'] as Record<string, unknown>
  assert.equal([body['Hostname'], body['NetworkingConfig'], host['Dns']], [undefined, undefined, undefined])
  assert.equal(
    [host['NetworkMode'], host['IpcMode'], host['PidMode']],
    ['container:abc', 'container:abc', 'container:abc'],
  )
})

tests('a container that never ran has no instants', () => {
  const state = {
    Status: 'created',
    StartedAt: '0001-01-01T00:00:00Z',
    FinishedAt: '0001-01-01T00:00:00Z',
    ExitCode: 0,
    OOMKilled: false,
    Error: '',
    Pid: 0,
  }
  const container = decodeContainer({ Id: 'a', Name: '/web', Image: 'i', Config: {}, State: state })
  assert.equal(
    [container.name, container.startedAt, container.finishedAt, container.exitCode, container.pid],
    ['web', null, null, null, null],
  )
})

tests.run()
