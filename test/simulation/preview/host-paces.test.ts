/** How long starts take in a preview: by workload, and by how its host did lately. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type HostStarts, noDurations, type RecordedDurations } from '../../../src/model/recorded-durations.js'
import { HostPaces, middleMean } from '../../../src/simulation/preview/host-paces.js'
import { DEFAULT_TIMES, OperationTimes } from '../../../src/simulation/preview/operation-times.js'

const WEB = 'Deployment.apps/default/web'
const API = 'Deployment.apps/default/api'
const paces = suite('host paces')

const means = [
  { values: [], mean: null },
  { values: [5], mean: 5 },
  { values: [1, 2, 9], mean: 4 },
  { values: [1, 2, 4, 9], mean: 3 },
] as const
for (const { values, mean } of means) {
  paces(`the middle of ${values.join(', ') || 'nothing'}`, () => assert.is(middleMean(values), mean))
}

function single(ms: number, workload = WEB): HostStarts {
  return { workload, count: 1, underWayMs: [ms] }
}

function recorded(starts: Readonly<Record<string, readonly HostStarts[]>>): RecordedDurations {
  return { ...noDurations, starts: new Map(Object.entries(starts)) }
}

const times = (length: number, ms: number, workload = WEB): HostStarts[] =>
  Array.from({ length }, () => single(ms, workload))

paces('a host is as fast as in its last five bursts', () => {
  const hosts = new HostPaces(recorded({ n1: [...times(16, 300), ...times(5, 600)] }))
  const usual = hosts.usual(WEB)?.ms ?? 0
  const { factor, samples } = hosts.pace('n1')
  assert.is(samples, 5)
  assert.is(Math.round(usual * factor), 600)
})

paces('a workload that only others ran is slower on a slow host', () => {
  const hosts = new HostPaces(
    recorded({ fast: [...times(8, 300), ...times(8, 500, API)], slow: times(8, 600), other: times(8, 300) }),
  )
  // Of 24 starts of web a third took 600 ms: 390 is usual.
  assert.is(hosts.usual(WEB)?.ms, 395)
  assert.ok(Math.abs(hosts.pace('slow').factor - 600 / 395) < 1e-9)
  assert.equal(hosts.pace('unknown'), { factor: 1, samples: 0 })
  assert.is(hosts.usual('Deployment.apps/default/new'), null)
  assert.is(hosts.usualOfAll()?.ms, 448)
})

for (const { ms, factor } of [
  { ms: 300, factor: 1 },
  { ms: 300 * 1_000, factor: 8 },
]) {
  paces(`a host of ${ms} ms is taken for ${factor} times as slow`, () => {
    assert.is(new HostPaces(recorded({ n1: times(30, 300), n2: times(1, ms) })).pace('n2').factor, factor)
  })
}

const pod = { workload: WEB, templateHash: 'v1', spec: { containers: [{ name: 'web', image: 'web:1' }] } }
const templates = new Map([[`${WEB}@v1`, { start: [800, 500, 900, 1_000, 700] }]])
const seen = recorded({ n1: times(9, 300), n2: [single(900), single(900), single(900)] })
const rows: readonly {
  readonly name: string
  readonly durations: RecordedDurations
  readonly pod?: typeof pod
  readonly node: string
  readonly time: ReturnType<OperationTimes['start']>
}[] = [
  {
    name: 'nothing measured',
    durations: noDurations,
    node: 'n1',
    time: { ms: DEFAULT_TIMES.start, source: 'default', samples: 0 },
  },
  {
    name: 'measured before hosts were: the lower quartile of what it took in company',
    durations: { ...noDurations, templates },
    node: 'n1',
    time: { ms: 700, source: 'workload', samples: 5 },
  },
  {
    name: 'on a host that was seen',
    durations: { ...seen, templates },
    node: 'n1',
    time: { ms: 300, source: 'workload', samples: 5, node: 'n1' },
  },
  {
    name: 'on one that was not: as usual',
    durations: { ...seen, templates },
    node: 'n3',
    time: { ms: 420, source: 'workload', samples: 12 },
  },
  {
    name: 'a workload that was not: as others on the host',
    durations: seen,
    pod: { ...pod, workload: API },
    node: 'n1',
    time: { ms: 300, source: 'cluster', samples: 5, node: 'n1' },
  },
]
for (const { name, durations, pod: other = pod, node, time } of rows) {
  paces(`a start, ${name}`, () => assert.equal(new OperationTimes(durations).start(other, node), time))
}

paces('init containers run for as long as they did, whatever the host', () => {
  const spec = { ...pod.spec, initContainers: [{ name: 'init', image: 'init:1' }] }
  const time = new OperationTimes({ ...seen, templates }).start({ ...pod, spec }, 'n2')
  assert.equal(time, { ms: 700, source: 'workload', samples: 5 })
})

paces('of several hosts the slowest is shown', () => {
  const operations = new OperationTimes(seen)
  for (const node of ['n1', 'n2', 'n3']) operations.start(pod, node)
  const [used, ...others] = operations.used()
  assert.equal([used?.node, used?.ms, others.length], ['n2', 900, 0])
})

const stops = [
  { name: 'without measurements', stop: [], ms: 60 },
  { name: 'the quickest', stop: [90, 45, 300], ms: 45 },
  { name: 'but not of programs that all take their time', stop: [5_000, 2_000], ms: 200 },
]
for (const { name, stop, ms } of stops) {
  paces(`the engine’s part of a stop: ${name}`, () => {
    const durations = { ...noDurations, templates: new Map([[`${WEB}@v1`, { stop }]]) }
    assert.is(new OperationTimes(durations).engineStopMs(), ms)
  })
}

paces.run()
