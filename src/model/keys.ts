/** How objects are named inside Headway: by group, kind, namespace and name, never by version (DESIGN 20). */
import { isKind, type Kind, type KindInfo, kinds } from './kinds.js'

/** `Kind.group/namespace/name`; the core group is empty, a cluster-scoped object has an empty namespace: `Deployment.apps/default/web`, `Node.//node1`. */
export type ObjectKey = string & { readonly __brand?: 'ObjectKey' }

export interface KeyParts {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
}

/** The key of an object; the namespace of a cluster-scoped kind is dropped. */
export function makeKey(kind: Kind, namespace: string, name: string): ObjectKey {
  const info: KindInfo = kinds[kind]
  return `${kind}.${info.group}/${info.namespaced ? namespace : ''}/${name}`
}

/** The parts of a key; throws on a text that is not one. */
export function parseKey(key: ObjectKey): KeyParts {
  // An owner's key is asked about for each of its pods, one after the other.
  if (key === lastKey) return lastParts
  const [type = '', namespace = '', name = ''] = key.split('/')
  const kind = type.slice(0, type.indexOf('.'))
  if (!isKind(kind) || name === '') throw new Error(`not an object key: ${key}`)
  lastKey = key
  lastParts = { kind, namespace, name }
  return lastParts
}

let lastKey: ObjectKey | null = null
let lastParts: KeyParts = { kind: 'Pod', namespace: '', name: '' }

/** A key as people read it: `deployment/web`, or `deployment/web in shop` outside of namespace default. */
export function formatKey(key: ObjectKey): string {
  const { kind, namespace, name } = parseKey(key)
  const short = `${kind.toLowerCase()}/${name}`
  return namespace === '' || namespace === 'default' ? short : `${short} in ${namespace}`
}

/** `namespace/name` of a pod: unique among the pods that exist at one time. */
export function podKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}
