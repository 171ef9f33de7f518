/**
 * ImageLocality: nodes and pods after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/imagelocality/
 * image_locality_test.go (Apache-2.0). `kubernetes` is that plug-in's score; ours is at least 40 times the share of the
 * pod's images that the node has, deliberately: without a registry a missing image cannot be fetched.
 */
import type { CaseNode, CasePod } from '../case-world.js'
import type { ScoreCase } from './score-case.js'

const MIB = 1024 ** 2

/** Images `gcr.io/40` of 40 MiB and so on. */
function has(...sizes: readonly number[]): CaseNode {
  return { images: new Map(sizes.map((size) => [`gcr.io/${size}:latest`, size * MIB])) }
}

function runs(...images: readonly string[]): CasePod {
  return { containers: images.map((image, i) => ({ name: `c${i}`, image })) }
}

interface Row {
  readonly name: string
  readonly pod: CasePod
  readonly nodes: readonly CaseNode[]
  readonly kubernetes: readonly number[]
  /** How many of the pod's images each node has. */
  readonly present: readonly number[]
}

const LARGE = has(40, 300, 2000)
const SMALL = has(250, 10)

const rows: readonly Row[] = [
  {
    name: 'an image each: 20 MiB is below the least, 125 MiB is not',
    pod: runs('gcr.io/40', 'gcr.io/250'),
    nodes: [LARGE, SMALL],
    kubernetes: [0, 5],
    present: [1, 1],
  },
  {
    name: 'two images on one node: 170 MiB',
    pod: runs('gcr.io/40', 'gcr.io/300'),
    nodes: [LARGE, SMALL],
    kubernetes: [7, 0],
    present: [2, 0],
  },
  {
    name: 'a large and a small one: 1000 MiB of at most 2000',
    pod: runs('gcr.io/2000', 'gcr.io/10'),
    nodes: [LARGE, SMALL],
    kubernetes: [49, 0],
    present: [1, 1],
  },
  {
    name: 'with a node that has none: 666 MiB',
    pod: runs('gcr.io/2000', 'gcr.io/10'),
    nodes: [LARGE, SMALL, {}],
    kubernetes: [32, 0, 0],
    present: [1, 1, 0],
  },
  {
    name: 'images of init containers count',
    pod: { ...runs('gcr.io/300'), initContainers: [{ name: 'i', image: 'gcr.io/40:latest' }] },
    nodes: [LARGE, SMALL],
    kubernetes: [7, 0],
    present: [2, 0],
  },
  {
    name: 'more than the most is all',
    pod: runs('gcr.io/2000'),
    nodes: [LARGE],
    kubernetes: [100],
    present: [1],
  },
]

export const imageLocalityCases: readonly ScoreCase[] = [
  ...rows.map(({ name, pod, nodes, kubernetes, present }) => ({
    name,
    pod,
    nodes: Object.fromEntries(nodes.map((node, i) => [`n${i}`, node])),
    scores: kubernetes.map((score, i) => {
      const images = (pod.containers?.length ?? 0) + (pod.initContainers?.length ?? 0)
      return Math.max(score, Math.trunc((40 * present[i]!) / images))
    }),
  })),
  { name: 'nobody has the image', pod: runs('gcr.io/7'), nodes: { n0: LARGE, n1: SMALL }, scores: null },
]
