/**
 * Fields that may not change in place (Kubernetes: the update validation of each kind). A Pod's spec is not among them:
 * Headway replaces the pod. Who wants the change gives the object a new name, or deletes it in one commit and adds it in the next.
 */
import { isEqual } from '../../base/equal.js'
import type { Manifest } from '../desired-state.js'
import type { Kind } from '../kinds.js'
import type { Finding, Path } from './finding.js'

const ADVICE = 'give the object a new name, or delete it in one commit and add it again in a later one'

const IMMUTABLE: Partial<Record<Kind, readonly Path[]>> = {
  Deployment: [['spec', 'selector']],
  ReplicaSet: [['spec', 'selector']],
  DaemonSet: [['spec', 'selector']],
  StatefulSet: [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'volumeClaimTemplates'],
  ],
  Job: [
    ['spec', 'selector'],
    ['spec', 'template'],
    ['spec', 'completionMode'],
    ['spec', 'podFailurePolicy'],
    ['spec', 'backoffLimitPerIndex'],
  ],
  Secret: [['type']],
  RoleBinding: [['roleRef']],
  ClusterRoleBinding: [['roleRef']],
  StorageClass: [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  PriorityClass: [['value'], ['preemptionPolicy']],
  PersistentVolumeClaim: [
    ['spec', 'storageClassName'],
    ['spec', 'accessModes'],
    ['spec', 'volumeMode'],
    ['spec', 'volumeName'],
  ],
}

/** Every finding about replacing `before` by `after`, both valid and defaulted, of one kind and key; each is an error. */
export function validateChange(kind: Kind, before: Manifest, after: Manifest): Finding[] {
  const findings: Finding[] = []
  for (const path of IMMUTABLE[kind] ?? []) {
    if (!isEqual(at(before, path), at(after, path))) findings.push({ path, message: `field is immutable: ${ADVICE}` })
  }
  if (kind === 'ConfigMap' || kind === 'Secret') findings.push(...immutableContent(before, after))
  if (kind === 'Service') findings.push(...clusterAddress(before, after))
  return findings
}

function immutableContent(before: Manifest, after: Manifest): Finding[] {
  if (at(before, ['immutable']) !== true) return []
  const findings: Finding[] = []
  if (at(after, ['immutable']) !== true)
    findings.push({
      path: ['immutable'],
      message: `Forbidden: field is immutable when \`immutable\` is set: ${ADVICE}`,
    })
  for (const name of ['data', 'binaryData', 'stringData']) {
    if (!isEqual(at(before, [name]) ?? {}, at(after, [name]) ?? {}))
      findings.push({ path: [name], message: `Forbidden: field is immutable when \`immutable\` is set: ${ADVICE}` })
  }
  return findings
}

/** An address once asked for stays; asking for none keeps it. */
function clusterAddress(before: Manifest, after: Manifest): Finding[] {
  const from = at(before, ['spec', 'clusterIP'])
  const to = at(after, ['spec', 'clusterIP'])
  const isExternal = [before, after].some((service) => at(service, ['spec', 'type']) === 'ExternalName')
  if (from === undefined || to === undefined || from === to || isExternal) return []
  return [
    {
      path: ['spec', 'clusterIP'],
      message: `Invalid value: ${JSON.stringify(to)}: may not change once set (it was ${JSON.stringify(from)}): ${ADVICE}`,
    },
  ]
}

function at(object: unknown, path: Path): unknown {
  let value = object
  for (const part of path) value = (value as Record<string | number, unknown> | undefined)?.[part]
  return value
}
