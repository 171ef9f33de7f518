/** Settles what the pods of a replica set are assigned beside their template: images and configuration; what lacks waits. */
import { isEqual } from '../../base/equal.js'
import type { AssignedConfig } from '../../model/assignment.js'
import type { PlannedReplicaSet } from '../../model/planned-state.js'
import type { Waiting } from '../../model/waiting.js'
import { setReplicaSet } from '../index-rows.js'
import { inOrder, type Pass, report } from '../pass.js'
import type { ReplicaSetRow } from '../plan-index.js'
import { pinConfiguration } from './pin-configuration.js'
import { pinImages } from './pin-images.js'

export function settleReplicaSets(pass: Pass): void {
  const { index } = pass
  const rows = inOrder(new Set([...index.dirtyReplicaSets, ...index.unready]), (row) => row.key)
  for (const row of rows) {
    settle(pass, row)
    index.dirtyReplicaSets.delete(row)
  }
  report(pass, 'settle-replica-sets', { settled: rows.length, waiting: index.unready.size })
}

function settle(pass: Pass, row: ReplicaSetRow): void {
  const { index } = pass
  const { record, facts } = row
  const before = row.waiting
  // A set without pods asks for nothing, and keeps what it had for the day it comes back.
  if (record === null || facts === null || row.pods.size === 0) row.waiting = []
  else {
    const { configs, missing } = pinConfiguration(pass, row)
    const { images, waiting } = pinImages(pass, row)
    row.waiting = [...unsupported(facts.unsupported), ...missing.map(waitForConfiguration), ...waiting]
    if (images !== record.images || !isEqual(configs, record.configs)) put(pass, row, record, images, configs)
  }
  if (row.waiting.length > 0) index.unready.add(row)
  else index.unready.delete(row)
  if (row.waiting.length > 0 === before.length > 0) return
  for (const pod of row.pods.values()) if (pod.node !== null) index.dirtyAssignments.add(pod.node)
}

function put(
  pass: Pass,
  row: ReplicaSetRow,
  record: PlannedReplicaSet,
  images: PlannedReplicaSet['images'],
  configs: readonly AssignedConfig[] | undefined,
): void {
  const { configs: before, ...rest } = record
  setReplicaSet(pass.index, row.key, record.workload, { ...rest, images, ...(configs !== undefined && { configs }) })
  if (before === undefined) return
  const changed = (configs ?? []).filter((config) => !before.some((item) => isEqual(item, config)))
  for (const pod of inOrder(row.pods.values(), (item) => item.uid))
    for (const config of changed)
      pass.actions.push({
        type: 'update-config',
        pod: pod.uid,
        name: pod.planned.name,
        config: `${config.kind}/${config.name}`,
      })
}

function unsupported(detail: string): Omit<Waiting, 'key'>[] {
  return detail === '' ? [] : [{ on: 'unsupported', detail }]
}

function waitForConfiguration(detail: string): Omit<Waiting, 'key'> {
  return { on: 'configuration', detail }
}
