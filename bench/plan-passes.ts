/** Whole passes over 5,000 nodes and 150,000 pods: a process of its own, run as the manager is; `planner` prints the same rows. */
import { passRows } from './support/planner-passes.js'

console.log(JSON.stringify(passRows()))
