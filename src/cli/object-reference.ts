/**
 * Objects as a person names them: `pod/web-x`, `deploy/web`, `deployment web`, `web-x`. Without `--namespace` the
 * default namespace is looked at first, then all: a name that is there once is meant.
 */
import { type Kind, type KindInfo, kinds, parseKind } from '../model/kinds.js'
import type { PodView, StatusView, WorkloadView } from '../model/status-view.js'
import { isWorkloadKind } from '../reconcile/kind-roles.js'
import { CliError, EXIT_NO, EXIT_USAGE } from './cli-error.js'

export interface ObjectReference {
  readonly kind: Kind
  readonly name: string
}

/** Parses `KIND/NAME`, or `NAME` alone for a pod. Error 2 when the kind is not known. */
export function parseReference(text: string): ObjectReference {
  const slash = text.indexOf('/')
  if (slash === -1) return { kind: 'Pod', name: text }
  const kind = parseKind(text.slice(0, slash))
  const name = text.slice(slash + 1)
  if (kind === null || name === '')
    throw new CliError(
      EXIT_USAGE,
      `"${text}" names no object: write KIND/NAME, such as pod/web-5d9c or deployment/web; kinds and their short names are Kubernetes'`,
    )
  return { kind, name }
}

/** As parseReference, of what has containers: a pod, or a workload that has pods. Error 2 for any other kind. */
export function parsePodOwner(text: string): ObjectReference {
  const reference = parseReference(text)
  if (isWorkloadKind(reference.kind)) return reference
  throw new CliError(
    EXIT_USAGE,
    `a ${reference.kind} has no containers of its own: name a pod or a workload, such as deployment/${reference.name}`,
  )
}

/** A pod by name, or by the beginning of one when only one begins so. Error 1 with the names that are near. */
export function findPod(status: StatusView, name: string, namespace: string | undefined): PodView {
  return findOne(
    status.pods.map((pod) => ({
      item: pod,
      namespace: pod.key.split('/')[0] ?? '',
      name: pod.key.split('/')[1] ?? '',
    })),
    { word: 'pod', name, namespace },
  )
}

/** The Pod manifest of that name whose pod has not been made yet; null when there is none. Error 2 when there are several. */
export function findUnmadePod(status: StatusView, name: string, namespace: string | undefined): WorkloadView | null {
  const unmade = status.workloads.filter(
    (workload) =>
      workload.kind === 'Pod' &&
      workload.name === name &&
      (namespace ?? workload.namespace) === workload.namespace &&
      !status.pods.some((pod) => pod.workload === workload.key),
  )
  if (unmade.length === 0) return null
  const found = unmade.map((workload) => workload.namespace)
  const wanted = namespaceOf(found, { kind: 'Pod', name }, namespace)
  return unmade.find((workload) => workload.namespace === wanted) ?? null
}

/** A workload by kind and name. */
export function findWorkload(
  status: StatusView,
  reference: ObjectReference,
  namespace: string | undefined,
): WorkloadView {
  const candidates = status.workloads
    .filter((workload) => workload.kind === reference.kind)
    .map((workload) => ({ item: workload, namespace: workload.namespace, name: workload.name }))
  return findOne(candidates, { word: reference.kind.toLowerCase(), name: reference.name, namespace })
}

/** The pods of a reference: the one pod, or all pods of a workload; none of a Pod manifest whose pod is still to be made. */
export function findPods(
  status: StatusView,
  reference: ObjectReference,
  namespace: string | undefined,
): readonly PodView[] {
  if (reference.kind === 'Pod') {
    const isUnmade = findUnmadePod(status, reference.name, namespace) !== null
    return isUnmade ? [] : [findPod(status, reference.name, namespace)]
  }
  const workload = findWorkload(status, reference, namespace)
  return status.pods.filter((pod) => pod.workload === workload.key)
}

/**
 * The namespace that is meant: the one asked for, else `default` where one of that name is or none is anywhere, else
 * the only one of `found`; empty for a kind of the whole cluster. Error 2 when there are several.
 */
export function namespaceOf(
  found: readonly string[],
  reference: ObjectReference,
  namespace: string | undefined,
): string {
  const info: KindInfo = kinds[reference.kind]
  if (!info.namespaced) return ''
  if (namespace !== undefined) return namespace
  const [first = 'default', ...more] = found
  if (more.length === 0 || found.includes('default')) return more.length === 0 ? first : 'default'
  throw new CliError(
    EXIT_USAGE,
    `${reference.kind.toLowerCase()}/${reference.name} is in namespaces ${found.join(', ')}: choose one with --namespace`,
  )
}

interface Candidate<T> {
  readonly item: T
  readonly namespace: string
  readonly name: string
}

interface Wanted {
  readonly word: string
  readonly name: string
  readonly namespace: string | undefined
}

function findOne<T>(candidates: readonly Candidate<T>[], wanted: Wanted): T {
  const { word, name, namespace } = wanted
  const inScope = candidates.filter((candidate) => namespace === undefined || candidate.namespace === namespace)
  for (const matches of [
    inScope.filter((candidate) => candidate.name === name && candidate.namespace === (namespace ?? 'default')),
    inScope.filter((candidate) => candidate.name === name),
    inScope.filter((candidate) => candidate.name.startsWith(name)),
  ]) {
    if (matches.length === 1) return matches[0]!.item
    if (matches.length > 1)
      throw new CliError(
        EXIT_USAGE,
        `${word}/${name} is not one: ${matches.map((match) => `${match.name} in ${match.namespace}`).join(', ')}: write the whole name, and --namespace`,
      )
  }
  const near = inScope.map((candidate) => candidate.name).slice(0, 10)
  throw new CliError(
    EXIT_NO,
    `there is no ${word}/${name}${namespace === undefined ? '' : ` in namespace ${namespace}`}: ` +
      (near.length === 0 ? `there is no ${word} at all` : `there are ${near.join(', ')}`),
  )
}
