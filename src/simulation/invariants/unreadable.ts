/** While anything cannot be read nothing is deleted: what is missing may have moved there (DESIGN 6). */
import { type Invariant, violate } from './invariant.js'

export const unreadable: Invariant = {
  name: 'unreadable',
  watch: () => ({
    planned(world, { plan, desired, before }) {
      if (desired?.hasUnreadable !== true) return
      for (const action of plan.actions)
        if (action.type === 'prune')
          violate(world, 'unreadable', `${action.key} is deleted while a file cannot be read`)
      for (const action of plan.actions) {
        if (action.type !== 'leave-endpoints' && action.type !== 'stop-pod') continue
        const known = [...before.nodes.values()].flatMap((node) => node.pods).find(({ uid }) => uid === action.pod)
        if (action.reason === 'prune' && known?.stop === null)
          violate(world, 'unreadable', `${action.name} is pruned while a file cannot be read`)
      }
    },
  }),
}
