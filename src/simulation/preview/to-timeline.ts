/** A simulated run in the words of history, to stand beside what really happened. */
import { compareText } from '../../base/ordered.js'
import type { PodUid } from '../../model/assignment.js'
import { podKey } from '../../model/keys.js'
import { isReplacement, type PodTimeline, type Timeline } from '../../model/timeline.js'
import { containersOf } from './pod-previews.js'
import type { RunPod, RunResult } from './run-record.js'

/** Pods in a timeline: more than anybody reads. */
const TIMELINE_PODS_MAX = 500

/** The run in the words of history. */
export function toTimeline(result: RunResult): Timeline {
  const pods = [...result.pods.entries()].map(([uid, pod]) => podTimeline(uid, pod))
  pods.sort((left, right) => firstStep(left) - firstStep(right) || compareText(left.pod, right.pod))
  const replaced = [...result.pods.values()].filter(
    ({ stopReason }) => stopReason !== null && isReplacement(stopReason),
  )
  return {
    pods: pods.slice(0, TIMELINE_PODS_MAX),
    omitted: Math.max(0, pods.length - TIMELINE_PODS_MAX),
    replaced: replaced.length,
    restarts: replaced.reduce((sum, pod) => sum + containersOf(pod.planned, result.planned), 0),
    convergedMs: result.convergedMs,
  }
}

function podTimeline(uid: PodUid, pod: RunPod): PodTimeline {
  return {
    uid,
    pod: podKey(pod.planned.namespace, pod.planned.name),
    workload: pod.planned.workload,
    node: pod.node,
    reason: pod.stopReason ?? pod.createdReason ?? '',
    createdMs: pod.createdMs,
    boundMs: pod.boundMs,
    startedMs: pod.startedMs,
    readyMs: pod.readyMs,
    stopOrderedMs: pod.stopOrderedMs,
    goneMs: pod.goneMs,
  }
}

function firstStep(pod: PodTimeline): number {
  return pod.createdMs ?? pod.stopOrderedMs ?? pod.goneMs ?? 0
}
