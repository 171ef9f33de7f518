/** Small complete values of the model for tests; each takes what the test is about and fills in the rest. */
import type { AssignedPod } from '../../src/model/assignment.js'
import type { NodeFacts } from '../../src/model/observed-state.js'
import type { ReportedPod } from '../../src/model/protocol.js'

/** A node of 4 cpus and 32 GiB. */
export function makeFacts(name: string, changes: Partial<NodeFacts> = {}): NodeFacts {
  const amounts = {
    cpuMilli: 4_000,
    memoryBytes: 32 * 2 ** 30,
    ephemeralStorageBytes: 100 * 2 ** 30,
    pods: 110,
    extended: {},
  }
  return {
    name,
    address: '10.99.0.11',
    agentVersion: '0.1.0',
    engineVersion: '20.10.24',
    kernelVersion: '6.1.0',
    osImage: 'Debian GNU/Linux 12',
    architecture: 'amd64',
    capacity: amounts,
    allocatable: amounts,
    labels: { 'kubernetes.io/hostname': name },
    images: [],
    bootId: 'boot-1',
    agentPid: 1,
    ...changes,
  }
}

/** A pod `default/web-UID` of deployment web, assigned to run one container. */
export function makeAssignedPod(uid: string, changes: Partial<AssignedPod> = {}): AssignedPod {
  return {
    uid,
    namespace: 'default',
    name: `web-${uid}`,
    labels: { app: 'web' },
    annotations: {},
    owner: 'ReplicaSet.apps/default/web-1',
    workload: 'Deployment.apps/default/web',
    templateHash: 'v1-1',
    ordinal: 0,
    incarnation: 1,
    commit: 'c1',
    createdAt: 0,
    spec: { containers: [{ name: 'web', image: 'web:v1' }] },
    images: { 'web:v1': { id: 'sha256:1', digest: '' } },
    address: '10.244.0.2',
    configs: [],
    stop: null,
    ...changes,
  }
}

/** A running, ready pod as an agent reports it. */
export function makeReportedPod(uid: string, changes: Partial<ReportedPod> = {}): ReportedPod {
  return {
    uid,
    phase: 'Running',
    ready: true,
    readyForMs: 1_000,
    startedAgoMs: 2_000,
    containers: [],
    reason: '',
    message: '',
    stopped: false,
    assigned: makeAssignedPod(uid),
    ...changes,
  }
}
