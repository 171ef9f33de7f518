/** Carries out what the core asks for: messages to agents, commits of plans to the store, and what is written beside them. */
import type { Plan } from '../model/plan.js'
import { emptyPlannedState } from '../model/planned-state.js'
import type { Store } from '../store/store.js'
import type { ChangeSequence } from './change-sequence.js'
import type { ConfigVault } from './config-vault.js'
import type { ManagerCore, ManagerEffect, ManagerEvent } from './core/manager-core.js'
import type { NodeConnections } from './node-connections.js'
import { onBackground } from './on-background.js'
import { commitPlan, loadState, saveHistory } from './persistence.js'

export interface EffectPorts {
  readonly connections: NodeConnections
  readonly vault: ConfigVault
  readonly store: Store
  readonly changes: ChangeSequence
  log(line: string): void
}

/** All but commits, which the loop waits for. */
export function performEffect(effect: ManagerEffect, ports: EffectPorts): void {
  const { connections, vault, store, changes, log } = ports
  switch (effect.type) {
    case 'send':
      connections.get(effect.connection)?.send(effect.message)
      return
    case 'send-config':
      vault
        .find(effect.digests)
        .then((contents) => connections.get(effect.connection)?.send({ type: 'config', contents }))
        .catch(onBackground(log))
      return
    case 'close':
      connections.get(effect.connection)?.close(effect.reason)
      return
    case 'save-history':
      saveHistory(store, effect.history).catch(onBackground(log))
      return
    case 'log':
      log(effect.line)
      return
    case 'changed':
      changes.advance()
      return
    case 'commit-plan':
      throw new Error('commit-plan is carried out by the loop')
  }
}

/** The event that tells the core how it went: a store that somebody else wrote has another plan. */
export async function commitEffect(
  { plan, history }: Extract<ManagerEffect, { type: 'commit-plan' }>,
  store: Store,
  vault: ConfigVault,
  core: ManagerCore,
): Promise<ManagerEvent> {
  await vault.keep(configDigests(plan.assignments))
  if (await commitPlan(store, plan, core.planned.network, history)) return { type: 'plan-committed', plan: plan.id }
  const { planned, assignments } = await loadState(store)
  return { type: 'plan-conflict', planned: planned ?? emptyPlannedState, assignments }
}

function configDigests(assignments: Plan['assignments']): Set<string> {
  const digests = new Set<string>()
  for (const { pods } of assignments)
    for (const { configs } of pods) for (const { digest } of configs) if (digest !== null) digests.add(digest)
  return digests
}
