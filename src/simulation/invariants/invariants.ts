/** All invariants, and one watcher over them. */
import type { WorldWatcher } from '../world.js'
import { adoption } from './adoption.js'
import { allocatable } from './allocatable.js'
import { availability } from './availability.js'
import { brake } from './brake.js'
import { budgets } from './budgets.js'
import { commits } from './commits.js'
import { endpoints } from './endpoints.js'
import { identity } from './identity.js'
import type { Invariant } from './invariant.js'
import { inventory } from './inventory.js'
import { known } from './known.js'
import { needlessStop } from './needless-stop.js'
import { newest } from './newest.js'
import { planTwice } from './plan-twice.js'
import { silence } from './silence.js'
import { superseded } from './superseded.js'
import { surge } from './surge.js'
import { unreadable } from './unreadable.js'
import { waiting } from './waiting.js'

export const invariants: readonly Invariant[] = [
  surge,
  availability,
  budgets,
  allocatable,
  superseded,
  identity,
  known,
  adoption,
  inventory,
  brake,
  unreadable,
  needlessStop,
  planTwice,
  commits,
  silence,
  newest,
  waiting,
  endpoints,
]

/** A watcher that tells all of them, in order. */
export function watchAll(list: readonly Invariant[] = invariants): WorldWatcher {
  const watchers = list.map((invariant) => invariant.watch())
  const ticked = watchers.flatMap((watcher) => watcher.ticked ?? [])
  const planned = watchers.flatMap((watcher) => watcher.planned ?? [])
  const operates = watchers.flatMap((watcher) => watcher.operates ?? [])
  const assigned = watchers.flatMap((watcher) => watcher.assigned ?? [])
  const started = watchers.flatMap((watcher) => watcher.started ?? [])
  const pushed = watchers.flatMap((watcher) => watcher.pushed ?? [])
  return {
    ticked: (world, core) => {
      for (const hears of ticked) hears(world, core)
    },
    planned: (world, made) => {
      for (const hears of planned) hears(world, made)
    },
    operates: (world, node, operation, core) => {
      for (const hears of operates) hears(world, node, operation, core)
    },
    assigned: (world, node, assignment, core) => {
      for (const hears of assigned) hears(world, node, assignment, core)
    },
    started: (world, node, container) => {
      for (const hears of started) hears(world, node, container)
    },
    pushed: (world) => {
      for (const hears of pushed) hears(world)
    },
  }
}
