/** Two pods cannot open one host port: same protocol and port, and the same address or either side all (Kubernetes: semantics §3.2). */
import { FITS, type FilterPlugin, UNSCHEDULABLE } from '../plug-in.js'
import { conflicts, type HostPort } from '../request.js'

export const PORTS_TAKEN: readonly string[] = ["node(s) didn't have free ports for the requested pod ports"]

export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  prepare({ request: { hostPorts }, nodes }) {
    if (hostPorts.length === 0) return null
    const isTakenOn = (row: number, wanted: HostPort): boolean =>
      nodes.hostPorts[row]?.some((port) => conflicts(wanted, port)) === true
    return {
      check(row) {
        const isTaken = nodes.hostPorts[row]?.some((port) => hostPorts.some((wanted) => conflicts(wanted, port)))
        return isTaken === true ? UNSCHEDULABLE : FITS
      },
      explain: () => PORTS_TAKEN,
      misses: (row) =>
        hostPorts
          .filter((wanted) => isTakenOn(row, wanted))
          .map(({ port, protocol }) => `has host port ${port}/${protocol} taken`),
    }
  },
}
