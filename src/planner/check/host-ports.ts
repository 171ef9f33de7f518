/** Ports of the host that a pod opens (Kubernetes: semantics §3.2, NodePorts). */
import type { PodSpec } from '../../model/generated/kubernetes.js'

export interface HostPort {
  readonly protocol: string
  readonly number: number
  readonly address: string
}

const EVERY_ADDRESS = '0.0.0.0'
const NO_PORTS: readonly HostPort[] = []

const known = new WeakMap<PodSpec, readonly HostPort[]>()

/** Sidecars run as long as the pod does; other init containers end before (Kubernetes: semantics §3.1). */
export function hostPortsOf(spec: PodSpec | null): readonly HostPort[] {
  if (spec === null) return NO_PORTS
  let ports = known.get(spec)
  if (ports === undefined) {
    ports = readPorts(spec)
    known.set(spec, ports)
  }
  return ports
}

function readPorts(spec: PodSpec): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')
  return [...sidecars, ...spec.containers].flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, containerPort, protocol = 'TCP', hostIP }) => {
      const number = hostPort || (spec.hostNetwork === true ? containerPort : 0)
      return number === 0 ? [] : [{ protocol, number, address: hostIP || EVERY_ADDRESS }]
    }),
  )
}

/** Nobody can open both on one host. */
export function isSamePort(left: HostPort, right: HostPort): boolean {
  if (left.number !== right.number || left.protocol !== right.protocol) return false
  return left.address === right.address || left.address === EVERY_ADDRESS || right.address === EVERY_ADDRESS
}
