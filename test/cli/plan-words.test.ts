/** The first line of a plan: what a hurried reader takes away. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { OrderView, OtherView, TogetherView } from '../../src/cli/output/plan-view.js'
import { orderText, verdictText } from '../../src/cli/output/plan-words.js'
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

const other = (name: string, changes: Partial<OtherView> = {}): OtherView => {
  return { revision: `${name}0000000000`, subject: name, verdict: 'apart', conflicts: [], newRisks: [], ...changes }
}
const order = (names: readonly string[], restarts: number, fails = false): OrderView => {
  return { revisions: names.map((name) => `${name}0000000000`), restarts, seconds: 4, fails }
}
const [one, two] = [
  ['head', 'web'],
  ['web', 'head'],
]
assert.ok(one !== undefined && two !== undefined)

interface OrderRow {
  readonly name: string
  readonly together: TogetherView
  readonly text: string
}

const orderRows: OrderRow[] = [
  {
    name: 'one order is better',
    together: {
      others: [other('web')],
      all: null,
      orders: [order(two, 3), order(one, 5)],
      bestOrder: order(two, 3).revisions,
    },
    text: 'web0000000 web: fits together\nthe order that hurts least: web0000000 web, then this change: 3 restarts in 4s\n',
  },
  {
    name: 'one order does not come to rest',
    together: {
      others: [other('web')],
      all: null,
      orders: [order(one, 5), order(two, 3, true)],
      bestOrder: order(one, 5).revisions,
    },
    text: 'web0000000 web: fits together\nthe order that hurts least: this change, then web0000000 web: 5 restarts in 4s; in another one not all of it comes to rest\n',
  },
  {
    name: 'no order comes to rest, and all are the same',
    together: {
      others: [other('web', { verdict: 'conflict', newRisks: ['it fits nowhere', 'nor that'] })],
      all: null,
      orders: [order(one, 0, true), order(two, 0, true)],
      bestOrder: null,
    },
    text: 'web0000000 web: fits alone, not together: it fits nowhere; nor that\nthe order makes no difference: 0 restarts in 4s, and not all of it comes to rest\n',
  },
  {
    name: 'what conflicts is in no order',
    together: {
      others: [other('web', { verdict: 'conflict', conflicts: ['Deployment.apps/default/web'] })],
      all: null,
      orders: [],
      bestOrder: null,
    },
    text: 'web0000000 web: both change deployment/web\n',
  },
]
orderRows.push(
  {
    name: 'each fits beside the change, all of them do not',
    together: {
      others: [other('web'), other('api')],
      all: { conflicts: [], newRisks: ['it fits nowhere'] },
      orders: [order(one, 0, true)],
      bestOrder: null,
    },
    text: 'web0000000 web: fits together\napi0000000 api: fits together\nall of them: fit one by one, not together: it fits nowhere\nthe order makes no difference: 0 restarts in 4s, and not all of it comes to rest\n',
  },
  {
    name: 'two others are in conflict with each other',
    together: {
      others: [other('web'), other('api')],
      all: {
        conflicts: [{ revisions: ['web0000000000', 'api0000000000'], keys: ['Service./default/web'] }],
        newRisks: [],
      },
      orders: [],
      bestOrder: null,
    },
    text: 'web0000000 web: fits together\napi0000000 api: fits together\nweb0000000 web and api0000000 api: both change service/web\n',
  },
)
for (const { name, together, text } of orderRows) {
  words(name, () => assert.is(orderText(together, 'head0000000000'), text))
}

words.run()
