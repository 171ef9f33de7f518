/** Services in the index: their records with the addresses they hold, and the tables that agents have. */
import type { ServiceTable } from '../model/assignment.js'
import type { Service } from '../model/generated/kubernetes.js'
import type { ObjectKey } from '../model/keys.js'
import { parseKey } from '../model/keys.js'
import type { PlannedService } from '../model/planned-state.js'
import { markServices } from './index-rows.js'
import type { PlanIndex, ServiceRow } from './plan-index.js'

export function serviceRow(index: PlanIndex, key: ObjectKey): ServiceRow {
  let row = index.services.get(key)
  if (row === undefined) {
    row = {
      key,
      desired: null,
      parent: null,
      record: null,
      parentTable: null,
      table: null,
      spec: null,
      waiting: [],
    }
    index.services.set(key, row)
  }
  return row
}

/** Puts a Service's record and notes which addresses and ports are taken. */
export function setServiceRecord(index: PlanIndex, row: ServiceRow, record: PlannedService | null): void {
  if (row.record === record) return
  if (row.record?.address != null) release(index.virtualAddresses, row.record.address, row.key)
  for (const port of Object.values(row.record?.nodePorts ?? {})) release(index.nodePorts, String(port), row.key)
  row.record = record
  if (record?.address != null) index.virtualAddresses.set(record.address, row.key)
  for (const port of Object.values(record?.nodePorts ?? {})) index.nodePorts.set(String(port), row.key)
  index.touchedServices.add(row)
  index.dirtyServices.add(row)
  setSpec(index, row)
}

/** The spec a Service serves by: desired, else as last desired. */
export function setSpec(index: PlanIndex, row: ServiceRow): void {
  const desired = row.desired?.manifest as Service | undefined
  const spec = desired?.spec ?? (row.desired === null ? (row.record?.spec ?? null) : {})
  if (spec === row.spec) return
  row.spec = spec
  for (const set of index.selectors.setsOf(row.key)) {
    const replicaSet = index.replicaSets.get(set)
    if (replicaSet !== undefined) markServices(index, replicaSet)
  }
  if (spec === null || spec.type === 'ExternalName') index.selectors.removeService(row.key)
  else index.selectors.setService(row.key, parseKey(row.key).namespace, spec.selector ?? {})
  index.dirtyServices.add(row)
}

/** Puts the table of a Service as agents are to have it. */
export function setTable(index: PlanIndex, row: ServiceRow, table: ServiceTable | null): void {
  if (row.table === table) return
  for (const port of row.table?.ports ?? [])
    for (const { uid } of port.endpoints) {
      const services = index.endpoints.get(uid)
      services?.delete(row.key)
      if (services?.size === 0) index.endpoints.delete(uid)
    }
  row.table = table
  for (const port of table?.ports ?? [])
    for (const { uid } of port.endpoints) {
      const services = index.endpoints.get(uid)
      if (services === undefined) index.endpoints.set(uid, new Set([row.key]))
      else services.add(row.key)
    }
  index.touchedServices.add(row)
}

function release(holders: Map<string, ObjectKey>, value: string, key: ObjectKey): void {
  if (holders.get(value) === key) holders.delete(value)
}
