/** Desired states for tests, from manifests as a person writes them, through the real defaults. */
import { hashText, stableHash } from '../../src/base/hash.js'
import { sortedMap } from '../../src/base/ordered.js'
import { type ClusterConfiguration, defaultClusterConfiguration } from '../../src/model/cluster-configuration.js'
import { applyDefaults } from '../../src/model/defaults/apply-defaults.js'
import type { ConfigContent, DesiredObject, DesiredState, Manifest } from '../../src/model/desired-state.js'
import { makeKey } from '../../src/model/keys.js'
import { isKind, kinds } from '../../src/model/kinds.js'

export interface DesiredOptions {
  readonly revision?: string
  readonly configuration?: Partial<ClusterConfiguration>
  /** Its objects keep their identity where nothing changed. */
  readonly before?: DesiredState
}

/** A desired state of one app in the root folder; every object stands in a file of its own. */
export function makeDesired(manifests: readonly Manifest[], options: DesiredOptions = {}): DesiredState {
  const revision = options.revision ?? 'c1'
  const objects = manifests
    .map((manifest) => makeObject(manifest, revision))
    .map((object) => {
      const before = options.before?.objects.get(object.key)
      return before !== undefined && before.hash === object.hash ? before : object
    })
  return {
    revision,
    sources: [
      {
        id: 'main',
        url: '/repo',
        branch: 'main',
        path: '',
        commit: revision,
        author: 'A',
        subject: 'S',
        committedAt: 0,
      },
    ],
    objects: sortedMap(objects.map((object) => [object.key, object] as const)),
    apps: new Map([['main:', { id: 'main:', source: 'main', directory: '', revision, held: false, problems: [] }]]),
    problems: [],
    hasUnreadable: false,
    confirmations: [],
    revertedAdditions: new Set(),
    configuration: { ...defaultClusterConfiguration, ...options.configuration },
  }
}

/** One object after defaults. */
export function makeObject(manifest: Manifest, revision: string): DesiredObject {
  if (!isKind(manifest.kind)) throw new Error(`no such kind: ${manifest.kind}`)
  const kind = manifest.kind
  const namespace = kinds[kind].namespaced ? (manifest.metadata.namespace ?? 'default') : ''
  const placed = namespace === '' ? manifest : { ...manifest, metadata: { ...manifest.metadata, namespace } }
  const defaulted = applyDefaults(kind, placed)
  const config = configContent(defaulted)
  return {
    key: makeKey(kind, namespace, manifest.metadata.name),
    kind,
    namespace,
    name: manifest.metadata.name,
    manifest: defaulted,
    hash: stableHash(defaulted),
    origin: { source: 'main', file: `${kind.toLowerCase()}-${manifest.metadata.name}.yaml`, line: 1, document: 0 },
    app: 'main:',
    commit: revision,
    ...(config === null ? {} : { config }),
  }
}

function configContent(manifest: Manifest): ConfigContent | null {
  if (manifest.kind !== 'ConfigMap' && manifest.kind !== 'Secret') return null
  const data = (manifest as Manifest & { readonly data?: Record<string, string> }).data ?? {}
  return {
    digest: hashText(JSON.stringify(data)),
    keys: sortedMap(Object.entries(data).map(([key, value]) => [key, hashText(value)] as const)),
  }
}

export interface DeploymentChanges {
  readonly name?: string
  readonly replicas?: number
  readonly image?: string
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
}

/** Deployment `web` of 3 replicas of `web:v1`, unless said otherwise. */
export function makeDeployment(changes: DeploymentChanges = {}): Manifest {
  const { name = 'web', replicas = 3, image = 'web:v1', maxSurge = 1, maxUnavailable = 0 } = changes
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      strategy: { rollingUpdate: { maxSurge, maxUnavailable } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image, imagePullPolicy: 'IfNotPresent' }] },
      },
    },
  }
  return manifest
}
