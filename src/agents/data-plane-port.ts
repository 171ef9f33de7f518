/** The data plane as the agent sees it: structurally the port of src/network, which shell folders do not import from each other. */
import type { NetworkTable } from '../model/assignment.js'

export interface DataPlane {
  /** Makes the node obey the table; resolves when it does. Ports that cannot be opened are reported, not thrown. */
  apply(table: NetworkTable, podSubnet: string): Promise<{ readonly problems: readonly string[] }>
  /** Stops answering; with `isFinal` it also takes addresses, routes and rules away again. */
  close(isFinal: boolean): Promise<void>
}
