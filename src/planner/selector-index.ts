/**
 * Which Services select which replica sets. All pods of a replica set have the template's labels, so that selection is
 * decided per set; a Service is looked up by the first pair of its selector, so that one new set or Service costs little.
 */
import type { ObjectKey } from '../model/keys.js'
import { type Labels, matchesLabels } from '../model/selector.js'

interface Selector {
  readonly namespace: string
  readonly labels: Labels
  readonly bucket: string
}

interface Labelled {
  readonly namespace: string
  readonly labels: Labels
  readonly buckets: readonly string[]
}

const NONE: ReadonlySet<ObjectKey> = new Set()

export class SelectorIndex {
  readonly #services = new Map<ObjectKey, Selector>()
  readonly #sets = new Map<ObjectKey, Labelled>()
  readonly #servicesByBucket = new Map<string, Set<ObjectKey>>()
  readonly #setsByBucket = new Map<string, Set<ObjectKey>>()
  readonly #setsOfService = new Map<ObjectKey, Set<ObjectKey>>()
  readonly #servicesOfSet = new Map<ObjectKey, Set<ObjectKey>>()

  servicesOf(set: ObjectKey): ReadonlySet<ObjectKey> {
    return this.#servicesOfSet.get(set) ?? NONE
  }

  setsOf(service: ObjectKey): ReadonlySet<ObjectKey> {
    return this.#setsOfService.get(service) ?? NONE
  }

  /** An empty selector selects nothing: such a Service has no endpoints of ours. */
  setService(key: ObjectKey, namespace: string, labels: Labels): void {
    this.removeService(key)
    const pairs = Object.keys(labels).sort()
    if (pairs.length === 0) return
    const bucket = bucketOf(namespace, pairs[0]!, labels[pairs[0]!]!)
    this.#services.set(key, { namespace, labels, bucket })
    addTo(this.#servicesByBucket, bucket, key)
    for (const set of this.#setsByBucket.get(bucket) ?? NONE) this.#linkIfSelected(key, set)
  }

  removeService(key: ObjectKey): void {
    const selector = this.#services.get(key)
    if (selector === undefined) return
    this.#services.delete(key)
    removeFrom(this.#servicesByBucket, selector.bucket, key)
    for (const set of this.setsOf(key)) removeFrom(this.#servicesOfSet, set, key)
    this.#setsOfService.delete(key)
  }

  setReplicaSet(key: ObjectKey, namespace: string, labels: Labels): void {
    this.removeReplicaSet(key)
    const buckets = Object.entries(labels).map(([name, value]) => bucketOf(namespace, name, value))
    this.#sets.set(key, { namespace, labels, buckets })
    for (const bucket of buckets) {
      addTo(this.#setsByBucket, bucket, key)
      for (const service of this.#servicesByBucket.get(bucket) ?? NONE) this.#linkIfSelected(service, key)
    }
  }

  removeReplicaSet(key: ObjectKey): void {
    const set = this.#sets.get(key)
    if (set === undefined) return
    this.#sets.delete(key)
    for (const bucket of set.buckets) removeFrom(this.#setsByBucket, bucket, key)
    for (const service of this.servicesOf(key)) removeFrom(this.#setsOfService, service, key)
    this.#servicesOfSet.delete(key)
  }

  #linkIfSelected(service: ObjectKey, set: ObjectKey): void {
    if (!matchesLabels(this.#sets.get(set)!.labels, this.#services.get(service)!.labels)) return
    addTo(this.#setsOfService, service, set)
    addTo(this.#servicesOfSet, set, service)
  }
}

function bucketOf(namespace: string, name: string, value: string): string {
  return `${namespace}\n${name}\n${value}`
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, new Set([value]))
  else values.add(value)
}

function removeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key)
  if (values?.delete(value) === true && values.size === 0) map.delete(key)
}
