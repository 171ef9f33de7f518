/**
 * Which revision of its template a workload wants: the hash over the defaulted template and over the configuration that
 * containers read only at their start (DESIGN 16). A required ConfigMap or Secret that is missing leaves no revision to
 * want: what runs goes on, the new one waits.
 */
import { isEqual } from '../base/equal.js'
import { type ConfigReference, configReferences } from '../model/config-references.js'
import type { PodTemplateSpec } from '../model/generated/kubernetes.js'
import { parseKey } from '../model/keys.js'
import type { PlannedReplicaSet } from '../model/planned-state.js'
import { type EnvironmentDigests, TEMPLATE_HASH_VERSION, templateHash } from '../model/template-hash.js'
import type { ControllerInput } from './controller.js'

/** On a workload, `"false"`: changed configuration reaches its environment only with the next template. */
export const ROLL_ON_CONFIG_CHANGE = 'headway.dev/roll-on-config-change'

export interface TemplateRevision {
  /** Null while configuration is missing. */
  readonly templateHash: string | null
  readonly environmentDigests: EnvironmentDigests
  /** For people, `Secret db has no key password`; empty when nothing is missing. */
  readonly missing: readonly string[]
}

/** The revision that the desired object wants now; throws when there is no desired object. */
export function findTemplateRevision(input: ControllerInput, template: PodTemplateSpec): TemplateRevision {
  const { environmentDigests, missing } = readConfiguration(input, template)
  if (missing.length > 0) return { templateHash: null, environmentDigests, missing }
  const known = unchangedHash(input, environmentDigests)
  return { templateHash: known ?? templateHash(template, environmentDigests), environmentDigests, missing }
}

/** Saves hashing the template: the same desired object and the same configuration have the newest set's hash. */
function unchangedHash(input: ControllerInput, digests: EnvironmentDigests): string | null {
  if (input.record === null || input.record.observedHash !== input.desired?.hash) return null
  const newest = newestSet(input.replicaSets)
  if (newest === null || !newest.templateHash.startsWith(`${TEMPLATE_HASH_VERSION}-`)) return null
  return input.record.templateHash === newest.templateHash && isEqual(newest.environmentDigests, digests)
    ? newest.templateHash
    : null
}

/** The set with the highest revision; null when there is none. */
export function newestSet(sets: readonly PlannedReplicaSet[]): PlannedReplicaSet | null {
  return sets.reduce<PlannedReplicaSet | null>(
    (newest, set) => (newest === null || set.revision >= newest.revision ? set : newest),
    null,
  )
}

/**
 * The set of the wanted revision with the template and digests of that revision: a set that was adopted from what agents
 * report lacks them. The set itself when it has them.
 */
export function completeSet(
  set: PlannedReplicaSet,
  template: PodTemplateSpec,
  { environmentDigests }: TemplateRevision,
): PlannedReplicaSet {
  const isWhole =
    isEqual(set.environmentDigests, environmentDigests) &&
    (set.template === template || isEqual(set.template, template))
  return isWhole ? set : { ...set, template, environmentDigests }
}

/** The commit of a new set: the object's own, or the revision's when only its configuration changed. */
export function commitOfNewSet({ desired, record, revision }: ControllerInput): string {
  if (desired === null) return ''
  const isConfigurationOnly =
    record !== null && record.observedHash === desired.hash && record.templateHash !== undefined
  return isConfigurationOnly ? (revision ?? desired.commit) : desired.commit
}

function readConfiguration(
  input: ControllerInput,
  template: PodTemplateSpec,
): { readonly environmentDigests: EnvironmentDigests; readonly missing: readonly string[] } {
  const environmentDigests: Record<string, string | null> = {}
  const missing = new Set<string>()
  if (template.spec === undefined) return { environmentDigests, missing: [] }
  const { namespace } = parseKey(input.key)
  const isRolled = input.desired?.manifest.metadata.annotations?.[ROLL_ON_CONFIG_CHANGE] !== 'false'
  for (const reference of configReferences(template.spec)) {
    if (reference.use === 'pull') continue
    const digest = readReference(input, namespace, reference)
    if (digest === null && !reference.optional) missing.add(describeMissing(input, namespace, reference))
    if (isRolled && reference.use === 'environment') {
      environmentDigests[`${reference.kind}/${reference.name}/${reference.key}`] = digest
    }
  }
  return { environmentDigests, missing: [...missing] }
}

function readReference(input: ControllerInput, namespace: string, reference: ConfigReference): string | null {
  const content = input.findConfig(reference.kind, namespace, reference.name)
  if (content === null) return null
  return reference.key === '*' ? content.digest : (content.keys.get(reference.key) ?? null)
}

function describeMissing(input: ControllerInput, namespace: string, reference: ConfigReference): string {
  const name = `${reference.kind} ${reference.name}`
  return input.findConfig(reference.kind, namespace, reference.name) === null
    ? `there is no ${name} in namespace ${namespace}`
    : `${name} has no key ${reference.key}`
}
