/** Status views as a manager would serve them, for rendering tests. */
import type { RevisionAnswer } from '../../src/model/admin-api.js'
import type { PodView, StatusView, WorkloadView } from '../../src/model/status-view.js'
import { NOW } from './run-command.js'

export const HEAD = '3f2a91c0d4e5f60718293a4b5c6d7e8f90a1b2c3'
export const BEFORE = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4'

const MINUTE = 60_000

export function makePod(name: string, changes: Partial<PodView> = {}): PodView {
  return {
    key: `shop/${name}`,
    uid: `uid-${name}`,
    workload: 'Deployment.apps/shop/web',
    node: 'node1',
    address: '10.244.0.10',
    status: 'Running',
    phase: 'Running',
    ready: true,
    restarts: 0,
    containerIds: ['4f5e6d7c8b9a0123456789abcdef0123456789abcdef0123456789abcdef0123'],
    images: ['headway-demo/web:v2'],
    commit: HEAD,
    createdAt: NOW - 5 * MINUTE,
    waiting: null,
    ...changes,
  }
}

export function makeWorkload(changes: Partial<WorkloadView> = {}): WorkloadView {
  return {
    key: 'Deployment.apps/shop/web',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    health: 'Healthy',
    desired: 3,
    ready: 3,
    updated: 3,
    available: 3,
    revision: 2,
    commit: HEAD,
    images: ['headway-demo/web:v2'],
    message: '',
    ...changes,
  }
}

export function makeStatus(changes: Partial<StatusView> = {}): StatusView {
  return {
    clusterId: '0123456789abcdef',
    revision: HEAD,
    converged: true,
    summary: 'converged',
    manager: {
      pid: 4711,
      version: '0.1.0',
      startedAt: NOW - 60 * MINUTE,
      epoch: 1,
      address: '127.0.0.1:7443',
      recovering: false,
      planId: 'p1',
    },
    sources: [
      {
        id: 'main',
        url: '/srv/headway/cluster.git',
        branch: 'main',
        tip: HEAD,
        commit: HEAD,
        author: 'Ada Lovelace',
        subject: 'web: v2',
        lastPollAt: NOW,
        error: '',
      },
    ],
    apps: [
      { id: 'main:apps/web', revision: HEAD, held: false, problems: 0 },
      { id: 'main:apps/greeter', revision: HEAD, held: false, problems: 0 },
    ],
    nodes: [
      {
        name: 'node1',
        address: '10.0.0.11',
        ready: true,
        schedulable: true,
        pid: 4712,
        engineVersion: '20.10.24',
        agentVersion: '0.1.0',
        silentForMs: null,
        pods: 3,
        cpuMilli: { requested: 150, allocatable: 2_000 },
        memoryBytes: { requested: 96 << 20, allocatable: 4_096 * (1 << 20) },
        taints: [],
      },
    ],
    workloads: [makeWorkload()],
    pods: [
      makePod('web-6f7c9d4b8d-aaaaa'),
      makePod('web-6f7c9d4b8d-bbbbb', { address: '10.244.0.11' }),
      makePod('web-6f7c9d4b8d-ccccc', { address: '10.244.0.12', restarts: 2, createdAt: NOW - 26 * 60 * MINUTE }),
    ],
    services: [
      {
        key: 'Service./shop/web',
        address: '10.96.0.10',
        ports: [{ name: 'http', port: 80, nodePort: 30_080, endpoints: 3 }],
      },
    ],
    waiting: [],
    problems: [],
    notCarriedOut: [],
    brake: null,
    ...changes,
  }
}

/** A rollout that stands still on a broken image, with one app held, deletions that wait and a silent host. */
export function makeTroubledStatus(): StatusView {
  const healthy = makeStatus()
  return makeStatus({
    converged: false,
    summary: 'rolling out 3f2a91c0: 1 workload',
    sources: [{ ...healthy.sources[0]!, error: 'fetch: connection refused: check the URL' }],
    apps: [healthy.apps[0]!, { id: 'main:apps/greeter', revision: BEFORE, held: true, problems: 1 }],
    nodes: [
      healthy.nodes[0]!,
      {
        ...healthy.nodes[0]!,
        name: 'node2',
        address: '10.0.0.12',
        ready: false,
        silentForMs: 7_400,
        pid: null,
        pods: 1,
      },
      { ...healthy.nodes[0]!, name: 'node3', address: '10.0.0.13', schedulable: false, pid: null, pods: 0 },
    ],
    workloads: [
      makeWorkload({
        health: 'Progressing',
        updated: 1,
        available: 2,
        ready: 2,
        message: '1 pod cannot pull its image',
      }),
    ],
    pods: [
      makePod('web-6f7c9d4b8d-aaaaa', { commit: BEFORE }),
      makePod('web-6f7c9d4b8d-bbbbb', { commit: BEFORE }),
      makePod('web-5b6d7f8c9-zzzzz', {
        status: 'ImagePullBackOff',
        phase: 'Pending',
        ready: false,
        containerIds: [],
        images: ['headway-demo/web:v9'],
        createdAt: NOW - 40_000,
        waiting: { on: 'image-pull', key: 'Pod./shop/web-5b6d7f8c9-zzzzz', detail: 'headway-demo/web:v9 is not there' },
      }),
    ],
    waiting: [
      { on: 'image-pull', key: 'Pod./shop/web-5b6d7f8c9-zzzzz', detail: 'headway-demo/web:v9 is not there' },
      { on: 'delete-brake', key: null, detail: '2 objects wait for a confirmation' },
    ],
    problems: [
      {
        severity: 'error',
        code: 'unknown-field',
        file: 'apps/greeter/deployment.yaml',
        line: 12,
        column: 7,
        path: 'spec.replica',
        message: 'unknown field, did you mean replicas?',
      },
    ],
    notCarriedOut: ['Ingress.networking.k8s.io/shop/web'],
    brake: {
      hash: '5be2c01d77aa',
      keys: ['Deployment.apps/shop/old', 'Service./shop/old'],
      reason: '2 of 8 objects would be deleted at once',
    },
  })
}

export function makeRevision(changes: Partial<RevisionAnswer> = {}): RevisionAnswer {
  return {
    revision: HEAD,
    known: true,
    taken: true,
    converged: true,
    heldApps: [],
    problems: [],
    waiting: [],
    ...changes,
  }
}
