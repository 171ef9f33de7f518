import { emptyPlannedState } from '../../../src/model/planned-state.js';
import { noDurations } from '../../../src/model/recorded-durations.js';
import { Forecast } from '../../../src/simulation/preview/forecast.js';
import { makeFacts } from '../../support/builders.js';
import { makeDesired } from '../../support/desired.js';
export const TAKEN_AT = Date.UTC(2026, 0, 1);
/** Ids are hashes in the real world. */
export const CLUSTER_ID = 'c0ffee00c0ffee00';
export function host(name, index, options = {}) {
    const { images = ['web:1', 'web:2', 'worker:1'], cpuMilli = 4_000, memoryBytes = 32 * 2 ** 30 } = options;
    const facts = makeFacts(name);
    const amounts = { ...facts.capacity, cpuMilli, memoryBytes };
    return {
        facts: {
            ...facts,
            address: `192.168.${index >> 8}.${(index & 255) + 1}`,
            capacity: amounts,
            allocatable: amounts,
            images: images.map((image) => ({ id: `sha256:${image}`, names: [image], sizeBytes: 5_000_000 })),
        },
        silentSince: options.silent === true ? TAKEN_AT - 60_000 : null,
        connectedAt: TAKEN_AT - 3_600_000,
        generation: { epoch: 0, counter: 0 },
        networkVersion: 0,
        pods: new Map(),
        resolvedImages: new Map(),
        taints: [],
        podSubnet: '',
        services: [],
    };
}
/** Hosts on which nothing runs. */
export function emptySnapshot(hosts, durations = noDurations) {
    return {
        version: 1,
        takenAt: TAKEN_AT,
        clusterId: CLUSTER_ID,
        plannerVersion: '0.1.0',
        desired: null,
        planned: emptyPlannedState,
        assignments: [],
        observed: {
            nodes: new Map(hosts.map((node) => [node.facts.name, node])),
            unheard: [],
            heardSince: TAKEN_AT - 3_600_000,
        },
        generation: { epoch: 1, counter: 0 },
        confirmed: null,
        isRecovering: false,
        waiting: [],
        brake: null,
        durations,
    };
}
/** The same hosts, at rest on a desired state. */
export function snapshotAt(desired, hosts, durations = noDurations) {
    const forecast = new Forecast(emptySnapshot(hosts, durations));
    const { convergedMs, waiting } = forecast.run(desired);
    if (convergedMs === null)
        throw new Error(`the cluster does not come to rest: ${JSON.stringify(waiting)}`);
    return forecast.snapshot();
}
export function hosts(count, options = {}) {
    return Array.from({ length: count }, (_, i) => host(`node${String(i + 1).padStart(4, '0')}`, i, options));
}
export function web(name, options = {}) {
    const { image = 'web:1', replicas = 3, cpu = '10m', hasProbe = true } = options;
    const container = {
        name: 'main',
        image,
        resources: { requests: { cpu, memory: '16Mi' } },
        ...(hasProbe ? { readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } } : {}),
        ...options.container,
    };
    return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, labels: { app: name } },
        spec: {
            replicas,
            selector: { matchLabels: { app: name } },
            ...options.spec,
            template: { metadata: { labels: { app: name } }, spec: { containers: [container], ...options.template } },
        },
    };
}
export function desiredOf(manifests, revision = 'base', before) {
    return makeDesired(manifests, { revision, ...(before === undefined ? {} : { before }) });
}
//# sourceMappingURL=preview-world.js.map