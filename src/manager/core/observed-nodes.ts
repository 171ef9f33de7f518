/**
 * Keeps observed state from agents' messages. Ages become instants of the manager's own clock at receipt. A node or pod
 * that did not change keeps its identity, so that the planner finds what changed by comparing references.
 */
import { isEqual } from '../../base/equal.js'
import type { Instant } from '../../base/instant.js'
import { patchMap } from '../../base/layered-map.js'
import { sortedMap } from '../../base/ordered.js'
import { compareGenerations, type Generation } from '../../model/generation.js'
import type { ObservedContainer, ObservedNode, ObservedPod, ObservedState } from '../../model/observed-state.js'
import type { AgentMessage, ReportedPod } from '../../model/protocol.js'
import type { Attendance } from './taking-in.js'

/** An agent heartbeats every second; two missed ones and it counts as silent, from the last one heard. */
export const HEARTBEAT_MS = 1_000
const SILENT_AFTER_MS = 2 * HEARTBEAT_MS
/** Two ages of one moment differ by the time messages take; below this they are the same moment. */
const SAME_MOMENT_MS = 1_000

/** Everything there is, as plain data: for checkpoints. */
export interface SavedNodes {
  readonly nodes: ReadonlyMap<string, ObservedNode>
  readonly heardAt: ReadonlyMap<string, Instant>
  readonly members: readonly string[]
  readonly heardSince: Instant
}

type Hello = Extract<AgentMessage, { type: 'hello' }>
type Report = Extract<AgentMessage, { type: 'report' }>

export class ObservedNodes {
  readonly #nodes = new Map<string, ObservedNode>()
  readonly #heardAt = new Map<string, Instant>()
  #members: readonly string[]
  #heardSince: Instant
  #snapshot: ObservedState | null = null
  /** Members that did not report yet. */
  #unheard: Set<string>
  /** What the last snapshot showed, and what is not in it yet (null: gone). */
  #shown: ReadonlyMap<string, ObservedNode> = new Map()
  #unshown = new Map<string, ObservedNode | null>()
  #version = 0

  constructor(members: readonly string[], now: Instant) {
    this.#members = members
    this.#unheard = new Set(members)
    this.#heardSince = now
  }

  /** Grows with every change of what `snapshot` shows of nodes. */
  get version(): number {
    return this.#version
  }

