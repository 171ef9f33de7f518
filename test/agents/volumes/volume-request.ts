/** A pod with volumes for tests, and folders of its own to make them in. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { VolumeRequest } from '../../../src/agents/pod-volumes.js'
import type { PodVolumesOptions } from '../../../src/agents/volumes/open-pod-volumes.js'
import type { AssignedConfig, AssignedPod } from '../../../src/model/assignment.js'
import type { PodSpec } from '../../../src/model/generated/kubernetes.js'
import type { ConfigContents } from '../../../src/model/protocol.js'

export const UID = '5d6e7f80-0000-8000-8000-000000000001'

/** Contents by digest; the digest of an object is `KIND/NAME/VERSION`. */
export function contentsOf(
  kind: 'ConfigMap' | 'Secret',
  name: string,
  version: number,
  data: Readonly<Record<string, string>>,
): ConfigContents {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  return {
    digest: `${kind}/${name}/${version}`,
    kind,
    secretType: kind === 'Secret' ? 'Opaque' : '',
    data: Object.fromEntries(encoded),
  }
}

/** A request for a pod of this spec that takes these contents. */
export function volumeRequest(spec: Partial<PodSpec>, contents: readonly ConfigContents[] = []): VolumeRequest {
  const configs: AssignedConfig[] = contents.map(({ kind, digest }) => ({
    kind,
    name: digest.split('/')[1] ?? '',
    digest,
  }))
  const byDigest = new Map(contents.map((item) => [item.digest, item]))
  const pod: AssignedPod = {
    uid: UID,
    namespace: 'default',
    name: 'web-1',
    labels: {},
    annotations: {},
    owner: null,
    workload: 'Pod./default/web-1',
    templateHash: 'h',
    ordinal: 0,
    incarnation: 0,
    commit: 'c',
    createdAt: 0,
    spec: { containers: [{ name: 'app' }], ...spec },
    images: {},
    address: '10.244.0.9',
    configs,
    stop: null,
  }
  return {
    pod,
    contents: (digest) => byDigest.get(digest) ?? null,
    environment: () => new Map([['POD_NAME', 'web-1']]),
    field: (fieldPath) => `field ${fieldPath}`,
    resource: (container, resource, divisor) => `${container} ${resource} ${divisor}`,
  }
}

export interface VolumeFolders {
  readonly options: PodVolumesOptions
  /** Engine volumes that exist now, with their mount options. */
  readonly engineVolumes: Map<string, string>
  /** A folder outside of all volumes. */
  readonly outside: string
  close(): void
}

/** Folders to work in, and a runtime that only knows volumes. */
export function openFolders(): VolumeFolders {
  const base = mkdtempSync(path.join(os.tmpdir(), 'headway-volumes-'))
  const memoryDirectory = mkdtempSync('/dev/shm/headway-volumes-')
  const engineVolumes = new Map<string, string>()
  const runtime = {
    ensureVolume: async (name: string, options: Readonly<Record<string, string>>) => {
      engineVolumes.set(name, options['o'] ?? '')
    },
    removeVolume: async (name: string) => {
      engineVolumes.delete(name)
    },
  }
  return {
    options: { directory: path.join(base, 'volumes'), memoryDirectory, clusterId: 'c0ffee', runtime },
    engineVolumes,
    outside: base,
    close: () => {
      rmSync(base, { recursive: true })
      rmSync(memoryDirectory, { recursive: true })
    },
  }
}
