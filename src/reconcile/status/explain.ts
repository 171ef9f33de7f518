import type { ObjectKey } from '../../model/keys.js'
import type { WhyView } from '../../model/status-view.js'
import type { StatusInput } from './status-input.js'

/**
 * Why an object is as it is, in one sentence with the facts beside it. `key` is an object's, or a running pod's as
 * `makeKey('Pod', namespace, name)`. Null when there is no such object, neither desired nor running.
 */
export function explain(input: StatusInput, key: ObjectKey): WhyView | null {
  return input.planned.workloads.has(key) ? { key, sentence: '', facts: [], waiting: [] } : null
}