  /** Shares its values with this one. */
  save(): SavedNodes {
    const members = this.#members
    return { nodes: new Map(this.#nodes), heardAt: new Map(this.#heardAt), members, heardSince: this.#heardSince }
  }

  /** The reverse of `save`. */
  static restore(saved: SavedNodes): ObservedNodes {
    const nodes = new ObservedNodes(saved.members, saved.heardSince)
    for (const [name, node] of saved.nodes) {
      nodes.#nodes.set(name, node)
      nodes.#unheard.delete(name)
      nodes.#unshown.set(name, node)
    }
    for (const [name, at] of saved.heardAt) nodes.#heardAt.set(name, at)
    return nodes
  }

  /** For replays, whose heartbeats are not recorded: every node was heard just now, but for those that fell silent. */
  setHeard(silent: ReadonlyMap<string, Instant>, now: Instant): void {
    for (const name of this.#nodes.keys()) this.#heardAt.set(name, silent.get(name) ?? now)
  }

  /** Costs nothing, unlike a snapshot. */
  get attendance(): Attendance {
    return { unheard: this.#unheard.size, heard: this.#nodes.size }
  }

  /** Every node that reported, sorted by name; the same object until something changes. */
  snapshot(): ObservedState {
    if (this.#snapshot === null) {
      this.#shown = patchMap(this.#shown, this.#unshown)
      this.#unshown = new Map()
      this.#snapshot = {
        nodes: this.#shown,
        unheard: [...this.#unheard],
        heardSince: this.#heardSince,
      }
    }
    return this.#snapshot
  }

  /** Those that are no members any more are not known any more. */
  setMembers(members: readonly string[]): void {
    const leave = this.#members.filter((member) => !members.includes(member))
    for (const name of leave) {
      this.#nodes.delete(name)
      this.#unshown.set(name, null)
      this.#heardAt.delete(name)
    }
    if (leave.length > 0) this.#version++
    this.#members = members
    this.#unheard = new Set(members.filter((member) => !this.#nodes.has(member)))
    this.#snapshot = null
  }

  /** The manager itself was paused: what was not heard meanwhile is nobody's silence (DESIGN 12). */
  noteStall(now: Instant): void {
    this.#heardSince = now
    for (const name of this.#heardAt.keys()) this.#heardAt.set(name, now)
    this.#snapshot = null
  }

  takeHello(name: string, hello: Hello, now: Instant): void {
    const before = this.#nodes.get(name)
    const pods = hello.pods.map((pod) => toObserved(pod, before?.pods.get(pod.uid), now))
    this.#put(name, {
      facts: keep(before?.facts, hello.facts),
      silentSince: null,
      connectedAt: now,
      generation: hello.generation,
      networkVersion: hello.networkVersion,
      pods: sortedMap(pods.map((pod) => [pod.uid, pod] as const)),
      resolvedImages: before?.resolvedImages ?? new Map(),
      taints: keep(before?.taints, hello.taints),
      podSubnet: hello.podSubnet,
      services: keep(before?.services, hello.services),
    })
    this.noteHeard(name, now)
  }

  /** False when it says no more than which orders the node has taken, which is news only to who waits for that. */
  takeReport(name: string, report: Report, now: Instant): boolean {
    const before = this.#nodes.get(name)
    if (before === undefined) return false
    const { pods, gone, resolved, facts, taints, generation, networkVersion } = report
    const isMore = pods.length > 0 || gone.length > 0 || resolved.length > 0 || (facts ?? taints) !== undefined
    const after = { ...before, generation, networkVersion }
    if (isMore)
      this.#put(name, {
        ...after,
        facts: facts === undefined ? before.facts : keep(before.facts, facts),
        taints: taints === undefined ? before.taints : keep(before.taints, taints),
        pods: podsAfter(before.pods, report, now),
        resolvedImages: imagesAfter(before.resolvedImages, report),
      })
    else this.#put(name, after)
    return this.noteHeard(name, now) || isMore
  }

  /** Any sign of life; true when it ends a silence. */
  noteHeard(name: string, now: Instant): boolean {
    this.#heardAt.set(name, now)
    const node = this.#nodes.get(name)
    if (node === undefined || node.silentSince === null) return false
    this.#put(name, { ...node, silentSince: null })
    return true
  }

  /** The agent says that it has seen a newer assignment than it was offered. */
  noteGeneration(name: string, generation: Generation): void {
    const node = this.#nodes.get(name)
    if (node !== undefined && compareGenerations(generation, node.generation) > 0)
      this.#put(name, { ...node, generation })
  }

  /** The connection ended: silent from the last sign of life on. */
  noteClosed(name: string, now: Instant): boolean {
    const node = this.#nodes.get(name)
    if (node === undefined || node.silentSince !== null) return false
    this.#put(name, { ...node, silentSince: this.#heardAt.get(name) ?? now, connectedAt: null })
    return true
  }

  /** Marks nodes whose heartbeats stopped; true when one became silent. */
  markSilent(now: Instant): boolean {
    let isChanged = false
    for (const [name, heardAt] of this.#heardAt) {
      const node = this.#nodes.get(name)
      if (node === undefined || node.silentSince !== null || now - heardAt <= SILENT_AFTER_MS) continue
      this.#put(name, { ...node, silentSince: heardAt })
      isChanged = true
    }
    return isChanged
  }

  /** When the next node becomes silent unless it is heard; null when none is heard. */
  nextSilenceAt(): Instant | null {
    let next: Instant | null = null
    for (const [name, heardAt] of this.#heardAt) {
      if (this.#nodes.get(name)?.silentSince === null && (next === null || heardAt < next)) next = heardAt
    }
    return next === null ? null : next + SILENT_AFTER_MS + 1
  }

  #put(name: string, node: ObservedNode): void {
    this.#unheard.delete(name)
    this.#nodes.set(name, node)
    this.#unshown.set(name, node)
    this.#snapshot = null
    this.#version++
  }
}

/** The old value when nothing changed, so that its identity stays. */
function keep<T>(before: T | undefined, after: T): T {
  return before !== undefined && isEqual(before, after) ? before : after
}

function podsAfter(before: ObservedNode['pods'], { pods, gone }: Report, now: Instant): ObservedNode['pods'] {
  if (pods.length === 0 && gone.length === 0) return before
  const after = new Map(before)
  for (const pod of pods) after.set(pod.uid, toObserved(pod, before.get(pod.uid), now))
  for (const uid of gone) after.delete(uid)
  return sortedMap(after)
}

function imagesAfter(before: ObservedNode['resolvedImages'], { resolved }: Report): ObservedNode['resolvedImages'] {
  if (resolved.length === 0) return before
  const after = new Map(before)
  for (const image of resolved) after.set(image.reference, image)
  return after
}

/** Written out, as what follows: to leave fields out of a copy costs several times as much, and each report does it. */
function toObserved(pod: ReportedPod, before: ObservedPod | undefined, now: Instant): ObservedPod {
  const { uid, phase, ready, reason, message, stopped } = pod
  const after: ObservedPod = {
    uid,
    phase,
    ready,
    reason,
    message,
    stopped,
    assigned: keep(before?.assigned, pod.assigned),
    readySince: toInstant(pod.readyForMs, before?.readySince, now),
    startedAt: toInstant(pod.startedAgoMs, before?.startedAt, now),
    containers: pod.containers.map((container, i) => toContainer(container, before?.containers[i], now)),
  }
  return keep(before, after)
}

function toContainer(
  container: ReportedPod['containers'][number],
  before: ObservedContainer | undefined,
  now: Instant,
): ObservedContainer {
  const { name, type, ready, restarts, containerId, imageId, exitCode, phase, reason, message } = container
  return {
    name,
    type,
    ready,
    restarts,
    containerId,
    imageId,
    exitCode,
    phase,
    reason,
    message,
    startedAt: toInstant(container.startedAgoMs, before?.startedAt, now),
    finishedAt: toInstant(container.finishedAgoMs, before?.finishedAt, now),
  }
}

function toInstant(ageMs: number | null, before: Instant | null | undefined, now: Instant): Instant | null {
  if (ageMs === null) return null
  const instant = now - ageMs
  if (before !== null && before !== undefined && Math.abs(before - instant) < SAME_MOMENT_MS) return before
  return instant
}
