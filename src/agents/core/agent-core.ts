/**
 * The agent without its hands: a synchronous state machine that takes events and gives effects. The shell
 * (`agent.ts`) and the simulation run this same code.
 */
import { assertNever } from '../../base/assert.js'
import type { Instant } from '../../base/instant.js'
import type { PodUid } from '../../model/assignment.js'
import type { ObservedPod } from '../../model/observed-state.js'
import type { AgentEffect } from './agent-effect.js'
import type { AgentEvent } from './agent-event.js'
import { takeTime, toHostTime } from './core-clock.js'
import { forgetShown, takeContainer, takeContainers, takeOperation, takeProbeOutcome } from './core-engine.js'
import {
  forgetConfigs,
  takeAssignment,
  takeConfigs,
  takeNetwork,
  takeNetworkApplied,
  tendConfigs,
  tendNetwork,
  tendResolution,
} from './core-orders.js'
import { reportChanges, sendHello, takeFacts, takeLedgerTrouble, takeResolved } from './core-report.js'
import { type AgentCoreOptions, type CoreState, makeCoreState, wakeOf } from './core-state.js'
import { stepDirty } from './core-step.js'
import type { LedgerSnapshot } from './ledger-snapshot.js'
import { toPodLedger } from './pod-record.js'
import { observePod } from './pod-status.js'

export type { AgentCoreOptions }

export interface AgentCore {
  /** Takes one event when the host's clock says `now`; gives what is to be done about it, in order. */
  handle(event: AgentEvent, now: Instant): readonly AgentEffect[]
  /**
   * The earliest time by the host's clock at which `handle({ type: 'tick' })` must be called, counted from the event
   * before; null for never.
   */
  wakeAt(): Instant | null
  /** Everything that must not be forgotten; `save-…` effects carry the same piece by piece. */
  ledger(): LedgerSnapshot
  /** The engine's id of a container of a pod, or of its run before; null when there is none. */
  containerId(uid: PodUid, container: string, previous: boolean): string | null
  /** The pods as they are now, by uid. Their times are the core's (`core-clock.ts`): only ages mean something to others. */
  pods(now: Instant): ReadonlyMap<PodUid, ObservedPod>
}

const NOTHING: readonly AgentEffect[] = []

/** A core from what the ledger says; the first `containers` event tells it what runs. */
export function createAgentCore(options: AgentCoreOptions): AgentCore {
  const state = makeCoreState(options)
  return {
    handle(event, hostNow) {
      const now = takeTime(state.clock, hostNow, event.type === 'tick' ? wakeOf(state) : null)
      state.startedAt ??= now
      takeEvent(state, event, now)
      tendNetwork(state)
      tendConfigs(state, now)
      tendResolution(state, now)
      stepDirty(state, now)
      forgetConfigs(state)
      reportChanges(state, now)
      return state.effects.length === 0 ? NOTHING : state.effects.splice(0)
    },
    wakeAt: () => toHostTime(state.clock, wakeOf(state)),
    ledger: () => ({
      assignment: state.assignment,
      pods: [...state.pods.values()].map(toPodLedger),
      network: state.network,
      configs: [...state.configs],
      bootId: state.facts.bootId,
    }),
    containerId(uid, name, previous) {
      const container = state.pods.get(uid)?.containers.find((c) => c.name === name)
      return (previous ? container?.older[0] : container?.current)?.id ?? null
    },
    pods(hostNow) {
      const now = Math.max(hostNow + state.clock.aheadMs, state.clock.lastAt)
      return new Map([...state.pods].map(([uid, pod]) => [uid, observePod(pod, now, state.hasListed)]))
    },
  }
}

function takeEvent(state: CoreState, event: AgentEvent, now: Instant): void {
  switch (event.type) {
    case 'link-opened':
      sendHello(state, now)
      return
    case 'welcome':
      welcome(state, event.clusterId)
      return
    case 'link-closed':
      state.link = 'closed'
      state.isFenced = false
      return
    case 'assignment':
      takeAssignment(state, event.assignment, now)
      return
    case 'network':
      takeNetwork(state, event.message)
      return
    case 'network-applied':
      takeNetworkApplied(state, event.version, event.problems)
      return
    case 'config-arrived':
      takeConfigs(state, event.digests)
      return
    case 'containers':
      takeContainers(state, event.containers, event.volumes)
      return
    case 'engine-lost':
      state.isEngineUp = false
      return
    case 'container':
      takeContainer(state, event.container)
      return
    case 'container-removed':
      forgetShown(state, event.containerId)
      return
    case 'operation':
      takeOperation(state, event.id, event.result, now)
      return
    case 'probe':
      takeProbeOutcome(state, event)
      return
    case 'resolved':
      takeResolved(state, event.images, now)
      return
    case 'facts':
      takeFacts(state, event.facts)
      return
    case 'ledger':
      takeLedgerTrouble(state, event.trouble)
      return
    case 'tick':
      for (const pod of state.pods.values()) {
        if (pod.operateAt !== null && pod.operateAt <= now) state.dirty.add(pod.assigned.uid)
        else if (pod.wakeAt !== null && pod.wakeAt <= now) state.probing.add(pod.assigned.uid)
      }
      return
    default:
      assertNever(event)
  }
}

function welcome(state: CoreState, clusterId: string): void {
  if (clusterId !== state.clusterId) {
    const reason = `the manager is of cluster ${clusterId}, this node of ${state.clusterId}: join it again with a token of that cluster`
    state.effects.push({ type: 'reconnect', reason })
    return
  }
  state.link = 'welcomed'
  state.isConfigDirty = true
  state.requested.clear()
  for (const image of state.resolved.values()) state.changedImages.set(image.reference, image)
}
