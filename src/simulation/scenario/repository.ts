/** The cluster repository of a scenario: what each push makes of it, and the manifests it holds. */
import { ROLLOUT_ANNOTATION } from '../../planner/disruption/rollout-limit.js'
import type { AppContent, WrittenManifest } from '../simulated-git.js'
import type { App, PriorityName, Push } from './scenario.js'

export interface Repository {
  readonly apps: ReadonlyMap<string, App>
  readonly broken: ReadonlySet<string>
  readonly drained: ReadonlySet<string>
  readonly isRebalanced: boolean
}

export function makeRepository(apps: readonly App[]): Repository {
  return {
    apps: new Map(apps.map((app) => [app.name, app])),
    broken: new Set(),
    drained: new Set(),
    isRebalanced: false,
  }
}

/** The repository after a push that is a commit; null when it changes nothing (or is no commit by itself). */
export function pushed(repository: Repository, push: Push): Repository | null {
  const { apps, broken, drained } = repository
  switch (push.type) {
    case 'change': {
      const app = apps.get(push.app)
      return app === undefined ? null : { ...repository, apps: new Map(apps).set(push.app, { ...app, ...push.to }) }
    }
    case 'add':
      return apps.has(push.app.name) ? null : { ...repository, apps: new Map(apps).set(push.app.name, push.app) }
    case 'delete': {
      if (!apps.has(push.app)) return null
      return { ...repository, apps: without(apps, push.app), broken: minus(broken, push.app) }
    }
    case 'delete-all':
      return apps.size === 0 ? null : { ...repository, apps: new Map(), broken: new Set() }
    case 'break':
      return !apps.has(push.app) || broken.has(push.app) ? null : { ...repository, broken: plus(broken, push.app) }
    case 'mend':
      return broken.has(push.app) ? { ...repository, broken: minus(broken, push.app) } : null
    case 'drain':
      return drained.has(push.node) ? null : { ...repository, drained: plus(drained, push.node) }
    case 'undrain':
      return drained.has(push.node) ? { ...repository, drained: minus(drained, push.node) } : null
    case 'rebalance':
      return repository.isRebalanced === push.isOn ? null : { ...repository, isRebalanced: push.isOn }
    default:
      return null
  }
}

/** By folder, as a commit holds it. */
export function contentOf({ apps, broken, drained, isRebalanced }: Repository): Readonly<Record<string, AppContent>> {
  const content: Record<string, AppContent> = {}
  for (const [name, app] of apps) content[name] = broken.has(name) ? 'unreadable' : manifestsOf(app)
  const used = new Set([...apps.values()].map(({ priority }) => priority))
  const classes = priorityClasses.filter(({ metadata }) => used.has(metadata.name as PriorityName))
  if (classes.length > 0) content['priorities'] = classes
  if (isRebalanced) content['cluster'] = [rebalancing]
  if (drained.size > 0) content['nodes'] = [...drained].sort().map(drainedNode)
  return content
}

/** Apps never change, so what they are written as is made once. */
const written = new WeakMap<App, readonly WrittenManifest[]>()

function manifestsOf(app: App): readonly WrittenManifest[] {
  let manifests = written.get(app)
  if (manifests === undefined) {
    manifests = writeManifests(app)
    written.set(app, manifests)
  }
  return manifests
}

function writeManifests(app: App): readonly WrittenManifest[] {
  const { name } = app
  const manifests: WrittenManifest[] = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { colour: `${app.colour}` } },
    deploymentOf(app),
  ]
  if (app.budget !== undefined) {
    const spec = { ...app.budget, selector: { matchLabels: { app: name } } }
    manifests.push({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec })
  }
  if (!app.hasService) return manifests
  const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] }
  return [...manifests, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }]
}

const priorityClasses: readonly WrittenManifest[] = [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1_000 },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'low' }, value: -10 },
]

const rebalancing: WrittenManifest = {
  apiVersion: 'headway.dev/v1',
  kind: 'ClusterConfiguration',
  metadata: { name: 'cluster' },
  spec: { rebalancing: { enabled: true, movesPerMinute: 6, thresholdPercent: 10 } },
}

function deploymentOf(app: App): WrittenManifest {
  const { name, image, replicas, strategy, graceSeconds, probeSeconds } = app
  const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: probeSeconds }
  const container = {
    name: 'main',
    image,
    envFrom: [{ configMapRef: { name } }],
    resources: { requests: { cpu: `${app.cpuMilli}m` } },
    readinessProbe: probe,
    ...(app.isLivenessProbed && { livenessProbe: { ...probe, failureThreshold: 2 } }),
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(app.isBudgetKept === true && { annotations: { [ROLLOUT_ANNOTATION]: 'true' } }) },
    spec: {
      replicas,
      ...(app.minReadySeconds !== undefined && { minReadySeconds: app.minReadySeconds }),
      ...(app.deadlineSeconds !== undefined && { progressDeadlineSeconds: app.deadlineSeconds }),
      selector: { matchLabels: { app: name } },
      strategy:
        strategy === 'recreate'
          ? { type: 'Recreate' }
          : {
              type: 'RollingUpdate',
              rollingUpdate: { maxSurge: strategy.surge, maxUnavailable: strategy.unavailable },
            },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: graceSeconds,
          ...(app.priority !== undefined && { priorityClassName: app.priority }),
          containers: [container],
        },
      },
    },
  }
}

function drainedNode(name: string): WrittenManifest {
  const annotations = { 'headway.dev/drain': 'true' }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations }, spec: { unschedulable: true } }
}

function plus(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  return new Set([...set, item])
}

function minus(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  return new Set([...set].filter((other) => other !== item))
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  return new Map([...map].filter(([other]) => other !== key))
}
