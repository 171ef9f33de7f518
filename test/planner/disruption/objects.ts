/** Objects of disruption tests: budgets, priority classes, and annotations on what world.ts makes. */
import { stableHash } from '../../../src/base/hash.js'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { PodDisruptionBudgetSpec, PriorityClass } from '../../../src/model/generated/kubernetes.js'
import { makeKey } from '../../../src/model/keys.js'
import type { Kind } from '../../../src/model/kinds.js'

function object(kind: Kind, apiVersion: string, namespace: string, name: string, body: object): DesiredObject {
  const manifest = { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...body }
  return {
    key: makeKey(kind, namespace, name),
    kind,
    namespace,
    name,
    manifest,
    hash: stableHash(manifest),
    origin: { source: 'main', file: `${name}.yaml`, line: 1, document: 0 },
    app: 'main:',
    commit: 'c1',
  }
}

/** A budget over the pods that world.ts' deployment of that name makes. */
export function budget(name: string, spec: PodDisruptionBudgetSpec, app = name): DesiredObject {
  return object('PodDisruptionBudget', 'policy/v1', 'default', name, {
    spec: { selector: { matchLabels: { app } }, ...spec },
  })
}

export function priorityClass(name: string, value: number, more: Partial<PriorityClass> = {}): DesiredObject {
  return object('PriorityClass', 'scheduling.k8s.io/v1', '', name, { value, ...more })
}

export function annotated(from: DesiredObject, annotations: Readonly<Record<string, string>>): DesiredObject {
  const manifest = { ...from.manifest, metadata: { ...from.manifest.metadata, annotations } }
  return { ...from, manifest, hash: stableHash(manifest) }
}
