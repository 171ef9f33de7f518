/**
 * The data plane port: carries out on one node what the planner decided about the network. Adapter now: a userspace
 * proxy (`userspace/`); a kernel one may follow. The agent hands it whole tables; it finds out what changed.
 */
import type { NetworkTable } from '../model/assignment.js'

export interface DataPlane {
  /**
   * Makes the node obey the table: virtual addresses and node ports answer, other nodes' pods are reachable. Resolves
   * when it does: from then on no new connection goes to an endpoint that is not in the table. Ports that cannot be
   * opened are reported, not thrown.
   */
  apply(table: NetworkTable, podSubnet: string): Promise<{ readonly problems: readonly string[] }>
  /** Stops answering; with `isFinal` it also takes addresses, routes and rules away again. */
  close(isFinal: boolean): Promise<void>
}
