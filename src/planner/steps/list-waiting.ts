/** Why everything that is not simply running holds back: one entry for each pod, and those of workloads and steps. */
import { compareText } from '../../base/ordered.js'
import type { ObservedPod } from '../../model/observed-state.js'
import type { Waiting } from '../../model/waiting.js'
import { type Pass, podObjectKey } from '../pass.js'
import type { NodeRow, PodRow } from '../plan-index.js'
import { isAdoptingOnly } from '../refresh-index.js'

/** The whole list of the pass, sorted by key. */
export function listWaiting(pass: Pass): readonly Waiting[] {
  const { index, input } = pass
  const waiting = [...pass.waiting]
  if (isAdoptingOnly(input)) waiting.push({ on: 'recovery', key: null, detail: describeRecovery(pass) })
  for (const row of index.waitingWorkloads) waiting.push(...row.waiting)
  for (const pod of index.unsettled) {
    const reason = podWaiting(pass, pod)
    if (reason !== null) waiting.push({ on: reason.on, key: podObjectKey(pod), detail: reason.detail })
  }
  return waiting.sort(
    (left, right) =>
      compareText(left.key ?? '', right.key ?? '') ||
      compareText(left.on, right.on) ||
      compareText(left.detail, right.detail),
  )
}

const NAMES_MAX = 5

/** Which members are waited for: with a store that was found, desired state is not looked at before they have reported. */
function describeRecovery({ input }: Pass): string {
  const { unheard } = input.observed
  const isUnread = input.desired === null
  if (unheard.length === 0)
    return isUnread
      ? 'desired state is not read yet: nothing is created or deleted until it is'
      : 'pods that run are taken over before anything is created or deleted'
  const more = unheard.length > NAMES_MAX ? ` and ${unheard.length - NAMES_MAX} more` : ''
  const names = `${unheard.slice(0, NAMES_MAX).join(', ')}${more}`
  const what = isUnread ? 'and desired state is read ' : ''
  return `nothing is created or deleted until these nodes have reported ${what}or were waited for long enough: ${names}`
}

type Reason = Omit<Waiting, 'key'>

function podWaiting(pass: Pass, pod: PodRow): Reason | null {
  const { planned, observed, node, replicaSet } = pod
  if (planned.stop !== null) return stopWaiting(pass, pod)
  // Pending pods have said why when they were looked at.
  if (node === null) return isAdoptingOnly(pass.input) ? { on: 'recovery', detail: 'pending' } : null
  const [first] = replicaSet.waiting
  if (first !== undefined && observed === null) return first
  if (!node.isHeard) {
    const since = node.isAwaited ? 'has not reported since the manager began' : 'is silent'
    return { on: 'node-silence', detail: `node ${node.name} ${since}: what its pods do is not known` }
  }
  if (observed === null) return { on: 'node-report', detail: `node ${node.name} has not reported the pod yet` }
  return observed.ready ? null : startWaiting(observed)
}

/** So many nodes are named. */
const BEHIND_MAX = 3

const behind = new WeakMap<Pass, Map<number, string>>()

/** Nodes that do not obey a version of the network yet: looked up once a pass and version, as many pods wait for the same. */
function namesBehind(pass: Pass, version: number): string {
  let known = behind.get(pass)
  if (known === undefined) {
    known = new Map()
    behind.set(pass, known)
  }
  let text = known.get(version)
  if (text === undefined) {
    let count = 0
    let names: string[] = []
    for (const row of pass.index.nodes.values()) {
      if (!isBehind(row, version)) continue
      count += 1
      if (names.length < BEHIND_MAX || row.name < names.at(-1)!)
        names = [...names, row.name].sort().slice(0, BEHIND_MAX)
    }
    text = count > BEHIND_MAX ? `${names.join(', ')} and ${count - BEHIND_MAX} more` : names.join(', ')
    known.set(version, text)
  }
  return text
}

/** As `acknowledgedVersion` counts: one that is still waited for obeys some older table. */
function isBehind({ isAwaited, isHeard, record, observed }: NodeRow, version: number): boolean {
  if (isAwaited && record !== null) return true
  return isHeard && (observed?.networkVersion ?? 0) < version
}

function stopWaiting(pass: Pass, { planned, node }: PodRow): Reason | null {
  const { stop } = planned
  if (stop === null || stop.phase === 'replacing') return null
  const where = `node ${planned.node ?? ''}`
  if (stop.phase === 'leaving') {
    const names = namesBehind(pass, stop.networkVersion)
    return { on: 'endpoint-acknowledgement', detail: `nodes that may still send it requests: ${names}` }
  }
  if (node?.isHeard !== true)
    return { on: 'node-silence', detail: `${where} is silent: it cannot confirm that the pod stopped` }
  return { on: 'termination', detail: `${where} stops it (${stop.reason}, grace ${stop.graceMs / 1_000} s)` }
}

const PULL_REASONS = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName']
const CONFIG_REASONS = ['CreateContainerConfigError']

/** What its containers say; the first that is not well speaks for the pod. */
function startWaiting(observed: ObservedPod): Reason {
  for (const container of observed.containers) {
    if (container.phase !== 'waiting' || container.reason === '' || container.reason === 'PodInitializing') continue
    const detail = `container ${container.name}: ${container.reason}${container.message === '' ? '' : `: ${container.message}`}`
    if (PULL_REASONS.includes(container.reason)) return { on: 'image-pull', detail }
    if (CONFIG_REASONS.includes(container.reason)) return { on: 'configuration', detail }
    if (container.reason === 'CrashLoopBackOff') return { on: 'crash-loop', detail }
    return { on: 'container-start', detail }
  }
  if (observed.phase === 'Failed' || observed.phase === 'Succeeded') {
    const why = observed.reason === '' ? '' : ` (${observed.reason})`
    return { on: 'owner', detail: `the pod ended: ${observed.phase}${why}` }
  }
  const unready = observed.containers.filter((container) => container.type !== 'init' && !container.ready)
  if (unready.length > 0 && unready.every((container) => container.phase === 'running'))
    return {
      on: 'readiness',
      detail: `not ready: ${unready.map(({ name, message }) => (message === '' ? name : `${name}: ${message}`)).join(', ')}`,
    }
  const starting = observed.containers.filter((container) => container.phase !== 'running' && container.type !== 'init')
  const names = (starting.length > 0 ? starting : observed.containers).map((container) => container.name)
  return { on: 'container-start', detail: names.length === 0 ? 'starting' : `starting: ${names.join(', ')}` }
}
