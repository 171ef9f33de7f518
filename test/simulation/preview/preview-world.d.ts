/** Clusters for preview tests: a snapshot of hosts, brought to rest on a desired state by the preview's own simulation. */
import type { DesiredState, Manifest } from '../../../src/model/desired-state.js'
import type { ObservedNode } from '../../../src/model/observed-state.js'
import { type RecordedDurations } from '../../../src/model/recorded-durations.js'
import type { Snapshot } from '../../../src/model/snapshot.js'
export declare const TAKEN_AT: number
/** Ids are hashes in the real world. */
export declare const CLUSTER_ID = 'c0ffee00c0ffee00'
export interface HostOptions {
  readonly images?: readonly string[]
  readonly cpuMilli?: number
  readonly memoryBytes?: number
  readonly silent?: boolean
}
export declare function host(name: string, index: number, options?: HostOptions): ObservedNode
/** Hosts on which nothing runs. */
export declare function emptySnapshot(hosts: readonly ObservedNode[], durations?: RecordedDurations): Snapshot
/** The same hosts, at rest on a desired state. */
export declare function snapshotAt(
  desired: DesiredState,
  hosts: readonly ObservedNode[],
  durations?: RecordedDurations,
): Snapshot
export declare function hosts(count: number, options?: HostOptions): ObservedNode[]
export interface WebOptions {
  readonly image?: string
  readonly replicas?: number
  readonly cpu?: string
  readonly spec?: Readonly<Record<string, unknown>>
  readonly container?: Readonly<Record<string, unknown>>
  readonly template?: Readonly<Record<string, unknown>>
  readonly hasProbe?: boolean
}
export declare function web(name: string, options?: WebOptions): Manifest
export declare function desiredOf(
  manifests: readonly Manifest[],
  revision?: string,
  before?: DesiredState,
): DesiredState
