/**
 * Which spread constraints hold for a pod, its own or the profile's: cases after kubernetes/kubernetes v1.36, pkg/scheduler/
 * framework/plugins/podtopologyspread/filtering_test.go (Apache-2.0): TestPreFilterState, those with default constraints.
 * Theirs tell the constraints, on a cluster without nodes; here a node without labels tells them by the keys that it lacks.
 * Left out: a Service that does not mean the pod. Here every pod has a replica set.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultClusterConfiguration, type SchedulerProfile } from '../../../../src/model/cluster-configuration.js'
import { profileOf } from '../../../../src/planner/scheduler/configured-profile.js'
import { prepareFilters } from '../../../../src/planner/scheduler/diagnosis.js'
import { UNRESOLVABLE } from '../../../../src/planner/scheduler/plug-in.js'
import { type CasePod, requestOf, tableOf } from '../case-world.js'
import { spreadOver } from './topology-spread-cases.js'

type DefaultConstraint = NonNullable<SchedulerProfile['defaultConstraints']>[number]

interface DefaultsCase {
  readonly name: string
  readonly defaults: readonly DefaultConstraint[]
  readonly pod: CasePod
  /** Keys of the hard constraints that hold; null when the filter has nothing to ask. */
  readonly keys: readonly string[] | null
}

function byDefault(
  maxSkew: number,
  topologyKey: string,
  whenUnsatisfiable: DefaultConstraint['whenUnsatisfiable'] = 'DoNotSchedule',
): DefaultConstraint {
  return { maxSkew, topologyKey, whenUnsatisfiable }
}

const cases: readonly DefaultsCase[] = [
  {
    name: 'the hard ones of the defaults hold',
    defaults: [byDefault(3, 'node'), byDefault(2, 'node', 'ScheduleAnyway'), byDefault(5, 'rack')],
    pod: { labels: { foo: 'bar', baz: 'kar' } },
    keys: ['node', 'rack'],
  },
  {
    name: "the pod's own take the place of the defaults",
    defaults: [byDefault(2, 'node')],
    pod: {
      labels: { foo: 'bar', baz: 'tar' },
      topologySpreadConstraints: [
        spreadOver('zone', null, { labelSelector: { matchLabels: { baz: 'tar' } } }),
        spreadOver('planet', null, {
          maxSkew: 2,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { fot: 'rok' } },
        }),
      ],
    },
    keys: ['zone'],
  },
  {
    name: 'soft defaults refuse nothing',
    defaults: [byDefault(2, 'node', 'ScheduleAnyway')],
    pod: { labels: { foo: 'bar' } },
    keys: null,
  },
]

const defaults = suite('default spread constraints')
for (const item of cases)
  defaults(item.name, () => {
    const schedulerProfiles = [{ schedulerName: 'spreading', defaultConstraints: item.defaults }]
    const profile = profileOf({ ...defaultClusterConfiguration, schedulerProfiles }, 'spreading')!
    const table = tableOf({ nodes: { bare: { labels: {} } } })
    const prepared = prepareFilters(requestOf(item.pod), table, new Map(), profile)
    const filter = prepared.find(([name]) => name === 'PodTopologySpread')?.[1] ?? null
    assert.is(filter?.check(0) ?? null, item.keys && UNRESOLVABLE)
    assert.equal(filter?.misses?.(0) ?? null, item.keys?.map((key) => `lacks the label ${key}`) ?? null)
  })
defaults.run()
