/** Volumes and claims for tests of the checker. */
import { stableHash } from '../../../src/base/hash.js'
import type { DesiredObject } from '../../../src/model/desired-state.js'
import type { NodeSelectorTerm } from '../../../src/model/generated/kubernetes.js'
import { makeKey } from '../../../src/model/keys.js'

function object(kind: 'PersistentVolume' | 'PersistentVolumeClaim', name: string, body: object): DesiredObject {
  const namespace = kind === 'PersistentVolume' ? '' : 'default'
  const manifest = { apiVersion: 'v1', kind, metadata: { name, ...(namespace && { namespace }) }, ...body }
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

/** A claim; with a volume's name it is bound to that. */
export function claim(name: string, volumeName = ''): DesiredObject {
  return object('PersistentVolumeClaim', name, { spec: { ...(volumeName && { volumeName }) } })
}

export interface VolumeOptions {
  /** Names of zones, with `__` between them. */
  readonly zones?: string
  readonly terms?: readonly NodeSelectorTerm[]
  /** Name of the claim it is for. */
  readonly claimName?: string
  readonly zoneLabel?: string
}

export function volume(
  name: string,
  { zones, terms, claimName, zoneLabel = 'topology.kubernetes.io/zone' }: VolumeOptions,
): DesiredObject {
  const labels = zones === undefined ? {} : { [zoneLabel]: zones }
  return object('PersistentVolume', name, {
    metadata: { name, labels },
    spec: {
      ...(terms && { nodeAffinity: { required: { nodeSelectorTerms: terms } } }),
      ...(claimName && { claimRef: { namespace: 'default', name: claimName } }),
    },
  })
}
