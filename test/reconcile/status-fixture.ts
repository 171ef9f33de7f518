/** A snapshot for status, out of a small world. */

import { defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import type { DesiredObject, DesiredState } from '../../src/model/desired-state.js'
import { zeroGeneration } from '../../src/model/generation.js'
import type { ObservedNode, ObservedPod } from '../../src/model/observed-state.js'
import { emptyPlannedState, type InventoryEntry, type PlannedNode } from '../../src/model/planned-state.js'
import type { SourceView } from '../../src/model/status-view.js'
import type { Waiting } from '../../src/model/waiting.js'
import { inventoryEntry } from '../../src/reconcile/inventory.js'
import type { StatusInput } from '../../src/reconcile/status/status-input.js'
import { type FakeWorld, START } from './fake-world.js'

export const REVISION = '0123456789abcdef0123456789abcdef01234567'

const source: SourceView = {
  id: 'main',
  url: '/srv/cluster.git',
  branch: 'main',
  tip: REVISION,
  commit: REVISION,
  author: 'Ada',
  subject: 'web: two more',
  lastPollAt: START,
  error: '',
}

/** The world's workload as the only one; `more` in place of any part. */
export function statusInput(
  world: FakeWorld,
  waiting: readonly Waiting[],
  more: Partial<StatusInput> = {},
): StatusInput {
  const objects = world.desired === null ? [] : [world.desired]
  const pods = [...world.pods.values()].sort((left, right) => (left.planned.uid < right.planned.uid ? -1 : 1))
  const nodes = new Map<string, PlannedNode>()
  const observed = new Map<string, ObservedNode>()
  for (const [i, name] of world.nodes.entries()) {
    const here = pods.filter((pod) => pod.planned.node === name)
    nodes.set(name, {
      name,
      pods: here.map((pod) => pod.planned),
      subnet: i,
      generation: zeroGeneration,
      assignmentHash: '',
      resolve: [],
      unreachableSince: null,
    })
    const isSilent = here.some((pod) => !pod.isNodeHeard)
    observed.set(name, observedNode(name, i, isSilent ? world.now - 60_000 : null, here))
  }
  return {
    clusterId: 'test',
    now: world.now,
    desired: desiredState(objects),
    planned: {
      ...emptyPlannedState,
      revision: REVISION,
      nodes,
      pending: pods.filter((pod) => pod.planned.node === null).map((pod) => pod.planned),
      replicaSets: world.sets,
      workloads: world.record === null ? new Map() : new Map([[world.key, world.record]]),
      inventory: new Map(objects.map((object): [string, InventoryEntry] => [object.key, inventoryEntry(object)])),
    },
    observed: { nodes: observed, unheard: [], heardSince: START - 3_600_000 },
    waiting,
    brake: null,
    manager: { pid: 1, version: '0', startedAt: START, epoch: 1, address: '', recovering: false, planId: 'p' },
    sources: [source],
    localNode: 'n1',
    ...more,
  }
}

export function desiredState(objects: readonly DesiredObject[], more: Partial<DesiredState> = {}): DesiredState {
  return {
    revision: REVISION,
    sources: [],
    objects: new Map(objects.map((object) => [object.key, object])),
    apps: new Map([
      ['main:', { id: 'main:', source: 'main', directory: '', revision: REVISION, held: false, problems: [] }],
    ]),
    problems: [],
    hasUnreadable: false,
    confirmations: [],
    revertedAdditions: new Set(),
    configuration: defaultClusterConfiguration,
    ...more,
  }
}

function observedNode(
  name: string,
  i: number,
  silentSince: number | null,
  pods: readonly { readonly observed: ObservedPod | null }[],
): ObservedNode {
  const amounts = { cpuMilli: 4000, memoryBytes: 2 ** 33, ephemeralStorageBytes: 2 ** 36, pods: 110, extended: {} }
  const reports = pods.flatMap((pod) => (pod.observed === null ? [] : [[pod.observed.uid, pod.observed] as const]))
  return {
    facts: {
      name,
      address: `192.168.0.${i + 1}`,
      agentVersion: '0',
      engineVersion: '20.10',
      kernelVersion: '6.1',
      osImage: 'Debian 12',
      architecture: 'amd64',
      capacity: amounts,
      allocatable: amounts,
      labels: {},
      images: [],
      bootId: 'b',
      agentPid: 100 + i,
    },
    silentSince,
    connectedAt: START,
    generation: zeroGeneration,
    networkVersion: 0,
    pods: new Map(reports),
    resolvedImages: new Map(),
    taints: [],
  }
}
