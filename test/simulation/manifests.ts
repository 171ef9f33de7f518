/** Manifests for scenarios, as a repository would hold them. */
import { makeImage } from '../../src/simulation/image-profile.js'
import type { WrittenManifest } from '../../src/simulation/simulated-git.js'
import type { NodeOptions } from '../../src/simulation/simulated-node.js'
import { createWorld, type World } from '../../src/simulation/world.js'

/** Images of every behaviour that the scenarios need. */
export const images = [
  makeImage('web:1'),
  makeImage('web:2'),
  makeImage('web:3', { found: 'registry', pullMs: 1_500 }),
  makeImage('web:missing', { found: 'nowhere' }),
  makeImage('web:never-ready', { readyAfterMs: null }),
  makeImage('web:crash-loop', { ending: { type: 'exits', afterMs: 300, code: 1 } }),
  makeImage('web:crash-once', { ending: { type: 'exits-once', afterMs: 300, code: 1 } }),
  makeImage('web:exits-0', { ending: { type: 'exits', afterMs: 400, code: 0 } }),
  makeImage('web:ignores-term', { stopMs: null }),
  makeImage('worker:1'),
]

/** `count` hosts named node1, node2 …, all alike. */
export function hosts(count: number): readonly NodeOptions[] {
  return Array.from({ length: count }, (_, i) => ({ name: `node${i + 1}` }))
}

export function makeWorld(options: { readonly seed?: number; readonly nodes?: number } = {}): World {
  return createWorld({ seed: options.seed ?? 1, nodes: hosts(options.nodes ?? 3), images })
}

export interface DeploymentOptions {
  readonly image?: string
  readonly replicas?: number
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
  readonly strategy?: 'RollingUpdate' | 'Recreate'
  readonly container?: Readonly<Record<string, unknown>>
  readonly template?: Readonly<Record<string, unknown>>
  readonly spec?: Readonly<Record<string, unknown>>
}

/** A Deployment with a readiness probe; by default three of `web:1`, one surging. */
export function deployment(name: string, options: DeploymentOptions = {}): WrittenManifest {
  const { image = 'web:1', replicas = 3, maxSurge = 1, maxUnavailable = 0, strategy = 'RollingUpdate' } = options
  const container = {
    name: 'main',
    image,
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
    ...options.container,
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      strategy:
        strategy === 'Recreate' ? { type: strategy } : { type: strategy, rollingUpdate: { maxSurge, maxUnavailable } },
      ...options.spec,
      template: { metadata: { labels: { app: name } }, spec: { containers: [container], ...options.template } },
    },
  }
}

export function service(name: string): WrittenManifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  }
}

export function configMap(name: string, data: Readonly<Record<string, string>>): WrittenManifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

/** A Node manifest that drains its host. */
export function drainedNode(name: string): WrittenManifest {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'headway.dev/drain': 'true' } },
    spec: { unschedulable: true },
  }
}

export const WEB = 'Deployment.apps/default/web'
