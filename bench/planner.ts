/**
 * The planner's speed, row by row as in docs/performance.md: placements per second of the scheduler alone, and whole passes
 * through makePlan and checkPlan over 5,000 nodes and 150,000 pods.
 */

import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { nodeOptions } from '../src/cli/processes/node-options.js'
import { c2mRow, placementRows } from './support/planner-placements.js'
import type { BenchResult } from './support/planner-shapes.js'

/** A benchmark of its own, in a process as the manager's. */
function rowsOf(name: string): BenchResult[] {
  const script = path.join(process.cwd(), 'dist', 'bench', `${name}.js`)
  return JSON.parse(
    execFileSync(process.execPath, [...nodeOptions('manager'), script], { encoding: 'utf8' }),
  ) as BenchResult[]
}

const rows: BenchResult[] = [
  ...placementRows(),
  ...rowsOf('preemption'),
  c2mRow(),
  ...rowsOf('plan-passes'),
  ...rowsOf('preview-large'),
]
console.log(JSON.stringify(rows))
