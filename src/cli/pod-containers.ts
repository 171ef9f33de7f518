/** The containers of a pod by name, from its workload's manifest: what `logs` and `exec` choose from. */
import type { PodSpec } from '../model/generated/kubernetes.js'
import type { PodView } from '../model/status-view.js'
import type { AdminClient } from './admin-client.js'
import { CliError, EXIT_NO } from './cli-error.js'

interface PodBearing {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: PodSpec & {
    readonly template?: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
      readonly spec?: PodSpec
    }
  }
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/**
 * The container that is meant: the one asked for, else the annotated default, else the first. The manager refuses a
 * name that the pod does not have, so one that only an older template had may still be asked for.
 */
export async function chooseContainer(client: AdminClient, pod: PodView, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) return wanted
  const object = (await client.object(pod.workload)).manifest as PodBearing
  const spec = object.spec?.template?.spec ?? object.spec
  const annotations = object.spec?.template?.metadata?.annotations ?? object.metadata?.annotations
  const name = annotations?.[DEFAULT_CONTAINER] ?? spec?.containers?.[0]?.name
  if (name === undefined) throw new CliError(EXIT_NO, `${pod.key} has no container: choose one with --container`)
  return name
}

/** The answer to a stream that the pod's agent did not open: no such container, or none yet. */
export function streamRefused(pod: PodView, error: string): CliError {
  return new CliError(EXIT_NO, `${pod.key}: ${error}: "headway why pod/${pod.key.split('/')[1]}" says how far it is`)
}

/** The node of a pod, which must have one to be spoken with. */
export function nodeOf(pod: PodView): string {
  if (pod.node !== null) return pod.node
  throw new CliError(
    EXIT_NO,
    `${pod.key} has no node yet: "headway why pod/${pod.key.split('/')[1]}" says what it waits for`,
  )
}
