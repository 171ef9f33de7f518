/**
 * A host in a preview. Nothing is simulated of it until its assignment changes; then real agent cores are made for just
 * the pods that something happens to: one for all that are new (they share the slots in which containers start), and
 * one for each that was there before.
 */

import { isEqual } from '../../base/equal.js'
import type { AssignedPod, Assignment, PodUid } from '../../model/assignment.js'
import { compareGenerations } from '../../model/generation.js'
import type { ObservedNode, ObservedPod } from '../../model/observed-state.js'
import type { AgentMessage } from '../../model/protocol.js'
import type { SimulatedTime } from '../simulated-time.js'
import { containersOf, ledgerOf } from './adopted-pod.js'
import { PreviewAgent, type Report } from './preview-agent.js'
import { type EngineParts, PreviewEngine } from './preview-engine.js'

export interface NodeParts extends Omit<EngineParts, 'facts'> {
  readonly time: SimulatedTime
  readonly observed: ObservedNode
  readonly assignment: Assignment | null
  send(node: string, report: AgentMessage): void
}

/** What of an assigned pod may change in its life. */
type Given = Pick<AssignedPod, 'stop' | 'configs'>

export class PreviewNode {
  readonly name: string
  readonly #parts: NodeParts
  readonly #engine: PreviewEngine
  /** What each pod that was there before was last given. */
  readonly #given = new Map<PodUid, Given>()
  readonly #adopted = new Map<PodUid, PreviewAgent>()
  readonly #newPods = new Map<PodUid, AssignedPod>()
  #newcomers: PreviewAgent | null = null
  #resolve: readonly string[] = []
  #generation: Assignment['generation']
  #networkVersion: number
  #hasReported = false

  constructor(parts: NodeParts) {
    const { observed, time } = parts
    this.name = observed.facts.name
    this.#parts = parts
    this.#engine = new PreviewEngine({ ...parts, time, facts: observed.facts })
    this.#generation = observed.generation
    this.#networkVersion = observed.networkVersion
    for (const [uid, pod] of observed.pods) this.#given.set(uid, pod.assigned)
  }

  /** Begins with the pods that are under way: starting, stopping, or not yet told of. */
  begin(isUnderWay: (pod: ObservedPod) => boolean): void {
    const { observed, assignment } = this.#parts
    if (assignment === null) return
    for (const pod of observed.pods.values()) {
      if (!isUnderWay(pod)) continue
      const wanted = assignment.pods.find((candidate) => candidate.uid === pod.uid) ?? null
      this.#assignAdopted(pod.uid, wanted, assignment)
    }
    const isNews =
      compareGenerations(assignment.generation, observed.generation) > 0 ||
      assignment.resolve.some((reference) => !observed.resolvedImages.has(reference)) ||
      assignment.pods.some((pod) => !observed.pods.has(pod.uid))
    if (isNews) this.assign(assignment)
  }

  /** Takes an assignment as the agent of this host would. */
  assign(assignment: Assignment): void {
    this.#generation = assignment.generation
    this.#hasReported = false
    const wanted = new Set<PodUid>()
    let hasNew = !isEqual(assignment.resolve, this.#resolve)
    for (const pod of assignment.pods) {
      wanted.add(pod.uid)
      const given = this.#given.get(pod.uid)
      if (given === undefined) {
        const known = this.#newPods.get(pod.uid)
        if (known !== undefined && !isChanged(known, pod)) continue
        this.#newPods.set(pod.uid, pod)
        hasNew = true
      } else if (isChanged(given, pod)) this.#assignAdopted(pod.uid, pod, assignment)
    }
    for (const uid of [...this.#given.keys()]) if (!wanted.has(uid)) this.#assignAdopted(uid, null, assignment)
    for (const uid of this.#newPods.keys()) {
      if (wanted.has(uid)) continue
      this.#newPods.delete(uid)
      hasNew = true
    }
    this.#resolve = assignment.resolve
    if (hasNew) this.#assignNewcomers(assignment)
    if (!this.#hasReported) this.#send({ pods: [], gone: [], resolved: [] })
  }

  /** The proxies on this host obey a newer table. */
  obeyNetwork(version: number): void {
    if (version <= this.#networkVersion) return
    this.#networkVersion = version
    this.#send({ pods: [], gone: [], resolved: [] })
  }

  #assignAdopted(uid: PodUid, pod: AssignedPod | null, assignment: Assignment): void {
    const observed = this.#parts.observed.pods.get(uid)
    if (observed === undefined) return
    if (pod === null) this.#given.delete(uid)
    else this.#given.set(uid, pod)
    let agent = this.#adopted.get(uid)
    if (agent === undefined) {
      agent = this.#adopt(observed)
      this.#adopted.set(uid, agent)
    }
    agent.assign({ ...assignment, pods: pod === null ? [] : [pod], resolve: [] })
  }

  #adopt(pod: ObservedPod): PreviewAgent {
    const { clusterId, observed, time } = this.#parts
    const containers = containersOf(clusterId, pod)
    const head = { node: this.name, generation: observed.generation, podSubnet: '', resolve: [], hash: '' }
    const agent = new PreviewAgent({
      clusterId,
      time,
      engine: this.#engine,
      facts: observed.facts,
      ledger: ledgerOf(pod, head, observed.facts),
      containers,
      volumes: (pod.assigned.spec.volumes?.length ?? 0) > 0 ? [pod.uid] : [],
      report: (report) => this.#send(report),
    })
    for (const container of containers) this.#engine.adopt(container, pod.assigned, pod.ready, agent.changed)
    return agent
  }

  #assignNewcomers(assignment: Assignment): void {
    const { clusterId, observed, time } = this.#parts
    this.#newcomers ??= new PreviewAgent({
      clusterId,
      time,
      engine: this.#engine,
      facts: observed.facts,
      ledger: null,
      containers: [],
      volumes: [],
      report: (report) => this.#send(report),
    })
    this.#newcomers.assign({ ...assignment, pods: [...this.#newPods.values()] })
  }

  #send({ pods, gone, resolved }: Pick<Report, 'pods' | 'gone' | 'resolved'>): void {
    this.#hasReported = true
    const generation = this.#generation
    this.#parts.send(this.name, {
      type: 'report',
      generation,
      networkVersion: this.#networkVersion,
      pods,
      gone,
      resolved,
    })
  }
}

function isChanged(before: Given, after: Given): boolean {
  if (before.stop !== after.stop && !isEqual(before.stop, after.stop)) return true
  return before.configs !== after.configs && !isEqual(before.configs, after.configs)
}
