/** Where an object is that is named by kind and name only. */

import { parseKey } from '../../model/keys.js'
import type { Kind } from '../../model/kinds.js'
import type { StatusInput } from './status-input.js'

/** The namespaces, sorted, of all objects of that kind and name that are desired or applied; `['']` for one of the whole cluster. */
export function findNamespaces(
  { desired, planned }: Pick<StatusInput, 'desired' | 'planned'>,
  { kind, name }: { readonly kind: Kind; readonly name: string },
): readonly string[] {
  const found = new Set<string>()
  for (const objects of [desired?.objects, planned.inventory, planned.workloads, planned.replicaSets]) {
    for (const key of objects?.keys() ?? []) {
      const parts = parseKey(key)
      if (parts.kind === kind && parts.name === name) found.add(parts.namespace)
    }
  }
  return [...found].sort()
}
