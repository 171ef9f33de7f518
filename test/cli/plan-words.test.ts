/** The first line of a plan: what a hurried reader takes away. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { verdictText } from '../../src/cli/output/plan-words.js'
import { previewChange } from '../../src/simulation/preview/preview-change.js'
import type { Risk, RiskCode, Verdict } from '../../src/simulation/preview/preview-types.js'
import { desiredOf, hosts, snapshotAt, web } from '../simulation/preview/preview-world.js'

const words = suite('plan words')

const base = desiredOf([web('web')])
const nothing = previewChange({ snapshot: snapshotAt(base, hosts(1)), base, head: base })
const risk = (code: RiskCode, severity: Risk['severity'] = 'fail'): Risk => ({ code, severity, key: null, text: code })

interface Row {
  readonly converges: boolean
  readonly seconds: number
  readonly risks: readonly Risk[]
  readonly text: string
}

const rows: readonly Row[] = [
  { converges: true, seconds: 0, risks: [], text: 'nothing that runs changes' },
  { converges: true, seconds: 4.2, risks: [], text: 'converges in 4.2s' },
  { converges: true, seconds: 4.2, risks: [risk('downtime', 'warn')], text: 'converges in 4.2s, 1 risk' },
  {
    converges: true,
    seconds: 0,
    risks: [risk('held-app')],
    text: 'nothing that runs changes, not all of it would be applied, 1 risk',
  },
  {
    converges: true,
    seconds: 9,
    risks: [risk('budget-broken'), risk('no-spread', 'warn')],
    text: 'converges in 9s, a disruption budget would break, 2 risks',
  },
  {
    converges: false,
    seconds: 0,
    risks: [risk('delete-brake')],
    text: 'deletions would wait for a confirmation, 1 risk',
  },
  { converges: false, seconds: 9, risks: [risk('unschedulable')], text: 'it would not come to rest, 1 risk' },
  {
    converges: false,
    seconds: 9,
    risks: [risk('delete-brake'), risk('unschedulable')],
    text: 'it would not come to rest, deletions would wait for a confirmation, 2 risks',
  },
]
for (const { text, converges, seconds, risks } of rows) {
  words(text, () => {
    const verdict: Verdict = risks.some(({ severity }) => severity === 'fail') ? 'fail' : 'ok'
    assert.is(verdictText({ ...nothing, verdict, converges, seconds, risks }), text)
  })
}

words.run()
