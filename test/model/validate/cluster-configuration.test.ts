import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type ClusterConfiguration,
  defaultClusterConfiguration,
  type SchedulerProfile,
} from '../../../src/model/cluster-configuration.js'
import type { Manifest } from '../../../src/model/desired-state.js'
import { contains, isIp, isIpv6, overlaps, parseIpv4, parseSubnet } from '../../../src/model/validate/addresses.js'
import {
  type ClusterConfigurationSpec,
  readClusterConfiguration,
} from '../../../src/model/validate/cluster-configuration.js'
import { formatPath } from '../../../src/model/validate/finding.js'
import { validateObject } from '../../../src/model/validate/validate-object.js'

const configuration = suite('cluster-configuration')

const manifest = (spec: ClusterConfigurationSpec | undefined, name = 'cluster'): Manifest =>
  ({
    apiVersion: 'headway.dev/v1',
    kind: 'ClusterConfiguration',
    metadata: { name },
    ...(spec && { spec }),
  }) as Manifest

function profileWith(fields: Omit<SchedulerProfile, 'schedulerName'>): {
  readonly schedulerProfiles: SchedulerProfile[]
} {
  return { schedulerProfiles: [{ schedulerName: 'a', ...fields }] }
}

const soft = (topologyKey: string) => ({ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway' as const })

const rows: readonly (readonly [ClusterConfigurationSpec, Partial<ClusterConfiguration>, string | null])[] = [
  [{}, {}, null],
  [{ podCIDR: '10.128.0.0/9' }, { podCidr: '10.128.0.0/9' }, null],
  [{ podCIDR: '10.0.0.0/7' }, {}, 'spec.podCIDR'],
  [{ podCIDR: '10.1.0.0/8' }, {}, 'spec.podCIDR'],
  [{ podCIDR: '192.168.0.0/28', nodePrefixLength: 30 }, { podCidr: '192.168.0.0/28', nodePrefixLength: 30 }, null],
  [{ podCIDR: '192.168.0.0/29' }, {}, 'spec.podCIDR'],
  [{ podCIDR: 'fd00::/64' }, {}, 'spec.podCIDR'],
  [{ podCIDR: '172.16.0.0/26' }, { podCidr: '172.16.0.0/26', nodePrefixLength: 26 }, null],
  [{ nodePrefixLength: 16 }, { nodePrefixLength: 16 }, null],
  [{ nodePrefixLength: 15 }, {}, 'spec.nodePrefixLength'],
  [{ nodePrefixLength: 31 }, {}, 'spec.nodePrefixLength'],
  [{ serviceCIDR: '10.244.128.0/17' }, { serviceCidr: '10.244.128.0/17' }, 'spec.serviceCIDR'],
  [{ serviceCIDR: '10.245.0.0/16' }, { serviceCidr: '10.245.0.0/16' }, null],
  [{ nodePortRange: '8000-8000' }, { nodePortRange: { first: 8000, last: 8000 } }, null],
  [{ nodePortRange: '8001-8000' }, {}, 'spec.nodePortRange'],
  [{ nodePortRange: '0-10' }, {}, 'spec.nodePortRange'],
  [{ nodePortRange: '1-65535' }, { nodePortRange: { first: 1, last: 65_535 } }, null],
  [{ nodePortRange: '1-65536' }, {}, 'spec.nodePortRange'],
  [{ nodeSilenceSeconds: 2.5 }, { nodeSilenceMs: 2500 }, null],
  [{ nodeSilenceSeconds: 1.9 }, {}, 'spec.nodeSilenceSeconds'],
  [{ evictionDelaySeconds: 0 }, { evictionDelayMs: 0 }, null],
  [{ evictionDelaySeconds: -1 }, {}, 'spec.evictionDelaySeconds'],
  [{ deleteBrakePercent: 0 }, { deleteBrakeFraction: 0 }, null],
  [{ deleteBrakePercent: 100 }, { deleteBrakeFraction: 1 }, null],
  [{ deleteBrakePercent: 101 }, {}, 'spec.deleteBrakePercent'],
  [{ podsPerNode: 1 }, { podsPerNode: 1 }, null],
  [{ podsPerNode: 0 }, {}, 'spec.podsPerNode'],
  [{ rebalancing: {} }, { rebalancing: { enabled: false, movesPerMinute: 2, thresholdPercent: 20 } }, null],
  [
    { rebalancing: { enabled: true, movesPerMinute: 600, thresholdPercent: 100 } },
    { rebalancing: { enabled: true, movesPerMinute: 600, thresholdPercent: 100 } },
    null,
  ],
  [
    { rebalancing: { enabled: true, movesPerMinute: 0 } },
    { rebalancing: { enabled: true, movesPerMinute: 2, thresholdPercent: 20 } },
    'spec.rebalancing.movesPerMinute',
  ],
  [
    { rebalancing: { thresholdPercent: 101 } },
    { rebalancing: { enabled: false, movesPerMinute: 2, thresholdPercent: 20 } },
    'spec.rebalancing.thresholdPercent',
  ],
  [
    { schedulerProfiles: [{ schedulerName: 'packing', weights: { PodTopologySpread: 0 } }] },
    { schedulerProfiles: [{ schedulerName: 'packing', weights: { PodTopologySpread: 0 } }] },
    null,
  ],
  [
    { schedulerProfiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }] },
    { schedulerProfiles: [{ schedulerName: 'a' }] },
    'spec.schedulerProfiles[1].schedulerName',
  ],
  [
    { schedulerProfiles: [{ schedulerName: 'a', weights: { ImageLocality: 101 } }] },
    {},
    'spec.schedulerProfiles[0].weights.ImageLocality',
  ],
  [
    { schedulerProfiles: [{ schedulerName: 'a', balancedResources: ['cpu', 'nvidia.com/gpu'] }] },
    { schedulerProfiles: [{ schedulerName: 'a', balancedResources: ['cpu', 'nvidia.com/gpu'] }] },
    null,
  ],
  [
    { schedulerProfiles: [{ schedulerName: 'a', balancedResources: ['cpu', 'cpu'] }] },
    {},
    'spec.schedulerProfiles[0].balancedResources[1]',
  ],
  [{ schedulerProfiles: [{ schedulerName: 'a', weights: { Luck: 1 } }] }, {}, 'spec.schedulerProfiles[0].weights.Luck'],
  [
    { schedulerProfiles: [{ schedulerName: 'a', scoringStrategy: { type: 'RequestedToCapacityRatio' } }] },
    {},
    'spec.schedulerProfiles[0].scoringStrategy.shape',
  ],
  [
    {
      schedulerProfiles: [
        {
          schedulerName: 'a',
          defaultConstraints: [{ maxSkew: 0, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway' }],
        },
      ],
    },
    {},
    'spec.schedulerProfiles[0].defaultConstraints[0].maxSkew',
  ],
  [profileWith({ defaultConstraints: [soft('rack')] }), profileWith({ defaultConstraints: [soft('rack')] }), null],
  [
    profileWith({ defaultConstraints: [soft('no label')] }),
    {},
    'spec.schedulerProfiles[0].defaultConstraints[0].topologyKey',
  ],
  [profileWith({ defaultConstraints: [soft('')] }), {}, 'spec.schedulerProfiles[0].defaultConstraints[0].topologyKey'],
  [
    profileWith({ defaultConstraints: [soft('rack'), soft('rack')] }),
    {},
    'spec.schedulerProfiles[0].defaultConstraints[1]',
  ],
  [
    profileWith({ defaultConstraints: [soft('rack'), soft('row')] }),
    profileWith({ defaultConstraints: [soft('rack'), soft('row')] }),
    null,
  ],
  [
    profileWith({ scoringStrategy: { resources: [{ name: 'cpu' }, { name: 'memory' }] } }),
    profileWith({ scoringStrategy: { resources: [{ name: 'cpu' }, { name: 'memory' }] } }),
    null,
  ],
  [
    profileWith({ scoringStrategy: { resources: [{ name: 'cpu' }, { name: 'cpu', weight: 2 }] } }),
    {},
    'spec.schedulerProfiles[0].scoringStrategy.resources',
  ],
]
for (const [spec, expected, path] of rows) {
  configuration(`${JSON.stringify(spec)}: ${path ?? 'fine'}`, () => {
    const read = readClusterConfiguration(manifest(spec))
    assert.equal(read.configuration, { ...defaultClusterConfiguration, ...expected })
    assert.equal(
      read.findings.map((finding) => formatPath(finding.path)),
      path === null ? [] : [path],
    )
    assert.equal(validateObject('ClusterConfiguration', manifest(spec)), [...read.findings])
  })
}

configuration('there is one, named cluster; without a spec all defaults hold', () => {
  assert.is(validateObject('ClusterConfiguration', manifest({}, 'other')).length, 1)
  assert.equal(readClusterConfiguration(manifest(undefined)).configuration, defaultClusterConfiguration)
})

configuration('addresses', () => {
  assert.is(parseIpv4('10.0.0.1'), 10 * 2 ** 24 + 1)
  assert.is(parseIpv4('255.255.255.255'), 2 ** 32 - 1)
  for (const bad of ['256.0.0.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4 ', '', 'a.b.c.d'])
    assert.is(parseIpv4(bad), null, bad)
  for (const good of ['::', '::1', 'fe80::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1:2:3:4:5:6:1.2.3.4'])
    assert.ok(isIpv6(good), good)
  for (const bad of [
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '1.2.3.4',
    '::1.2.3',
    '1.2.3.4::',
  ])
    assert.not.ok(isIpv6(bad), bad)
  assert.ok(isIp('127.0.0.1') && isIp('::1') && !isIp('localhost'))
  const subnet = parseSubnet('10.0.0.0/30')
  assert.equal(subnet, { first: 10 * 2 ** 24, size: 4, prefixLength: 30 })
  for (const bad of ['10.0.0.1/30', '10.0.0.0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/a'])
    assert.is(parseSubnet(bad), null, bad)
  if (subnet === null) throw new Error('10.0.0.0/30 is a subnet')
  assert.ok(
    contains(subnet, subnet.first + 3) && !contains(subnet, subnet.first + 4) && !contains(subnet, subnet.first - 1),
  )
  const next = { ...subnet, first: subnet.first + 4 }
  assert.ok(
    overlaps(subnet, { ...subnet, first: subnet.first + 3 }) && !overlaps(subnet, next) && !overlaps(next, subnet),
  )
})

configuration.run()
