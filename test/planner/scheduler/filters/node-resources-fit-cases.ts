/**
 * NodeResourcesFit: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/noderesources/fit_test.go
 * (Apache-2.0), and init, sidecar and pod-level arithmetic after staging/src/k8s.io/component-helpers/resource/
 * helpers_test.go. A node has 10m cpu, 20 bytes, 32 pods, 5 of aaa, 20 bytes of storage and 5 of 2 MiB pages.
 */
import type { Asked, CaseNode, CasePod } from '../case-world.js'
import type { FilterCase } from './filter-case.js'

const AAA = 'example.com/aaa'
const BBB = 'example.com/bbb'
const PAGES = 'hugepages-2Mi'
const CPU = ['Insufficient cpu']
const MEMORY = ['Insufficient memory']

const NODE: CaseNode = {
  cpuMilli: 10,
  memoryBytes: 20,
  podsMax: 32,
  ephemeralStorageBytes: 20,
  extended: { [AAA]: 5, [PAGES]: 5 },
}

/** Thousandths of a core and bytes. */
function ask(cpuMilli: number, memory: number, more: Asked = {}): Asked {
  return { cpu: `${cpuMilli}m`, memory, ...more }
}

/** A case on one node where `used` is asked for already. */
function on(name: string, used: Asked, pod: CasePod, outcome: string, reasons?: readonly string[]): FilterCase {
  return { name, nodes: { n: NODE }, present: { n: [{ asks: [used] }] }, pod, outcome, ...(reasons && { reasons }) }
}

/** On a node with room for `cpu` cores alone, whole cores asked for. */
function needs(name: string, cores: number, pod: CasePod): FilterCase[] {
  const node = (cpuMilli: number): FilterCase['nodes'] => ({ n: { ...NODE, cpuMilli } })
  return [
    { name: `${name}: just enough`, nodes: node(cores * 1000), pod, outcome: '+' },
    { name: `${name}: just too little`, nodes: node(cores * 1000 - 1), pod, outcome: 'x', reasons: CPU },
  ]
}

const sidecar = (cpu: number): object => ({
  name: 's',
  restartPolicy: 'Always',
  resources: { requests: { cpu } },
})
const init = (cpu: number): object => ({ name: 'i', resources: { requests: { cpu } } })

/** Init containers in order; a negative number is a sidecar. */
function started(inits: readonly number[], cpu: number, change: CasePod = {}): CasePod {
  const initContainers = inits.map((n) => (n < 0 ? sidecar(-n) : init(n)))
  const containers = [{ name: 'c', resources: { requests: { cpu } } }]
  return { initContainers, containers, ...change } as CasePod
}

const full: CaseNode = { ...NODE, podsMax: 1 }

