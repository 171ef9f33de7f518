/**
 * Which contents of ConfigMaps and Secrets the pods of a replica set get. What is mounted follows the commit; what came in
 * through the environment or a subPath stays as the set was made with, so that an old set that comes back, or a container
 * that restarts, gets its own values (DESIGN 16).
 */
import type { AssignedConfig } from '../../model/assignment.js'
import type { ConfigReference } from '../../model/config-references.js'
import type { ConfigContent } from '../../model/desired-state.js'
import { makeKey, type ObjectKey, parseKey } from '../../model/keys.js'
import type { PlannedReplicaSet } from '../../model/planned-state.js'
import type { Pass } from '../pass.js'
import type { PlanIndex, ReplicaSetRow } from '../plan-index.js'

export interface PinnedConfiguration {
  /** Undefined when the template takes none. */
  readonly configs: readonly AssignedConfig[] | undefined
  /** What is missing, as people read it; empty when nothing is. */
  readonly missing: readonly string[]
}

/** One object that a template takes, by its uses. */
interface Demand {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly key: ObjectKey
  readonly mounts: readonly ConfigReference[]
  readonly environment: readonly ConfigReference[]
}

/** Reads what the set's pods get now; remembers who is to be asked again when an object changes. */
export function pinConfiguration(pass: Pass, row: ReplicaSetRow): PinnedConfiguration {
  const { record, facts } = row
  if (record === null || facts === null || facts.references.length === 0) return { configs: undefined, missing: [] }
  const configs: AssignedConfig[] = []
  const missing: string[] = []
  for (const demand of demandsOf(facts.references, parseKey(row.key).namespace)) {
    watch(pass.index, demand.key, row)
    const content = pass.input.desired?.objects.get(demand.key)?.config ?? null
    const { kind, name } = demand
    const mounted = demand.mounts.length > 0 ? mountDigest(record, demand, content) : undefined
    const read = demand.environment.length > 0 ? environmentDigest(record, demand, content) : undefined
    for (const pin of [mounted, read]) if (pin !== undefined && 'missing' in pin) missing.push(pin.missing)
    configs.push(...entriesOf(kind, name, mounted, read))
  }
  return { configs, missing: [...new Set(missing)] }
}

/** A digest (null: absent, and optional), or what is missing. */
type Pin = { readonly digest: string | null } | { readonly missing: string }

/** One entry while mounts and environment agree, else one for each use; none for what is missing. */
function entriesOf(
  kind: Demand['kind'],
  name: string,
  mounted: Pin | undefined,
  read: Pin | undefined,
): AssignedConfig[] {
  const mount = mounted !== undefined && 'digest' in mounted ? mounted : undefined
  const environment = read !== undefined && 'digest' in read ? read : undefined
  if (mount !== undefined && environment !== undefined && mount.digest !== environment.digest) {
    return [
      { kind, name, digest: mount.digest, use: 'mount' },
      { kind, name, digest: environment.digest, use: 'environment' },
    ]
  }
  const one = mount ?? environment
  return one === undefined ? [] : [{ kind, name, digest: one.digest }]
}

function demandsOf(references: readonly ConfigReference[], namespace: string): Demand[] {
  const demands = new Map<ObjectKey, Demand>()
  for (const reference of references) {
    const { kind, name } = reference
    const key = makeKey(kind, namespace, name)
    const demand = demands.get(key) ?? { kind, name, key, mounts: [], environment: [] }
    demands.set(
      key,
      reference.use === 'environment'
        ? { ...demand, environment: [...demand.environment, reference] }
        : { ...demand, mounts: [...demand.mounts, reference] },
    )
  }
  return [...demands.values()].sort((left, right) => (left.key < right.key ? -1 : 1))
}

/** The object as it is; one that went away stays as it was last, unless all who take it can do without. */
function mountDigest(record: PlannedReplicaSet, demand: Demand, content: ConfigContent | null): Pin {
  if (content !== null) return content
  if (demand.mounts.every((reference) => reference.optional)) return { digest: null }
  return lastPin(record, demand, 'mount') ?? { missing: `${demand.kind} ${demand.name} is not there` }
}

/** The object as it is while the keys that are read are what the set was made with; else as it was then. */
function environmentDigest(record: PlannedReplicaSet, demand: Demand, content: ConfigContent | null): Pin {
  const last = lastPin(record, demand, 'environment')
  const isSame = demand.environment.every((reference) => {
    const madeWith = record.environmentDigests[`${reference.kind}/${reference.name}/${reference.key}`]
    return madeWith !== undefined && madeWith === currentDigest(content, reference)
  })
  if (!isSame && last !== undefined) return last
  const lacking = demand.environment.find(
    (reference) => !reference.optional && currentDigest(content, reference) === null,
  )
  if (lacking === undefined) return { digest: content?.digest ?? null }
  const where = `${demand.kind} ${demand.name}`
  return last ?? { missing: content === null ? `${where} is not there` : `${where} has no key ${lacking.key}` }
}

function currentDigest(content: ConfigContent | null, reference: ConfigReference): string | null {
  if (content === null) return null
  return reference.key === '*' ? content.digest : (content.keys.get(reference.key) ?? null)
}

/** Undefined when the set has none for the use yet. */
function lastPin(record: PlannedReplicaSet, demand: Demand, use: 'environment' | 'mount'): Pin | undefined {
  const { kind, name } = demand
  return record.configs?.find((config) => config.kind === kind && config.name === name && (config.use ?? use) === use)
}

function watch(index: PlanIndex, key: ObjectKey, row: ReplicaSetRow): void {
  const watchers = index.configReplicaSets.get(key)
  if (watchers === undefined) index.configReplicaSets.set(key, new Set([row]))
  else watchers.add(row)
}
