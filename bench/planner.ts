/**
 * The planner's speed, row by row as in docs/performance.md: placements per second of the scheduler alone, and whole passes
 * through makePlan and checkPlan over 5,000 nodes and 150,000 pods.
 */

import { passRows } from './support/planner-passes.js'
import { c2mRow, placementRows } from './support/planner-placements.js'
import type { BenchResult } from './support/planner-shapes.js'

const rows: BenchResult[] = [...placementRows(), c2mRow(), ...passRows()]
console.log(JSON.stringify(rows))
