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
  return {
    ticked: (...args) => {
      for (const watcher of watchers) watcher.ticked?.(...args)
    },
    planned: (...args) => {
      for (const watcher of watchers) watcher.planned?.(...args)
    },
    operates: (...args) => {
      for (const watcher of watchers) watcher.operates?.(...args)
    },
    assigned: (...args) => {
      for (const watcher of watchers) watcher.assigned?.(...args)
    },
    started: (...args) => {
      for (const watcher of watchers) watcher.started?.(...args)
    },
    pushed: (...args) => {
      for (const watcher of watchers) watcher.pushed?.(...args)
    },
  }
}