export const nodeResourcesFitCases: readonly FilterCase[] = [
  on('nothing asked for always fits', ask(10, 20), { asks: [] }, '+'),
  on('neither cpu nor memory is left', ask(10, 20), { asks: [ask(1, 1)] }, '-', [...CPU, ...MEMORY]),
  on('an init container needs more cpu', ask(8, 19), { asks: [ask(1, 1)], initAsks: [ask(3, 1)] }, '-', CPU),
  on(
    'the largest init container counts: cpu',
    ask(8, 19),
    { asks: [ask(1, 1)], initAsks: [ask(3, 1), ask(2, 1)] },
    '-',
    CPU,
  ),
  on('an init container needs more memory', ask(9, 19), { asks: [ask(1, 1)], initAsks: [ask(1, 3)] }, '-', MEMORY),
  on(
    'the largest init container counts: memory',
    ask(9, 19),
    { asks: [ask(1, 1)], initAsks: [ask(1, 3), ask(1, 2)] },
    '-',
    MEMORY,
  ),
  on('init and app container: the larger, not the sum', ask(9, 19), { asks: [ask(1, 1)], initAsks: [ask(1, 1)] }, '+'),
  on('init containers do not add up', ask(9, 19), { asks: [ask(1, 1)], initAsks: [ask(1, 1), ask(1, 1)] }, '+'),
  on('both fit', ask(5, 5), { asks: [ask(1, 1)] }, '+'),
  on('memory fits, cpu does not', ask(9, 5), { asks: [ask(2, 1)] }, '-', CPU),
  on('cpu fits, memory does not', ask(5, 19), { asks: [ask(1, 2)] }, '-', MEMORY),
  on('to the last unit', ask(5, 19), { asks: [ask(5, 1)] }, '+'),
  on('to the last unit, by an init container', ask(5, 19), { asks: [ask(4, 1)], initAsks: [ask(5, 1)] }, '+'),
  on('an extended resource fits', {}, { asks: [{ [AAA]: 1 }] }, '+'),
  on('an extended resource fits for an init container', {}, { asks: [{}], initAsks: [{ [AAA]: 1 }] }, '+'),
  on('more of an extended resource than there is', {}, { asks: [ask(1, 1, { [AAA]: 10 })] }, 'x', [
    `Insufficient ${AAA}`,
  ]),
  on('more of it than there is, by an init container', {}, { asks: [{}], initAsks: [ask(1, 1, { [AAA]: 10 })] }, 'x'),
  on('an extended resource is used up', { [AAA]: 5 }, { asks: [ask(1, 1, { [AAA]: 1 })] }, '-', [
    `Insufficient ${AAA}`,
  ]),
  on('used up, for an init container', { [AAA]: 5 }, { asks: [{}], initAsks: [ask(1, 1, { [AAA]: 1 })] }, '-'),
  on('containers add up', { [AAA]: 2 }, { asks: [ask(1, 1, { [AAA]: 3 }), ask(1, 1, { [AAA]: 3 })] }, 'x'),
  on(
    'init containers share it',
    { [AAA]: 2 },
    { asks: [{}], initAsks: [ask(1, 1, { [AAA]: 3 }), ask(1, 1, { [AAA]: 3 })] },
    '+',
  ),
  on(
    'the larger of two init containers is too large',
    { [AAA]: 2 },
    { asks: [{}], initAsks: [ask(1, 1, { [AAA]: 6 }), ask(1, 1, { [AAA]: 3 })] },
    'x',
  ),
  on('a resource that no node has', {}, { asks: [ask(1, 1, { [BBB]: 1 })] }, 'x', [`Insufficient ${BBB}`]),
  on('one that no node has, by an init container', {}, { asks: [{}], initAsks: [ask(1, 1, { [BBB]: 1 })] }, 'x'),
  on('zero of one that no node has', {}, { asks: [ask(1, 1, { [BBB]: 0 })] }, '+'),
  on('kubernetes.io/something', {}, { asks: [ask(1, 1, { 'kubernetes.io/something': 10 })] }, 'x', [
    'Insufficient kubernetes.io/something',
  ]),
  on(
    'subdomain.kubernetes.io/something',
    {},
    { asks: [{}], initAsks: [ask(1, 1, { 'subdomain.kubernetes.io/something': 10 })] },
    'x',
  ),
  on('more huge pages than there are', {}, { asks: [ask(1, 1, { [PAGES]: 10 })] }, 'x', [`Insufficient ${PAGES}`]),
  on('huge pages of an init container', {}, { asks: [{}], initAsks: [ask(1, 1, { [PAGES]: 10 })] }, 'x'),
  on('huge pages add up', { [PAGES]: 2 }, { asks: [ask(1, 1, { [PAGES]: 3 }), ask(1, 1, { [PAGES]: 3 })] }, 'x'),
  on('with overhead, fits', ask(5, 5), { asks: [ask(1, 1)], overhead: { cpu: '3m', memory: '13' } }, '+'),
  on(
    'with overhead, too much memory',
    ask(5, 5),
    { asks: [ask(1, 1)], overhead: { cpu: '1m', memory: '15' } },
    '-',
    MEMORY,
  ),
  on('no cpu left', ask(10, 10), { asks: [ask(1, 1)] }, '-', CPU),
  on('enough left', ask(2, 10), { asks: [ask(1, 1)] }, '+'),
  on('more storage than there is', ask(2, 2), { asks: [{ 'ephemeral-storage': 25 }] }, 'x', [
    'Insufficient ephemeral-storage',
  ]),
  on('storage fits', ask(2, 2), { asks: [{ 'ephemeral-storage': 10 }] }, '+'),
  ...[
    { name: 'nothing asked for', used: ask(10, 20), pod: { asks: [] } },
    { name: 'both would fit', used: ask(5, 5), pod: { asks: [ask(1, 1)] } },
    { name: 'to the last unit', used: ask(5, 19), pod: { asks: [ask(5, 1)] } },
    { name: 'to the last unit, with init', used: ask(5, 19), pod: { asks: [ask(5, 1)], initAsks: [ask(5, 1)] } },
  ].map(({ name, used, pod }) => ({
    ...on(`no place for a pod: ${name}`, used, pod, '-', ['Too many pods']),
    nodes: { n: full },
  })),
  ...needs('a larger init container', 4, started([4], 1)),
  ...needs('a larger app container', 5, started([2], 5)),
  ...needs('overhead is added to the sum', 6, started([2], 5, { overhead: { cpu: '1' } })),
  ...needs('a sidecar is added', 2, started([-1], 1)),
  ...needs('sidecars after an init container', 7, started([5, -1, -2, -3], 1)),
  ...needs('an init container between sidecars', 8, started([5, -1, -2, 5, -3], 1)),
  ...needs('a sidecar, then a large init container', 210, started([-10, 200], 100)),
  ...needs('the pod as a whole says less than its containers', 3, {
    ...started([], 4),
    resources: { requests: { cpu: '3' } },
  }),
  ...needs('the pod as a whole, and overhead', 4, {
    ...started([-1], 1, { overhead: { cpu: '1' } }),
    resources: { requests: { cpu: '3' } },
  }),
]
