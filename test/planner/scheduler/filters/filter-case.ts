/** Runs a case of a filter: what the plug-in says of each node, alone, as Kubernetes' own table tests ask it. */
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { prepareFilters } from '../../../../src/planner/scheduler/diagnosis.js'
import { DryRun } from '../../../../src/planner/scheduler/dry-run.js'
import { FITS, type RowFilter, type Status, UNRESOLVABLE } from '../../../../src/planner/scheduler/plug-in.js'
import { type CasePod, type CaseWorld, requestOf, tableOf } from '../case-world.js'

export interface FilterCase extends CaseWorld {
  readonly name: string
  readonly pod: CasePod
  /** Node by node: `+` fits, `-` refused and pods that go may cure it, `x` refused for good. */
  readonly outcome: string
  /** What the first node that refuses says. */
  readonly reasons?: readonly string[]
}

/** One test for each case of the plug-in `filter`. */
export function testFilter(suite: Test, filter: string, cases: readonly FilterCase[]): void {
  for (const item of cases)
    suite(`${filter}: ${item.name}`, () => {
      const table = tableOf(item)
      const request = requestOf(item.pod)
      const prepared = prepareFilters(request, table).find(([name]) => name === filter)?.[1] ?? null
      const rows = Array.from({ length: table.count }, (_, row) => row)
      assert.is(rows.map((row) => markOf(prepared?.check(row) ?? FITS)).join(''), item.outcome)
      const refusing = item.outcome.search(/[-x]/)
      if (item.reasons !== undefined) assert.equal(prepared?.explain(refusing), item.reasons)
      checkSweep(prepared, item.outcome)
      // Asked with all other filters, nothing becomes feasible that this one refuses.
      const dryRun = new DryRun(request, table)
      for (const row of rows) if (item.outcome[row] !== '+') assert.not(dryRun.fits(row))
    })
}

/** The loop over columns says what the look at one row does. */
function checkSweep(filter: RowFilter | null, outcome: string): void {
  if (filter?.sweep === undefined) return
  const feasible = new Uint8Array(outcome.length).fill(1)
  filter.sweep(feasible)
  assert.is([...feasible].join(''), outcome.replace(/\+/g, '1').replace(/[-x]/g, '0'))
}

function markOf(status: Status): string {
  if (status === FITS) return '+'
  return status === UNRESOLVABLE ? 'x' : '-'
}
