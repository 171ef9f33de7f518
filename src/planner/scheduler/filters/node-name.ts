/** A pod that names its node runs there or nowhere (Kubernetes: semantics §3.2). */
import { FITS, type FilterPlugin, UNRESOLVABLE } from '../plug-in.js'

const REASONS = ["node(s) didn't match the requested node name"]

export const nodeName: FilterPlugin = {
  name: 'NodeName',
  prepare({ request, nodes }) {
    if (request.nodeName === '') return null
    return {
      check: (row) => (nodes.names[row] === request.nodeName ? FITS : UNRESOLVABLE),
      explain: () => REASONS,
    }
  },
}
