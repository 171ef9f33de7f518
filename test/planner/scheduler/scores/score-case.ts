/** Runs a case of a score: what the plug-in gives each candidate, alone and normalised, as Kubernetes' own table tests ask it. */
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Evaluation, MovingScorePlugin, RowScorePlugin } from '../../../../src/planner/scheduler/plug-in.js'
import { defaultProfile, type ScoringStrategy } from '../../../../src/planner/scheduler/profile.js'
import { type CasePod, type CaseWorld, requestOf, rowOf, tableOf } from '../case-world.js'

export interface ScoreCase extends CaseWorld {
  readonly name: string
  readonly pod: CasePod
  /** Nodes that all filters let through; all of them where it is left out. */
  readonly candidates?: readonly string[]
  /** From 0 to 100 for each candidate; null where the plug-in has nothing to say, so that all are alike. */
  readonly scores: readonly number[] | null
  readonly strategy?: Partial<ScoringStrategy>
  readonly balancedResources?: readonly string[]
  /** Pods of the pod's own replica set, by node. */
  readonly own?: Readonly<Record<string, number>>
}

/** A score of what is on a row; the loop over columns must say the same. */
export function testRowScore(suite: Test, plugin: RowScorePlugin, cases: readonly ScoreCase[]): void {
  for (const item of cases)
    suite(`${plugin.name}: ${item.name}`, () => {
      const evaluation = evaluate(item)
      const score = plugin.prepare(evaluation)
      const rows = candidatesOf(item, evaluation)
      assert.equal(score && rows.map((row) => score.score(row)), item.scores)
      if (score?.sweep === undefined) return
      const totals = new Float64Array(evaluation.nodes.count)
      score.sweep(new Uint8Array(totals.length).fill(1), 3, totals)
      assert.equal(
        rows.map((row) => totals[row]! / 3),
        item.scores,
      )
    })
}

/** A score that is normalised over the candidates, each a group of its own. */
export function testMovingScore(suite: Test, plugin: MovingScorePlugin, cases: readonly ScoreCase[]): void {
  for (const item of cases)
    suite(`${plugin.name}: ${item.name}`, () => {
      const evaluation = evaluate(item)
      const score = plugin.prepare(evaluation)
      const rows = Int32Array.from(candidatesOf(item, evaluation))
      const scores = new Float64Array(rows.length)
      score?.score(rows, new Int32Array(rows.length).fill(1), rows.length, scores)
      assert.equal(score && [...scores], item.scores)
      if (plugin.isLevel?.(evaluation) === true) assert.is(new Set(item.scores ?? []).size <= 1, true)
    })
}

function candidatesOf({ nodes, candidates = Object.keys(nodes) }: ScoreCase, evaluation: Evaluation): number[] {
  return candidates.map((name) => rowOf(evaluation.nodes, name))
}

function evaluate(item: ScoreCase): Evaluation {
  const nodes = tableOf(item)
  const own = new Map(Object.entries(item.own ?? {}).map(([name, count]) => [rowOf(nodes, name), count]))
  const strategy = { ...defaultProfile.strategy, ...item.strategy }
  const { balancedResources = defaultProfile.balancedResources } = item
  return { request: requestOf(item.pod), nodes, own, profile: { ...defaultProfile, strategy, balancedResources } }
}
