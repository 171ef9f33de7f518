/** Reads the cluster's own configuration from its manifest: units, forms and bounds. */
import {
  type ClusterConfiguration,
  defaultClusterConfiguration,
  type RebalancingConfiguration,
  type SchedulerProfile,
} from '../cluster-configuration.js'
import type { Manifest } from '../desired-state.js'
import { overlaps, parseSubnet } from './addresses.js'
import type { Finding } from './finding.js'
import { invalid, makeReport, type Report } from './report.js'
import { readSchedulerProfiles } from './scheduler-profiles.js'

/** `spec` of a ClusterConfiguration manifest (schemas/headway/cluster-configuration.json). */
export interface ClusterConfigurationSpec {
  readonly podCIDR?: string
  readonly nodePrefixLength?: number
  readonly serviceCIDR?: string
  /** `30000-32767`. */
  readonly nodePortRange?: string
  readonly nodeSilenceSeconds?: number
  readonly evictionDelaySeconds?: number
  readonly deleteBrakePercent?: number
  readonly podsPerNode?: number
  readonly schedulerProfiles?: readonly SchedulerProfile[]
  readonly rebalancing?: Partial<RebalancingConfiguration>
}

export interface ReadConfiguration {
  /** What holds: a field that is absent or wrong has its default. */
  readonly configuration: ClusterConfiguration
  readonly findings: readonly Finding[]
}

/** The bounds of each field: below, the cluster would flap or could not work; above, the figure is surely a slip. */
const SILENCE_SECONDS = [2, 3600] as const
const EVICTION_SECONDS = [0, 86_400] as const
const PODS_PER_NODE = [1, 1000] as const

/** The configuration that a ClusterConfiguration manifest asks for, and what is wrong with it. The manifest must fit its schema. */
export function readClusterConfiguration(manifest: Manifest): ReadConfiguration {
  const findings: Finding[] = []
  const report = makeReport(findings, ['spec'])
  const spec = (manifest as { readonly spec?: ClusterConfigurationSpec }).spec ?? {}
  const before = defaultClusterConfiguration
  const number = (
    name: keyof ClusterConfigurationSpec,
    bounds: readonly [number, number],
    otherwise: number,
  ): number => {
    const value = spec[name]
    if (typeof value !== 'number') return otherwise
    if (value >= bounds[0] && value <= bounds[1]) return value
    report.add(invalid(value, `must be between ${bounds[0]} and ${bounds[1]}, inclusive`), name)
    return otherwise
  }
  const podCidr = readSubnet(spec.podCIDR, before.podCidr, report.at('podCIDR'))
  const serviceCidr = readSubnet(spec.serviceCIDR, before.serviceCidr, report.at('serviceCIDR'))
  const schedulerProfiles = readSchedulerProfiles(spec.schedulerProfiles ?? [], report.at('schedulerProfiles'))
  const configuration: ClusterConfiguration = {
    podCidr,
    nodePrefixLength: readPrefixLength(spec.nodePrefixLength, podCidr, report.at('nodePrefixLength')),
    serviceCidr,
    nodePortRange: readPortRange(spec.nodePortRange, report.at('nodePortRange')),
    nodeSilenceMs: Math.round(number('nodeSilenceSeconds', SILENCE_SECONDS, before.nodeSilenceMs / 1000) * 1000),
    evictionDelayMs: Math.round(number('evictionDelaySeconds', EVICTION_SECONDS, before.evictionDelayMs / 1000) * 1000),
    deleteBrakeFraction: number('deleteBrakePercent', [0, 100], before.deleteBrakeFraction * 100) / 100,
    podsPerNode: number('podsPerNode', PODS_PER_NODE, before.podsPerNode),
    ...(schedulerProfiles.length > 0 && { schedulerProfiles }),
    ...(spec.rebalancing !== undefined && {
      rebalancing: readRebalancing(spec.rebalancing, report.at('rebalancing')),
    }),
  }
  const pods = parseSubnet(podCidr)
  const services = parseSubnet(serviceCidr)
  if (pods !== null && services !== null && overlaps(pods, services))
    report.add(invalid(serviceCidr, `must not overlap podCIDR (${podCidr})`), 'serviceCIDR')
  return { configuration, findings }
}

/** Between once an hour and ten a second; a threshold that a single pod may pass, up to one that nothing does. */
const MOVES_PER_MINUTE = [1 / 60, 600] as const
const THRESHOLD_PERCENT = [1, 100] as const
const REBALANCING: RebalancingConfiguration = { enabled: false, movesPerMinute: 2, thresholdPercent: 20 }

function readRebalancing(spec: Partial<RebalancingConfiguration>, report: Report): RebalancingConfiguration {
  const bounded = (name: 'movesPerMinute' | 'thresholdPercent', [least, most]: readonly [number, number]): number => {
    const value = spec[name] ?? REBALANCING[name]
    if (value >= least && value <= most) return value
    report.add(invalid(value, `must be between ${Number(least.toPrecision(2))} and ${most}, inclusive`), name)
    return REBALANCING[name]
  }
  return {
    enabled: spec.enabled ?? REBALANCING.enabled,
    movesPerMinute: bounded('movesPerMinute', MOVES_PER_MINUTE),
    thresholdPercent: bounded('thresholdPercent', THRESHOLD_PERCENT),
  }
}

function readSubnet(text: string | undefined, otherwise: string, report: Report): string {
  if (text === undefined) return otherwise
  const subnet = parseSubnet(text)
  if (subnet !== null && subnet.prefixLength >= 8 && subnet.prefixLength <= 28) return text
  report.add(
    invalid(
      text,
      'must be an IPv4 subnet with a prefix of 8 to 28 bits and no bits set beyond it, as in 10.244.0.0/16',
    ),
  )
  return otherwise
}

function readPrefixLength(length: number | undefined, podCidr: string, report: Report): number {
  const outer = parseSubnet(podCidr)?.prefixLength ?? 16
  const otherwise = Math.max(defaultClusterConfiguration.nodePrefixLength, outer)
  if (length === undefined) return otherwise
  if (length >= outer && length <= 30) return length
  report.add(invalid(length, `must be between the prefix length of podCIDR (${outer}) and 30, inclusive`))
  return otherwise
}

function readPortRange(text: string | undefined, report: Report): ClusterConfiguration['nodePortRange'] {
  if (text === undefined) return defaultClusterConfiguration.nodePortRange
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text)
  const first = Number(match?.[1])
  const last = Number(match?.[2])
  if (match !== null && first >= 1 && first <= last && last <= 65_535) return { first, last }
  report.add(invalid(text, 'must be two ports, first and last, as in 30000-32767'))
  return defaultClusterConfiguration.nodePortRange
}
