/** Pods of a Deployment, those ordered to stop apart, never exceed desired plus surge by a plan that creates any (semantics §5). */
import type { Deployment } from '../../model/generated/kubernetes.js'
import { type Invariant, violate } from './invariant.js'

export const surge: Invariant = {
  name: 'surge',
  watch: () => ({
    planned(world, { plan, desired, before, after }) {
      const created = new Set(plan.actions.flatMap((action) => (action.type === 'create-pod' ? [action.pod] : [])))
      if (created.size === 0) return
      const active = new Map<string, number>()
      const growing = new Set<string>()
      const pods = [...[...after.nodes.values()].flatMap((node) => node.pods), ...after.pending]
      for (const pod of pods) {
        if (pod.stop !== null) continue
        active.set(pod.workload, (active.get(pod.workload) ?? 0) + 1)
        if (created.has(pod.uid)) growing.add(pod.workload)
      }
      for (const workload of growing) {
        const object = desired?.objects.get(workload)
        if (object?.kind !== 'Deployment') continue
        const { spec } = object.manifest as Deployment
        const replicas = spec?.replicas ?? 1
        const limit =
          spec?.strategy?.type === 'Recreate' ? 0 : amountOf(spec?.strategy?.rollingUpdate?.maxSurge, replicas)
        const count = active.get(workload) ?? 0
        if (count > replicas + limit)
          violate(
            world,
            'surge',
            `${workload} has ${count} pods, desired ${replicas} and ${limit} more (plan after ${before.id.slice(0, 8)})`,
          )
      }
    },
  }),
}

function amountOf(amount: number | string | undefined, replicas: number): number {
  const value = amount ?? '25%'
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * replicas) / 100)
}
