/** Health of a Service: Healthy with an endpoint on every port, or with nothing to select. */

import type { ServiceTable } from '../../model/assignment.js'
import type { DesiredObject } from '../../model/desired-state.js'
import type { Service } from '../../model/generated/kubernetes.js'
import { type HealthReport, healthy } from './health-report.js'

export function serviceHealth(desired: DesiredObject | null, table: ServiceTable | null): HealthReport {
  const spec = (desired?.manifest as Service | undefined)?.spec
  if (spec?.type === 'ExternalName' || (desired !== null && Object.keys(spec?.selector ?? {}).length === 0))
    return healthy
  if (table === null) return { health: 'Missing', message: 'not applied yet' }
  const empty = table.ports.filter((port) => port.endpoints.length === 0)
  if (empty.length === 0) return healthy
  const ports = empty.map((port) => port.port).join(', ')
  return { health: 'Degraded', message: `no ready pod serves port ${ports}` }
}
