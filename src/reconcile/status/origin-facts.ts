/** Where an object's manifest stands, as facts for people. */
import type { DesiredObject } from '../../model/desired-state.js'
import type { WhyView } from '../../model/status-view.js'

/** File and line, source and commit; nothing for what is not desired. */
export function originFacts(desired: DesiredObject | null): WhyView['facts'] {
  if (desired === null) return []
  const { source, file, line } = desired.origin
  return [
    { name: 'manifest', value: `${file}:${line}` },
    { name: 'source', value: source },
    { name: 'commit', value: desired.commit },
  ]
}
